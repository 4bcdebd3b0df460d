#!/usr/bin/env python3
"""judge.py FOLDER ASKED: judges every package below FOLDER under baseline, as a package. Prints a check for each that is denied by `content`, and
what of medium severity or more was found; ASKED is 1 where the lists of names were fetched, which must then come to enough."""
import collections
import json
import os
import pathlib
import subprocess
import sys

ENDINGS = (".whl", ".tar.gz", ".tgz", ".crate")
SEVERE = ("high", "critical")
AT_ONCE = 20

folder = pathlib.Path(sys.argv[1])
files = sorted(path for path in folder.rglob("*") if path.name.endswith(ENDINGS))
counts = collections.Counter()
denied = collections.Counter()
for begin in range(0, len(files), AT_ONCE):
    batch = files[begin:begin + AT_ONCE]
    ran = subprocess.run([os.environ["HEADGATE"], "check", "--kind", "package", "--output", "json", *batch], capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)
    if len(report["subjects"]) != len(batch):
        print(f"not ok {batch[0].name} and others are judged - {ran.stderr[-300:]}")
    for path, subject in zip(batch, report["subjects"]):
        counts[next(ending for ending in ENDINGS if path.name.endswith(ending))] += 1
        content = [one for one in subject["findings"] if one["id"].startswith("content.")]
        others = [one["id"] for one in subject["findings"] if one["severity"] in SEVERE and not one["id"].startswith("content.")]
        denied.update(set(others))
        for one in content:
            if one["severity"] in (*SEVERE, "medium"):
                print(f"# {path.name}: {one['severity']} {one['id']}: {one['message']}"[:400])
        severe = sorted({one["id"] for one in content if one["severity"] in SEVERE})
        if severe:
            print(f"not ok {path.name} is not denied for its content - {', '.join(severe)}")
        if not any(rule["id"] == "package.content" for rule in subject["rules"]):
            print(f"not ok {path.name} is asked for its content - {[rule['id'] for rule in subject['rules']]}")
for name, count in sorted(denied.items()):
    print(f"# {count} refused by something else: {name}")
for ending, count in sorted(counts.items()):
    print(f"ok {count} packages {ending} were judged")
if sys.argv[2] == "1":
    for ending, wanted in ((".whl", 100), (".tgz", 100)):
        if 0 < counts[ending] < wanted:
            print(f"not ok at least {wanted} packages {ending} are judged - {counts[ending]}")
if not files:
    print("skip real packages - there are none")
