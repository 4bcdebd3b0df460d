#!/usr/bin/env python3
"""judge.py FOLDER: every row of FOLDER/rows.jsonl by the command line ($HEADGATE). The honest file is allowed, under baseline or with one
named profile; its twin with the gadget is refused, by a finding that names the import, the member, the offset and the remedy. Ends with a
table of the frameworks."""

import collections
import concurrent.futures
import fnmatch
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HEADGATE = os.environ["HEADGATE"]


def check(path, row, without=False):
    """Exit code and findings."""
    command = [HEADGATE, "check", "--output", "json", "--kind", "model"]
    if row["policy"] and not without:
        command += ["--policy", f"{HERE}/{row['policy']}"]
    if row["profile"] and not without:
        command += ["--profile", row["profile"]]
    done = subprocess.run(
        command + [os.path.basename(path)],
        cwd=os.path.dirname(path),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    try:
        subjects = json.loads(done.stdout)["subjects"]
    except (ValueError, KeyError):
        return done.returncode, [], done.stderr.decode(errors="replace")[:300]
    return done.returncode, [finding for subject in subjects for finding in subject["findings"]], ""


def short(findings):
    return "; ".join(f"{f['id']}: {f['message'][:160]} ({f['location']})" for f in findings[:4])


def harms(findings):
    """Without what other rules of baseline say of any small model (that it has no card)."""
    return [
        finding for finding in findings if finding["rule"] == "model.safe-format" or finding["severity"] in ("high", "critical")
    ]


def honest(row):
    code, findings, log = check(row["path"], row)
    if code != 0:
        return f"exit {code}: {short(findings)}{log}"
    if harms(findings):
        return f"allowed, but with a finding: {short(harms(findings))}"
    if row["profile"] or row["policy"]:
        code, findings, log = check(row["path"], row, without=True)
        if code != 1:
            return f"exit {code} without its {'profile' if row['profile'] else 'policy'}: nothing is gained by it"
        if row["refused_by"] and row["refused_by"] not in [finding["id"] for finding in findings]:
            return f"without its policy, not by {row['refused_by']}: {short(findings)}"
    return ""


def problem_with(finding, expected):
    if expected["words"] not in finding["message"]:
        return f"does not say {expected['words']!r}"
    where = finding["location"]
    member = where.get("member", "")
    if (not member) if expected["member"] == "+" else (expected["member"] != "*" and member != expected["member"]):
        return f"names member {member!r}, not {expected['member']!r}"
    if expected["offset"] is not None and where.get("offset") != expected["offset"]:
        return f"says byte {where.get('offset')}, not {expected['offset']}"
    if expected["path"] and not where.get("path", "").endswith(expected["path"]):
        return f"names {where.get('path')!r}, not {expected['path']!r}"
    if not finding["why"] or not finding["fix"]:
        return "gives no reason or no remedy"
    return ""


def planted(row):
    code, findings, log = check(row["planted"], row)
    if code != 1:
        return f"exit {code}: {short(findings)}{log}"
    of_id = [
        finding
        for finding in findings
        if any(fnmatch.fnmatchcase(finding["id"], pattern) for pattern in row["expected"]["ids"])
    ]
    if not of_id:
        return f"no finding {' or '.join(row['expected']['ids'])}: {short(findings)}"
    problems = [problem_with(finding, row["expected"]) for finding in of_id]
    return "" if "" in problems else f"{problems[0]}: {short(of_id)}"


UNREAD = re.compile(r"serialization\.unscannable")


def verdict(row):
    """What is wrong with the honest file, what with its twin, and whether this build has no reader for them (the twin is refused still)."""
    false_alarm, missed = honest(row), planted(row)
    unread = row["pending"] and UNREAD.search(false_alarm) is not None
    if unread and missed and not missed.startswith("exit"):
        missed = ""
    return false_alarm, missed, unread


def main(folder):
    with open(f"{folder}/rows.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(verdict, rows))
    table = collections.defaultdict(lambda: [0, 0, 0, 0])
    for row, (false_alarm, missed, unread) in zip(rows, verdicts):
        by = f" with --profile {row['profile']}" if row["profile"] else f" under {row['policy']}" if row["policy"] else ""
        name = f"{row['framework']}: {row['name']}"
        say(f"{name}{by} is allowed", "" if unread else false_alarm, unread)
        say(f"{name}, with a gadget ({row['plant']}), is refused", missed, False)
        for column, add in enumerate((1, unread, bool(false_alarm) and not unread, bool(missed))):
            table[row["framework"]][column] += add
    print("# framework     files  not read yet  false alarms  gadgets missed")
    for framework, counts in [*table.items(), ("all", [sum(column) for column in zip(*table.values())] or [0] * 4)]:
        print(f"# {framework:<12} {counts[0]:>6} {counts[1]:>13} {counts[2]:>13} {counts[3]:>15}")


def say(name, problem, unread):
    if unread:
        print(f"skip {name} - no parser of this build reads it")
    else:
        print(f"not ok {name} - {problem}" if problem else f"ok {name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]))
