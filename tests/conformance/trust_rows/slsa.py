"""SLSA provenance with policies, bare envelopes, and verification summaries under a key."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common

WORKFLOWS = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/"
DELEGATORS = ["delegator_generic_slsa3.yml", "delegator_lowperms-generic_slsa3.yml"]
ISSUER = "https://token.actions.githubusercontent.com"
WORDS = {"source": "--source", "builder_id": "--builder-id", "tag": "--tag", "versioned_tag": "--versioned-tag",
         "branch": "--branch", "builder_ref": "--builder-ref"}


def summary(case):
    policy = case["policy"]
    argv = ["verify", "provenance", case["bundle"], "--key", case["key"], "--verifier-id", policy["verifier_id"],
            "--resource", policy["resource_uri"]]
    for digest in policy["digests"]:
        argv += ["--digest", digest]
    for level in policy["levels"]:
        argv += ["--level", level]
    return argv


def provenance(case, corpus):
    argv = ["verify", "provenance", case["bundle"], "--trusted-root", case["trusted_root"], "--issuer", case.get("issuer") or ISSUER]
    artifact = case["artifact"]
    # Rows of a wrong artifact name another digest than that of the file beside them.
    if artifact and _common.sha256_of(os.path.join(corpus, artifact)) == case["artifact_sha256"]:
        argv.append(artifact)
    else:
        argv += ["--digest", "sha256:" + case["artifact_sha256"]]
    for name, value in case["policy"].items():
        if value is not None:
            argv += [WORDS[name], value]
    # Only rows with `builder_ref` ask for a release tag; without the word it is Headgate's default.
    if "builder_ref" not in case["policy"]:
        argv += ["--builder-ref", "any"]
    return argv


def rows(corpus):
    for case in _common.manifest(corpus):
        if case["kind"] == "vsa":
            argv = summary(case)
            yield case["case"], argv + ["--allow-p1363"], case["expect"], corpus
            yield case["case"] + " without the flag", argv, "fail", corpus
            continue
        argv = provenance(case, corpus)
        delegators = [part for name in DELEGATORS for part in ("--delegator", WORKFLOWS + name)]
        yield case["case"], argv + delegators, case["expect"], corpus
        if case["expect"] == "pass" and "/delegator_" in (case.get("san") or ""):
            yield case["case"] + " without its delegator", argv, "fail", corpus
        if case["expect"] == "pass":
            yield case["case"] + " of another issuer", [ISSUER + "/evil" if word == ISSUER else word for word in argv] + delegators, "fail", corpus
