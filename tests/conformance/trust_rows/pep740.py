"""Python distributions: attestation objects and provenance objects of PEP 740."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        argv = ["verify", "package", case["file"], "--ecosystem", "pypi", "--trusted-root", case["trusted_root"], "--identity", case["san"],
                "--issuer", case["issuer"], "--predicate", case["predicateType"], "--file-name", case["dist_name"]]
        argv += [case["dist"]] if case["dist"] else ["--digest", "sha256:" + case["sha256"]]
        yield case["case"], argv, case["expect"], corpus
