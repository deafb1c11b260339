#!/bin/sh
# The long form of the fault tests: every kind of fault with many seeds, and a table of how often each one came. A test that
# fails names its seed.
#   tests/project/faults.sh [NAMED [TIMES [OTHERS [FIRST]]]]
# NAMED seeds for kills at each named point (100 if absent), TIMES for kills at any time (300), OTHERS for everything else
# (100), from the seed FIRST (1) on. PostgreSQL and CAP are along where they run:
#   tests/servers/postgres.sh tests/servers/cap/run.sh tests/project/faults.sh
# PQM_FAULT_ONLY is a pattern of the names of tests to run, PQM_FAULT_LOG a file that figures are added to.
set -eu
cd "$(dirname "$0")/../.."
named=${1:-100}
times=${2:-300}
others=${3:-100}
export PQM_FAULT_SEED="${4:-1}"
# A process that is killed leaves what it wrote to the system, so that nothing need reach a disk.
[ -n "${TMPDIR:-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
log=${PQM_FAULT_LOG:-$(mktemp)}
export PQM_FAULT_LOG="$log"
build() { cargo test "$@" --no-run 2>&1 | sed -n 's/.*(\(target[^)]*\)).*/\1/p'; }
project=$(build --test project)
library=$(build --lib)
[ -x "$project" ] && [ -x "$library" ] || { cargo test --test project --lib --no-run; exit 1; }
failed=""
# Runs one test for so many seeds.
seeds() {
    echo "$2" | grep -q "${PQM_FAULT_ONLY:-.}" || return 0
    began=$(date +%s)
    if PQM_FAULT_SEEDS=$1 "$project" --include-ignored --exact "$2" >"$log.out" 2>&1; then
        echo "$2: $1 seeds held, $(($(date +%s) - began)) s"
    else
        grep -v '^$' "$log.out" | head -40
        failed="$failed $2"
    fi
}
seeds "$named" kills::sqlite_killed_at_named_points
seeds "$times" kills::sqlite_killed_at_any_time
if [ -n "${PQM_TEST_POSTGRES:-}" ]; then
    seeds "$named" kills::postgres::postgres_killed_at_named_points
    seeds "$times" kills::postgres::postgres_killed_at_any_time
    seeds "$others" kills::postgres::postgres_cut_off
fi
if [ -n "${PQM_ODATA_URL:-}" ]; then
    PQM_FAULT_KIND=points seeds "$named" kills::cap_killed_and_cut_off
    PQM_FAULT_KIND=times seeds "$times" kills::cap_killed_and_cut_off
    PQM_FAULT_KIND=cuts seeds "$others" kills::cap_killed_and_cut_off
fi
for test in faults::bad_rows_end_in_quarantine_to_the_last_one faults::a_full_disk_ends_the_run_and_room_makes_it_good \
    faults::of_two_runners_one_wins drift::drift_does_what_the_policy_says_and_loses_nothing \
    dataverse_faults::faults_of_the_network_leave_what_should_be_there \
    dataverse_faults::bad_rows_end_in_quarantine_and_the_others_in_dataverse \
    dataverse_faults::killed_at_named_points_a_run_is_made_good_by_the_next; do
    seeds "$others" "$test"
done
# These wait for seconds, as services ask them to.
seeds $((others / 10 + 1)) dataverse_faults::all_faults_leave_what_should_be_there
seeds $((others / 10 + 1)) dataverse_faults::tokens_that_end_are_fetched_again
# Clocks that jump and are changed for summer: as many random cases as there are seeds.
if echo project::schedule | grep -q "${PQM_FAULT_ONLY:-.}"; then
    if PROPTEST_CASES=$((others * 10)) "$library" project::schedule >"$log.out" 2>&1; then
        echo "project::schedule: $((others * 10)) random cases of each property held"
    else
        grep -v '^$' "$log.out" | head -40
        failed="$failed project::schedule"
    fi
fi
echo
echo "| Store | Fault | Cases that held | Of them, the fault came |"
echo "|---|---|---|---|"
awk -F '\t' '{ all[$1 "\t" $2]++; came[$1 "\t" $2] += $3 }
    END { for (key in all) { split(key, part, "\t"); print "| " part[1] " | " part[2] " | " all[key] " | " came[key] " |" } }' "$log" | sort
[ -z "$failed" ] || { echo "FAILED:$failed" >&2; exit 1; }
