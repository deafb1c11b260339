#!/usr/bin/env bash
# Runs every fuzz target for TIME seconds (300 if not given), or the targets named after it:
#   fuzz/run.sh 1800 parse evaluate
# Needs cargo-fuzz (`cargo install cargo-fuzz`) and python3 for the seeds. Works with the stable toolchain; the
# sanitizer is off, as the engine itself has no unsafe code to watch. Ends with status 1 if a target found something.
set -uo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-300}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(parse format evaluate csv project)
export RUSTC_BOOTSTRAP=1
python3 fuzz/seeds.py
failed=0
for target in "${targets[@]}"; do
    echo "== $target, $seconds s"
    cargo fuzz run --sanitizer none "$target" -- -max_len=4096 -timeout=20 -rss_limit_mb=4096 \
        -max_total_time="$seconds" -print_final_stats=1 2>&1 |
        grep -E "^(stat::|Done|thread|==|SUMMARY|Failing|error)|panicked|artifact|ALARM" || true
    [ "${PIPESTATUS[0]}" -eq 0 ] || { echo "$target found something: see fuzz/artifacts/$target"; failed=1; }
done
exit "$failed"
