#!/usr/bin/env bash
# tests/bench/model_signing.sh [MEGABYTES [FOLDER]]: signing and verifying a model of eight files (default: 2000 MB together) beside
# the public model-signing and `openssl dgst -sha256` over the same bytes, in interleaved runs. Target: at least openssl's rate.
# Then the same in one file, which only shards can share between cores.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HEADGATE=$(realpath "${HEADGATE:-$root/build/release/gate/headgate}")
megabytes=${1:-2000}
scratch=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/headgate-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
peer="$root/build/python/model_signing/bin/model_signing"
[ -x "$peer" ] || { echo "model-signing is not installed (tests/e2e/model_signing/run.sh does): it is left out"; peer=""; }
mkdir "$scratch/eight" "$scratch/one"
for number in 1 2 3 4 5 6 7 8; do
    openssl rand -out "$scratch/eight/$number.bin" $((megabytes * 125000))
    cat "$scratch/eight/$number.bin" >>"$scratch/one/model.bin"
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/key.pem" 2>/dev/null
openssl pkey -in "$scratch/key.pem" -pubout -out "$scratch/key.pub"

python3 - "$HEADGATE" "$peer" "$scratch" <<'PY'
import glob, os, statistics, subprocess, sys, time
headgate, peer, scratch = sys.argv[1:]
key, public = scratch + "/key.pem", scratch + "/key.pub"
missed = 0

def run(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start

def compare(name, folder, more, target):
    global missed
    files = sorted(glob.glob(folder + "/*.bin"))
    size = sum(map(os.path.getsize, files)) / 1e6
    ours, theirs = scratch + "/ours.sig", scratch + "/theirs.sig"
    commands = {
        "openssl dgst -sha256": ["openssl", "dgst", "-sha256", *files],
        "headgate sign": [headgate, "sign", folder, "--key", key, "--signature", ours, *more],
        "headgate verify model": [headgate, "verify", "model", folder, "--key", public, "--signature", ours],
    }
    if peer:
        commands["model_signing sign"] = [peer, "sign", "key", "--private_key", key, "--signature", theirs, folder]
        commands["model_signing verify"] = [peer, "verify", "key", "--public_key", public, "--signature", theirs, folder]
    times = {which: [] for which in commands}
    for number in range(6):
        for which, command in commands.items():
            took = run(command)
            if number:  # the first round fills the cache
                times[which].append(took)
    rates = {which: size / statistics.median(column) for which, column in times.items()}
    print(f"{name}, {size:.0f} MB: " + ", ".join(f"{which} {rate:.0f} MB/s" for which, rate in rates.items()))
    for which in ("headgate sign", "headgate verify model"):
        ratio = rates[which] / rates["openssl dgst -sha256"]
        missed += ratio < target
        print(f"  {which}: {ratio:.2f} of openssl (target {target})")

compare(f"eight files on {os.cpu_count()} cores", scratch + "/eight", [], 1.0)
compare("one file", scratch + "/one", [], 1.0)
compare("one file in shards of 64 MB", scratch + "/one", ["--shard-size", "64000000"], 1.0)
sys.exit(missed > 0)
PY
