#!/bin/sh
# For the figures of upserts: makes many rows in a folder, and the project that brings them to a store.
#   upsert_project.sh FOLDER ROWS KIND ADDRESS ENTITY
set -eu
awk -v rows="$2" 'BEGIN { print "id,name,city,amount"; for (n = 0; n < rows; n++) {
    printf "K%09d,Person number %d,City %d,%d.%02d\n", (n * 7919) % 100000007, n, n % 977, n % 5000, n % 100 } }' >"$1/rows.csv"
sed "s|KIND|$3|; s|ADDRESS|$4|; s|ENTITY|$5|" "$(dirname "$0")/upsert_project.yaml" >"$1/project.yaml"
