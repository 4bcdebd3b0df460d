#!/usr/bin/env python3
"""A type of one name in one namespace is defined once: of two, the linker keeps the functions of one, and the other's memory is read by
them (no compiler says so). Looks at structs and classes that stand in a named namespace."""
import re

import _lint

TOKEN = re.compile(r"\bnamespace\s+([\w:]*)\s*\{|\b(?:struct|class)\s+(\w+)(?:\s+final)?(?:\s*:(?!:)[^;{]*)?\s*\{|[{}]")

results = _lint.Results()
defined = {}
for path in _lint.files(".cpp", ".hpp", under="gate/"):
    code = _lint.code_only(_lint.text(path))
    open_blocks = []                     # each "namespace NAME", "anonymous" or ""
    for match in TOKEN.finditer(code):
        if match.group() == "}":
            if open_blocks:
                open_blocks.pop()
        elif match.group(1) is not None:
            open_blocks.append("namespace " + match.group(1) if match.group(1) else "anonymous")
        else:
            name = match.group(2)
            if name and all(block.startswith("namespace ") for block in open_blocks):
                where = "::".join(block.removeprefix("namespace ") for block in open_blocks)
                defined.setdefault(f"{where}::{name}", []).append(f"{path}:{_lint.line_of(code, match.start())}")
            open_blocks.append("")
results.check(f"{len(defined)} types are looked at", [] if len(defined) > 200 else ["far fewer than there are: this lint reads nothing"])
results.check("each is defined once", [f"{name}: {' and '.join(places)}" for name, places in sorted(defined.items()) if len(places) > 1])
results.finish()
