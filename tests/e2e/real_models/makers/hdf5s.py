"""HDF5 by h5py: groups, chunks, filters, attributes."""

import h5py
import numpy as np

DISTRIBUTIONS = ["h5py"]


def make(maker):
    with h5py.File(maker.place("arrays.h5"), "w") as file:
        file.create_dataset(
            "compressed", data=np.ones((64, 64)), chunks=(16, 16), compression="gzip", shuffle=True, fletcher32=True
        )
        file.create_dataset("group/plain", data=np.arange(10))
        file["text"] = "words"
        file.attrs["names"] = ["a", "b"]
    maker.row("HDF5 by h5py, chunks and filters", "arrays.h5", "h5_external")
