#!/usr/bin/env python3
"""make.py FOLDER [FRAMEWORK...]: real model files by real frameworks, each with a twin that holds one inert gadget.

FOLDER/honest and FOLDER/planted get the files, FOLDER/rows.jsonl a line for each: what it is, what it needs, and what the finding about
the twin has to say. Prints the versions; a framework that is not installed, or that cannot make one of its files, prints a `skip` line.
"""

import concurrent.futures
import dataclasses
import importlib
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plant  # noqa: E402
import plant_documents  # noqa: E402
import plant_programs  # noqa: E402
from rows import Maker, version  # noqa: E402

MAKERS = [
    "plain",
    "arrays",
    "joblibs",
    "estimators",
    "boosting",
    "skopses",
    "tensors",
    "ggufs",
    "onnxes",
    "hdf5s",
    "kerases",
    "torches",
    "coremls",
    "paddles",
    "archives",
    "folders",
]


def made_by(name, folder):
    maker = Maker(f"{folder}/honest", name)
    started = time.monotonic()
    try:
        module = importlib.import_module(f"makers.{name}")
        module.make(maker)
        print(
            f"# {name}: {len(maker.rows)} files in {time.monotonic() - started:.1f} s, by {version(*module.DISTRIBUTIONS)}",
            flush=True,
        )
    except Exception as error:  # whatever a framework that is not wholly there raises: its rows are then skipped, in words
        reason = f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
        print(f"skip {name}, after {len(maker.rows)} files - {reason}", flush=True)
    return maker.rows


def planted(row, folder):
    target = row.path.replace(f"{folder}/honest/", f"{folder}/planted/", 1)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    plants = next(module for module in (plant, plant_documents, plant_programs) if hasattr(module, row.plant))
    expected = getattr(plants, row.plant)(row.path, target, **row.options)
    return {**dataclasses.asdict(row), "planted": target, "expected": dataclasses.asdict(expected)}


def one(name, folder):
    """One framework, in this process."""
    with open(f"{folder}/{name}.jsonl", "w", encoding="utf-8") as out:
        for row in made_by(name, folder):
            out.write(json.dumps(planted(row, folder)) + "\n")


def apart(name, folder):
    """In a process of its own: frameworks change each other (dill how joblib pickles), and may crash."""
    command = [sys.executable, os.path.abspath(__file__), "--here", folder, name]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace"
    )
    if done.returncode != 0:
        raise SystemExit(f"{name}: exit {done.returncode}: {done.stderr[-2000:]}")
    print(done.stdout, end="", flush=True)
    with open(f"{folder}/{name}.jsonl", encoding="utf-8") as rows:
        return rows.read()


def main(folder, *names):
    folder = os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(lambda name: apart(name, folder), names or MAKERS))
    with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as out:
        out.write("".join(rows))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--here":
        one(sys.argv[3], sys.argv[2])
    else:
        main(*sys.argv[1:])
