#!/usr/bin/env bash
# The race checker: builds the library with shuttle's locks in its cells and tries many orders of their steps.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target/race}"
cargo test --profile fast --test race --no-default-features -- --nocapture "$@"
