#!/usr/bin/env python3
"""Makes rules/names/*.txt from a folder of popularity lists (TSV or one name a line).

usage: import_names.py FOLDER RULES_NAMES_FOLDER

Run by hand when the lists are renewed; the result is reviewed and committed. The build turns it into an index
(gate/tools/name_index.cpp).
"""
import pathlib
import sys

# When the lists were taken: a month, or a day. `headgate doctor` says how old they are.
AS_OF = "2026-04"
# Names that no package may have, and that people mistype all the same: of squats of the language's own name there are ten times as
# many as of honest names beside it.
ADDED = {"pypi.txt": ["python"]}
LISTS = [
    # output, input, column of the name (None: plain lines), what
    ("pypi.txt", "popular-pypi.tsv", 1, "Python projects by downloads of 30 days: hugovk/top-pypi-packages"),
    ("npm.txt", "popular-npm.tsv", 1, "npm packages by weekly downloads, then dependents: wooorm/npm-high-impact (MIT)"),
    ("cargo.txt", "popular-crates.tsv", 1, "crates by the number of large projects that lock them"),
    ("gem.txt", "popular-rubygems.txt", None, "popular gems"),
    ("golang.txt", "popular-go.txt", None, "popular Go modules"),
    ("hf.txt", "popular-hf-orgs.txt", None, "organisations of the Hugging Face hub by how many projects name them"),
    ("hf-models.txt", "popular-hf.tsv", 1, "models of the Hugging Face hub by how many projects name them, and downloads"),
    ("hf-datasets.txt", "popular-hf-datasets.tsv", 1, "datasets of the Hugging Face hub by how many projects name them, and downloads"),
    ("oci.txt", "popular-dockerhub-official.txt", None, "official images of Docker Hub"),
]


def read_names(path, column):
    names = []
    seen = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if column is not None and number == 0:
            continue  # header
        name = line.split("\t")[column] if column is not None else line
        name = name.strip()
        if name and not name.startswith("#") and name not in seen:
            seen.add(name)
            names.append(name)
    return names


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for output, given, column, what in LISTS:
        names = read_names(source / given, column)
        names += [name for name in ADDED.get(output, []) if name not in names]
        header = f"# {what}.\n# As of: {AS_OF}\n# One name a line, most popular first. Made by gate/tools/import_names.py.\n"
        (target / output).write_text(header + "".join(name + "\n" for name in names), encoding="utf-8")
        print(f"{output}: {len(names)} names")


if __name__ == "__main__":
    main()
