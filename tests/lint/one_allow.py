#!/usr/bin/env python3
"""`Decision::allow` is produced in exactly one place: gate/policy/judge.cpp. Elsewhere it may only be compared with."""
import re

import _lint

JUDGE = "gate/policy/judge.cpp"
ALLOW = re.compile(r"\bDecision\s*::\s*allow\b")
COMPARED_BEFORE = re.compile(r"(?:==|!=|\bcase)\s*(?:(?:::)?\s*headgate\s*::\s*)?$")
COMPARED_AFTER = re.compile(r"\s*(?:==|!=)")
# Ways to get an allow without spelling it.
DISGUISES = re.compile(r"\busing\s+enum\s+(?:\w+\s*::\s*)*Decision\b|_cast<\s*(?:\w+\s*::\s*)*Decision\s*>"
                       r"|(?<!enum class )\bDecision\s*[({]\s*\w|\(\s*(?:headgate\s*::\s*)?Decision\s*\)\s*\w|\bbit_cast<\s*(?:\w+\s*::\s*)*Decision\s*>")

produced = []
disguised = []
for path in _lint.files(".cpp", ".hpp", ".h", under="gate/"):
    code = _lint.code_only(_lint.text(path))
    for match in ALLOW.finditer(code):
        if not COMPARED_BEFORE.search(code[:match.start()]) and not COMPARED_AFTER.match(code, match.end()):
            produced.append(f"{path}:{_lint.line_of(code, match.start())}")
    for match in DISGUISES.finditer(code):
        disguised.append(f"{path}:{_lint.line_of(code, match.start())}: {match.group()}")

results = _lint.Results()
in_judge = [place for place in produced if place.startswith(JUDGE + ":")]
results.check("allow is produced once in " + JUDGE, [] if len(in_judge) == 1 else [f"{len(in_judge)} times: {in_judge}"])
results.check("allow is produced nowhere else", [place for place in produced if place not in in_judge])
results.check("no Decision is made from a number", disguised)
results.finish()
