"""The Go client's own assets: no artifact is named, so that its digest is the statement's."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        argv = ["verify", "bundle", case["bundle"], "--trusted-root", case["trusted_root"],
                "--digest", _common.statement_digest(os.path.join(corpus, case["bundle"]))] + _common.thresholds(case)
        argv += ["--key", case["key"]] if "key" in case else ["--identity", case["san"], "--issuer", case["issuer"]]
        yield case["case"], argv, case["expect"], corpus
