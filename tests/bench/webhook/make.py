"""make.py FOLDER: what webhook.sh sends and what lies in its registry: bodies/NN.json (reviews of pods that the policy admits),
hostile.json (7 MiB), images/iN (layouts, each with five signatures as referrers), keys/, policies and cold.json, warm.json."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "recipes"))
import admission_reviews
import signatures
import signed_images
import supply_chain

PLAIN = """headgate: 1
policy: bench/cluster
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.registry
    for: [container]
    check: registry
    with: { allow: ["oci:registry.example/**"], bare-names: judge, local-paths: true }
    why: Images come from our registry.
  - id: container.digest
    for: [container]
    check: integrity
    why: A tag moves.
"""
SIGNED = """headgate: 1
policy: bench/signed
trust:
  keys:
%s
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.digest
    for: [container]
    check: integrity
    why: A tag moves.
  - id: container.signed
    for: [container]
    check: signature
    when: { bytes: true }
    network: allow
    with: { at-least: 5, of: [%s] }
    why: Five must have signed.
"""


def write_body(path, body):
    supply_chain.write(path, json.dumps(body, separators=(",", ":")))


def main(folder, registry):
    os.chdir(folder)
    for name in ("bodies", "images", "keys"):
        os.makedirs(name, exist_ok=True)
    for number in range(100):
        images = [f"registry.example/team/app{number}-{i}@sha256:{supply_chain.sha256(f'{number} {i}'.encode())}" for i in range(1 + number % 3)]
        write_body(f"bodies/{number:02}.json", admission_reviews.pod_review(str(number), images))
    with open("hostile.json", "w", encoding="utf-8") as file:
        # As many values as 7 MiB hold.
        body = admission_reviews.pod_review("hostile", ["registry.example/a@sha256:" + "0" * 64])
        body["request"]["object"]["spec"]["tolerations"] = [[]] * 2_300_000
        text = json.dumps(body, separators=(",", ":"))
        assert len(text) < 7 << 20, len(text)
        file.write(text)
    keys = []
    for i in range(5):
        key = signatures.Key("keys", f"k{i}")
        supply_chain.write(f"keys/k{i}.pub", key.pem)
        keys.append(key)
    images = []
    for number in range(9):
        layout = signed_images.Layout(f"images/i{number}")
        manifest = json.dumps({"number": number}).encode()
        child = layout.manifest([layout.blob(manifest, signed_images.OCI + "layer.v1.tar")],
                                layout.blob(json.dumps({"architecture": "amd64", "os": "linux",
                                                        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + supply_chain.sha256(manifest)]}}).encode(),
                                            signed_images.OCI + "config.v1+json"))
        layout.image = child
        layout.index["manifests"] = [{**child, "annotations": {"org.opencontainers.image.ref.name": "1.0"}}]
        listed = []
        for i, key in enumerate(keys):
            data = signed_images.bundle(key, signed_images.statement(child["digest"], signed_images.COSIGN, {"by": i}))
            listed.append({**layout.referrer(layout.blob(data, signed_images.BUNDLE), signed_images.BUNDLE), "artifactType": signed_images.BUNDLE})
        document = json.dumps({"schemaVersion": 2, "mediaType": signed_images.OCI + "index.v1+json", "manifests": listed}).encode()
        layout.list_as(layout.blob(document, signed_images.OCI + "index.v1+json"), "")
        layout.write()
        images.append(f"{registry}/team/app{number}@{child['digest']}")
    write_body("warm.json", admission_reviews.pod_review("1", images[:1]))
    write_body("cold.json", admission_reviews.pod_review("2", images[1:5]))
    write_body("one.json", admission_reviews.pod_review("3", images[5:6]))
    names = [f"k{i}" for i in range(5)]
    with open("plain.yaml", "w", encoding="utf-8") as file:
        file.write(PLAIN)
    with open("signed.yaml", "w", encoding="utf-8") as file:
        file.write(SIGNED % ("\n".join(f"    {name}: {{ public-key: keys/{name}.pub }}" for name in names), ", ".join(names)))


main(sys.argv[1], sys.argv[2])
