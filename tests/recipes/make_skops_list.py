"""Writes the rows of functions of rules/globals/skops.txt: the ufuncs of numpy and scipy that skops itself trusts, and the score
functions of scikit-learn. Run where skops is installed; the rows before the mark are kept as they are.

    python3 tests/recipes/make_skops_list.py rules/globals/skops.txt
"""
import inspect
import sys

import sklearn
import sklearn.feature_selection
import sklearn.metrics
import skops
from skops.io import _trusted_types

MARK = "# Functions"


def score_functions():
    """Public functions that take arrays and give numbers: those of feature selection, and the metrics."""
    for module, names in (
        (sklearn.feature_selection, sklearn.feature_selection.__all__),
        (sklearn.metrics, [name for name in sklearn.metrics.__all__ if name.endswith(("_score", "_loss", "_error", "_deviance"))]),
    ):
        for name in names:
            found = getattr(module, name)
            if inspect.isfunction(found):
                yield found.__module__, name


def rows():
    for name in sorted(_trusted_types.NUMPY_UFUNC_TYPE_NAMES):
        yield *name.rsplit(".", 1), "ufunc: computes on numbers"
    ufuncs = sorted({name.rsplit(".", 1)[1] for name in _trusted_types.SCIPY_UFUNC_TYPE_NAMES})
    for module in ("scipy.special", "scipy.special._ufuncs", "scipy.special._special_ufuncs"):
        for name in ufuncs:
            yield module, name, "ufunc: computes on numbers"
    for module, name in sorted(score_functions()):
        yield module, name, "score function: computes numbers from arrays"


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        head = file.read().split(MARK)[0]
    lines = [f"{MARK}: made by tests/recipes/make_skops_list.py with skops {skops.__version__} and scikit-learn {sklearn.__version__}"]
    lines += [f"{module} {name} value {reason}" for module, name, reason in rows()]
    with open(path, "w", encoding="utf-8") as file:
        file.write(head + "\n".join(lines) + "\n")


main()
