#!/usr/bin/env python3
"""admission_reviews.py OBJECT.json [KEY=VALUE...]: the AdmissionReview in which an API server asks about an object that is made, on stdout. Keys are
those of review_of's options: uid=..., dry_run=1, ..."""
import json
import sys
import uuid

RESOURCES = {"InferenceService": "inferenceservices", "NetworkPolicy": "networkpolicies"}


def group_version(api_version):
    return api_version.rsplit("/", 1) if "/" in api_version else ["", api_version]


def review_of(obj, old, operation, options):
    """As CreateV1AdmissionReview serialises it."""
    about = obj if obj is not None else old
    kind = options.get("kind") or about["kind"]
    group, version = group_version(options.get("api_version") or about["apiVersion"])
    resource = options.get("resource") or RESOURCES.get(kind, kind.lower() + "s")
    sub = options.get("sub_resource") or ""
    gvk = {"group": group, "version": version, "kind": kind}
    gvr = {"group": group, "version": version, "resource": resource}
    request = {"uid": options.get("uid") or str(uuid.uuid4()), "kind": gvk, "resource": gvr}
    if sub:
        request["subResource"] = sub
    request.update({"requestKind": gvk, "requestResource": gvr})
    if sub:
        request["requestSubResource"] = sub
    metadata = about.get("metadata", {})
    if metadata.get("name"):
        request["name"] = metadata["name"]
    namespace = options.get("namespace") or metadata.get("namespace") or "default"
    request.update({
        "namespace": namespace, "operation": operation, "userInfo": {"username": "admin", "groups": ["system:masters", "system:authenticated"]},
        "object": obj, "oldObject": old, "dryRun": bool(options.get("dry_run")),
        "options": {"kind": operation.title() + "Options", "apiVersion": "meta.k8s.io/v1"},
    })
    return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/" + options.get("review_version", "v1"), "request": request}


def pod(name, images, pad=0):
    """As a controller makes them, with what pods have besides their images."""
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "team", "labels": {"app": "a", "team": "b"},
                         "annotations": {"note": "x" * pad} if pad else {}},
            "spec": {"containers": [{"name": f"c{i}", "image": image, "args": ["--port", "8080"],
                                     "env": [{"name": "LEVEL", "value": "info"}],
                                     "resources": {"limits": {"memory": "256Mi", "cpu": "1"}},
                                     "securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False}}
                                    for i, image in enumerate(images)],
                     "volumes": [{"name": "tmp", "emptyDir": {}}], "serviceAccountName": "app"}}


def uid(number):
    return f"00000000-0000-0000-0000-{number:0>12}"


def pod_review(number, images, pad=0):
    """That a pod with these images is made."""
    return review_of(pod(f"app-{number}", images, pad), None, "CREATE", {"uid": uid(number)})


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        about = json.load(file)
    print(json.dumps(review_of(about, None, "CREATE", dict(word.split("=", 1) for word in sys.argv[2:])), separators=(",", ":")))
