"""npm: publish attestations by the registry's key, and provenance by a certificate; both are needed."""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common

WORKFLOWS = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/"
PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
_made = tempfile.TemporaryDirectory(prefix="headgate-npm-rows-")


def signers(cases):
    """Rows that fail for another reason name no signer. They get the true one, so that this reason is the only one."""
    known = {}
    for case in cases:
        if case.get("san"):
            known[(case["name"], case["version"])] = (case["san"], case["issuer"])
    for case in cases:
        if case.get("san"):
            yield case, (case["san"], case["issuer"])
            continue
        stem = case["attestations"].replace("-invalidsigpub", "").replace("-invalidsigprov", "")
        like = next(other for other in cases if other.get("san") and
                    other["attestations"].replace("-invalidsigpub", "").replace("-invalidsigprov", "") == stem)
        yield case, (like["san"], like["issuer"])


def is_publish(attestation):
    return attestation["predicateType"] == PUBLISH


def document(case, corpus):
    """The attestations of the row, changed as it says; a path."""
    path = os.path.join(corpus, case["attestations"])
    if "drop" not in case and "replace_publish_from" not in case:
        return path
    with open(path, encoding="utf-8") as file:
        attestations = json.load(file)["attestations"]
    kept = [one for one in attestations if not is_publish(one)]
    if "replace_publish_from" in case:
        with open(os.path.join(corpus, case["replace_publish_from"]), encoding="utf-8") as file:
            kept += [one for one in json.load(file)["attestations"] if is_publish(one)]
    else:
        assert case["drop"] == ["publish"], case
    made = os.path.join(_made.name, case["case"] + ".json")
    with open(made, "w", encoding="utf-8") as file:
        json.dump({"attestations": kept}, file)
    return made


def rows(corpus):
    cases = list(_common.manifest(corpus))
    for case, (san, issuer) in signers(cases):
        argv = ["verify", "package", document(case, corpus), "--ecosystem", "npm", "--trusted-root", case["trusted_root"],
                "--registry-keys", case["registry_keys"], "--name", case["name"], "--version", case["version"], "--issuer", issuer,
                "--delegator", WORKFLOWS + "delegator_lowperms-generic_slsa3.yml"]
        argv += [case["tarball"]] if case["tarball"] else ["--digest", "sha512:" + case["sha512"]]
        yield case["case"], argv + ["--identity", san], case["expect"], corpus
        if case["expect"] == "pass":
            yield case["case"] + " of another signer", argv + ["--identity", san + "x"], "fail", corpus
