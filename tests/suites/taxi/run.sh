#!/usr/bin/env bash
# Runs the suite over the CSV files of a folder, then over JSON made of them: tests/suites/taxi/run.sh FOLDER
set -euo pipefail
suite=$(dirname "$0")
pqm=${PQM:-pqm}
data=$1
other=$(mktemp -d)
trap 'rm -rf "$other"' EXIT
"$pqm" test "$suite/csv.settings.json" --param DataFolder="$data"
for table in "taxi nyc_taxi_tripdata" "zones taxi_zone_lookup"; do
    read -r name file <<<"$table"
    printf 'Table.PromoteHeaders(Csv.Document(File.Contents("%s/%s.csv"), [Encoding = 65001]))' "$data" "$file" |
        "$pqm" run - --format json -o "$other/$name.json"
done
"$pqm" test "$suite/json.settings.json" --param DataFolder="$other"
