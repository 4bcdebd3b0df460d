#!/usr/bin/env python3
"""No path of somebody's machine in the project, and no file of the conformance corpus."""
import re

import _lint

# Folders that exist on one machine only. Spelled in pieces, so that this file passes its own test.
MACHINE = re.compile(r"(?<![A-Za-z0-9_.])/(?:" + "|".join(["wo" + "rk", "fa" + "rm", "ho" + "me", "Us" + "ers"]) + r")/[A-Za-z.]")

results = _lint.Results()
problems = []
for path in _lint.files():
    source = _lint.text(path) or ""
    for match in MACHINE.finditer(source):
        problems.append(f"{path}:{_lint.line_of(source, match.start())}: {source[match.start():match.start() + 40].splitlines()[0]}")
results.check("no machine path", problems)
results.check("no corpus file", [path for path in _lint.files() if re.match(r"(?:shared|corpus)/", path)])
results.finish()
