"""What the row modules share."""
import base64
import hashlib
import json
import os


def manifest(corpus):
    with open(os.path.join(corpus, "manifest.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def statement_digest(path):
    """What a bundle says that it is about: for rows that name no artifact."""
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    if "dsseEnvelope" not in bundle:
        return "sha256:" + base64.b64decode(bundle["messageSignature"]["messageDigest"]["digest"]).hex()
    digest = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))["subject"][0]["digest"]
    name = next(name for name in ("sha512", "sha384", "sha256") if name in digest)
    return name + ":" + digest[name]


def thresholds(case):
    words = {"tlog": "--tlog-threshold", "sct": "--sct-threshold", "tsa": "--tsa-threshold", "times": "--times-threshold"}
    return [part for name, value in (case.get("thresholds") or {}).items() for part in (words[name], str(value))]


# The sigstore-conformance client protocol -> `headgate verify bundle`.
CLIENT_OPTIONS = {
    "--bundle": None,
    "--certificate-identity": "--identity",
    "--certificate-oidc-issuer": "--issuer",
    "--trusted-root": "--trusted-root",
    "--key": "--key",
    "--tlog-threshold": "--tlog-threshold",
    "--timestamp-threshold": "--tsa-threshold",
}


def from_client(args):
    """(argv without the artifact, artifact) of a `verify-bundle` command line."""
    assert args[0] == "verify-bundle", args
    argv, bundle, artifact = [], None, None
    words = iter(args[1:])
    for word in words:
        if not word.startswith("--"):
            artifact = word
            continue
        name, value = CLIENT_OPTIONS[word], next(words)
        if word == "--bundle":
            bundle = value
        else:
            argv += [name, value]
    return ["verify", "bundle", bundle] + argv, artifact
