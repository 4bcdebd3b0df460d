#!/usr/bin/env python3
"""dockerfile.py DOCKERFILE SCRIPT: checks the instructions and writes what RUN runs to SCRIPT, for shellcheck."""
import glob
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
KNOWN = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}


def instructions(path):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def report(name, problems):
    print(f"ok {name}" if not problems else f"not ok {name} - {'; '.join(problems)}")


def main():
    steps = instructions(sys.argv[1])
    report("every instruction is known", [step[0] for step in steps if step[0] not in KNOWN or len(step) < 2])
    stages = [index for index, step in enumerate(steps) if step[0] == "FROM"]
    last = steps[stages[-1]:]
    report("it builds in one stage and ships another", [] if len(stages) == 2 else [f"{len(stages)} stages"])
    names = {match.group(1) for _, rest in steps if (match := re.search(r"\bAS (\w+)$", rest))}
    missing = []
    for word, rest in steps:
        if word != "COPY":
            continue
        parts = rest.split()
        origin = next((part[len("--from="):] for part in parts if part.startswith("--from=")), None)
        if origin is not None:
            missing += [origin] if origin not in names else []
        else:
            missing += [source for source in parts[:-1] if not glob.glob(os.path.join(ROOT, source))]
    report("what it copies is there", missing)
    users = [rest for word, rest in last if word == "USER"]
    report("the image runs as nobody in particular", [] if users and re.match(r"[1-9]\d*:[1-9]\d*$", users[-1]) else users or ["no USER"])
    after = [word for word, _ in last[[word for word, _ in last].index("USER"):]] if users else []
    report("nothing is installed after USER", [word for word in after if word in ("RUN", "COPY")])
    entry = [json.loads(rest) for word, rest in last if word == "ENTRYPOINT"]
    report("the entry point is headgate", [] if entry == [["headgate"]] else [str(entry)])
    with open(sys.argv[2], "w", encoding="utf-8") as script:
        script.write("#!/bin/sh\n" + "\n".join(rest for word, rest in steps if word == "RUN") + "\n")


main()
