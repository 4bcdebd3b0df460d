"""recipes.py: broken policies that cannot lie in the project as files: too large, not text, invisible, or no file at all."""
import os

POLICY = b"""headgate: 1
policy: test/broken
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.safe-format
    for: [model]
    check: serialization
    why: Loading this file can run code.
"""


def with_owner(value):
    return POLICY.replace(b"tiers:", b"owner: " + value + b"\ntiers:", 1)


def nested(depth):
    """A mapping in a mapping in a mapping, one space further in on each line."""
    return b"".join(b" " * level + b"a:\n" for level in range(depth))


# Name -> bytes of the policy.
BYTES = {
    "empty-file": b"",
    "byte-order-mark": b"\xef\xbb\xbf" + POLICY,
    "byte-order-mark-inside": with_owner(b"\xef\xbb\xbfteam"),
    "utf-16-little-endian": POLICY.decode().encode("utf-16"),
    "utf-16-big-endian": b"\xfe\xff" + POLICY.decode().encode("utf-16-be"),
    "utf-16-without-mark": POLICY.decode().encode("utf-16-le"),
    "latin-1": with_owner(b"M\xfcller"),
    "overlong-utf-8": with_owner(b"\xc0\xafteam"),
    "surrogate": with_owner(b"\xed\xa0\x80"),
    "cut-utf-8": POLICY + b"# caf\xc3",
    "nul": with_owner(b"te\x00am"),
    "nul-in-a-comment": POLICY + b"# \x00\n",
    "escape": with_owner(b"te\x1b[31mam"),
    "delete": with_owner(b"te\x7fam"),
    "c1-control": with_owner(b"te\xc2\x9bam"),
    "next-line": with_owner(b"te\xc2\x85am"),
    "bell-in-a-comment": POLICY + b"# \x07\n",
    "old-mac-line-ends": POLICY.replace(b"\n", b"\r"),
    "form-feed": POLICY + b"\x0c\n",
    "right-to-left-override": with_owner(b"\xe2\x80\xaemaet"),
    "right-to-left-override-in-a-comment": POLICY.replace(b"tiers:", b"# \xe2\x80\xae nothing here\ntiers:"),
    "zero-width-space": POLICY.replace(b"safe-format", b"safe\xe2\x80\x8b-format"),
    "zero-width-space-in-a-key": POLICY.replace(b"policy:", b"pol\xe2\x80\x8bicy:"),
    "soft-hyphen-word-joiner": with_owner(b"te\xe2\x81\xa0am"),
    "line-separator": with_owner(b"te\xe2\x80\xa8am"),
    "no-break-space-as-indentation": POLICY.replace(b"    check:", b"   \xc2\xa0check:"),
    "full-width-colon": POLICY.replace(b"policy: ", b"policy\xef\xbc\x9a "),
    "cyrillic-key": POLICY.replace(b"policy:", b"p\xd0\xbelicy:"),
    "ten-megabytes-of-comments": b"# nothing\n" * 1_000_000 + POLICY,
    "ten-megabytes-of-text": with_owner(b"a" * 10_000_000),
    "a-million-brackets": with_owner(b"[" * 1_000_000),
    "brackets-closed": with_owner(b"[" * 100_000 + b"]" * 100_000),
    "braces": with_owner(b"{a: " * 100_000),
    "nested-deeply": POLICY + b"names:\n" + nested(400),
    "dashes": with_owner(b"") + b"- " * 50_000 + b"\n",
    "too-many-values": POLICY + b"names: [" + b"a, " * 250_000 + b"a]\n",
    "too-many-mistakes": POLICY + b"".join(b"mistake-%d: 1\n" % i for i in range(70)),
    "long-key": POLICY + b"a" * 900 + b": 1\n",
    "long-name": POLICY.replace(b"model.safe-format", b"m" * 300),
    "long-regex": POLICY.replace(b"tiers:", b"trust:\n  roots:\n    ours: { certificates: keys/root.pem }\n  identities:\n    ci: { issuer: \"https://ci.acme.example\", "
                                 b"subject: { regex: \"" + b"a" * 1001 + b"\" }, root: ours }\ntiers:"),
    "duplicate-among-many-keys": POLICY + b"registries:\n" + b"".join(b"  r%d: 1\n" % i for i in range(40)) + b"  r7: 1\n",
    "executable": b"\x7fELF\x02\x01\x01" + bytes(64),
    "pickle": b"\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94.",
}


def folder(path):
    os.mkdir(path)


def fifo(path):
    os.mkfifo(path)


def dangling(path):
    os.symlink("nowhere.yaml", path)


# Name -> what lies at the path of the policy instead of a file.
OTHERWISE = {
    "no-such-file": lambda path: None,
    "folder": folder,
    "fifo": fifo,
    "dangling-link": dangling,
}
