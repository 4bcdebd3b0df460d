#!/usr/bin/env python3
"""supply_chain.py RECIPE PATH: artifacts of an AI supply chain, as end-to-end tests need them. Nothing here is ever loaded;
what would run something would run `echo headgate`. The same recipe writes the same bytes every time.

    model PATH                folder: safetensors weights, config, tokenizer, card
    sharded-model PATH        folder: two safetensors shards and their index
    hub-cache PATH            a hub's cache of hf:acme/tiny, with blobs and one snapshot
    dataset PATH              folder: JSON Lines and a card
    safetensors PATH          one file of weights
    torch PATH                an honest torch file (zip with a pickle that only rebuilds tensors)
    pickle PATH               an honest pickle of a list of numbers
    pickle-calls-system PATH  a pickle that would run `echo headgate`
    pickle-sklearn PATH       a pickle that names a class of scikit-learn
    wheel PATH                a wheel whose RECORD is right
    wheel-with-more PATH      ... and one with a file that RECORD does not list
    wheel-that-decodes PATH   ... and one that would run `echo headgate` from an encoded text when it is imported
    wheel-that-fetches PATH   ... and one that asks for a package at a URL
    oci-layout PATH           an image in an OCI layout: one layer, by digest
    oci-layout-changed PATH   ... and one whose configuration is not what its digest says
"""
import base64
import gzip
import hashlib
import io
import json
import os
import struct
import sys
import tarfile
import zipfile

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CARD = """---
license: apache-2.0
language: en
library_name: transformers
base_model: acme/base
datasets: acme/reviews
pipeline_tag: text-classification
---
# Tiny

A model of four numbers.
"""
DATA_CARD = """---
license: cc-by-4.0
language: en
task_categories:
- text-classification
source_datasets:
- original
annotations_creators:
- expert-generated
---
# Reviews
"""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_blob(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def write_json(path, value):
    write(path, json.dumps(value, indent=2) + "\n")


def tensors(names):
    """A safetensors file: one 2x2 float tensor a name, all zeros."""
    header = {name: {"dtype": "F32", "shape": [2, 2], "data_offsets": [16 * i, 16 * i + 16]} for i, name in enumerate(names)}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(16 * len(names))


def model_files():
    return {
        "README.md": CARD,
        "LICENSE": "Apache License, Version 2.0\n",
        "config.json": json.dumps({"model_type": "bert", "architectures": ["BertForSequenceClassification"], "hidden_size": 2,
                                   "torch_dtype": "float32", "transformers_version": "4.46.0"}, indent=2) + "\n",
        "generation_config.json": json.dumps({"max_length": 20}) + "\n",
        "tokenizer.json": json.dumps({"version": "1.0", "truncation": None, "added_tokens": [],
                                      "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "good": 1, "bad": 2}}}) + "\n",
        "tokenizer_config.json": json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True}) + "\n",
        "special_tokens_map.json": json.dumps({"unk_token": "[UNK]"}) + "\n",
        "vocab.txt": "[UNK]\ngood\nbad\n",
        "model.safetensors": tensors(["weight"]),
    }


def model(path):
    for name, data in model_files().items():
        write(os.path.join(path, name), data)


def sharded_model(path):
    model(path)
    os.remove(os.path.join(path, "model.safetensors"))
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    write(os.path.join(path, names[0]), tensors(["first"]))
    write(os.path.join(path, names[1]), tensors(["second"]))
    write_json(os.path.join(path, "model.safetensors.index.json"),
               {"metadata": {"total_size": 32}, "weight_map": {"first": names[0], "second": names[1]}})


def hub_cache(path):
    repository = os.path.join(path, "models--acme--tiny")
    write(os.path.join(repository, "refs", "main"), COMMIT)
    files = dict(model_files())
    files[".gitattributes"] = "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
    snapshot = os.path.join(repository, "snapshots", COMMIT)
    os.makedirs(snapshot, exist_ok=True)
    for name, data in files.items():
        data = data if isinstance(data, bytes) else data.encode()
        blob = sha256(data) if name.endswith(".safetensors") else git_blob(data)
        write(os.path.join(repository, "blobs", blob), data)
        os.symlink(os.path.join("..", "..", "blobs", blob), os.path.join(snapshot, name))


def dataset(path):
    write(os.path.join(path, "README.md"), DATA_CARD)
    write(os.path.join(path, "train.jsonl"), '{"text": "good", "label": 1}\n{"text": "bad", "label": 0}\n')


def safetensors(path):
    write(path, tensors(["weight"]))


def zipped(members):
    """A zip without compression and with one date, as torch writes it (member data aligned to 64 bytes is not needed)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def torch(path):
    tensor = (b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQI0\n(I2\nI2\nt(I2\nI1\nt"
              b"I00\nccollections\nOrderedDict\n(tRtR")
    pickled = b"\x80\x02}X\x06\x00\x00\x00weight" + tensor + b"s."
    write(path, zipped({"archive/data.pkl": pickled, "archive/data/0": bytes(16), "archive/version": b"3\n"}))


def pickle(path):
    write(path, b"\x80\x02](K\x01K\x02K\x03e.")


def pickle_calls_system(path):
    write(path, b"cposix\nsystem\n(S'echo headgate'\ntR.")


def pickle_sklearn(path):
    write(path, b"\x80\x02csklearn.linear_model._logistic\nLogisticRegression\n)\x81}X\x01\x00\x00\x00CG?\xf0\x00\x00\x00\x00\x00\x00sb.")


def wheel_with_more(path):
    wheel(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("acme_tiny/more.txt", (2026, 1, 1, 0, 0, 0)), "more\n")


def wheel_that_decodes(path):
    code = base64.b64encode(b"import os; os.system('echo headgate')").decode()
    wheel(path, module=f"import base64\nexec(base64.b64decode('{code}'))\n".encode())


def wheel_that_fetches(path):
    wheel(path, asks=b"Requires-Dist: acme-more @ https://files.acme.example/acme_more-1.0-py3-none-any.whl\n")


def wheel(path, module=b'"""Four numbers."""\n', asks=b""):
    members = {
        "acme_tiny/__init__.py": module,
        "acme_tiny-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: acme-tiny\nVersion: 1.0\n" + asks,
        "acme_tiny-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "acme_tiny-1.0.dist-info/RECORD"
    rows = [f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
            for name, data in members.items()]
    members[record] = ("\n".join([*rows, record + ",,"]) + "\n").encode()
    write(path, zipped(members))


def oci_layout(path):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        entry = tarfile.TarInfo("etc/motd")
        entry.size = 6
        archive.addfile(entry, io.BytesIO(b"hello\n"))
    layer = gzip.compress(tar.getvalue(), mtime=0)

    def blob(data):
        write(os.path.join(path, "blobs", "sha256", sha256(data)), data)
        return {"digest": "sha256:" + sha256(data), "size": len(data)}

    kind = "application/vnd.oci.image."
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha256(tar.getvalue())]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind + "manifest.v1+json",
                           "config": {"mediaType": kind + "config.v1+json", **blob(config)},
                           "layers": [{"mediaType": kind + "layer.v1.tar+gzip", **blob(layer)}]}).encode()
    write(os.path.join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}')
    write_json(os.path.join(path, "index.json"), {"schemaVersion": 2, "manifests": [{
        "mediaType": kind + "manifest.v1+json", **blob(manifest), "annotations": {"org.opencontainers.image.ref.name": "1.0"}}]})


def oci_layout_changed(path):
    oci_layout(path)
    blobs = os.path.join(path, "blobs", "sha256")
    for name in os.listdir(blobs):
        with open(os.path.join(blobs, name), "rb") as file:
            data = file.read()
        if b"diff_ids" in data:
            write(os.path.join(blobs, name), data.replace(b"amd64", b"arm64"))


RECIPES = {recipe.__name__.replace("_", "-"): recipe for recipe in
           (model, sharded_model, hub_cache, dataset, safetensors, torch, pickle, pickle_calls_system, pickle_sklearn, wheel,
            wheel_with_more, wheel_that_decodes, wheel_that_fetches, oci_layout, oci_layout_changed)}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in RECIPES:
        sys.exit(__doc__)
    RECIPES[sys.argv[1]](sys.argv[2])
