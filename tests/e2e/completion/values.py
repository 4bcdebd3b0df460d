"""The names that help gives to the values of options, compared with the table of completion.
usage: values.py HEADGATE completion_words.cpp"""
import re
import subprocess
import sys

headgate, table = sys.argv[1:3]
with open(table, encoding="utf-8") as file:
    known = set(re.findall(r'ValueName\{"([^"]+)"', file.read()))


def help_of(path):
    return subprocess.run([headgate, *path, "--help"], capture_output=True, text=True, timeout=30, check=True).stdout


def commands(text, heading):
    section = re.search(rf"^{heading}:\n((?:  .*\n)+)", text, re.M)
    return re.findall(r"^  ([a-z][a-z0-9-]*)(?= )", section.group(1), re.M) if section else []


def values(path):
    text = help_of(path)
    for option, value in re.findall(r"^  (?:-\w,)?(--[a-z0-9-]+) (\S+)", text, re.M):
        yield " ".join(path + [option]), re.sub(r"(?<!\[)=.*|:U?INT$", "", value.replace("[=FILE]", ""))
    for child in commands(text, "Subcommands"):
        yield from values(path + [child])


found = [pair for command in commands(help_of([]), "Commands") for pair in values([command])]
unknown = [f"{where} {value}" for where, value in found
           if not all(part in known or part == part.lower() or part == part.capitalize() != part.upper() for part in value.split("|"))]
print("; ".join(unknown) if unknown else f"{len(found)} values, all known" if len(found) > 40 else f"only {found}")
