"""safetensors: one file, shards with an index, every type."""

import json
import os

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

DISTRIBUTIONS = ["safetensors", "ml_dtypes"]


def make(maker):
    save_file(
        {"weight": np.ones((4, 4), dtype=np.float32), "bias": np.zeros(4)},
        maker.place("model.safetensors"),
        metadata={"format": "pt"},
    )
    maker.row("one file", "model.safetensors", "safetensors_trailing")
    save_file(
        {
            np.dtype(code).name: np.zeros((2, 3), dtype=code)
            for code in ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8")
        },
        maker.place("types.safetensors"),
    )
    maker.row("every type of NumPy", "types.safetensors", "safetensors_trailing")
    save_file(
        {name: np.zeros(4, dtype=getattr(ml_dtypes, name)) for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2")},
        maker.place("small.safetensors"),
    )
    maker.row("bfloat16 and float8", "small.safetensors", "safetensors_trailing")
    save_file({"scalar": np.array(1.0), "empty": np.zeros((0, 3)), "größe": np.ones(1)}, maker.place("odd.safetensors"))
    maker.row("a scalar, an empty tensor, a name in UTF-8", "odd.safetensors", "safetensors_trailing")
    save_file({}, maker.place("none.safetensors"))
    maker.row("no tensors", "none.safetensors", "safetensors_trailing")
    sharded(maker)


def sharded(maker):
    folder = maker.place("sharded")
    os.makedirs(folder, exist_ok=True)
    weights, total = {}, 0
    for number in (1, 2, 3):
        shard = f"model-{number:05}-of-00003.safetensors"
        save_file({f"layer.{number}.weight": np.ones((8, 8), dtype=np.float32)}, f"{folder}/{shard}", metadata={"format": "pt"})
        weights[f"layer.{number}.weight"] = shard
        total += 256
    with open(f"{folder}/model.safetensors.index.json", "w", encoding="utf-8") as out:
        json.dump({"metadata": {"total_size": total}, "weight_map": weights}, out, indent=2)
    maker.row("three shards and their index", "sharded", "index_outside")
