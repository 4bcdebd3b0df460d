"""What the lints share: the project's files, C++ without comments and strings, one line a result."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(*suffixes, under=""):
    """Tracked and new files of the project (not what .gitignore names), as paths relative to its root."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                            capture_output=True, check=True).stdout.decode().split("\0")
    return sorted(path for path in set(listed)
                  if path.startswith(under) and path.endswith(suffixes or ("",)) and os.path.isfile(os.path.join(ROOT, path)))


def text(path):
    """A file's text; None for one that is not UTF-8 text."""
    with open(os.path.join(ROOT, path), "rb") as file:
        data = file.read()
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"|"(?:\\.|[^"\\\n])*"'
                    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'", re.S)


def code_only(source):
    """C++ with comments and literals blanked out; line numbers stay."""
    return _TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1


class Results:
    """Collects "ok" and "not ok" lines, and the exit code."""

    def __init__(self):
        self.bad = 0

    def check(self, name, problems):
        for problem in problems:
            print(f"not ok {name} - {problem}")
            self.bad += 1
        if not problems:
            print(f"ok {name}")

    def finish(self):
        sys.exit(1 if self.bad else 0)
