"""OpenSSF Model Signing: the rows' `args` say everything."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common

OPTIONS = {
    "--signature": "--signature",
    "--key": "--key",
    "--ca-roots": "--certificate-chain",
    "--certificate-identity": "--identity",
    "--certificate-oidc-issuer": "--issuer",
    "--trusted-root": "--trusted-root",
    "--ignore-path": "--ignore-paths",
}


def rows(corpus):
    for case in _common.manifest(corpus):
        args = case["args"]
        assert args[:3] == ["oms", "verify", "--model"], args
        argv = ["verify", "model", args[3]]
        for name, value in zip(args[4::2], args[5::2], strict=True):
            argv += [OPTIONS[name], value]
        yield case["case"], argv, case["expect"], corpus
        # The broken format of 0.2 is read, but only by who says so.
        if "compat-v0.2" in case.get("tags", []):
            expect = "fail" if case["case"].endswith("-wrong-key") else "pass"
            yield case["case"] + "+insecure", argv + ["--insecure-v0.2"], expect, corpus
            yield case["case"] + "+default", argv, "fail", corpus
