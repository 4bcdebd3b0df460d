#!/usr/bin/env python3
"""keys.py CASES WORLD: for each key of the language the case CASES/SECTION.KEY.yaml:

    shows: one sentence
    policy: text, with @@ as the value of the key (once, here or in `files`)
    files: { parent.yaml: text }      further files beside the policy
    a: text that stands for @@; b: another; null removes the line
    run: check SUBJECT... (the default command), show, test or load
    env: { NAME: value }
    field: a JSON pointer into the output, `exit`, or `text REGEX` (its first group)
    expect: [what a gives, what b gives]; they differ

${sha256:FILE}, ${digest:SUBJECT} and ${dirHash:SUBJECT} are computed. A key without a case fails, and so does a case without a
key, a case whose @@ is not the value of its key, and one whose two answers are alike.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "recipes"))
import policy_world  # noqa: E402
from schema_keys import keys_of_language  # noqa: E402

HEADGATE = os.environ["HEADGATE"]
failed = 0


def report(name, problem=""):
    global failed
    failed += bool(problem)
    print(f"not ok {name} - {problem}".replace("\n", " | ") if problem else f"ok {name}", flush=True)


def with_value(text, value):
    """The text with the value of the key, or without the line that it stands in."""
    if value is None:
        return "".join(line for line in text.splitlines(keepends=True) if "@@" not in line)
    return text.replace("@@", str(value))


def write_policy(world, case, value):
    texts = {**case.get("files", {}), "policy.yaml": case["policy"]}
    for name, text in texts.items():
        filled = re.sub(r"\$\{([^}]+)\}", lambda match: policy_world.value_of(world, match.group(1)), with_value(text, value))
        (pathlib.Path(world) / name).write_text(filled)


def at_pointer(document, pointer):
    for part in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(part)] if int(part) < len(document) else None
        elif isinstance(document, dict):
            document = document.get(part)
        else:
            return None
    return document


def command_of(run):
    words = shlex.split(run)
    if words[0] == "show":
        return [HEADGATE, "policy", "show", "--output", "json", "policy.yaml"]
    if words[0] == "test":
        return [HEADGATE, "policy", "test", "policy.yaml", *words[1:]]
    if words[0] == "load":
        words = ["check", "good.safetensors"]
    return [HEADGATE, *words[:1], "--policy", "policy.yaml", "--output", "json", *words[1:]]


def answer(world, case, value):
    write_policy(world, case, value)
    run = subprocess.run(command_of(case["run"]), cwd=world, capture_output=True, text=True, timeout=60, check=False,
                         env={**os.environ, **case.get("env", {})})
    field = case["field"]
    if case["run"] == "load" and run.returncode not in (0, 1, 4):
        return f"exit {run.returncode}: {run.stderr}"
    if field == "exit":
        code = run.returncode
        return ("refused" if code == 4 else "loads") if case["run"] == "load" else code
    if field.startswith("text "):
        found = re.search(field[5:], run.stdout + run.stderr)
        return found.group(1) if found else f"no /{field[5:]}/ in {run.stdout}{run.stderr}"
    if not run.stdout.startswith("{"):
        return f"exit {run.returncode}: {run.stderr}{run.stdout}"
    return at_pointer(policy_world.as_json(run.stdout), field)


def problem_of(key, case, world):
    missing = {"shows", "policy", "a", "b", "run", "field", "expect"} - case.keys()
    if missing:
        return f"the case lacks {', '.join(sorted(missing))}"
    texts = "\n".join([case["policy"], *case.get("files", {}).values()])
    places = re.findall(r"([A-Za-z0-9-]+):\s*@@", texts)
    if places != [key.split(".", 1)[1]] or texts.count("@@") != 1:
        return f"@@ is not, once, the value of {key}"
    if case["expect"][0] == case["expect"][1]:
        return "the two answers that are expected are alike"
    for which, wanted in zip(("a", "b"), case["expect"]):
        got = answer(world, case, case[which])
        if got != wanted:
            return f"{which}: {case['field']} is {got!r}, expected {wanted!r}"
    return ""


def main(cases, world):
    os.makedirs(world)
    policy_world.make(world)
    keys = keys_of_language()
    named = {path.stem: path for path in sorted(cases.glob("*.yaml"))}
    for key in keys:
        if key not in named:
            report(f"{key} has an effect", f"there is no case {key}.yaml")
            continue
        report(f"{key} has an effect", problem_of(key, yaml.load(named[key].read_text(), yaml.SafeLoader), world))
    report(f"every case is of one of {len(keys)} keys", ", ".join(sorted(set(named) - set(keys))))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2]))
