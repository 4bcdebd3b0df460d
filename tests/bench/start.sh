#!/usr/bin/env bash
# tests/bench/start.sh: how long one start takes. Medians of 50 runs; targets: --version under 5 ms, one small
# safetensors under 15 ms.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HEADGATE=${HEADGATE:-$root/build/release/gate/headgate}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 "$root/tests/e2e/make.py" safetensors "$scratch/small.safetensors"
status=0
measure() {
    local name=$1 target=$2 figures
    shift 2
    figures=$(python3 "$root/tests/bench/spawn.py" 50 "$@")
    read -r median least most <<<"$figures"
    printf '%-40s median %6s ms  (least %s, most %s; target under %s ms)\n' "$name" "$median" "$least" "$most" "$target"
    awk -v m="$median" -v t="$target" 'BEGIN { exit !(m < t) }' || status=1
}
measure "headgate --version" 5 "$HEADGATE" --version
measure "headgate check small.safetensors" 15 "$HEADGATE" check "$scratch/small.safetensors"
exit "$status"
