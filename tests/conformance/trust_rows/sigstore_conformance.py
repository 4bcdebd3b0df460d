"""The public client suite's bundles, each by path and by digest."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        argv, artifact = _common.from_client(case["args"])
        for mode in case["modes"]:
            if mode == "PATH":
                yield case["case"], argv + [artifact], case["expect"], corpus
            elif mode == "DIGEST":
                digest = _common.sha256_of(os.path.join(corpus, artifact))
                yield case["case"] + " by digest", argv + ["--digest", "sha256:" + digest], case["expect"], corpus
            else:
                raise ValueError(mode)
