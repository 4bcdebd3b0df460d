#!/usr/bin/env python3
"""The controls of rules: identifiers of the frameworks that rules/README.md lists, spelled as they spell them, and none
that is not listed there. Every pack says at its top what to tighten."""
import re

import _lint

MANUAL = "rules/README.md"
SHAPES = {
    "OWASP Top 10 for LLM applications 2025": r"OWASP-LLM(?:0[1-9]|10)",
    "MITRE ATLAS": r"ATLAS-AML\.T\d{4}(?:\.\d{3})?",
    "NIST SP 800-218": r"SSDF-(?:PO|PS|PW|RV)\.\d{1,2}(?:\.\d{1,2})?",
    "NIST SP 800-218A": r"SSDF-218A-(?:PO|PS|PW|RV)\.\d{1,2}(?:\.\d{1,2})?",
    "G7 and CISA, SBOM for AI": r"G7AI-(?:MD|SLP|MDL|DP|INF|SP|KPI)-\d{2}",
}
SHAPE = re.compile("|".join(SHAPES.values()))
LIST = re.compile(r"^\s*controls: \[([^\]]*)\]", re.M)

results = _lint.Results()
manual = _lint.text(MANUAL) or ""
known = set(re.findall(r"^\| `([A-Z0-9a-z.-]+)` \|", manual, re.M)) & {word for word in re.findall(r"`([^`\n]+)`", manual) if SHAPE.fullmatch(word)}
results.check(f"{MANUAL} names the controls", [] if known else ["none found"])

used, misspelt, unknown = set(), [], []
policies = [path for path in _lint.files(".yaml", under="rules/") if "rules:" in (_lint.text(path) or "")]
for path in [*policies, MANUAL]:
    source = _lint.text(path)
    for match in LIST.finditer(source):
        for control in filter(None, (item.strip() for item in match.group(1).split(","))):
            place = f"{path}:{_lint.line_of(source, match.start(1))}: {control}"
            used.add(control)
            if not SHAPE.fullmatch(control):
                misspelt.append(place)
            elif control not in known:
                unknown.append(place)
results.check(f"controls in {len(policies)} policies are spelled as {len(SHAPES)} frameworks spell them", misspelt)
results.check(f"each of {len(used)} controls is one that {MANUAL} names", unknown)
results.check(f"and each that {MANUAL} names is used", sorted(known - used))

packs = [path for path in _lint.files(".yaml", under="rules/") if path.count("/") == 1 and "\npolicy: headgate/" in (_lint.text(path) or "")]
results.check("there are packs", [] if packs else ["none found"])
heads = {path: (_lint.text(path) or "").split("headgate: 1")[0] for path in packs}
results.check("every pack says at its top what to tighten", [path for path, head in heads.items() if "To tighten" not in head])
results.check("every pack but baseline says what it does not ask for",
              [path for path, head in heads.items() if "Not asked for" not in head and not path.endswith("/baseline.yaml")])
results.finish()
