"""GitHub artifact attestations."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def digest(bundle):
    try:
        return _common.statement_digest(bundle)
    except ValueError:  # its payload is no statement; what it is about is then not the first thing wrong with it
        return "sha256:" + "0" * 64


def rows(corpus):
    for case in _common.manifest(corpus):
        argv = ["verify", "package", case["bundle"], "--ecosystem", "github", "--trusted-root", case["trusted_root"], "--identity", case["san"],
                "--issuer", case["issuer"]] + _common.thresholds(case)
        argv += [case["artifact"]] if case["artifact"] else ["--digest", digest(os.path.join(corpus, case["bundle"]))]
        yield case["case"], argv, case["expect"], corpus
        if case["expect"] == "pass":
            wrong = ["--digest", "sha256:" + "0" * 64]
            yield case["case"] + " about other bytes", [word for word in argv if word != case["artifact"]] + wrong, "fail", corpus
