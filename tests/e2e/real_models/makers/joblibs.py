"""joblib: arrays inside pickles, plain and in every compression."""

import joblib
import lz4.frame  # noqa: F401  (joblib finds lz4 when it is there)
import numpy as np

DISTRIBUTIONS = ["joblib", "lz4"]
COMPRESSIONS = ["zlib", "gzip", "bz2", "lzma", "xz", "lz4"]


def value():
    return {
        "weights": np.arange(5000, dtype=np.float32),
        "names": ["a", "b"],
        "empty": np.zeros((0, 2)),
        "fortran": np.asfortranarray(np.eye(3)),
        "objects": np.array(["x", None], dtype=object),
        "mask": np.array([True, False]),
    }


def make(maker):
    joblib.dump(value(), maker.place("plain.joblib"))
    maker.row("plain", "plain.joblib", "pickle")
    for protocol in (2, 3):
        joblib.dump(value(), maker.place(f"protocol{protocol}.joblib"), protocol=protocol)
        maker.row(f"protocol {protocol}", f"protocol{protocol}.joblib", "pickle")
    for name in COMPRESSIONS:
        joblib.dump(value(), maker.place(f"{name}.joblib"), compress=(name, 3))
        maker.row(f"compressed by {name}", f"{name}.joblib", "pickle_in_stream", options={"compression": name})
    joblib.dump(np.arange(10), maker.place("array.pkl.z"), compress=9)
    maker.row("one array, zlib 9", "array.pkl.z", "pickle_in_stream", options={"compression": "zlib"})
