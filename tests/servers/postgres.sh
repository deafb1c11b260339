#!/bin/sh
# Starts a PostgreSQL server of its own in a temporary folder, runs a command with PQM_TEST_POSTGRES set to its address,
# and takes the server away again. Without a command it runs the tests on PostgreSQL.
#   tests/servers/postgres.sh [COMMAND ...]
# Needs initdb and postgres, from the system's packages (Debian: apt-get install postgresql) or wherever PG_BIN says.
set -eu
cd "$(dirname "$0")/../.."
bin=${PG_BIN:-}
for candidate in "$bin" "$(dirname "$(command -v initdb 2>/dev/null || echo /none/x)")" /usr/lib/postgresql/*/bin; do
    [ -n "$candidate" ] && [ -x "$candidate/initdb" ] && bin=$candidate
done
[ -x "$bin/initdb" ] || {
    echo "No initdb here: install PostgreSQL (apt-get install postgresql), or set PG_BIN to its folder." >&2
    exit 1
}
folder=$(mktemp -d "${TMPDIR:-/tmp}/pqm-postgres.XXXXXX")
# The server refuses to run as root.
as=""
if [ "$(id -u)" = 0 ]; then
    owner=${PG_USER:-$(id -un postgres 2>/dev/null || echo nobody)}
    chown "$owner" "$folder"
    as="setpriv --reuid=$owner --regid=$(id -g "$owner") --clear-groups env HOME=$folder"
fi
port=${PG_PORT:-$((20000 + $$ % 20000))}
$as "$bin/initdb" -D "$folder/data" -U tester -A trust -E UTF8 --no-sync >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
# The role of one test has a password, everybody else may come in.
$as sh -c "cat >'$folder/data/pg_hba.conf'" <<HBA
host all pqm_clerk 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
HBA
$as "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
    -c fsync="${PG_FSYNC:-off}" >>"$folder.log" 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder" "$folder.log"' EXIT
trap 'exit 1' INT TERM
export PQM_TEST_POSTGRES_PID=$server
export PQM_TEST_POSTGRES="postgres://tester@127.0.0.1:$port/postgres"
tries=0
until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" 2>/dev/null || (echo >/dev/tcp/127.0.0.1/"$port") 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] && kill -0 $server 2>/dev/null || { cat "$folder.log" >&2; exit 1; }
    sleep 0.1
done
if [ $# -gt 0 ]; then
    "$@"
else
    cargo test --lib -- postgres
    cargo test --test project -- postgres
fi
