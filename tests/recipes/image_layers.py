#!/usr/bin/env python3
"""image_layers.py FOLDER: images whose layers hold something, in layouts of their own below FOLDER. Prints one line a case: name, what `check`
answers under a policy that asks for layers, what it says, and options. `image_layers.py push URL FOLDER NAME...` puts those into the
registry at URL (http, without authentication) as images/NAME:1."""
import base64
import gzip
import hashlib
import io
import lzma
import os
import sys
import tarfile
import zipfile
import zlib

import model_artifacts
from model_artifacts import BAD, GOOD, OCI, Layout

ELF = b"\x7fELF\x02\x01\x01" + bytes(300)


def tar(files, links=(), size_of_link=0):
    """Files by path; links as (name, type, target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, kind, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
    made = bytearray(out.getvalue())
    if size_of_link:
        # A hard link that says that it has bytes: the size field of its header, and the checksum over it.
        at = next(i for i in range(0, len(made), 512) if made[i + 156 : i + 157] == b"1")
        made[at + 124 : at + 136] = b"%011o\0" % size_of_link
        made[at + 148 : at + 156] = b" " * 8
        made[at + 148 : at + 156] = b"%06o\0 " % sum(made[at : at + 512])
    return bytes(made)


def zstd(data):
    """A frame of raw blocks (RFC 8878)."""
    out = b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little")
    pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    for number, piece in enumerate(pieces):
        out += ((number == len(pieces) - 1) | len(piece) << 3).to_bytes(3, "little") + piece
    return out


def wheel(files):
    files = {**files, "pkg-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n",
             "pkg-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "".join(f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},{len(data)}\n" for name, data in files.items())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in {**files, "pkg-1.0.dist-info/RECORD": (record + "pkg-1.0.dist-info/RECORD,,\n").encode()}.items():
            archive.writestr(name, data)
    return out.getvalue()


def jar():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        archive.writestr("A.class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60))
    return out.getvalue()


PLAIN_WHEEL = wheel({"pkg/__init__.py": b"def add(a, b):\n    return a + b\n"})
BAD_WHEEL = wheel({"pkg/__init__.py": b"def add(a, b):\n    return a + b\n",
                   "pkg.pth": b"import os; os.system('echo headgate')\n"})
SITE = "usr/local/lib/python3.11/site-packages/"

# What a layer with a Python in it is made of.
PYTHON = {
    "usr/local/bin/python3.11": ELF,
    "usr/local/lib/python3.11/os.py": b"import sys\n\n\ndef getcwd():\n    return sys.path[0]\n",
    "usr/local/lib/python3.11/__pycache__/os.cpython-311.pyc": b"\xa7\r\r\n" + bytes(12) + b"\xe3" + bytes(80),
    "usr/local/lib/python3.11/ensurepip/_bundled/pkg-1.0-py3-none-any.whl": PLAIN_WHEEL,
    SITE + "distutils-precedence.pth": b"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'\n",
    SITE + "numpy/core/tests/data/plain.npy": b"\x93NUMPY\x01\x00\x46\x00{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }".ljust(79) + b"\n" + bytes(8),
    SITE + "numpy/core/_multiarray.cpython-311-x86_64-linux-gnu.so": ELF,
    SITE + "numpy-1.26.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.0\n",
    "usr/lib/locale/locale-archive": b"\x09\x01\x02\xde" + b"\x91" * 500,
    "usr/share/java/a.jar": jar(),
    "usr/share/doc/a/changelog.gz": gzip.compress(b"words\n"),
    "usr/share/fonts/a.pcf.gz": gzip.compress(b"\x01fcp" + b"\xee" * 500),
    "usr/share/zoneinfo/UTC": b"TZif2" + bytes(40),
    "var/lib/app/data.sqlite": b"SQLite format 3\0" + b"\x03" * 600,
    "lib/systemd/system/a\\x2db.slice": b"[Slice]\n",
    "etc/ssl/certs/Főtanúsítvány.pem": b"-----BEGIN CERTIFICATE-----\n",
    "etc/.wh.removed": b"",
}
LINKS = [("etc/mtab", tarfile.SYMTYPE, "/proc/mounts"), ("usr/local/bin/python3", tarfile.LNKTYPE, "usr/local/bin/python3.11"), ("run/a", tarfile.FIFOTYPE, ""),
         ("dev/null", tarfile.CHRTYPE, "")]
BUSYBOX = {"bin/busybox": ELF, "etc/passwd": b"root:x:0:0::/:/bin/sh\n"}


def image(layout, *layers):
    """Layers as (end of the media type, bytes)."""
    made = [layout.blob(data, OCI + "layer.v1." + kind) for kind, data in layers]
    return layout.manifest(made, {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [f"sha256:{n:064x}" for n in range(len(made))]}}, OCI + "config.v1+json")


def of(files, links=()):
    return lambda at: image(at, ("tar", tar(files, links)))


def changed(layout):
    """The blob of a layer is not what its name says."""
    root = image(layout, ("tar", tar({"opt/notes.txt": b"words\n"})))
    digest = hashlib.sha256(tar({"opt/notes.txt": b"words\n"})).hexdigest()
    with open(os.path.join(layout.folder, "blobs", "sha256", digest), "r+b") as file:
        file.seek(512)
        file.write(b"other")
    return root


def header(name, size=0, kind=b"0", magic=b"ustar\x0000", prefix=b""):
    block = bytearray(512)
    for at, part in ((0, name.encode()), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % size), (136, b"00000000000\0"), (148, b" " * 8),
                     (156, kind), (257, magic), (345, prefix)):
        block[at : at + len(part)] = part
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def entry(name, data=b"", **more):
    return header(name, len(data), **more) + data + bytes(-len(data) % 512)


def pax(key, value, kind=b"x"):
    """One record, as an entry."""
    length = len(key) + len(value) + 3
    length += len(str(length + len(str(length))))
    return entry("PaxHeaders/x", f"{length} {key}={value}\n".encode(), kind=kind)


def extended(*headers, last=entry("models/modeling.py", b"import os\nos.system('x')\n")):
    """A modelcar in which headers stand before its last file."""
    plain = {**BUSYBOX, "models/model.safetensors": GOOD, "models/README.md": b"# A model\n"}
    return lambda at: image(at, ("tar", b"".join(entry(name, data) for name, data in plain.items()) + b"".join(headers) + last + bytes(1024)))


LONG = entry("././@LongLink", b"usr/a.txt\0", kind=b"L", magic=b"ustar  \0")
PLAIN = entry("models/x", b"# More\n")


CALL = b"cos\nsystem\n(S'echo headgate'\ntR."


def much_memory(data):
    """An xz stream that says that its dictionary is 1 GiB."""
    made = bytearray(lzma.compress(data, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]))
    end = 12 + (made[12] + 1) * 4       # of the block's header: size, flags, filter, size of its properties, the dictionary, zeros, CRC-32
    made[16] = 36
    made[end - 4 : end] = zlib.crc32(made[12 : end - 4]).to_bytes(4, "little")
    return bytes(made)


def with_flags(data):
    made = bytearray(gzip.compress(data))
    made[3] = 0x80
    return bytes(made)


def listed(attests, first_type, first_config=OCI + "config.v1+json", second_type=OCI + "layer.v1.tar+gzip", files=None):
    """An index of two manifests over one layer; the first is beside the platforms, as BuildKit's attestation if `attests`."""

    def recipe(layout):
        packed = gzip.compress(tar(files or MODEL))

        def one(media_type, config):
            return layout.manifest([layout.blob(packed, media_type)], {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:%064x" % 0]}}, config)

        beside = {**one(first_type, first_config), "platform": {"os": "unknown", "architecture": "unknown"}}
        if attests:
            beside["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
        return layout.index([beside, {**one(second_type, OCI + "config.v1+json"), "platform": {"os": "linux", "architecture": "amd64"}}])

    return recipe


def attested(layout):
    """What BuildKit writes: an image, and beside it a manifest with a statement."""
    statement = layout.manifest([layout.blob(b'{"_type": "https://in-toto.io/Statement/v0.1"}', "application/vnd.in-toto+json")],
                                {"architecture": "unknown", "os": "unknown", "rootfs": {"type": "layers", "diff_ids": ["sha256:%064x" % 0]}}, OCI + "config.v1+json")
    return layout.index([{**image(layout, ("tar+gzip", gzip.compress(tar(PYTHON, LINKS)))), "platform": {"os": "linux", "architecture": "amd64"}},
                         {**statement, "platform": {"os": "unknown", "architecture": "unknown"},
                          "annotations": {"vnd.docker.reference.type": "attestation-manifest"}}])


MODEL = {"opt/model/weights.pkl": BAD}
CASES = {
    "python": (0, "", "", of(PYTHON, LINKS)),
    "python-gzip": (0, "", "", lambda at: image(at, ("tar+gzip", gzip.compress(tar(PYTHON, LINKS))))),
    "python-zstd": (0, "", "", lambda at: image(at, ("tar+zstd", zstd(tar(PYTHON, LINKS))))),
    "pickle": (1, "opt/model/weights.pkl", "", of({**PYTHON, **MODEL})),
    "pickle-gzip": (1, "executes-code", "", lambda at: image(at, ("tar+gzip", gzip.compress(tar({**PYTHON, **MODEL}))))),
    "pickle-zstd": (1, "executes-code", "", lambda at: image(at, ("tar+zstd", zstd(tar({**PYTHON, **MODEL}))))),
    "pickle-in-gzips": (1, "executes-code", "", lambda at: image(at, ("tar+gzip", gzip.compress(tar(MODEL)[:700]) + gzip.compress(tar(MODEL)[700:])))),
    "pickle-unnamed": (1, "executes-code", "", of({"var/cache/a": BAD})),
    "pickle-linked": (1, "executes-code", "", of({"var/cache/a": BAD}, [("srv/model.pkl", tarfile.SYMTYPE, "/var/cache/a"), ("srv/b.pkl", tarfile.LNKTYPE, "var/cache/a")])),
    "pickle-in-zip": (1, "executes-code", "", lambda at: image(at, ("tar", tar({"srv/a.zip": zip_of(BAD)})))),
    "safetensors": (0, "", "", of({"opt/model/m.safetensors": GOOD})),
    "wheel": (1, "process-at-start", "", of({"srv/wheels/pkg-1.0-py3-none-any.whl": BAD_WHEEL})),
    "wheel-installed": (1, "process-at-start", "", of({SITE + "vendor/pkg-1.0-py3-none-any.whl": BAD_WHEEL})),
    "wheel-plain": (0, "", "", of({"srv/wheels/pkg-1.0-py3-none-any.whl": PLAIN_WHEEL})),
    "wheel-changed": (1, "digest-differs", "", of({"srv/pkg-1.0-py3-none-any.whl": PLAIN_WHEEL.replace(b"return a + b", b"return a - b")})),
    "truncated": (1, "cut-off", "", lambda at: image(at, ("tar", tar(PYTHON)[:3000]))),
    "truncated-gzip": (1, "compressed.broken", "", lambda at: image(at, ("tar+gzip", gzip.compress(tar(PYTHON))[:-20]))),
    "no-tar": (1, "cut-off", "", lambda at: image(at, ("tar", b"layer"))),
    "other-packing": (1, "layer-packing", "", lambda at: image(at, ("tar+gzip", tar(PYTHON)))),
    "behind-the-end": (1, "trailing-bytes", "", lambda at: image(at, ("tar", tar(PYTHON) + tar(MODEL)))),
    "link-with-bytes": (1, "tar.broken", "", lambda at: image(at, ("tar", tar({"a": b"x"}, [("b", tarfile.LNKTYPE, "a")], 512)))),
    "leads-out": (1, "bad-name", "", of({"../../etc/cron.d/x": b"words\n"})),
    "bomb": (1, "compressed.unscannable", "", lambda at: image(at, ("tar+gzip", gzip.compress(tar({"srv/zeros": bytes(100 << 20)}))))),
    "deleted": (1, "executes-code", "", lambda at: image(at, ("tar", tar(MODEL)), ("tar", tar({"opt/model/.wh.weights.pkl": b""})))),
    "deleted-plain": (0, "", "", lambda at: image(at, ("tar", tar({"opt/model/notes.txt": b"words\n"})), ("tar", tar({"opt/model/.wh.notes.txt": b""})))),
    "modelcar": (0, "", "--kind model", of({**BUSYBOX, "models/model.safetensors": GOOD, "models/README.md": b"# A model\n"})),
    "modelcar-bad": (1, "executes-code", "--kind model", of({**BUSYBOX, "models/model.pkl": BAD})),
    "modelcar-code": (1, "code-file", "--kind model", of({**BUSYBOX, "models/model.safetensors": GOOD, "models/modeling.py": b"import os\nos.system('x')\n"})),
    "attested": (0, "", "", attested),
    "attested-layer": (1, "executes-code", "", listed(True, OCI + "layer.v1.tar+foo")),
    "artifact-layer": (1, "executes-code", "", listed(False, OCI + "layer.v1.tar+foo", "application/vnd.foo+json")),
    "layer-of-two-names": (0, "", "", listed(False, "application/vnd.docker.image.rootfs.diff.tar.gzip", files={"opt/notes.txt": b"words\n"})),
    "layer-of-two-packings": (1, "media-type", "", listed(False, OCI + "layer.v1.tar", files={"opt/notes.txt": b"words\n"})),
    "pax-twice": (1, "ambiguous-name", "--kind model", extended(pax("path", "usr/a.txt"), pax("mtime", "1"))),
    "pax-then-global": (1, "ambiguous-name", "--kind model", extended(pax("path", "usr/a.txt"), pax("comment", "x", b"g"))),
    "long-then-global": (1, "ambiguous-name", "--kind model", extended(LONG, pax("comment", "x", b"g"))),
    "pax-of-nothing": (1, "ambiguous-name", "--kind model", extended(pax("path", ""))),
    "gnu-prefix": (1, "bad-name", "--kind model", extended(last=entry("usr/modeling.py", b"import os\n", magic=b"ustar  \0", prefix=b"models"))),
    "pax-once": (0, "", "--kind model", extended(pax("comment", "x", b"g"), pax("path", "models/notes.md"), last=PLAIN)),
    "long-once": (0, "", "--kind model", extended(pax("comment", "x", b"g"), LONG, last=PLAIN)),
    "modelcar-through-link": (1, "tar.link", "--kind model", of({**BUSYBOX, "models/model.safetensors": GOOD}, [("var/x", tarfile.SYMTYPE, "/models")])),
    "modelcar-of-nothing": (1, "no-model", "--kind model", of(BUSYBOX)),
    "modelcar-links": (0, "", "--kind model", of({**BUSYBOX, "models/blobs/model.safetensors": GOOD}, [("bin/sh", tarfile.SYMTYPE, "busybox"), ("etc/mtab", tarfile.SYMTYPE, "/proc/mounts"),
                                                 ("models/model.safetensors", tarfile.SYMTYPE, "blobs/model.safetensors")])),
    "gif-pickle": (1, "polyglot", "", of({"srv/model.pkl": b"GIF89a\x01\x00\x01" + CALL})),
    "gif": (0, "", "", of({"usr/share/icons/a.gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"})),
    "xz-of-much-memory": (1, "compressed.unscannable", "", of({"srv/pytorch_model.bin": much_memory(BAD)})),
    "gzip-with-flags": (1, "compressed.flags", "", of({"srv/data": with_flags(BAD)})),
    "old-text": (0, "", "", of({"usr/share/vim/vim90/tutor/tutor.pt": "Bem-vindo ao tutor do VIM: uma li\u00e7\u00e3o\n".encode("latin-1") * 50})),
    "digest-lies": (1, "digest-mismatch", "", changed),
}


def zip_of(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x/data", data)
    return out.getvalue()


def make(below):
    for name, (code, said, options, recipe) in CASES.items():
        layout = Layout(os.path.join(below, name))
        layout.write(recipe(layout))
        print(f"{name}|{code}|{said}|{options}")


if __name__ == "__main__":
    if sys.argv[1] == "push":
        model_artifacts.CASES = sys.argv[4:]
        model_artifacts.push(sys.argv[2], sys.argv[3])
    else:
        make(sys.argv[1])
