#!/usr/bin/env python3
"""Makes real Keras and HDF5 files of many kinds, for checks that honest files are allowed and hostile twins are not.

    KERAS_BACKEND=numpy python3 tests/recipes/keras_models.py OUT [--only good|bad]

Needs keras (3) and h5py, with any backend. OUT/good/** must be allowed by builtin:baseline, OUT/bad/** refused. Bad files are
inert: what they name is named, never run.
"""
import json
import os
import sys
import zipfile

import h5py
import numpy as np


def models():
    """name -> a model of Keras."""
    import keras
    from keras import layers

    yield "sequential", keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dropout(0.5),
                                          layers.Dense(1, activation="sigmoid")])
    one = keras.Input((8,), name="one")
    two = keras.Input((8,), name="two")
    joined = layers.Concatenate()([layers.Dense(4, kernel_regularizer="l2")(one), layers.Dense(4, bias_constraint="non_neg")(two)])
    scaled = joined * 2.0 + keras.ops.mean(joined, axis=-1, keepdims=True)
    yield "functional", keras.Model([one, two], layers.LayerNormalization()(scaled))
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()],
                             name="inner")
    image = keras.Input((8, 8, 3))
    yield "nested", keras.Model(image, layers.GlobalAveragePooling2D()(inner(layers.Rescaling(1 / 255)(image))))
    words = keras.Input((None,), dtype="int32")
    embedded = layers.Embedding(20, 4, mask_zero=True)(words)
    states = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(embedded)
    states = layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)])(states)
    yield "rnn", keras.Model(words, layers.TimeDistributed(layers.Dense(2))(layers.RepeatVector(2)(states)))
    tokens = keras.Input((6, 8))
    mixed = layers.MultiHeadAttention(2, 4)(tokens, tokens)
    yield "attention", keras.Model(tokens, layers.Add()([tokens, mixed]))
    pictures = keras.Input((8, 8, 3))
    changed = layers.RandomFlip()(layers.RandomRotation(0.1)(layers.Resizing(8, 8)(pictures)))
    yield "preprocessing", keras.Model(pictures, layers.CenterCrop(4, 4)(changed))
    numbers = layers.Normalization()
    numbers.adapt(np.arange(12, dtype="float32").reshape(4, 3))
    row = keras.Input((3,))
    yield "normalization", keras.Model(row, layers.Dense(2)(numbers(row)))
    schedule = keras.optimizers.schedules.CosineDecay(0.01, 100)
    for name, optimizer in (("adam", keras.optimizers.Adam(1e-3)), ("sgd", keras.optimizers.SGD(schedule, momentum=0.9))):
        trained = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2, activation="softmax")])
        trained.compile(optimizer=optimizer, loss=keras.losses.SparseCategoricalCrossentropy(),
                        metrics=["accuracy", keras.metrics.AUC(name="auc") if name == "adam" else "mse"])
        optimizer.build(trained.trainable_variables)
        yield "compiled_" + name, trained
    wide = keras.Sequential([keras.Input((2,))] + [layers.Dense(2, name=f"layer_with_a_rather_long_name_{i:03}") for i in range(60)])
    yield "deep", wide


def keras_files(out):
    import keras

    for name, model in models():
        model.save(os.path.join(out, name + ".keras"))
        model.save(os.path.join(out, name + ".h5"))
        model.save_weights(os.path.join(out, name + ".weights.h5"))
        if name == "sequential":
            with open(os.path.join(out, name + ".json"), "w", encoding="utf-8") as file:
                file.write(model.to_json())


