#!/usr/bin/env python3
"""make.py [EXAMPLES]: makes the test data of rules/examples anew: artifacts, and signatures by keys that are made here and
whose private halves are thrown away. The result is committed, so that every example runs as it lies there; run it again
(with HEADGATE naming the binary) after a change of an artifact or of the signed waivers, and commit what changed.
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tests", "recipes"))
import supply_chain  # noqa: E402

IN_TOTO = "application/vnd.in-toto+json"


class Key:
    """An ECDSA P-256 key; the private half lives in a folder that is removed at the end."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".key")
        self.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)
        self.pem = self.run("pkey", "-in", self.path, "-pubout")

    @staticmethod
    def run(*arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout

    def sign(self, kind, payload):
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        signature = self.run("dgst", "-sha256", "-sign", self.path, data=message)
        return {"payload": base64.b64encode(payload).decode(), "payloadType": kind,
                "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}]}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sign_model(folder, key, name="model.sig"):
    """An OpenSSF Model Signing bundle over every file of the folder that is no signature."""
    files = sorted(path for path in os.listdir(folder) if not path.endswith((".sig", ".sigstore.json", ".intoto.jsonl")))
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
            "serialization": {"allow_symlinks": False, "method": "files", "hash_type": "sha256", "ignore_paths": []},
        },
    }
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": sha256(key.pem)}, "tlogEntries": []},
        "dsseEnvelope": key.sign(IN_TOTO, json.dumps(statement).encode()),
    }
    supply_chain.write(os.path.join(folder, name), json.dumps(bundle) + "\n")


def sign_waivers(policy, key):
    """POLICY.waivers.dsse.json: the waivers as they stand in the file."""
    subprocess.run([os.environ["HEADGATE"], "waiver", "sign", policy, "--key", key.path], check=True, stdout=subprocess.DEVNULL)


def statement_about(digest, predicate_type, predicate, name="image"):
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": name, "digest": digest}],
                       "predicateType": predicate_type, "predicate": predicate}).encode()


