#!/usr/bin/env python3
"""signed_images.py FOLDER: images in OCI layouts with signatures and attestations inside, good and bad ones, each in a folder
of its own below FOLDER, with keys/ and policy.yaml beside them. Prints one line a case: name, what `check` and `verify image`
answer (0 or 1 each), and the options of the latter."""
import base64
import json
import os
import shutil
import sys

import signatures
import supply_chain

OCI = "application/vnd.oci.image."
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
NOTATION = "application/vnd.cncf.notary.signature"
TESTED = "https://in-toto.io/attestation/test-result/v0.1"
COSIGN = "https://sigstore.dev/cosign/sign/v1"

POLICY = """headgate: 1
policy: test/images
trust:
  keys:
    release: { public-key: keys/release.pub }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.whole
    for: [container]
    check: integrity
    why: What runs must be what the digest says.
  - id: container.signed
    for: [container]
    check: signature
    with: { any-of: [release] }
    why: Images leave the build signed.
"""
TESTED_RULE = """  - id: container.tested
    for: [container]
    check: attestation
    with: { predicate: "%s", signed-by: { any-of: [release] }, where: [ { at: /result, equals: PASSED } ] }
    why: Images are tested.
""" % TESTED


class Layout:
    """A layout with one image, to which things are attached."""

    def __init__(self, path):
        self.path = path
        supply_chain.oci_layout(path)
        with open(os.path.join(path, "index.json"), encoding="utf-8") as file:
            self.index = json.load(file)
        self.image = {key: self.index["manifests"][0][key] for key in ("mediaType", "digest", "size")}

    def blob(self, data, media_type, **more):
        digest = supply_chain.sha256(data)
        supply_chain.write(os.path.join(self.path, "blobs", "sha256", digest), data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data), **more}

    def manifest(self, layers, config=None, **more):
        config = config or self.blob(b'{"rootfs":{"type":"layers","diff_ids":[]}}', OCI + "config.v1+json")
        document = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config, "layers": layers, **more}
        return self.blob(json.dumps(document).encode(), OCI + "manifest.v1+json")

    def referrer(self, layer, artifact_type, subject=None):
        return self.manifest([layer], self.blob(b"{}", "application/vnd.oci.empty.v1+json"), artifactType=artifact_type, subject=subject or self.image)

    def make_index(self):
        """Puts the image below an index, which becomes what the layout holds; answers the child."""
        child = self.image
        document = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json",
                    "manifests": [{**child, "platform": {"os": "linux", "architecture": "amd64"}}]}
        self.image = self.blob(json.dumps(document).encode(), OCI + "index.v1+json")
        self.index["manifests"] = [{**self.image, "annotations": {"org.opencontainers.image.ref.name": "1.0"}}]
        return child

    def list(self, descriptor, **annotations):
        self.index["manifests"].append({**descriptor, **({"annotations": {key: value for key, value in annotations.items()}} if annotations else {})})

    def list_as(self, descriptor, ending):
        self.list(descriptor, **{"org.opencontainers.image.ref.name": self.image["digest"].replace(":", "-") + ending})

    def write(self):
        supply_chain.write_json(os.path.join(self.path, "index.json"), self.index)


def raw_signature(key, data):
    return base64.b64encode(key.run("dgst", "-sha256", "-sign", key.path, data=data)).decode()


def payload(digest, **changes):
    critical = {"identity": {"docker-reference": changes.get("reference", "registry.example/app")}, "image": {"docker-manifest-digest": digest},
                "type": changes.get("type", "cosign container image signature")}
    return json.dumps({"critical": critical, "optional": changes.get("optional")}).encode()


def signed_layer(layout, key, data, **annotations):
    more = {"dev.cosignproject.cosign/signature": raw_signature(key, data), **{name.replace("__", "/").replace("_", "."): value for name, value in annotations.items()}}
    return layout.blob(data, SIMPLE, annotations=more)


def statement(digest, predicate_type, predicate, version="v1"):
    return json.dumps({"_type": f"https://in-toto.io/Statement/{version}", "subject": [{"name": "", "digest": {"sha256": digest.split(":")[1]}}],
                       "predicateType": predicate_type, "predicate": predicate}).encode()


