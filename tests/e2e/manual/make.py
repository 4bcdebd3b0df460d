#!/usr/bin/env python3
"""make.py [EXAMPLES]: makes the test data of rules/examples anew: artifacts, and signatures by keys that are made here and
whose private halves are thrown away. The result is committed, so that every example runs as it lies there; run it again
(with HEADGATE naming the binary) after a change of an artifact or of the signed waivers, and commit what changed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tests", "recipes"))
import supply_chain  # noqa: E402
from signatures import IN_TOTO, Key, certificate_authority, digest_of, sign_model, statement_about, trusted_root  # noqa: E402


def sign_waivers(policy, key):
    """POLICY.waivers.dsse.json: the waivers as they stand in the file."""
    subprocess.run([os.environ["HEADGATE"], "waiver", "sign", policy, "--key", key.path], check=True, stdout=subprocess.DEVNULL)


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
    pem = certificate_authority(example.keys, "ca", "/O=Acme/CN=Acme signing root")
    supply_chain.write(example.path("keys", "corp-ca.pem"), pem)
    supply_chain.write_json(example.path("keys", "trusted_root.json"), trusted_root(pem))
    sign_model(example.small_model("signed"), release)
    example.small_model("unsigned")
    supply_chain.write(example.data("dataset", "README.md"), supply_chain.DATA_CARD.replace("source_datasets:\n- original\n", ""))
    supply_chain.write(example.data("dataset", "train.jsonl"), '{"text": "good", "label": 1}\n')
    sign_waivers(example.path("policy.yaml"), waivers)


MAKERS = {"03-hub-mirror": hub_mirror, "07-research-group": research_group, "08-scan-once": scan_once,
          "09-two-of-three": two_of_three, "10-enterprise": enterprise}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as private:
        for example_name, make in MAKERS.items():
            make(Example(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "rules", "examples"), example_name, private))
