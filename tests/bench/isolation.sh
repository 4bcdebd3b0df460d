#!/usr/bin/env bash
# tests/bench/isolation.sh [SUBJECTS]: what a worker for each subject costs: many small subjects in one process, with --isolate and without,
# turn by turn in one run. Ends with 1 if it is more than 0.5 ms per subject over parsing in the process itself.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
headgate=$(realpath "${HEADGATE:-$root/build/release/gate/headgate}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"${PYTHON:-/usr/bin/python3}" - "$headgate" "$folder" "${1:-2000}" <<'END'
import os, pickle, statistics, subprocess, sys, time
headgate, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
header = b'{"w":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}}'
header += b" " * (-len(header) % 8)
model = len(header).to_bytes(8, "little") + header
makers = {"safetensors": lambda i: model + i.to_bytes(8, "little") * 8, "pkl": lambda i: pickle.dumps({"i": i, "w": [0.5] * 50}),
          "json": lambda i: b'{"model_type": "x", "i": %d}' % i}
names = []
for i in range(count):
    kind = list(makers)[i % len(makers)]
    names.append(f"{i:05d}.{kind}")
    with open(os.path.join(folder, names[-1]), "wb") as file:
        file.write(makers[kind](i))

def run(words, jobs):
    command = [headgate, "check", "--at", "2026-11-30T00:00:00Z", "--output", "json", "--quiet", "--jobs", str(jobs), *words, "-"]
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, input="\n".join(names).encode(), capture_output=True)
    elapsed = (time.perf_counter() - begin) * 1000 / count
    if done.returncode not in (0, 1):
        sys.exit(f"exit {done.returncode}: {done.stderr[-300:]}")
    return elapsed, done.stdout

missed = False
print(f"{count} small subjects in one process, medians of 7 runs, per subject")
for jobs in (os.cpu_count() or 1, 1):
    here, there, pairs = [], [], []
    for turn in range(8):
        a, said_here = run([], jobs)
        b, said_there = run(["--isolate"], jobs)
        if said_here != said_there:
            sys.exit("the verdicts differ")
        if turn > 0:
            here.append(a), there.append(b), pairs.append(b - a)
    added = statistics.median(pairs)
    print(f"--jobs {jobs}: in the process {statistics.median(here):.3f} ms, in a worker each {statistics.median(there):.3f} ms: "
          f"{added:.3f} ms more ({min(pairs):.3f} to {max(pairs):.3f}; target 0.5), ratio {statistics.median(there) / statistics.median(here):.1f}")
    missed = missed or added > 0.5
sys.exit(1 if missed else 0)
END
