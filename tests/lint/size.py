#!/usr/bin/env python3
"""No source file over 500 lines: split it by layer. An exception needs a reason, here."""
import _lint

LIMIT = 500
EXCEPTIONS = {
    # "gate/room/file.cpp": "why it is one piece",
}

results = _lint.Results()
sources = _lint.files(".cpp", ".hpp", ".h", ".py", ".sh", ".cmake")
lengths = {path: (_lint.text(path) or "").count("\n") for path in sources}
results.check(f"{len(sources)} source files have at most {LIMIT} lines",
              [f"{path} has {lines}" for path, lines in lengths.items() if lines > LIMIT and path not in EXCEPTIONS])
results.check("every exception is still needed",
              [path for path in EXCEPTIONS if lengths.get(path, 0) <= LIMIT])
results.finish()
