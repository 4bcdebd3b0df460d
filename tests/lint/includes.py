#!/usr/bin/env python3
"""Who may include whom: the room table of gate/README.md, enforced.

A room includes itself and the rooms named in its row. Libraries have their own doors: nlohmann nowhere (tests compare with it),
yaml-cpp only in codec/yaml.cpp, toml++ only in codec/toml.cpp, OpenSSL only in crypto, httplib only in io and server. The hermetic rooms see no file,
clock, network, thread or environment.
"""
import re

import _lint

ROOMS = {
    "tools": "base model checkers",  # programs that run while building; nothing includes them
    "base": "",
    "model": "base",
    "versions": "base model",
    "codec": "base model",
    "crypto": "base model",
    "formats": "base model codec",
    "intake": "base model codec",
    "advisories": "base model codec",
    "checkers": "base model versions",
    "policy": "base model codec",
    "sigstore": "base model codec crypto",
    "attest": "base model codec crypto sigstore",
    "recording": "base model codec",
    "report": "base model codec recording",
    "io": "base model codec crypto",
    "ledger": "base model codec crypto",
    "external": "base model codec crypto io",
    "pipeline": "base model codec crypto formats intake advisories checkers policy sigstore attest recording report io ledger external",
    "cli": "pipeline policy sigstore attest crypto model recording report codec base io",
    "server": "pipeline policy attest crypto model recording report codec base io",
}
# The doors may read the two tables of rows (for help, reference pages and SARIF rules), not what is behind them.
TABLES = {"checkers/all.hpp", "formats/all.hpp"}
DOOR_ROOMS = {"cli", "server"}
# One process starts from cli, and `serve` is one of its commands: these files alone know the other door.
DOORS = {"gate/cli/serve_main.cpp": {"server"}, "gate/cli/serve_options.hpp": {"server"}}
HERMETIC = {"versions", "formats", "intake", "advisories", "checkers", "policy", "recording", "attest"}

# Library headers and the files (or rooms) that may include them.
LIBRARIES = [
    (r"nlohmann/", []),
    (r"yaml-cpp/", ["gate/codec/yaml.cpp"]),
    (r"openssl/", ["gate/crypto/"]),
    (r"httplib\.h", ["gate/io/", "gate/server/"]),
    (r"expat\.h", ["gate/codec/xml.cpp"]),
    (r"toml\+\+/", ["gate/codec/toml.cpp"]),
    (r"(zlib|bzlib|lzma|lz4frame|zstd)\.h", ["gate/formats/decoder_", "gate/formats/expand.cpp"]),
    (r"re2/", ["gate/checkers/", "gate/policy/"]),
    (r"p11-kit/", ["gate/io/"]),
    (r"CLI/", ["gate/cli/"]),
    (r"fmt/", ["gate/"]),
    (r"(sys|arpa|netinet|linux|net)/|(unistd|fcntl|dirent|poll|signal|pthread|spawn|netdb|dlfcn|ftw|glob)\.h",
     ["gate/io/", "gate/server/", "gate/cli/", "gate/external/", "gate/ledger/"]),
]
OUTSIDE_WORLD = re.compile(
    r"<(?:fstream|filesystem|thread|mutex|shared_mutex|condition_variable|atomic|future|iostream|random|csignal|stop_token"
    r"|semaphore|latch|barrier)>")
OUTSIDE_CALLS = re.compile(
    r"\b(?:std::)?(?:getenv|secure_getenv|setenv|fopen|freopen|popen|system|tmpfile)\s*\(|\b(?:system|steady|high_resolution|utc)_clock\b"
    r"|\bstd::(?:thread|jthread|async|time)\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]+>|"[^"]+")', re.M)


def problems_of(path):
    source = _lint.text(path)
    room = path.split("/")[1]
    allowed = set(ROOMS[room].split()) | {room} | DOORS.get(path, set())
    for match in INCLUDE.finditer(source):
        where = f"{path}:{_lint.line_of(source, match.start(1))}"
        name = match.group(1)[1:-1]
        first = name.split("/")[0]
        if match.group(1)[0] == '"':
            if first not in ROOMS or "/" not in name:
                yield f'{where}: "{name}" is not written as "room/file.hpp"'
            elif first not in allowed and not (room in DOOR_ROOMS and name in TABLES):
                yield f"{where}: {room} may not include {first} ({name})"
            continue
        if first in ROOMS:
            yield f"{where}: <{name}> is ours: write it in quotes"
        for pattern, doors in LIBRARIES:
            if re.match(pattern, name) and not any(path.startswith(door) for door in doors):
                yield f"{where}: <{name}> is only for {', '.join(doors)}"
        if room in HERMETIC and OUTSIDE_WORLD.match(match.group(1)):
            yield f"{where}: {room} is hermetic: no <{name}>"
    if room in HERMETIC:
        code = _lint.code_only(source)
        for match in OUTSIDE_CALLS.finditer(code):
            yield f"{path}:{_lint.line_of(code, match.start())}: {room} is hermetic: no {match.group().strip()}"


results = _lint.Results()
sources = _lint.files(".cpp", ".hpp", ".h", under="gate/")
by_room = {}
for source_path in sources:
    by_room.setdefault(source_path.split("/")[1], []).append(source_path)
for room_name, paths in sorted(by_room.items()):
    if room_name not in ROOMS:
        results.check(f"room {room_name}", [f"gate/{room_name} is no room: add it to tests/lint/includes.py and gate/README.md"])
        continue
    results.check(f"room {room_name} ({len(paths)} files)", [problem for path in paths for problem in problems_of(path)])
results.finish()
