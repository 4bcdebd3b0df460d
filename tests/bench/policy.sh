#!/usr/bin/env bash
# tests/bench/policy.sh: load and decide: the largest pack with 1,000 waivers on top, and 10,000 recordings of evidence.
# Ends with 1 if the median of 15 runs is not under 300 ms.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
headgate=$(realpath "${HEADGATE:-$root/build/release/gate/headgate}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 "$root/tests/e2e/make.py" safetensors one.safetensors
"$headgate" facts one.safetensors >one.json
pack=$(cd "$root/rules" && wc -l baseline.yaml strict.yaml huggingface.yaml kubernetes.yaml pre-commit.yaml | sort -n | sed -n '$!p' | tail -n 1 | awk '{print $2}')
pack=${pack%.yaml}
python3 - "$pack" <<'END'
import hashlib, json, sys
line = open("one.json").read()
digest = json.loads(line)["digest"]["sha256"]
with open("many.jsonl", "w") as out:
    for i in range(10_000):
        out.write(line.replace(digest, hashlib.sha256(str(i).encode()).hexdigest()).replace("one.safetensors", f"models/m{i}.safetensors"))
with open("policy.yaml", "w") as out:
    out.write(f"headgate: 1\npolicy: bench/large\nextends: [builtin:baseline{'' if sys.argv[1] == 'baseline' else ', builtin:' + sys.argv[1]}]\n")
    out.write("tests: [ { name: ten thousand, evidence: many.jsonl, at: \"2026-11-01\", expect: { decision: EXPECTED } } ]\n")
    out.write("waivers:\n")
    for i in range(1_000):
        out.write(f"""  - id: WVR-{i:04d}
    rule: model.index-complete
    subject: {{ digest: "sha256:{hashlib.sha256(str(i * 7).encode()).hexdigest()}" }}
    findings: [integrity.missing-file]
    reason: Loaded in a sandbox until it is converted.
    owner: jane@acme.example
    approved-by: joe@acme.example
    created: "2026-10-01"
    expires: "2026-12-01"
    ticket: SEC-{i}
""")
END
# What comes out is settled once, so that a run that judges nothing would be seen.
for expected in allow deny; do
    sed "s/EXPECTED/$expected/" policy.yaml >run.yaml
    "$headgate" policy test run.yaml >/dev/null && break
done
"$headgate" policy test run.yaml >/dev/null

python3 - "$headgate" <<'END'
import statistics, subprocess, sys, time
times = []
for _ in range(16):
    begin = time.perf_counter()
    subprocess.run([sys.argv[1], "policy", "test", "run.yaml"], check=True, stdout=subprocess.DEVNULL)
    times.append((time.perf_counter() - begin) * 1000)
median = statistics.median(times[1:])
print(f"load and decide, 1,000 waivers and 10,000 recordings: {median:.0f} ms (median of 15, {min(times[1:]):.0f} to {max(times[1:]):.0f})")
sys.exit(0 if median < 300 else 1)
END
