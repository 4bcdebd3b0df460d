#!/usr/bin/env bash
# tests/bench/throughput.sh [FOLDER]: Headgate beside `openssl dgst -sha256` over the same bytes, in seven interleaved
# runs. Targets: one file of 2 GB at 0.95 or more of openssl's rate; eight files of 256 MB at 1.8 or more on two cores.
# Needs 4.1 GB in FOLDER (default: the temporary folder), removed at the end, and as much memory as cache: a first pass
# reads everything, so that no run waits for the disk.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HEADGATE=$(realpath "${HEADGATE:-$root/build/release/gate/headgate}")
scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/headgate-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
make() { python3 "$root/tests/e2e/make.py" safetensors "$@"; }
make "$scratch/one.safetensors" 2000
mkdir "$scratch/eight"
for number in 1 2 3 4 5 6 7 8; do make "$scratch/eight/$number.safetensors" 256; done
status=0

# rate NAME TARGET FILE... -- SUBJECT...: openssl reads the files, Headgate judges the subjects; MB/s and the ratio of medians.
rate() {
    local name=$1 target=$2
    shift 2
    python3 - "$name" "$target" "$HEADGATE" "$@" <<'PY' || status=1
import os, statistics, subprocess, sys, time
name, target, headgate, rest = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4:]
files, subjects = rest[:rest.index("--")], rest[rest.index("--") + 1:]
size = sum(map(os.path.getsize, files)) / 1e6

def run(*command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start

pairs = []
for number in range(8):
    pair = run("openssl", "dgst", "-sha256", *files), run(headgate, "check", *subjects)
    if number:  # the first pair fills the cache
        pairs.append(pair)
openssl, ours = (statistics.median(column) for column in zip(*pairs))
ratio = openssl / ours
each = " ".join(f"{a / b:.2f}" for a, b in pairs)
print(f"{name}: openssl {size / openssl:.0f} MB/s, headgate {size / ours:.0f} MB/s, ratio {ratio:.2f} (each {each}; target {target})")
sys.exit(ratio < target)
PY
}
rate "one file of 2 GB" 0.95 "$scratch/one.safetensors" -- "$scratch/one.safetensors"
rate "eight files of 256 MB on $(nproc) cores" 1.8 "$scratch"/eight/*.safetensors -- "$scratch"/eight/*.safetensors
exit "$status"
