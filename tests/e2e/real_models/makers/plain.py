"""Python's pickle, dill and cloudpickle: plain data in every protocol."""

import array
import collections
import datetime
import decimal
import fractions
import pickle
import uuid

DISTRIBUTIONS = ["dill", "cloudpickle"]


def values():
    counted = collections.defaultdict(list, {"a": [1]})
    return {
        "vocabulary": {
            "words": {"the": 0, "größe": 1},
            "size": 2,
            "special": ("<pad>", b"\x00\xff"),
            "rates": [0.1, 1e300, -3],
        },
        "collections": [
            collections.OrderedDict(a=1),
            collections.Counter("aab"),
            collections.deque([1, 2], 5),
            counted,
            {1, 2},
            frozenset("x"),
        ],
        "times": [
            datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc),
            datetime.date(2024, 1, 2),
            datetime.timedelta(3),
        ],
        "numbers": [
            2**200,
            1 + 2j,
            decimal.Decimal("1.5"),
            fractions.Fraction(1, 3),
            array.array("f", [1, 2]),
            range(3),
            bytearray(b"x"),
        ],
        "identifiers": [uuid.UUID(int=5), slice(1, 2), ..., NotImplemented, int, dict],
    }


def make(maker):
    for name, value in values().items():
        for protocol in range(6):
            file = f"{name}.{protocol}.pkl"
            with open(maker.place(file), "wb") as out:
                pickle.dump(value, out, protocol=protocol)
            maker.row(f"pickle of {name}, protocol {protocol}", file, "pickle_late" if protocol % 2 else "pickle")
    import cloudpickle
    import dill

    for library in (dill, cloudpickle):
        file = f"vocabulary.{library.__name__}.pkl"
        with open(maker.place(file), "wb") as out:
            library.dump(values()["vocabulary"], out)
        maker.row(f"plain data by {library.__name__}", file, "pickle")
