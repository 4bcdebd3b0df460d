#!/usr/bin/env bash
# tests/bench/packages.sh: names and lockfiles. One name against 15,000 popular ones (PyPI, npm) on one core; how long the index takes to
# open, and its size; a package-lock of 5,000 entries judged and attested, including the start. Beside it, on the same names and lists,
# guarddog's own function and rapidfuzz (both from PyPI, where they can be installed). Ends with 1 if a target is missed.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
set -e
release=$root/build/release/gate

# Against the libraries of the release build, so that it is their code that is measured.
g++ -std=c++20 -O2 -D_GLIBCXX_ASSERTIONS -I"$root/gate" "$root/tests/bench/names_bench.cpp" -o "$scratch/names_bench" \
    "$release"/libheadgate_{checkers,io,crypto,model,base}.a -lcrypto -lpthread

# Three sets a list: popular names; one slip in each; names of as many letters that look like none.
"$PYTHON" - "$root/rules/names" "$scratch" <<'END'
import random, sys
names_folder, scratch = sys.argv[1:]
rng = random.Random(7)
for ecosystem in ("pypi", "npm"):
    with open(f"{names_folder}/{ecosystem}.txt", encoding="utf-8") as file:
        names = [line.strip().lower() for line in file if line.strip() and not line.startswith("#")]
    slips, strangers = [], []
    for name in names:
        at = rng.randrange(len(name))
        other = rng.choice("abcdefghijklmnopqrstuvwxyz")
        slips.append((name[:at] + other + name[at + 1:], name[:at] + name[at + 1:], name[:at] + other + name[at:])[rng.randrange(3)] or "x")
        strangers.append("".join(rng.choice("abcdefghijklmnopqrstuvwxyz-") if c != "@" and c != "/" else c for c in name).strip("-") or "x")
    for what, chosen in (("popular", names), ("one slip", slips), ("strangers", strangers)):
        with open(f"{scratch}/{ecosystem}, {what}", "w", encoding="utf-8") as file:
            file.write("".join(name + "\n" for name in chosen))
END
missed=0
for ecosystem in pypi npm; do
    (cd "$scratch" && ./names_bench "$ecosystem" "$release/names/$ecosystem.idx" "$ecosystem, popular" "$ecosystem, one slip" "$ecosystem, strangers") >"$scratch/$ecosystem.out"
    awk -v ecosystem="$ecosystem" '
        $1 == "open" { printf "%-24s %7.3f us to open, %.2f MB, %d names\n", ecosystem, $2, $3 / 1e6, $4; next }
        { us = $(NF - 2); name = $0; sub(/ [0-9.]+ [0-9]+ [0-9]+$/, "", name)
          printf "%-24s %7.3f us a name  (target 2)%s  %d names, %d look like another\n", name, us, us <= 2 ? "" : "  MISSED", $(NF - 1), $NF
          if (us > 2) missed = 1 }
        END { exit missed }' "$scratch/$ecosystem.out" || missed=1
done

# guarddog fetches newer lists when those it has are old: here it gets fresh ones, and the list is Headgate's.
mkdir "$scratch/lists"
for list in top_pypi_packages top_npm_packages top_go_packages top_rubygems_packages; do
    printf '{"downloaded_timestamp": %s, "packages": ["headgate"]}' "$(date +%s)" >"$scratch/lists/$list.json"
done
export GUARDDOG_TOP_PACKAGES_CACHE_LOCATION=$scratch/lists
if python_tools "$root/tests/bench/guarddog" >"$scratch/why" 2>&1; then
    "$python_tools/python" - "$root/rules/names/pypi.txt" "$scratch/pypi, one slip" "$(awk '/one slip/ { print $(NF - 2) }' "$scratch/pypi.out")" <<'END'
import random, sys, time
from guarddog.analyzer.metadata.pypi.typosquatting import PypiTyposquatDetector
from rapidfuzz import process
from rapidfuzz.distance import OSA
targets, slips, ours = sys.argv[1:]
with open(targets, encoding="utf-8") as file:
    names = [line.strip() for line in file if line.strip() and not line.startswith("#")]
with open(slips, encoding="utf-8") as file:
    queries = random.Random(1).sample(file.read().split(), 2000)


class SameList(PypiTyposquatDetector):
    """guarddog's function with Headgate's list."""
    def _get_top_packages(self):
        return set(map(self._canonicalize_name, names))


def line(what, seconds, count):
    print(f"{what:<24} {seconds / count * 1e6:9.1f} us a name, {seconds / count * 1e6 / float(ours):,.0f} times ours  {count} names")


detector = SameList()
start = time.process_time()
for query in queries[:20]:
    detector.get_typosquatted_package(query)
line("guarddog", time.process_time() - start, 20)
start = time.process_time()
for query in queries[:500]:
    process.extract(query, names, scorer=OSA.distance, processor=None, score_cutoff=1, limit=None)
line("rapidfuzz, OSA 1", time.process_time() - start, 500)
END
else
    skip "guarddog, rapidfuzz" "they cannot be installed: $(tail -n 1 "$scratch/why")"
fi

"$PYTHON" - "$root/rules/names/npm.txt" "$scratch/lock" <<'END'
import base64, hashlib, json, os, sys
names_file, folder = sys.argv[1:]
os.mkdir(folder)
with open(names_file, encoding="utf-8") as file:
    names = [line.strip() for line in file if line.strip() and not line.startswith("#")]
names = sorted(names[:4000] + [f"headgate-{hashlib.sha256(str(i).encode()).hexdigest()[:8]}-{i}" for i in range(1000)])
packages = {"": {"name": "app", "version": "1.0.0", "dependencies": {name: "^1.0.0" for name in names[:100]}}}
for name in names:
    base = name.rpartition("/")[2]
    packages[f"node_modules/{name}"] = {"version": "1.0.0", "resolved": f"https://registry.npm.example/{name}/-/{base}-1.0.0.tgz",
                                        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(name.encode()).digest()).decode(), "license": "MIT"}
with open(folder + "/package-lock.json", "w", encoding="utf-8") as file:
    json.dump({"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}, file, indent=2)
with open(folder + "/policy.yaml", "w", encoding="utf-8") as file:
    file.write("headgate: 1\npolicy: bench/packages\nowner: tests\nextends: [builtin:baseline]\n"
               'registries: { npm: { mirrors: ["https://registry.npm.example"] } }\n')
END
make_key "$scratch/lock/key"
cd "$scratch/lock"
expect "the lockfile is allowed" 0 "$HEADGATE" check --policy policy.yaml --attest out.json --key key package-lock.json
read -r median least most <<<"$("$PYTHON" "$root/tests/bench/spawn.py" 50 "$HEADGATE" check --policy policy.yaml --attest out.json --key key package-lock.json)"
read -r plain _ <<<"$("$PYTHON" "$root/tests/bench/spawn.py" 50 "$HEADGATE" --version)"
awk -v m="$median" -v least="$least" -v most="$most" -v plain="$plain" 'BEGIN {
    printf "%-24s %7.2f ms  (target 60)%s  least %s, most %s; --version alone %s\n", "package-lock of 5,000", m, m < 60 ? "" : "  MISSED", least, most, plain
    exit m < 60 ? 0 : 1 }' || missed=1
exit "$missed"
