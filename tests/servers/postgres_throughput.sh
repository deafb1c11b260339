#!/bin/sh
# Upserts of many rows into PostgreSQL: a project of pqm, and by hand the server's own bulk path (COPY into a temporary
# table, one INSERT ... ON CONFLICT), first into an empty table, then with nothing changed. CPU seconds of the client and
# of the server.   tests/servers/postgres.sh tests/servers/postgres_throughput.sh PQM [ROWS]
set -eu
pqm=${1:?the pqm to measure}
rows=${2:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(dirname "$0")/../../benches/upsert_project.sh" "$folder" "$rows" postgresql "$PQM_TEST_POSTGRES" by_project
sql() { psql -q -v ON_ERROR_STOP=1 "$PQM_TEST_POSTGRES" "$@"; }
for table in by_project by_hand; do
    sql -c "DROP TABLE IF EXISTS $table; CREATE TABLE $table (id text PRIMARY KEY, name text, city text, amount text)"
done
hand() {
    sql -c "CREATE TEMP TABLE staging (LIKE by_hand)" -c "\copy staging FROM '$folder/rows.csv' CSV HEADER" -c "
        INSERT INTO by_hand AS t SELECT * FROM staging ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name,
        city = EXCLUDED.city, amount = EXCLUDED.amount WHERE t.name IS DISTINCT FROM EXCLUDED.name
        OR t.city IS DISTINCT FROM EXCLUDED.city OR t.amount IS DISTINCT FROM EXCLUDED.amount"
}
project() { PQM_ACCEPT_PRIVACY_NOTICE=1 "$pqm" project run "$folder" --format json >"$folder/record" 2>&1; }
# Ticks that the server's sessions took, those that have ended.
server() { sleep 1; awk '{ print $16 + $17 }' "/proc/$PQM_TEST_POSTGRES_PID/stat"; }
ticks=$(getconf CLK_TCK)
echo "$rows rows: CPU seconds of client + server"
for pass in insert unchanged; do
    for who in hand project; do
        sql -c CHECKPOINT
        before=$(server)
        client=$( { times; $who; times; } 2>/dev/null | awk '{ split($0, parts, /[ ms]+/) ; line[NR] = parts[1] * 60 + parts[2] + parts[3] * 60 + parts[4] } END { printf "%.2f", line[4] - line[2] }')
        after=$(server)
        echo "$pass $who $client $before $after $ticks"
    done
done | awk '{ server = ($5 - $4) / $6; all = $3 + server; printf "%-10s %-8s %6.2f + %6.2f = %6.2f", $1, $2, $3, server, all;
    if ($2 == "hand") { hand = all; printf "\n" } else printf "   %.2fx\n", all / hand }'
sql -At -c "SELECT 'the same rows: ' || (count(*) = $rows AND NOT EXISTS (TABLE by_hand EXCEPT TABLE by_project)) FROM by_project"
