#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets zip, tar, layer, sevenzip, compressed and oci into tests/fuzz/seeds/ (small, inert, committed)."""
import bz2
import gzip
import io
import json
import lzma
import pathlib
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

ROOT = pathlib.Path(__file__).parent / "seeds"
SOURCE = b"print('headgate')\n"
DATE = (2024, 1, 1, 0, 0, 0)


def write(target, name, data):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def zipped(members, method=zipfile.ZIP_STORED, stream=False, comment=b""):
    out = io.BytesIO()
    if stream:  # not seekable: data descriptors
        out.seekable = lambda: False
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, DATE), data, method)
    return out.getvalue()


def tarred(members, form):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def torch_pickle():
    """What torch.save writes for one float32 tensor, by hand: protocol 2."""
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value
    return (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(b"0") +
            text(b"cpu") + b"K\x04tQK\x00K\x04\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR.")


plain = [("a.py", SOURCE), ("folder/", b""), ("b/c.json", b"{}")]
write("zip", "stored", zipped(plain))
write("zip", "deflated", zipped(plain, zipfile.ZIP_DEFLATED))
write("zip", "streamed", zipped(plain, zipfile.ZIP_DEFLATED, stream=True, comment=b"a comment"))
write("zip", "nested", zipped([("inner.zip", zipped(plain)), ("x.tar.gz", gzip.compress(tarred(plain[:1], tarfile.PAX_FORMAT), mtime=0))]))
write("zip", "torch", zipped([("m/data.pkl", torch_pickle()), ("m/version", b"3\n"), ("m/data/0", b"\0" * 16)]))
write("zip", "wheel", zipped([("p/__init__.py", SOURCE), ("p-1.dist-info/WHEEL", b"Wheel-Version: 1.0\n"),
                              ("p-1.dist-info/RECORD", b"p/__init__.py,sha256=x,18\np-1.dist-info/RECORD,,\n")]))
for name, form in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
    names = plain[:1] if form == tarfile.USTAR_FORMAT else plain[:1] + [("n" * 120 + ".py", SOURCE)]
    write("tar", name, tarred(names, form)[:4096] if form == tarfile.USTAR_FORMAT else tarred(names, form))
write("tar", "sdist", tarred([("p-1/PKG-INFO", b"Name: p\n"), ("p-1/setup.py", SOURCE)], tarfile.PAX_FORMAT))
system = [("usr/bin/a", b"\x7fELF" + bytes(60)), ("opt/m/data.pkl", torch_pickle()), ("models/config.json", b"{}"), ("opt/.wh.x", b"")]
write("layer", "tar", tarred(system, tarfile.PAX_FORMAT)[:6144])
write("layer", "gzip", gzip.compress(tarred(system, tarfile.GNU_FORMAT), mtime=0) + gzip.compress(b"", mtime=0))
write("layer", "zip", tarred([("srv/" + "n" * 120, zipped([("m/data.pkl", torch_pickle()), ("m/version", b"3\n")]))], tarfile.PAX_FORMAT))
write("compressed", "source", gzip.compress(SOURCE, mtime=0))
write("compressed", "tar", gzip.compress(tarred(plain[:1], tarfile.USTAR_FORMAT), mtime=0))
write("compressed", "zlib", zlib.compress(SOURCE))
write("compressed", "bzip2", bz2.compress(SOURCE))
write("compressed", "xz", lzma.compress(SOURCE))
write("compressed", "lzma", lzma.compress(SOURCE, format=lzma.FORMAT_ALONE))
for tool in ("lz4", "zstd"):      # the Debian packages of these names
    write("compressed", tool, subprocess.run([tool, "-c"], input=SOURCE, stdout=subprocess.PIPE, check=True).stdout)
write("compressed", "joblib", b"ZF" + hex(len(SOURCE)).encode().ljust(19) + zlib.compress(SOURCE))
def sevenzipped(*switches):
    """By the Debian package p7zip-full: a script, a JSON document in a folder, an empty file and some code, without times."""
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder, "top")
        (top / "b").mkdir(parents=True)
        for name, data in (("a.py", SOURCE), ("b/c.json", b"{}"), ("empty", b""), ("code.txt", b"\xe8\0\1\0\0" * 40)):
            (top / name).write_bytes(data)
            (top / name).chmod(0o644)
        archive = pathlib.Path(folder, "x.7z")
        subprocess.run(["7z", "a", "-bd", "-bso0", "-mtm=off", "-mmt=off", *switches, archive, "."], cwd=top, check=True)
        return archive.read_bytes()


for name, switches in (("solid", []), ("single", ["-ms=off"]), ("stored", ["-mx=0"]), ("plain-header", ["-mhc=off"]),
                       ("lzma", ["-m0=BCJ", "-m1=LZMA:d=64k"]), ("deflate", ["-m0=Delta:4", "-m1=Deflate"]), ("bzip2", ["-m0=BZip2"]),
                       ("arm64", ["-m0=ARM64", "-m1=Copy"]), ("ppmd", ["-m0=PPMd:mem=64k"]),
                       ("bcj2", ["-m0=BCJ2", "-m1=LZMA:d=64k", "-m2=LZMA:d=64k", "-m3=LZMA:d=64k", "-mb0:1", "-mb0s1:2", "-mb0s2:3", "-mhc=off"])):
    write("sevenzip", name, sevenzipped(*switches))
write("compressed", "two", gzip.compress(SOURCE, mtime=0) * 2)


def layout():
    config = json.dumps({"rootfs": {"type": "layers", "diff_ids": ["sha256:0"]}})
    layer = "layer"

    def descriptor(kind, number, size, **more):
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:@%02d" % number, "size": size, **more}

    def resolved(text):  # a reference of three characters becomes 64
        return len(text) + 61 * text.count("@")
    manifest = json.dumps({"schemaVersion": 2, "config": descriptor("config.v1+json", 1, len(config)),
                           "layers": [descriptor("layer.v1.tar+gzip", 2, len(layer))]})
    index = json.dumps({"schemaVersion": 2, "manifests": [
        descriptor("manifest.v1+json", 3, resolved(manifest), annotations={"org.opencontainers.image.ref.name": "v1"})]})
    files = [("oci-layout", '{"imageLayoutVersion":"1.0.0"}'), ("@", config), ("@", layer), ("@", manifest), ("index.json", index)]
    return b"\0".join((path + "\n" + content).encode() for path, content in files)


def model_layout():
    """The same with a ModelPack: one layer under the name of its file."""
    pack = "application/vnd.cncf.model."
    config, layer = "{}", "a,b"

    def descriptor(kind, number, size, **more):
        return {"mediaType": kind, "digest": "sha256:@%02d" % number, "size": size, **more}

    manifest = json.dumps({"schemaVersion": 2, "artifactType": pack + "manifest.v1+json", "config": descriptor(pack + "config.v1+json", 1, len(config)),
                           "layers": [descriptor(pack + "dataset.v1.raw", 2, len(layer), annotations={"org.cncf.model.filepath": "a.csv"})]})
    index = json.dumps({"schemaVersion": 2, "manifests": [
        descriptor("application/vnd.oci.image.manifest.v1+json", 3, len(manifest) + 61 * manifest.count("@"))]})
    files = [("oci-layout", '{"imageLayoutVersion":"1.0.0"}'), ("@", config), ("@", layer), ("@", manifest), ("index.json", index)]
    return b"\0".join((path + "\n" + content).encode() for path, content in files)


write("oci", "image", layout())
write("oci", "model", model_layout())
