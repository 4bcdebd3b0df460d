"""NumPy: every type, order and version of npy; npz; random states."""

import pickle

import numpy as np

DISTRIBUTIONS = ["numpy"]
TYPES = [
    "?",
    "i1",
    "u1",
    "<i2",
    "<u2",
    "<i4",
    ">i4",
    "<u4",
    "<i8",
    "<u8",
    "<f2",
    "<f4",
    ">f8",
    "<f8",
    "<f16",
    "<c8",
    "<c16",
    "S5",
    "U7",
    "<M8[ns]",
    "<m8[s]",
    "V3",
]


def make(maker):
    one_file_a_type(maker)
    for name, array in shapes().items():
        np.save(maker.place(f"{name}.npy"), array)
        maker.row(f"npy {name}", f"{name}.npy", "npy_trailing")
    with open(maker.place("version3.npy"), "wb") as file:
        np.lib.format.write_array(file, np.zeros(2, dtype=[("größe", "<f4")]), version=(3, 0))
    maker.row("npy of version 3, a field's name in UTF-8", "version3.npy", "npy_object")
    with open(maker.place("version2.npy"), "wb") as file:
        np.lib.format.write_array(file, np.arange(6.0), version=(2, 0))
    maker.row("npy of version 2", "version2.npy", "npy_object")
    archives(maker)
    objects(maker)


def one_file_a_type(maker):
    for code in TYPES:
        name = np.dtype(code).name.replace("[", "-").replace("]", "") + ("-big" if code[0] == ">" else "")
        np.save(maker.place(f"{name}.npy"), np.zeros((2, 3), dtype=code))
        maker.row(f"npy {name}", f"{name}.npy", "npy_object")


def shapes():
    nested = np.dtype([("position", [("x", "<f4"), ("y", "<f4")]), ("tags", "U4", (2, 2)), ("id", "<i8")])
    return {
        "fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "scalar": np.float32(3.5),
        "empty": np.zeros((0, 5)),
        "structured": np.zeros(3, dtype=nested),
        "aligned": np.zeros(3, dtype=np.dtype([("a", "i1"), ("b", "<f8")], align=True)),
        "record": np.rec.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]),
        "deep": np.zeros((1,) * 32),
    }


def archives(maker):
    np.savez(maker.place("stored.npz"), weight=np.ones((4, 4), dtype=np.float32), bias=np.zeros(4))
    maker.row("npz", "stored.npz", "npz_member")
    np.savez_compressed(maker.place("deflated.npz"), **{"layer/0/kernel": np.ones((64, 64)), "größe": np.arange(3)})
    maker.row("npz, compressed, names with a slash and in UTF-8", "deflated.npz", "npz_member")
    np.savez_compressed(maker.place("zeros.npz"), mask=np.zeros(20_000_000, dtype=np.uint8))
    maker.row("npz of twenty million zeros", "zeros.npz", "npz_member")
    np.savez(maker.place("case.npz"), W=np.ones(2), w=np.zeros(3))
    maker.row("npz, names that differ in case", "case.npz", "npz_member")


def objects(maker):
    np.save(maker.place("objects.npy"), np.array([None, "text", {"a": [1, 2]}], dtype=object), allow_pickle=True)
    maker.row("npy of objects", "objects.npy", "pickle_after_header")
    values = {
        "masked": np.ma.masked_array([1, 2, 3], mask=[0, 1, 0]),
        "random-state": np.random.RandomState(0),
        "generator": np.random.default_rng(0),
        "bit-generators": [np.random.Philox(1), np.random.SFC64(2), np.random.MT19937(3)],
        "scalars": [np.float64(1), np.int8(2), np.str_("x"), np.datetime64("2024-01-01"), np.complex64(1j), np.bool_(True)],
        "matrix": np.asmatrix([[1, 2]]),
        "polynomials": [np.poly1d([1, 2]), np.polynomial.Polynomial([1, 2]), np.polynomial.Chebyshev([3])],
        "dtypes": [np.dtype("f4"), np.dtype([("a", "i4")]), np.dtype("M8[ms]")],
    }
    for name, value in values.items():
        for protocol in (2, 5):
            file = f"{name}.{protocol}.pkl"
            with open(maker.place(file), "wb") as out:
                pickle.dump(value, out, protocol=protocol)
            maker.row(f"pickle of {name}, protocol {protocol}", file, "pickle")