def digest_of(path):
    """The digests of a subject, as the gate computes them."""
    done = subprocess.run([os.environ["HEADGATE"], "facts", path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[0])["digest"]


class Example:
    def __init__(self, examples, name, keys):
        self.folder = os.path.join(examples, name)
        self.keys = keys

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def data(self, *parts):
        return self.path("testdata", *parts)

    def key(self, name):
        key = Key(self.keys, os.path.basename(self.folder) + "." + name)
        supply_chain.write(self.path("keys", name + ".pub"), key.pem)
        return key

    def small_model(self, name):
        """Weights and a card: what a policy is about, in as few bytes as can be."""
        supply_chain.write(self.data(name, "README.md"), "---\nlicense: apache-2.0\nbase_model: acme/base\ndatasets: acme/reviews\n---\n# Tiny\n")
        supply_chain.safetensors(self.data(name, "model.safetensors"))
        return self.data(name)


def record(arguments, path, folder):
    """What `headgate facts` prints about one subject, for tests that need no files."""
    done = subprocess.run([os.environ["HEADGATE"], "facts", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    supply_chain.write(path, done.stdout)


def one_person(example):
    supply_chain.pickle_calls_system(os.path.join(example.keys, "evil.pkl"))
    record(["evil.pkl"], example.data("evil.evidence.json"), example.keys)


def container_platform(example):
    job = example.key("release-job")
    image = os.path.join(example.keys, "image")
    supply_chain.oci_layout(image)
    digest = digest_of("oci-layout:" + image)
    payload = statement_about(digest, "https://in-toto.io/attestation/release/v0.1", {"purl": "pkg:oci/api", "releaseId": "1.2"})
    supply_chain.write(os.path.join(example.keys, "image.intoto.jsonl"), json.dumps(job.sign(IN_TOTO, payload)) + "\n")
    asked = ["oci-layout:image", "--policy", os.path.realpath(example.path("policy.yaml"))]
    record([*asked, "--evidence", "image.intoto.jsonl"], example.data("released.evidence.json"), example.keys)
    record(asked, example.data("unreleased.evidence.json"), example.keys)


def hub_mirror(example):
    release = example.key("release")
    example.small_model("unsigned")
    sign_model(example.small_model("signed"), release)
    changed = example.small_model("changed")
    sign_model(changed, release)
    supply_chain.write(os.path.join(changed, "model.safetensors"), supply_chain.tensors(["other"]))


def research_group(example):
    supply_chain.pickle_sklearn(example.data("logistic.pkl"))
    supply_chain.write(example.data("forest.pkl"), b"\x80\x02clab.models\nForest\n)\x81}X\x05\x00\x00\x00depthK\x03sb.")
    supply_chain.write(example.data("other.pkl"), b"\x80\x02clab.other\nThing\n)\x81.")
    example.small_model("published")


def scan_once(example):
    gate, stranger = example.key("gate"), example.key("stranger")
    model = example.small_model("model")

    def verdict(folder, key, **changes):
        predicate = {
            "verifier": {"id": "https://headgate.dev/verifier/v1"}, "timeVerified": "2026-11-20T09:00:00Z",
            "resourceUri": "hf:acme/tiny@0123456789abcdef0123456789abcdef01234567",
            "policy": {"uri": "https://policies.acme.example/admission.yaml", "digest": {"sha256": "5" * 64}},
            "verificationResult": "PASSED", "verifiedLevels": ["HEADGATE_ADMIT", "HEADGATE_ENFORCED"], "slsaVersion": "1.1",
        }
        payload = statement_about(digest_of(folder), "https://slsa.dev/verification_summary/v1", {**predicate, **changes}, "tiny")
        supply_chain.write(os.path.join(folder, "verdict.intoto.jsonl"), json.dumps(key.sign(IN_TOTO, payload)) + "\n")

    for name, key, changes in (("model", gate, {}), ("names-only", gate, {"verifiedLevels": ["HEADGATE_NAMES_ONLY"]}),
                               ("failed", gate, {"verificationResult": "FAILED", "verifiedLevels": ["FAILED"]}),
                               ("by-a-stranger", stranger, {})):
        model = example.small_model(name)
        verdict(model, key, **changes)
    supply_chain.write(example.data("changed", "README.md"), "---\nlicense: mit\n---\n")
    supply_chain.safetensors(example.data("changed", "model.safetensors"))
    shutil.copy(example.data("model", "verdict.intoto.jsonl"), example.data("changed", "verdict.intoto.jsonl"))


def two_of_three(example):
    training, safety, release, old = (example.key(name) for name in ("training", "safety", "release", "old-release"))
    both = example.small_model("two-signatures")
    sign_model(both, training)
    sign_model(both, release, "model.sigstore.json")
    sign_model(example.small_model("one-signature"), safety)
    twice = example.small_model("same-signer-twice")
    sign_model(twice, safety)
    sign_model(twice, safety, "model.sigstore.json")
    leaked = example.small_model("leaked-key")
    sign_model(leaked, old)
    sign_model(leaked, safety, "model.sigstore.json")


def enterprise(example):
    release, _, waivers = example.key("release"), example.key("partner"), example.key("appsec")
    example.key("old-release")
    ca = os.path.join(example.keys, "ca.key")
    Key.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca, "-days", "3650",
            "-subj", "/O=Acme/CN=Acme signing root", "-out", example.path("keys", "corp-ca.pem"))
    certificate = Key.run("x509", "-in", example.path("keys", "corp-ca.pem"), "-outform", "DER")
    supply_chain.write_json(example.path("keys", "trusted_root.json"), {
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [], "ctlogs": [], "timestampAuthorities": [],
        "certificateAuthorities": [{
            "subject": {"organization": "Acme", "commonName": "Acme signing root"}, "uri": "https://fulcio.acme.example",
            "certChain": {"certificates": [{"rawBytes": base64.b64encode(certificate).decode()}]},
            "validFor": {"start": "2026-01-01T00:00:00Z"}}]})
    sign_model(example.small_model("signed"), release)
    example.small_model("unsigned")
    supply_chain.write(example.data("dataset", "README.md"), supply_chain.DATA_CARD.replace("source_datasets:\n- original\n", ""))
    supply_chain.write(example.data("dataset", "train.jsonl"), '{"text": "good", "label": 1}\n')
    sign_waivers(example.path("policy.yaml"), waivers)


MAKERS = {"01-one-person": one_person, "03-hub-mirror": hub_mirror, "06-container-platform": container_platform,
          "07-research-group": research_group, "08-scan-once": scan_once, "09-two-of-three": two_of_three,
          "10-enterprise": enterprise}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as private:
        for example_name, make in MAKERS.items():
            make(Example(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "rules", "examples"), example_name, private))
