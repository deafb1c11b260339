#!/bin/sh
# The long form of the fault tests: many seeds. `faults.sh [FIRST [COUNT]]`; a failure names its seed by the range.
# `tests/servers/postgres.sh tests/project/faults.sh 1 100` has PostgreSQL along.
set -eu
cd "$(dirname "$0")/../.."
first=${1:-1}
count=${2:-100}
cargo test --test project --no-run
seed=$first
while [ "$seed" -lt $((first + count)) ]; do
    echo "seed $seed"
    PQM_FAULT_SEED=$seed PQM_FAULT_SEEDS=1 cargo test -q --test project -- --include-ignored --skip allowed faults:: killed:: postgres::killed
    seed=$((seed + 1))
done
