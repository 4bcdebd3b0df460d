#!/usr/bin/env python3
"""Makes rules/advisories/malicious-*.txt from a folder of lists of malicious packages (TSV: name, date, id, sources, whole_package).

usage: import_malicious.py FOLDER RULES_ADVISORIES_FOLDER

Run by hand when the lists are renewed; the result is reviewed and committed. The build turns it into a list that is searched where it
lies (gate/tools/malicious_names.cpp). Honest packages that were hijacked (compromised-*.txt), popular ones (popular-*.tsv) and those that
real lockfiles name (benign-*) are left out: what is wrong with them is a version, which only a record can name.
"""
import pathlib
import re
import sys

LISTS = [
    # ecosystem, when the list was taken, what
    ("npm", "2026-04-13", "npm packages known to be malicious: OSSF malicious-packages and DataDog malicious-software-packages-dataset"),
    ("pypi", "2026-04", "Python projects known to be malicious: OSSF malicious-packages and DataDog malicious-software-packages-dataset"),
]


def rows(path, column=0, header=True):
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()[1 if header else 0:]
    return [line.split("\t")[column].strip() for line in lines if line.strip()]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for ecosystem, as_of, what in LISTS:
        def fold(name, ecosystem=ecosystem):
            return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "pypi" else name
        honest = set()
        honest.update(map(fold, rows(source / f"compromised-{ecosystem}.txt", header=False)))
        honest.update(map(fold, rows(source / f"popular-{ecosystem}.tsv", 1)))
        honest.update(map(fold, rows(source / f"benign-{ecosystem}.tsv")))
        honest.update(map(fold, rows(source / f"benign-wild-{ecosystem}.txt", header=False)))
        entries = {}
        left_out = 0
        for line in (source / f"malicious-{ecosystem}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            name, _, number, _, whole = (line.split("\t") + [""] * 5)[:5]
            name = fold(name)
            if name in honest or not name or any(c.isspace() for c in name):
                left_out += 1
                continue
            some = whole == "0"
            known = entries.get(name)
            entries[name] = (number or (known[0] if known else ""), some and (known is None or known[1]))
        header = (f"# {what} (Apache-2.0; names are facts).\n# As of: {as_of}\n"
                  "# NAME, the number of its record if it has one, and \"versions\" where the record names versions instead of all of them.\n"
                  "# Made by gate/tools/import_malicious.py.\n")
        lines = [" ".join(filter(None, [name, number, "versions" if some else ""])) for name, (number, some) in sorted(entries.items())]
        (target / f"malicious-{ecosystem}.txt").write_text(header + "".join(line + "\n" for line in lines), encoding="utf-8")
        print(f"malicious-{ecosystem}.txt: {len(lines)} names, {left_out} left out")


if __name__ == "__main__":
    main()
