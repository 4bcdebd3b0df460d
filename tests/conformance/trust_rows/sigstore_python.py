"""The Python client's own assets.

Two things differ from what the manifest's rows say. The rows without a name are of a bundle whose signer is SIGNER. And the bundle of
dsse-staging-rekor-v2 is neither by the row's name nor about the row's artifact (the client's own test asks neither): both are
refused, and its certificate's name with its statement's digest is taken.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common

SIGNER = ["--identity", "alexis.challande@trailofbits.com", "--issuer", "https://accounts.google.com"]
BEACON = ["--identity", "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
          "extremely-dangerous-oidc-beacon.yml@refs/heads/main", "--issuer", "https://token.actions.githubusercontent.com"]


def rows(corpus):
    for case in _common.manifest(corpus):
        verify = ["verify", "bundle", case["bundle"], "--trusted-root", case["trusted_root"]] + _common.thresholds(case)
        signer = SIGNER if case["san"] is None else ["--identity", case["san"], "--issuer", case["issuer"]]
        if case["case"] == "dsse-staging-rekor-v2":
            digest = ["--digest", _common.statement_digest(os.path.join(corpus, case["bundle"]))]
            yield case["case"] + " by the row's name", verify + digest + signer, "fail", corpus
            yield case["case"] + " about the row's artifact", verify + [case["artifact"]] + BEACON, "fail", corpus
            yield case["case"], verify + digest + BEACON, case["expect"], corpus
        else:
            yield case["case"], verify + [case["artifact"]] + signer, case["expect"], corpus
