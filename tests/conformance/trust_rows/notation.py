"""Notation envelopes: the artifact is named by digest and size."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    cases = _common.manifest(corpus)
    # Size is signed beside the digest; rows that leave it out are about an artifact of another row.
    sizes = {case["target_digest"]: case["target_size"] for case in cases if case["target_size"] is not None}
    for case in cases:
        size = sizes[case["target_digest"]]
        # Where a row names no scheme, the store serves both.
        stores = {"notary.x509": ["--ca-store"], "notary.x509.signingAuthority": ["--signing-authority-store"]}.get(
            case["signing_scheme"], ["--ca-store", "--signing-authority-store"])
        argv = ["verify", "image", "--notation-envelope", case["envelope"], "--digest", case["target_digest"], "--level", case["level"]]
        for store in stores:
            argv += [store, case["anchor"]]
        for identity in case["trusted_identities"]:
            argv += ["--trusted-identity", identity]
        if case["tsa"] is not None:
            argv += ["--tsa-store", case["tsa"]]
        if "verify_timestamp" in case:
            argv += ["--verify-timestamp", {"always": "always", "afterCertExpiry": "after-cert-expiry"}[case["verify_timestamp"]]]
        if case["verify_at"] != "now":
            argv += ["--verify-at", case["verify_at"]]
        yield case["case"], argv + ["--size", str(size)], case["expect"], corpus
        if case["expect"] == "pass":
            yield case["case"] + " of another size", argv + ["--size", str(size + 1)], "fail", corpus
