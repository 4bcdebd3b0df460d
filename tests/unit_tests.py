#!/usr/bin/env python3
"""unit_tests.py BUILD: runs CTest in BUILD and prints one line a Catch2 test case, or a test program that died."""
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree


def programs(build):
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True, check=True)
    return [(test["name"], test.get("command")) for test in json.loads(shown.stdout)["tests"]]


def run(name, command):
    """One program: a Catch2 program reports per test case, any other by its exit code."""
    if command is None:
        print(f"not ok {name} - the test program was not built")
        return False
    catch = name.startswith("unit.")
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.xml")
        extra = ["--reporter", "xml", "--out", report] if catch else []
        done = subprocess.run(command + extra, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        cases = []
        if catch and os.path.exists(report):
            try:
                cases = list(ElementTree.parse(report).iter("TestCase"))
            except ElementTree.ParseError:
                pass  # it died in the middle: said below, by its exit code
    good = True
    for case in cases:
        title = " ".join(case.get("name", "").split())
        overall = case.find("OverallResult")
        if overall is not None and overall.get("success") == "true":
            print(f"ok {name}: {title}")
        else:
            print(f"not ok {name}: {title} - {why_it_failed(case)}")
            good = False
    if done.returncode != 0 and good:
        tail = " | ".join(done.stdout.decode(errors="replace").splitlines()[-12:])
        print(f"not ok {name} - exit {done.returncode}: {tail}")
        good = False
    elif not catch:
        print(f"ok {name}")
    elif not cases:
        print(f"not ok {name} - ran no test case")
        good = False
    sys.stdout.flush()
    return good


def why_it_failed(case):
    """The first expression that did not hold, with its place."""
    for expression in case.iter("Expression"):
        if expression.get("success") == "false":
            text = expression.findtext("Expanded") or expression.findtext("Original") or ""
            return f'{os.path.basename(expression.get("filename", ""))}:{expression.get("line")}: {" ".join(text.split())[:300]}'
    text = case.findtext(".//Exception") or case.findtext(".//Failure") or "it asserted nothing, or threw"
    return " ".join(text.split())[:300]


def main():
    build = sys.argv[1]
    results = [run(name, command) for name, command in programs(build)]
    if not results:
        print("not ok unit - no test program was built")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
