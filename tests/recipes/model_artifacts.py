#!/usr/bin/env python3
"""model_artifacts.py FOLDER: models and datasets as OCI artifacts, in layouts of their own below FOLDER: ModelPack, KitOps, Ollama, each
good and bad. Prints one line a case: name, kind, what `check` answers, and what it says. `model_artifacts.py push URL FOLDER` puts each
into the registry at URL (http, without authentication) as models/NAME:1."""
import gzip
import hashlib
import io
import json
import os
import pickle
import sys
import tarfile
import urllib.request

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
PACK = "application/vnd.cncf.model."
KIT = "application/vnd.kitops.modelkit."
OLLAMA = "application/vnd.ollama.image."


class Calls:
    def __reduce__(self):
        return (os.system, ("echo headgate",))


BAD = pickle.dumps({"w": Calls()}, protocol=4)


def safetensors(numbers):
    header = json.dumps({"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4 * numbers)


GOOD = safetensors(4)


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


class Layout:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "blobs", "sha256"))

    def blob(self, data, media_type, name=None, **more):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(self.folder, "blobs", "sha256", digest), "wb") as file:
            file.write(data)
        descriptor = {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data), **more}
        if name is not None:
            descriptor["annotations"] = {"org.cncf.model.filepath": name}
        return descriptor

    def manifest(self, layers, config, config_type, artifact_type=None, media_type=OCI + "manifest.v1+json", **more):
        document = {"schemaVersion": 2, "mediaType": media_type, "config": self.blob(json.dumps(config).encode(), config_type), "layers": layers}
        if artifact_type:
            document["artifactType"] = artifact_type
        return self.blob(json.dumps(document).encode(), media_type, **more)

    def index(self, manifests):
        return self.blob(json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": manifests}).encode(), OCI + "index.v1+json")

    def write(self, root):
        for name, content in (("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [root]})):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                json.dump(content, file)


def pack(layout, *layers):
    made = [layout.blob(data, PACK + kind, name) for kind, name, data in layers]
    return layout.manifest(made, {"descriptor": {"name": "tiny"}}, PACK + "config.v1+json", PACK + "manifest.v1+json")


def kit(layout, *layers):
    made = [layout.blob(data, KIT + kind) for kind, data in layers]
    return layout.manifest(made, {"manifestVersion": "1.0.0"}, KIT + "config.v1+json", KIT + "manifest.v1+json")


def ollama(layout, *layers):
    made = [layout.blob(data, OLLAMA + kind) for kind, data in layers]
    return layout.manifest(made, {"model_format": "gguf", "rootfs": {"type": "layers", "diff_ids": []}}, DOCKER + "container.image.v1+json",
                           media_type=DOCKER + "distribution.manifest.v2+json")


def image(layout):
    layer = layout.blob(b"layer", OCI + "layer.v1.tar")
    return layout.manifest([layer], {"os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:0"]}}, OCI + "config.v1+json")


def built(layout, statement):
    runs = image(layout)
    said = layout.manifest([layout.blob(statement, "application/vnd.in-toto+json")], {"rootfs": {"type": "layers", "diff_ids": ["sha256:0"]}},
                           OCI + "config.v1+json", platform={"os": "unknown", "architecture": "unknown"})
    said["annotations"] = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": runs["digest"]}
    return layout.index([runs, said])


CARD = ("doc.v1.raw", "README.md", b"# A model\n")
CASES = {
    "pack": ("model", 0, "", lambda at: pack(at, ("weight.v1.raw", "model.safetensors", GOOD), CARD)),
    "pack-bad": ("model", 1, "model.pkl", lambda at: pack(at, ("weight.v1.raw", "model.pkl", BAD), CARD)),
    "pack-tar": ("model", 0, "", lambda at: pack(at, ("weight.v1.tar", None, tar({"model.safetensors": GOOD})))),
    "pack-tar-bad": ("model", 1, "executes-code", lambda at: pack(at, ("weight.v1.tar", None, tar({"model.pkl": BAD})))),
    "pack-gzip": ("model", 0, "", lambda at: pack(at, ("weight.v1.tar+gzip", None, gzip.compress(tar({"model.safetensors": GOOD}))))),
    "pack-gzip-bad": ("model", 1, "executes-code", lambda at: pack(at, ("weight.v1.tar+gzip", None, gzip.compress(tar({"model.pkl": BAD}))))),
    "pack-lies": ("model", 1, "layer-packing", lambda at: pack(at, ("weight.v1.tar", None, GOOD))),
    "pack-outside": ("model", 1, "layer-name", lambda at: pack(at, ("weight.v1.raw", "../../model.safetensors", GOOD))),
    "pack-unknown": ("model", 1, "is not read", lambda at: pack(at, ("weight.v9.raw", "model.safetensors", GOOD))),
    "pack-data": ("dataset", 0, "", lambda at: pack(at, ("dataset.v1.raw", "a.csv", b"a,b\n1,2\n3,4\n"))),
    "kit": ("model", 0, "", lambda at: kit(at, ("model.v1.tar", tar({"model.safetensors": GOOD})), ("docs.v1.tar", tar({"README.md": b"# A model\n"})))),
    "kit-bad": ("model", 1, "executes-code", lambda at: kit(at, ("model.v1.tar+gzip", gzip.compress(tar({"a/model.pkl": BAD}))))),
    "ollama": ("model", 0, "", lambda at: ollama(at, ("model", GOOD), ("template", b"{{ .Prompt }}\n"), ("params", b'{"stop": ["x"]}'))),
    "ollama-bad": ("model", 1, "executes-code", lambda at: ollama(at, ("model", GOOD), ("adapter", BAD))),
    "mixed": ("container", 1, "mixed-kinds", lambda at: at.index([image(at), pack(at, ("weight.v1.raw", "model.safetensors", GOOD))])),
    "built": ("container", 0, "", lambda at: built(at, b'{"_type": "https://in-toto.io/Statement/v0.1"}')),
    "built-bad": ("container", 1, "is not read", lambda at: built(at, BAD)),
    "large-bad": ("model", 1, "executes-code", lambda at: pack(at, ("weight.v1.tar", None, tar({"model.safetensors": safetensors(9 << 20), "model.pkl": BAD})))),
    "large": ("model", 0, "", lambda at: pack(at, ("weight.v1.raw", "model.safetensors", safetensors(9 << 20)))),
}


def make(below):
    for name, (kind, code, said, recipe) in CASES.items():
        layout = Layout(os.path.join(below, name))
        layout.write(recipe(layout))
        print(name, kind, code, said)


def put(url, data, media_type):
    request = urllib.request.Request(url, data=data, method="PUT", headers={"Content-Type": media_type})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201, answer.status


def push_blob(url, name, data, digest):
    with urllib.request.urlopen(urllib.request.Request(f"{url}/v2/models/{name}/blobs/uploads/", data=b"", method="POST")) as answer:
        place = answer.headers["Location"]
    put(place + ("&" if "?" in place else "?") + "digest=" + digest, data, "application/octet-stream")


def push(url, below):
    for name in CASES:
        folder = os.path.join(below, name)

        def read(digest, at=folder):
            with open(os.path.join(at, "blobs", "sha256", digest.split(":")[1]), "rb") as file:
                return file.read()

        with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
            roots = json.load(file)["manifests"]

        def send(descriptor, tag=None, called=name, reader=read):
            data = reader(descriptor["digest"])
            document = json.loads(data)
            for child in document.get("manifests", []):
                send(child, None, called, reader)
            for part in [document["config"], *document["layers"]] if "config" in document else []:
                push_blob(url, called, reader(part["digest"]), part["digest"])
            put(f"{url}/v2/models/{called}/manifests/{tag or descriptor['digest']}", data, descriptor["mediaType"])

        for root in roots:
            # What is attached lies under a tag of its own.
            send(root, root.get("annotations", {}).get("org.opencontainers.image.ref.name", "1"))


if __name__ == "__main__":
    if sys.argv[1] == "push":
        push(sys.argv[2], sys.argv[3])
    else:
        make(sys.argv[1])
