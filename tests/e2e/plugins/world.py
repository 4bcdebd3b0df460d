#!/usr/bin/env python3
"""world.py FOLDER: the artifacts of e2e/plugins: models with a card, without one, of 300 files."""
import os
import pathlib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "recipes"))
import supply_chain  # noqa: E402


def main(folder):
    def path(*parts):
        return os.path.join(folder, *parts)

    for name in ("with-card", "no-card", "many"):
        supply_chain.write(path(name, "model.safetensors"), supply_chain.tensors([name]))
    for name in ("with-card", "many"):
        supply_chain.write(path(name, "README.md"), "---\nlicense: mit\nlanguage: en\n---\n# Tiny\n")
    for number in range(300):
        supply_chain.write(path("many", f"notes-{number:03}.txt"), "words\n")
    pathlib.Path(path("policy-words")).write_text("no program\n")


if __name__ == "__main__":
    main(sys.argv[1])
