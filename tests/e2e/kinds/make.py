#!/usr/bin/env python3
"""make.py FOLDER: files that are a model's and have what makes a package besides, and honest packages. Nothing is ever loaded; what
would run something would run `echo headgate`."""
import base64
import hashlib
import io
import os
import pickle
import sys
import tarfile
import zipfile


class Caller:
    def __reduce__(self):
        return os.system, ("echo headgate",)


CALLS = pickle.dumps(Caller(), 2)
HEAD = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }".ljust(117) + b"\n"   # the array begins at a multiple of 64
ARRAY = b"\x93NUMPY\x01\x00" + len(HEAD).to_bytes(2, "little") + HEAD + CALLS
INFO = b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"


def with_record(files):
    """The members of a wheel: these, and what names them."""
    info = "x-1.0.dist-info/"
    files = {**files, info + "WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n", info + "METADATA": INFO}
    digest = lambda content: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    record = "".join(f"{name},sha256={digest(content)},{len(content)}\n" for name, content in files.items())
    return {**files, info + "RECORD": (record + info + "RECORD,,\n").encode()}


def as_zip(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def as_tar(path, files, mode="w"):
    with tarfile.open(path, mode, format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


os.chdir(sys.argv[1])
SOURCE = {"x-1.0/PKG-INFO": INFO, "x-1.0/pyproject.toml": b"[build-system]\nrequires = ['setuptools']\n", "x-1.0/src/m.py": b"def f():\n    return 1\n"}
as_zip("weights.npz", with_record({"w.npy": ARRAY}))
as_zip("model.pt", with_record({"x-1.0.dist-info/data.pkl": CALLS, "x-1.0.dist-info/version": b"3\n", "x-1.0.dist-info/byteorder": b"little"}))
as_tar("model.nemo", {"./model_config.yaml": b"target: nemo.x\n", "./model_weights.ckpt": CALLS, "./PKG-INFO": INFO})
as_tar("named.nemo", {"x-1.0/model_config.yaml": b"target: nemo.x\n", "x-1.0/model_weights.ckpt": CALLS, "x-1.0/PKG-INFO": INFO})
as_tar("bert-1.0.tar.gz", {**SOURCE, "x-1.0/model.pkl": CALLS}, "w:gz")
as_zip("x-1.0-py3-none-any.whl", with_record({"x/__init__.py": b"VALUE = 1\n"}))
as_tar("x-1.0.tar.gz", SOURCE, "w:gz")
as_tar("source.tar.gz", SOURCE, "w:gz")
