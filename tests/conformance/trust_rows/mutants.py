"""One mutation each of conformance bundles."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        argv, artifact = _common.from_client(case["args"])
        yield case["case"], argv + [artifact], case["expect"], corpus
