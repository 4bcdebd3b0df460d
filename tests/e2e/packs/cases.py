"""cases.py CASES.yaml POLICY FOLDER: judges each case under POLICY; one "ok" or "not ok" line a case.

A case says what is made, what is asked, and everything that comes out:
    allow|refuse: what it shows       the decision, and its name
    make: { NAME: RECIPE }            artifacts of tests/recipes/supply_chain.py
    write: { NAME: TEXT }             text files; @npm@ in it is the first public registry of rules/registries.yaml
    append: { NAME: TEXT }            ... behind what is there already
    link: { NAME: TARGET }            symbolic links
    remove: [NAME]
    check: [ARGUMENTS]                of `headgate check`, in a folder with only these files
    names: { internal: ... }          judged by a policy that extends POLICY and has these names
    by: [RULE]                        of `refuse`: exactly the enforcing rules that fail
    warns: [RULE]                     exactly the rules that warn; none without it
    level: admit|restricted|names     of `allow`
    finds: [FINDING]                  ids that are among the findings
    cannot-pass: [RULE], because: ... rules that nothing can satisfy yet
At the end: at least four cases of each kind, four different refusing rules, and every rule that the pack itself states in
at least one case that it refuses (or warns about) and in one that it passes.
"""
import json
import os
import shutil
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tests", "recipes"))
import supply_chain  # noqa: E402

KEYS = {"allow", "refuse", "make", "write", "append", "link", "remove", "check", "names", "by", "warns", "level", "finds"}
failures = 0


def report(name, problems):
    global failures
    if problems:
        failures += 1
        print(f"not ok {name} - {'; '.join(problems)[:700]}")
    else:
        print(f"ok {name}")


def public_registries():
    with open(os.path.join(ROOT, "rules", "registries.yaml"), encoding="utf-8") as file:
        return {f"@{name}@": entry["urls"][0] for name, entry in yaml.safe_load(file).items()}


def prepare(case, folder):
    os.makedirs(folder)
    for name, recipe in case.get("make", {}).items():
        supply_chain.RECIPES[recipe](os.path.join(folder, name))
    for key, mode in (("write", "w"), ("append", "a")):
        for name, text in case.get(key, {}).items():
            for placeholder, url in public_registries().items():
                text = text.replace(placeholder, url)
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, mode, encoding="utf-8") as out:
                out.write(text)
    for name, target in case.get("link", {}).items():
        os.symlink(target, os.path.join(folder, name))
    for name in case.get("remove", []):
        os.remove(os.path.join(folder, name))


def everybody(subjects):
    for subject in subjects:
        yield subject
        yield from everybody(subject["members"])


def judge(case, policy, folder):
    prepare(case, folder)
    if "names" in case:
        child = {"headgate": 1, "policy": "with-names", "extends": [policy], "names": case["names"]}
        policy = folder + ".yaml"
        with open(policy, "w", encoding="utf-8") as out:
            yaml.safe_dump(child, out)
    command = [os.environ["HEADGATE"], "check", "--policy", policy, "--output", "json", *case["check"]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    try:
        return done.returncode, json.loads(done.stdout), done.stderr
    except json.JSONDecodeError:
        return done.returncode, None, done.stderr


def compare(case, code, answer, errors):
    if answer is None:
        return [f"exit {code}: {errors[-300:]}"]
    problems = []

    def same(what, got, wanted):
        if got != wanted:
            problems.append(f"{what} {got}, expected {wanted}")

    subjects = list(everybody(answer["subjects"]))
    rules = [rule for subject in subjects for rule in subject["rules"]]
    same("exit code", code, 0 if "allow" in case else 1)
    same("refused by", sorted({rule["id"] for rule in rules if rule["result"] == "fail" and rule["mode"] == "enforce"}),
         sorted(case.get("by", [])))
    same("warned by", sorted({rule["id"] for rule in rules if rule["result"] == "warn"}), sorted(case.get("warns", [])))
    if "allow" in case:
        same("level", sorted({str(subject["level"]) for subject in answer["subjects"]}), [case.get("level", "admit")])
    found = {finding["id"] for subject in subjects for finding in subject["findings"]}
    for finding in case.get("finds", []):
        if finding not in found:
            problems.append(f"{finding} is not among {sorted(found)}")
    return problems


def main(path, policy, folder):
    with open(path, encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    cases = [entry for entry in entries if "cannot-pass" not in entry]
    passed = {rule for entry in entries for rule in entry.get("cannot-pass", []) if entry["because"]}
    pack = policy.split(":")[-1]
    folder = os.path.abspath(folder)
    known, bitten, refusers = set(), set(), set()
    for number, case in enumerate(cases):
        kind = "allow" if "allow" in case else "refuse"
        name = f"{pack}: {'allows' if kind == 'allow' else 'refuses'} {case[kind]}"
        unknown = set(case) - KEYS
        if unknown:
            report(name, [f"unknown keys {sorted(unknown)}"])
            continue
        code, answer, errors = judge(case, policy, os.path.join(folder, str(number)))
        report(name, compare(case, code, answer, errors))
        for subject in everybody(answer["subjects"]) if answer else []:
            for rule in subject["rules"]:
                if f"{pack}.yaml:" in rule["policy_line"]:
                    known.add(rule["id"])
                if rule["result"] == "pass":
                    passed.add(rule["id"])
                if rule["result"] == ("fail" if rule["mode"] == "enforce" else "warn"):
                    bitten.add(rule["id"])
                    if rule["mode"] == "enforce":
                        refusers.add(rule["id"])
        shutil.rmtree(os.path.join(folder, str(number)))
    for kind in ("allow", "refuse"):
        count = sum(kind in case for case in cases)
        report(f"{pack}: at least four cases that it must {kind}", [f"{count}"] if count < 4 else [])
    report(f"{pack}: four different rules refuse", [f"only {sorted(refusers)}"] if len(refusers) < 4 else [])
    report(f"{pack}: it states rules", [] if known else ["none seen"])
    report(f"{pack}: each of its {len(known)} rules bites in a case", [f"not {sorted(known - bitten)}"] if known - bitten else [])
    report(f"{pack}: and passes in another", [f"not {sorted(known - passed)}"] if known - passed else [])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
