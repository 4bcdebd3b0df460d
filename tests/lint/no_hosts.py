#!/usr/bin/env python3
"""Hosts of public registries are data: spelled in rules/registries.yaml and nowhere else. Tests use example domains."""
import re

import _lint

DATA = "rules/registries.yaml"
results = _lint.Results()
data = _lint.text(DATA) if DATA in _lint.files() else ""
# Every quoted host or URL there.
hosts = set(re.findall(r'"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})[/":]', data))
# Part of the grammar of image references (what a name without a host means), and forges, where sources and identities live: no registries.
hosts -= {"docker.io", "registry-1.docker.io", "github.com", "gitlab.com"}
results.check(f"{DATA} names hosts", [] if hosts else ["none found"])
problems = []
if hosts:
    pattern = re.compile(r"(?<![\w.-])(?:" + "|".join(re.escape(host) for host in sorted(hosts, key=len, reverse=True)) + r")(?![\w-]|\.\w)")
    for path in _lint.files():
        if path == DATA:
            continue
        source = _lint.text(path) or ""
        for match in pattern.finditer(source):
            problems.append(f"{path}:{_lint.line_of(source, match.start())}: {match.group()}")
results.check(f"none of these {len(hosts)} hosts is spelled elsewhere", problems)
results.finish()
