"""Signatures and attestations inside image layouts."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        policy = case["policy"]
        argv = ["verify", "image", f"{case['layout']}@{case['target']}"]
        if "key" in case:
            argv += ["--key", case["key"]]
        else:
            argv += ["--trusted-root", case["trusted_root"], "--identity", case["san"], "--issuer", case["issuer"]]
        if "predicate_type" in policy:
            argv += ["--predicate-type", policy["predicate_type"]]
        if "reference" in policy:
            argv += ["--reference", policy["reference"]]
        if "source" in policy:
            argv += ["--claim", "source-repository=https://" + policy["source"]]
        for name, value in policy.get("annotations", {}).items():
            argv += ["--annotation", f"{name}={value}"]
        yield case["case"], argv + _common.thresholds(case), case["expect"], corpus
