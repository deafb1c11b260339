#!/bin/sh
# Upserts of many rows into SQLite: a project of pqm, and a loop that drives SQLite directly with the same rows (Python's
# executemany in one transaction), first into an empty table, then with nothing changed. CPU seconds, peak memory, and
# whether the unchanged rows left the file as it was.   benches/projects.sh PQM [ROWS [pqm-only]]
set -eu
pqm=${1:?the pqm to measure}
rows=${2:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(dirname "$0")/upsert_project.sh" "$folder" "$rows" sqlite project.sqlite t
cat >"$folder/hand.py" <<'PYTHON'
import csv, sqlite3, sys
rows = csv.reader(open(sys.argv[1] + "/rows.csv", newline=""))
next(rows)
if sys.argv[2] == "read":
    for row in rows:
        pass
    sys.exit()
store = sqlite3.connect(sys.argv[1] + "/hand.sqlite", isolation_level=None)
store.execute("CREATE TABLE IF NOT EXISTS t (id TEXT NOT NULL, name TEXT, city TEXT, amount TEXT, PRIMARY KEY (id))")
store.execute("BEGIN IMMEDIATE")
store.executemany(
    "INSERT INTO t VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET name = excluded.name, city = excluded.city, "
    "amount = excluded.amount WHERE name IS NOT excluded.name OR city IS NOT excluded.city OR amount IS NOT excluded.amount",
    rows)
store.execute("COMMIT")
PYTHON
export PQM_ACCEPT_PRIVACY_NOTICE=1
timed() {
    name=$1
    shift
    /usr/bin/time -f "%U %S %M" -o "$folder/time" "$@" >"$folder/said" 2>&1 || { cat "$folder/said"; exit 1; }
    awk -v name="$name" '{ printf "%-20s %6.2f + %5.2f s, %d MB\n", name, $1, $2, $3 / 1024 }' "$folder/time"
}
echo "$rows rows"
hand() { [ -n "${only:-}" ] || timed "$@"; }
only=${3:-}
hand "reading by hand" python3 "$folder/hand.py" "$folder" read
hand "insert by hand" python3 "$folder/hand.py" "$folder" write
timed "insert by project" "$pqm" project run "$folder" --format json
hand "unchanged by hand" python3 "$folder/hand.py" "$folder" write
before=$(cksum <"$folder/project.sqlite")
timed "unchanged by project" "$pqm" project run "$folder" --format json
[ "$before" = "$(cksum <"$folder/project.sqlite")" ] && echo "unchanged rows left the file as it was, byte by byte"
grep -m 1 '"unchanged"' "$folder/said"
