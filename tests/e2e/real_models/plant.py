"""plant.py: one inert gadget into a copy of an honest file, and what the finding about it has to say.

Every function is `plant(source, target, **options) -> Expected`. What a gadget would do if anybody loaded it: run the program `true`.
"""

import bz2
import dataclasses
import gzip
import lzma
import pickletools
import re
import struct
import zipfile
import zlib

CALL = b"cposix\nsystem\n(S'true'\ntR0"  # what it leaves on the stack is dropped, and the pickle goes on
ALONE = b"cposix\nsystem\n(S'true'\ntR."  # a pickle of nothing else
CALLS = 'calls "posix.system" with "true"'


@dataclasses.dataclass
class Expected:
    ids: tuple  # one of these findings
    words: str = ""  # in its message
    member: str = ""  # the chain inside containers
    offset: int | None = None
    path: str = ""  # of a folder: the file, relative to it


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def poisoned(pickled):
    """The call in front of everything else, and where it is: after PROTO, which has to be first."""
    offset = 2 if pickled[:1] == b"\x80" else 0
    return pickled[:offset] + CALL + pickled[offset:], offset


def called(member, offset):
    return Expected(("serialization.executes-code",), CALLS, member, offset)


def pickle(source, target):
    data, offset = poisoned(read(source))
    write(target, data)
    return called("", offset)


def pickle_late(source, target):
    """The call right before the end, inside the last frame."""
    data = read(source)
    frames = [(position, size) for opcode, size, position in pickletools.genops(data) if opcode.name == "FRAME"]
    stop = len(data) - 1
    changed = data[:stop] + CALL + data[stop:]
    if frames and frames[-1][0] + 9 + frames[-1][1] > stop:
        at, size = frames[-1]
        changed = changed[: at + 1] + struct.pack("<Q", size + len(CALL)) + changed[at + 9 :]
    write(target, changed)
    return called("", stop)


STREAMS = {
    "zlib": (zlib.decompress, zlib.compress),
    "gzip": (gzip.decompress, gzip.compress),
    "bz2": (bz2.decompress, bz2.compress),
    "lzma": (lambda d: lzma.decompress(d, format=lzma.FORMAT_ALONE), lambda d: lzma.compress(d, format=lzma.FORMAT_ALONE)),
    "xz": (lzma.decompress, lzma.compress),
}


def pickle_in_stream(source, target, compression):
    if compression == "lz4":
        import lz4.frame

        unpack, pack = lz4.frame.decompress, lz4.frame.compress
    else:
        unpack, pack = STREAMS[compression]
    data, offset = poisoned(unpack(read(source)))
    write(target, pack(data))
    return called("+", offset)


def members_of(source):
    with zipfile.ZipFile(source) as archive:
        return [(item, archive.read(item)) for item in archive.infolist()]


def rewritten(target, members):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for item, data in members:
            name = item if isinstance(item, str) else item.filename
            archive.writestr(
                zipfile.ZipInfo(name), data, item.compress_type if not isinstance(item, str) else zipfile.ZIP_STORED
            )


def torch_zip(source, target):
    members, expected = [], None
    for item, data in members_of(source):
        if item.filename.endswith("/data.pkl"):
            data, offset = poisoned(data)
            expected = called(item.filename, offset)
        members.append((item, data))
    rewritten(target, members)
    return expected


def torch_legacy(source, target):
    """Magic, protocol and system each are a pickle; the fourth is what was saved."""
    data, start = read(source), 0
    for _ in range(3):
        *_, (_, _, stop) = pickletools.genops(data[start:])
        start += stop + 1
    changed, offset = poisoned(data[start:])
    write(target, data[:start] + changed)
    return called("", start + offset)


def npy_trailing(source, target):
    data = read(source)
    write(target, data + ALONE)
    return Expected(("npy.trailing-data", "npy.size", "npy.trailing"), "", "", None)


def npy_object(source, target):
    """The same header, but the type says objects: NumPy would unpickle what follows."""
    data = read(source)
    head, size = (10, "<H") if data[6] == 1 else (12, "<I")
    text = re.sub(
        rb"'descr': .*?, 'fortran_order'",
        b"'descr': '|O', 'fortran_order'",
        data[head : head + struct.unpack_from(size, data, 8)[0]],
        flags=re.DOTALL,
    )
    text = text.rstrip() + b" " * (-(head + len(text.rstrip()) + 1) % 64) + b"\n"
    start = head + len(text)
    write(target, data[:8] + struct.pack(size, len(text)) + text + ALONE)
    return called("*", start)


def pickle_after_header(source, target):
    data = read(source)
    start = 10 + struct.unpack_from("<H", data, 8)[0]
    changed, offset = poisoned(data[start:])
    write(target, data[:start] + changed)
    return called("*", start + offset)


def npz_member(source, target):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    array = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header
    rewritten(target, members_of(source) + [("extra.npy", array + ALONE)])
    return called("extra.npy", len(array))


def stand_in(source, target):
    """A pickle under the name of a format that runs nothing."""
    write(target, ALONE)
    return called("", 0)
