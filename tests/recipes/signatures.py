"""signatures.py: keys that are made when needed, and what they sign: DSSE envelopes, model signatures, statements."""
import base64
import hashlib
import json
import os
import subprocess

import supply_chain

IN_TOTO = "application/vnd.in-toto+json"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Key:
    """An ECDSA P-256 key: FOLDER/NAME.key holds the private half."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".key")
        self.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)
        self.pem = self.run("pkey", "-in", self.path, "-pubout")

    @staticmethod
    def run(*arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout

    def sign(self, kind, payload):
        """A DSSE envelope."""
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        signature = self.run("dgst", "-sha256", "-sign", self.path, data=message)
        return {"payload": base64.b64encode(payload).decode(), "payloadType": kind,
                "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}]}


def certificate_authority(folder, name, subject):
    """A self-signed root certificate, PEM; its key is written to FOLDER/NAME.key."""
    return Key.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj", subject,
                   "-keyout", os.path.join(folder, name + ".key"))


def trusted_root(pem):
    """Sigstore's TrustedRoot with one certificate authority."""
    certificate = Key.run("x509", "-outform", "DER", data=pem)
    return {
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [], "ctlogs": [], "timestampAuthorities": [],
        "certificateAuthorities": [{
            "subject": {"organization": "Acme", "commonName": "Acme signing root"}, "uri": "https://fulcio.acme.example",
            "certChain": {"certificates": [{"rawBytes": base64.b64encode(certificate).decode()}]},
            "validFor": {"start": "2026-01-01T00:00:00Z"}}]}


def sign_model(folder, key, name="model.sig", ignored=(), links=False):
    """An OpenSSF Model Signing bundle over every file of the folder that is no signature and not ignored."""
    files = sorted(path for path in os.listdir(folder)
                   if not path.endswith((".sig", ".sigstore.json", ".intoto.jsonl")) and path not in ignored)
    digests = {}
    for path in files:
        with open(os.path.join(folder, path), "rb") as file:
            digests[path] = sha256(file.read())
    root = sha256(b"".join(bytes.fromhex(digests[path]) for path in files))
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": os.path.basename(folder), "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "resources": [{"algorithm": "sha256", "name": path, "digest": digests[path]} for path in files],
            "serialization": {"allow_symlinks": links, "method": "files", "hash_type": "sha256", "ignore_paths": list(ignored)},
        },
    }
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": sha256(key.pem)}, "tlogEntries": []},
        "dsseEnvelope": key.sign(IN_TOTO, json.dumps(statement).encode()),
    }
    supply_chain.write(os.path.join(folder, name), json.dumps(bundle) + "\n")


def statement_about(digest, predicate_type, predicate, name="image"):
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": name, "digest": digest}],
                       "predicateType": predicate_type, "predicate": predicate}).encode()


def digest_of(path):
    """The digests of a subject, as the gate computes them."""
    done = subprocess.run([os.environ["HEADGATE"], "facts", path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[0])["digest"]


def attest(path, key, predicate_type, predicate, file):
    """Writes a signed statement about the subject at `path` into `file`, as one line."""
    payload = statement_about(digest_of(path), predicate_type, predicate, os.path.basename(path))
    supply_chain.write(file, json.dumps(key.sign(IN_TOTO, payload)) + "\n")
