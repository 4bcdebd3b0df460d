#!/usr/bin/env python3
"""transcript.py PAGE PLUGIN: the JSON blocks of PAGE are requests and answers by turns: each answer is what PLUGIN says."""
import re
import subprocess
import sys


def main(page, plugin):
    with open(page, encoding="utf-8") as file:
        blocks = re.findall(r"^```json\n(.*?)\n```$", file.read(), re.M | re.S)
    wrong = len(blocks) != 4
    for request, answer in zip(blocks[::2], blocks[1::2]):
        said = subprocess.run([plugin], input=request, capture_output=True, text=True, check=False).stdout.strip()
        wrong = wrong or said != answer
    print("not ok the transcript of plugins/README.md is real - it differs" if wrong else "ok the transcript of plugins/README.md is real")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
