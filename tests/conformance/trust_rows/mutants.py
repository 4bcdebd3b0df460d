"""One mutation each of conformance bundles."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        argv, artifact = _common.from_client(case["args"])
        # An empty name is a mistake of the caller, which every command refuses before it looks at anything.
        expect = "usage" if "" in argv and case["expect"] == "fail" else case["expect"]
        yield case["case"], argv + [artifact], expect, corpus