def h5py_files(out):
    numbers = np.arange(6000, dtype="float32").reshape(60, 100)
    for libver in ("earliest", "v108", "v110", "latest"):
        with h5py.File(os.path.join(out, f"h5py_{libver}.h5"), "w", libver=libver) as file:
            file.attrs["backend"] = "numpy"
            file.attrs["names"] = np.array([b"one", b"two"])
            file.attrs["version"] = np.array([1, 2, 3])
            file.create_dataset("contiguous", data=numbers)
            file.create_dataset("scalar", data=np.float64(1.5))
            file.create_dataset("half", data=numbers[:2].astype("float16"))
            file.create_dataset("big", data=numbers[:2].astype(">i4"))
            file.create_dataset("flags", data=np.array([True, False]))
            file.create_dataset("complex", data=np.array([1 + 2j]))
            file.create_dataset("empty", shape=(0, 3), dtype="i8")
            file.create_dataset("unwritten", shape=(10, 3), dtype="i8")
            file.create_dataset("null", data=h5py.Empty("f4"))
            file.create_dataset("texts", data=["a", "bc", ""], dtype=h5py.string_dtype())
            file.create_dataset("fixed", data=np.array([b"abc", b"d"]))
            file.create_dataset("records", data=np.zeros(3, dtype=[("a", "<i4"), ("b", "<f8", (2,))]))
            file.create_dataset("chunked", data=numbers, chunks=(10, 10))
            file.create_dataset("deflated", data=numbers, chunks=(16, 16), compression="gzip", shuffle=True, fletcher32=True)
            file.create_dataset("one_chunk", data=numbers, chunks=(60, 100), compression="gzip")
            file.create_dataset("lzf", data=numbers, chunks=(30, 50), compression="lzf")
            deep = file.create_group("a/b/c/d")
            deep.attrs["note"] = "deep"
            many = file.create_group("many")
            for i in range(300):
                many.create_dataset(f"dataset number {i:03}", data=np.int16(i))
            file["alias"] = file["contiguous"]
            noted = file.create_group("noted")
            for i in range(40):
                noted.attrs[f"attribute {i:02}"] = i
    with h5py.File(os.path.join(out, "h5py_pages.h5"), "w", libver="latest") as file:  # a paged array of chunks
        file.create_dataset("paged", data=np.zeros((3000, 2), "int8"), chunks=(1, 2), compression="gzip")
        file.create_dataset("growing", data=np.zeros((20, 20), "int8"), chunks=(3, 3), maxshape=(None, None), compression="gzip")
        for name, count in (("short", 3), ("middle", 300), ("long", 30000)):
            file.create_dataset("growing_" + name, data=np.zeros(count, "int8"), chunks=(1,), maxshape=(None,))
            file.create_dataset("deflated_" + name, data=np.zeros(count * 4, "int8"), chunks=(4,), maxshape=(None,), compression="gzip")
        file.create_dataset("growing_plain", data=np.zeros((100, 100), "int8"), chunks=(1, 1), maxshape=(None, None))
    with h5py.File(os.path.join(out, "h5py_ordered.h5"), "w", libver="latest", track_order=True) as file:
        for i in range(30):
            file.create_dataset(f"d{i}", data=numbers[i])
            file.attrs[f"a{i}"] = "x" * i
    with h5py.File(os.path.join(out, "h5py_user_block.h5"), "w", userblock_size=512) as file:
        file["x"] = numbers
    path = os.path.join(out, "h5py_rewritten.h5")
    for turn in range(4):
        with h5py.File(path, "a") as file:
            if "x" in file:
                del file["x"]
            file.create_dataset("x", data=numbers[: 10 + turn])
            file.attrs["turn"] = "again " * (turn + 1)


def bad_h5py(out):
    def made(name, **options):
        return h5py.File(os.path.join(out, name + ".h5"), "w", **options)

    with made("external_link") as file:
        file["w"] = h5py.ExternalLink("/etc/hostname", "/x")
    with made("external_link_latest", libver="latest") as file:
        file["w"] = h5py.ExternalLink("other.h5", "/x")
    with made("soft_link") as file:
        file["w"] = h5py.SoftLink("/other")
    with made("external_storage") as file:
        file.create_dataset("w", (4,), "u1", external=[("/etc/hostname", 0, 4)])
    with made("virtual", libver="latest") as file:
        layout = h5py.VirtualLayout((4,), "u1")
        layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
        file.create_virtual_dataset("w", layout)
    with made("huge") as file:
        file.create_dataset("w", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip")
    with made("cycle") as file:
        file.create_group("a")["self"] = file["/"]
    with made("pytables") as file:
        file.attrs["PYTABLES_FORMAT_VERSION"] = "2.1"
    with made("user_block", userblock_size=512) as file:
        file["x"] = [1]
    with open(os.path.join(out, "user_block.h5"), "r+b") as file:
        file.write(b"#!/bin/sh\n")
    with made("trailing") as file:
        file["x"] = [1]
    with open(os.path.join(out, "trailing.h5"), "ab") as file:
        file.write(b"more")
    lambda_layer = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None], "function_type": "lambda"}}
    config = json.dumps({"class_name": "Sequential", "config": {"layers": [lambda_layer]}})
    for libver in ("earliest", "latest"):
        for name, value in (("text", config), ("bytes", np.bytes_(config))):
            with made(f"lambda_{name}_{libver}", libver=libver) as file:
                file.attrs["model_config"] = value
    with made("lambda_dense", libver="latest") as file:
        for i in range(30):
            file.attrs[f"a{i}"] = i
        file.attrs["model_config"] = config
    with made("training_config") as file:
        file.attrs["training_config"] = json.dumps({"loss": {"class_name": "function", "module": "os", "config": "system"}})


def bad_keras(good, out):
    """A .keras file with one thing changed each."""
    with zipfile.ZipFile(os.path.join(good, "sequential.keras")) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def write(name, **changes):
        with zipfile.ZipFile(os.path.join(out, name + ".keras"), "w") as archive:
            for member, content in {**members, **changes}.items():
                archive.writestr(member, content)

    config = json.loads(members["config.json"])
    config["config"]["layers"][1] = {"module": "keras.layers", "class_name": "Lambda", "registered_name": None,
                                     "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}}}
    write("lambda", **{"config.json": json.dumps(config)})
    write("custom", **{"config.json": members["config.json"].replace(b'"Dense"', b'"Mine"')})
    write("unknown_member", **{"run.txt": b"hello"})
    write("pickle_asset", **{"assets/layer/x.pkl": b"\x80\x04cos\nsystem\n."})
    write("weights_of_another_kind", **{"model.weights.h5": b"not HDF5 at all"})


def main():
    out = sys.argv[1]
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    good, bad = os.path.join(out, "good"), os.path.join(out, "bad")
    os.makedirs(good, exist_ok=True)
    os.makedirs(bad, exist_ok=True)
    if only != "bad":
        h5py_files(good)
        keras_files(good)
    if only != "good":
        bad_h5py(bad)
        bad_keras(good, bad)


if __name__ == "__main__":
    main()
