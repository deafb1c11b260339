#!/bin/sh
# Starts a CAP service that speaks OData V4 (Node 20 and npm are needed; packages come from npm) and runs the tests that
# need a real one against it. Everything is installed into a temporary folder. `run.sh [PORT]`
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=${1:-4404}
folder=${PQM_CAP_FOLDER:-$(mktemp -d)}
mkdir -p "$folder/srv"
cp "$here/service.cds" "$folder/srv"
cp "$here/package.json" "$folder"
cd "$folder"
[ -d node_modules/@sap/cds ] || npm install --no-audit --no-fund --loglevel=error
PORT=$port node node_modules/@sap/cds/bin/serve.js all --in-memory --port "$port" >server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT INT TERM
tries=0
until curl -fs "http://localhost:$port/odata/v4/sales/\$metadata" >/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 60 ]; then cat server.log; exit 1; fi
    sleep 1
done
cd "$here/../../.."
PQM_ODATA_URL="http://localhost:$port/odata/v4/sales/" cargo test --test project odata_service -- --ignored --nocapture