def bundle(key, data):
    return json.dumps({"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": ""}, "tlogEntries": []},
                       "dsseEnvelope": key.sign(signatures.IN_TOTO, data)}).encode()


def cases(keys):
    """name -> (check, verify, options, what to do to a layout)."""
    release, stranger = keys["release"], keys["stranger"]
    made = {}

    def case(name, check, verify, *options):
        def keep(build):
            made[name] = (check, verify, options or ("--key", "keys/release.pub"), build)
            return build
        return keep

    def attach(layout, layers, ending=".sig"):
        layout.list_as(layout.manifest(layers), ending)

    case("unsigned", 1, 1)(lambda layout: None)
    case("sig", 0, 0)(lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))]))
    case("sig-by-annotation", 0, 0)(lambda layout: layout.list(
        layout.manifest([signed_layer(layout, release, payload(layout.image["digest"]))]), kind="dev.cosignproject.cosign/sigs"))
    case("sig-by-stranger", 1, 1)(lambda layout: attach(layout, [signed_layer(layout, stranger, payload(layout.image["digest"]))]))
    case("sig-of-other-digest", 1, 1)(lambda layout: attach(layout, [signed_layer(layout, release, payload("sha256:" + "0" * 64))]))
    case("sig-of-other-type", 1, 1)(lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"], type="atomic container signature"))]))
    case("sig-stranger-then-good", 0, 0)(lambda layout: attach(layout, [
        signed_layer(layout, stranger, payload(layout.image["digest"])), signed_layer(layout, release, payload(layout.image["digest"]))]))

    @case("sig-changed-payload", 1, 1)
    def _(layout):
        layer = signed_layer(layout, release, payload(layout.image["digest"], optional={"a": "b"}))
        attach(layout, [layout.blob(payload(layout.image["digest"]), SIMPLE, annotations=layer["annotations"])])
        os.remove(os.path.join(layout.path, "blobs", "sha256", layer["digest"].split(":")[1]))

    @case("sig-changed-blob", 1, 1)
    def _(layout):
        layer = signed_layer(layout, release, payload(layout.image["digest"]))
        attach(layout, [layer])
        with open(os.path.join(layout.path, "blobs", "sha256", layer["digest"].split(":")[1]), "r+b") as file:
            file.write(b" ")

    case("sig-1000-layers", 0, 0)(lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))] * 1000))
    case("sig-1001-layers", 1, 1)(lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))] * 1001))
    case("sig-with-key-as-certificate", 1, 1)(lambda layout: attach(layout, [signed_layer(
        layout, stranger, payload(layout.image["digest"]), dev_sigstore_cosign__certificate=stranger.pem.decode())]))
    case("sig-of-reference", 0, 0, "--key", "keys/release.pub", "--reference", "registry.example/app")(
        lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))]))
    case("sig-of-other-reference", 0, 1, "--key", "keys/release.pub", "--reference", "registry.example/other")(
        lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))]))
    case("sig-with-annotation", 0, 0, "--key", "keys/release.pub", "--annotation", "env=prod")(
        lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"], optional={"env": "prod"}))]))
    case("sig-with-other-annotation", 0, 1, "--key", "keys/release.pub", "--annotation", "env=prod")(
        lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"], optional={"env": "dev"}))]))

    @case("index", 0, 0)
    def _(layout):
        layout.make_index()
        attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))])

    @case("index-child-signed", 1, 1)
    def _(layout):
        child = layout.make_index()
        attach(layout, [signed_layer(layout, release, payload(child["digest"]))])

    def refer(layout, data, media_type=BUNDLE, artifact_type=BUNDLE, subject=None):
        layout.list(layout.referrer(layout.blob(data, media_type), artifact_type, subject))

    case("bundle", 0, 0)(lambda layout: refer(layout, bundle(release, statement(layout.image["digest"], COSIGN, {}))))
    case("bundle-by-stranger", 1, 1)(lambda layout: refer(layout, bundle(stranger, statement(layout.image["digest"], COSIGN, {}))))
    case("bundle-of-other-digest", 1, 1)(lambda layout: refer(layout, bundle(release, statement("sha256:" + "0" * 64, COSIGN, {}))))
    case("bundle-of-a-test", 1, 1)(lambda layout: refer(layout, bundle(release, statement(layout.image["digest"], TESTED, {"result": "FAILED"}))))
    case("bundle-with-other-subject", 1, 1)(lambda layout: refer(
        layout, bundle(release, statement(layout.image["digest"], COSIGN, {})), subject={**layout.image, "size": layout.image["size"] + 1}))

    def fall_back(layout, referrer):
        listed = {**referrer, "artifactType": BUNDLE}
        layout.list_as(layout.blob(json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [listed]}).encode(), OCI + "index.v1+json"), "")

    case("bundle-by-fallback-tag", 0, 0)(lambda layout: fall_back(
        layout, layout.referrer(layout.blob(bundle(release, statement(layout.image["digest"], COSIGN, {})), BUNDLE), BUNDLE)))
    case("bundle-by-fallback-tag-without-subject", 1, 1)(lambda layout: fall_back(
        layout, layout.manifest([layout.blob(bundle(release, statement(layout.image["digest"], COSIGN, {})), BUNDLE)], artifactType=BUNDLE)))

    ask = ("--key", "keys/release.pub", "--predicate-type", TESTED)

    def tested(layout, key, digest, result, version="v0.1", predicate_type=TESTED):
        attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))])
        envelope = json.dumps(key.sign(signatures.IN_TOTO, statement(digest, predicate_type, {"result": result}, version))).encode()
        attach(layout, [layout.blob(envelope, DSSE, annotations={"dev.cosignproject.cosign/signature": "", "predicateType": TESTED})], ".att")

    case("att", 0, 0, *ask)(lambda layout: tested(layout, release, layout.image["digest"], "PASSED"))
    case("att-v1", 0, 0, *ask)(lambda layout: tested(layout, release, layout.image["digest"], "PASSED", "v1"))
    case("att-failed", 1, 0, *ask)(lambda layout: tested(layout, release, layout.image["digest"], "FAILED"))
    case("att-missing", 1, 1, *ask)(lambda layout: attach(layout, [signed_layer(layout, release, payload(layout.image["digest"]))]))
    case("att-by-stranger", 1, 1, *ask)(lambda layout: tested(layout, stranger, layout.image["digest"], "PASSED"))
    case("att-of-other-digest", 1, 1, *ask)(lambda layout: tested(layout, release, "sha256:" + "0" * 64, "PASSED"))
    case("att-of-other-predicate", 1, 1, *ask)(lambda layout: tested(layout, release, layout.image["digest"], "PASSED", predicate_type="https://acme.example/other/v1"))

    @case("att-of-two-the-wrong-one-is-good", 1, 1, *ask)
    def _(layout):
        tested(layout, release, layout.image["digest"], "PASSED", predicate_type="https://acme.example/other/v1")
        envelope = json.dumps(stranger.sign(signatures.IN_TOTO, statement(layout.image["digest"], TESTED, {"result": "PASSED"}))).encode()
        attach(layout, [layout.blob(envelope, DSSE)], ".att")

    return made


def main(folder):
    os.makedirs(os.path.join(folder, "keys"))
    keys = {name: signatures.Key(os.path.join(folder, "keys"), name) for name in ("release", "stranger")}
    for name, key in keys.items():
        supply_chain.write(os.path.join(folder, "keys", name + ".pub"), key.pem)
    supply_chain.write(os.path.join(folder, "policy.yaml"), POLICY)
    supply_chain.write(os.path.join(folder, "policy-tested.yaml"), POLICY + TESTED_RULE)
    for name, (check, verify, options, build) in cases(keys).items():
        path = os.path.join(folder, name)
        shutil.rmtree(path, ignore_errors=True)
        layout = Layout(path)
        build(layout)
        layout.write()
        print(name, check, verify, *options)


if __name__ == "__main__":
    main(sys.argv[1])
