"""policy_tests.py POLICY...: runs the `tests` of each policy through `headgate check`, one "ok" or "not ok" line a test."""
import json
import os
import subprocess
import sys

import yaml

ORDER = ["not-applicable", "pass", "skipped", "upcoming", "waived", "warn", "error", "fail"]


def everybody(subjects):
    for subject in subjects:
        yield subject
        yield from everybody(subject["members"])


def run(policy, test):
    folder = os.path.dirname(os.path.abspath(policy))
    command = [os.environ["HEADGATE"], "check", "--policy", os.path.basename(policy), "--output", "json", test["subject"]]
    for key in ("as", "kind", "at"):
        if key in test:
            command += ["--" + key, str(test[key])]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    expect = test["expect"]
    if not done.stdout:
        return [f"exit {done.returncode}: {done.stderr[-400:]}"]
    answer = json.loads(done.stdout)
    subjects = list(everybody(answer["subjects"]))
    results = {}
    for subject in subjects:
        for rule in subject["rules"]:
            results[rule["id"]] = max(results.get(rule["id"], ORDER[0]), rule["result"], key=ORDER.index)
    problems = []

    def same(what, got, wanted):
        if got != wanted:
            problems.append(f"{what} {got}, expected {wanted}")

    same("decision", answer["decision"], expect["decision"])
    for key in ("level", "tier"):
        if key in expect:
            same(key, answer["subjects"][0][key], expect[key])
    for rule, wanted in expect.get("rules", {}).items():
        same(rule, results.get(rule), wanted)
    found = {finding["id"] for subject in subjects for finding in subject["findings"]}
    for finding in expect.get("findings", []):
        if finding not in found:
            problems.append(f"{finding} is not among {sorted(found)}")
    for key in ("used", "expired"):
        if key + "-waivers" in expect:
            same(key + " waivers", [waiver["id"] for waiver in answer["waivers"][key]], expect[key + "-waivers"])
    return problems


def main(policies):
    bad = 0
    for policy in policies:
        name = os.path.basename(os.path.dirname(os.path.abspath(policy))) + "/" + os.path.basename(policy)
        with open(policy, encoding="utf-8") as file:
            tests = yaml.safe_load(file).get("tests", [])
        if not tests:
            print(f"not ok {name} - no tests")
            bad += 1
        for test in tests:
            problems = run(policy, test)
            bad += bool(problems)
            print(f"not ok {name}: {test['name']} - {'; '.join(problems)}" if problems else f"ok {name}: {test['name']}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
