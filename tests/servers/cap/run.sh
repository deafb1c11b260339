#!/bin/sh
# Starts a CAP service that speaks OData V4 (Node 20 and npm are needed; packages come from npm) and runs a command with
# PQM_ODATA_URL set to its address; without a command, the tests that need a real one.
#   tests/servers/cap/run.sh [COMMAND ...]
# Everything is installed into a temporary folder, or into PQM_CAP_FOLDER and kept there. The port is PQM_CAP_PORT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=${PQM_CAP_PORT:-4404}
folder=${PQM_CAP_FOLDER:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    rubbish=$folder
fi
mkdir -p "$folder/srv"
cp "$here/service.cds" "$folder/srv"
cp "$here/package.json" "$folder"
cd "$folder"
[ -d node_modules/@sap/cds ] || npm install --no-audit --no-fund --loglevel=error
PORT=$port node node_modules/@sap/cds/bin/serve.js all --in-memory --port "$port" >server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf ${rubbish:-}' EXIT
trap 'exit 1' INT TERM
tries=0
until curl -fs "http://localhost:$port/odata/v4/sales/\$metadata" >/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 60 ]; then cat server.log; exit 1; fi
    sleep 1
done
cd "$here/../../.."
export PQM_ODATA_URL="http://localhost:$port/odata/v4/sales/"
if [ $# -gt 0 ]; then
    "$@"
else
    # One after the other: they share the service's tables.
    cargo test --test project -- --ignored --nocapture --test-threads 1 odata_service cap_
fi
