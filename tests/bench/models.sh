#!/usr/bin/env bash
# tests/bench/models.sh [FOLDER | --pickles]: the speed of judging model files, as ratios in one run. `throughput.sh` first (one safetensors of
# 2 GB, eight of 256 MB, beside openssl); then a dense pickle of 50 MB beside picklescan from PyPI, and 20,000 small files, in folders
# and in one; --pickles leaves throughput.sh out. Ends with 1 if a target is missed.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
set -e
missed=0
[ "${1:-}" = --pickles ] || bash "$root/tests/bench/throughput.sh" "$@" || missed=1

picklescan=
if python_tools "$root/tests/bench/picklescan" >"$scratch/why" 2>&1; then picklescan=$python_tools/picklescan
else skip models "picklescan takes part - $(tail -n 1 "$scratch/why")"; fi

# What a large vocabulary is: little but opcodes, a short text and a number each. Made by a process of its own: what a child is said to
# have had resident includes what its parent had.
"$PYTHON" - "$scratch/dense.pkl" <<'END'
import pickle, sys
with open(sys.argv[1], "wb") as file:
    pickle.dump({f"token_{i}": i for i in range(2_500_000)}, file, protocol=4)
END

"$PYTHON" - "$HEADGATE" "$scratch" "$picklescan" <<'END' || missed=1
import os, pickle, random, statistics, sys, time
headgate, scratch, picklescan = sys.argv[1:]
devnull = os.open(os.devnull, os.O_RDWR)
missed = False


def run(*command):
    """Wall time and processor time in seconds, and the largest resident set in MB."""
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, devnull, fd) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with status {status}: nothing to measure")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def line(what, value, target, good, remark):
    global missed
    missed |= not good
    print(f"{what:<42} {value}  (target {target}){'' if good else '  MISSED'}  {remark}")


rng = random.Random(1)
big = scratch + "/dense.pkl"
size = os.path.getsize(big) / 1e6
ours = [run(headgate, "check", "--jobs", "1", big) for _ in range(8)][1:]
wall, processor, memory = (statistics.median(column) for column in zip(*ours))
line(f"dense pickle of {size:.0f} MB, one core", f"{size / wall:.0f} MB/s", "300", size / wall >= 300, f"{size / processor:.0f} MB/s of processor time")
line("  memory beyond the input", f"{memory - size:.0f} MB", "64", memory - size < 64, f"{memory:.0f} MB resident")
if picklescan:
    theirs = [run(picklescan, "-p", big) for _ in range(2)]
    ratio = min(one[0] for one in theirs) / wall
    line("  beside picklescan", f"{ratio:.0f} times as fast", "50", ratio >= 50, f"{min(one[0] for one in theirs):.1f} s to {wall:.3f} s")

for name, each in (("40 folders", 500), ("one folder", 20_000)):
    folder = f"{scratch}/{each}"
    for i in range(20_000):
        inner = f"{folder}/{i // each:02d}"
        os.makedirs(inner, exist_ok=True)
        with open(f"{inner}/{i}.pkl", "wb") as file:
            pickle.dump({"name": f"row {i}", "values": [rng.random() for _ in range(8)], "index": i}, file)
    wall = statistics.median(run(headgate, "check", folder)[0] for _ in range(5))
    line(f"20,000 small files in {name}", f"{20_000 / wall:,.0f} files/s", "20,000", 20_000 / wall >= 20_000, f"{wall:.2f} s")
sys.exit(missed)
END
exit "$missed"
