#!/usr/bin/env python3
"""make.py RECIPE FILE [NUMBER]: the small artifacts of the end-to-end tests and benchmarks, made when needed.

    safetensors FILE [MEGABYTES]    an honest model: one tensor (64 bytes by default)
    pickle-calls-system FILE        a pickle that would run `echo headgate` when loaded
    deep-json FILE [DEPTH]          nested arrays
    deep-safetensors FILE [DEPTH]   a safetensors file whose header is nested arrays
    sparse FILE [GIGABYTES]         a hole of that size, nothing in it
"""
import json
import os
import struct
import sys


def safetensors(path, megabytes=0):
    size = megabytes * 1_000_000 or 64
    header = json.dumps({"weight": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    block = os.urandom(1_000_000)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(header)) + header)
        while size:
            size -= out.write(block[:size])


def pickle_calls_system(path, _=0):
    with open(path, "wb") as out:
        out.write(b"cposix\nsystem\n(S'echo headgate'\ntR.")


def deep_json(path, depth=1_000_000):
    with open(path, "wb") as out:
        out.write(b"[" * depth + b"]" * depth)


def deep_safetensors(path, depth=1_000_000):
    header = b'{"weight":' + b"[" * depth + b"]" * depth + b"}"
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(header)) + header)


def sparse(path, gigabytes=10):
    with open(path, "wb") as out:
        out.truncate(gigabytes * 1_000_000_000)


RECIPES = {
    "safetensors": safetensors,
    "pickle-calls-system": pickle_calls_system,
    "deep-json": deep_json,
    "deep-safetensors": deep_safetensors,
    "sparse": sparse,
}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in RECIPES:
        sys.exit(__doc__)
    RECIPES[sys.argv[1]](sys.argv[2], *(int(number) for number in sys.argv[3:4]))
