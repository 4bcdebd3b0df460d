#!/usr/bin/env python3
"""bypasses.py --validate URL [--mutate URL] --raw HOST:PORT: every way around an admission webhook that others have had, by the name it has in
the table of the reference, tried on ours. Prints "ok NAME" or "not ok NAME - why", as tests/lib.sh does.

The policy under test: images by digest, from registry.example and registry.example:5000 alone; models of acme by commit.
"""
import argparse
import concurrent.futures
import json
import os
import socket
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from apiserver import admit  # noqa: E402
from admission_reviews import review_of  # noqa: E402

DIGEST = "sha256:" + "a" * 64
GOOD = "registry.example/team/app@" + DIGEST
OTHER = "registry.example/team/app@sha256:" + "b" * 64
BAD = "evil.example/app@" + DIGEST
TAG = "registry.example/team/app:1"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

arguments = None


def say(name, held, why=""):
    print(("ok " if held else "not ok ") + name + ("" if held else " - " + str(why)[:400]))


def ask(obj, **options):
    return admit(obj, options.pop("old", None), options.pop("operation", "CREATE"), validate=arguments.validate, ca=arguments.ca, **options)


def allowed(name, obj, **options):
    record = ask(obj, **options)
    say(name, record["admitted"] and not record["errors"], record)
    return record


def denied(name, obj, code=None, **options):
    record = ask(obj, **options)
    ours = 'admission webhook "' in record["message"]
    say(name, not record["admitted"] and ours and (code is None or record["code"] == code) and not record["errors"], record)
    return record


def pod(image=GOOD, **spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "prod"}, "spec": {"containers": [{"name": "a", "image": image}], **spec}}


def workload(kind, spec, version="apps/v1", **more):
    template = {"metadata": {}, "spec": spec}
    body = {"jobTemplate": {"spec": {"template": template}}} if kind == "CronJob" else {"template": template}
    obj = {"apiVersion": version, "kind": kind, "metadata": {"name": "web", "namespace": "prod"}}
    obj.update({"template": template} if kind == "PodTemplate" else {"spec": {**body, **more}})
    return obj


def deployment(image=GOOD, replicas=2, **metadata):
    obj = workload("Deployment", {"containers": [{"name": "a", "image": image}]}, replicas=replicas)
    obj["metadata"].update(metadata)
    return obj


def post(body, path="/v1/validate"):
    url = arguments.validate.rsplit("/v1/", 1)[0] + path
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, {}


def raw_review(body_of_object):
    """A review whose object is exactly these bytes."""
    text = json.dumps(review_of(pod(), None, "CREATE", {}))
    marked = text.replace(json.dumps(pod()), body_of_object, 1)
    assert marked != text
    return marked.encode()


def denies(name, body):
    status, answer = post(body)
    say(name, status == 200 and answer.get("response", {}).get("allowed") is False, (status, answer))


def places():
    bad = {"name": "x", "image": BAD}
    for key in ("initContainers", "ephemeralContainers"):
        denied(f"B-07 an image from elsewhere in {key}", pod(**{key: [bad]}), 403)
    denied("B-07 a second container", pod(**{"containers": [{"name": "a", "image": GOOD}, bad]}), 403)
    denied("H-24 an image volume beside a good container", pod(volumes=[{"name": "m", "image": {"reference": BAD}}]), 403)
    allowed("H-24 an image volume by digest", pod(volumes=[{"name": "m", "image": {"reference": GOOD}}]))
    allowed("H-24 an image of Ceph is no image", pod(volumes=[{"name": "m", "rbd": {"image": "evil", "monitors": ["a"]}}]))
    for kind, version in (("Deployment", "apps/v1"), ("ReplicaSet", "apps/v1"), ("StatefulSet", "apps/v1"), ("DaemonSet", "apps/v1"), ("Deployment", "extensions/v1beta1"),
                          ("Job", "batch/v1"), ("CronJob", "batch/v1"), ("CronJob", "batch/v1beta1"), ("ReplicationController", "v1"), ("PodTemplate", "v1")):
        good, evil = {"containers": [{"name": "a", "image": GOOD}]}, {"containers": [{"name": "a", "image": GOOD}], "volumes": [{"name": "m", "image": {"reference": BAD}}]}
        allowed(f"1d {kind} of {version}", workload(kind, good, version))
        denied(f"1d {kind} of {version} with an image volume from elsewhere", workload(kind, evil, version), 403)
    status = pod()
    status["status"] = {"containerStatuses": [{"image": BAD, "imageID": BAD}]}
    allowed("1d what a status says is nothing that runs", status)


def operations():
    debug = pod(ephemeralContainers=[{"name": "d", "image": BAD}])
    denied("B-06 pods/ephemeralcontainers", debug, 403, operation="UPDATE", old=pod(), sub_resource="ephemeralcontainers")
    allowed("C12 DELETE has no object", None, operation="DELETE", old=pod(BAD))
    allowed("C12 CONNECT", {"apiVersion": "v1", "kind": "PodExecOptions", "command": ["sh"]}, operation="CONNECT", resource="pods", sub_resource="exec")
    allowed("C12 a scale has no template", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 1}}, operation="UPDATE",
            old={"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": 2}}, resource="deployments", sub_resource="scale")
    allowed("C12 pods/status", pod(BAD), operation="UPDATE", old=pod(BAD), sub_resource="status")
    dying = {"deletionTimestamp": "2026-03-06T12:34:56Z"}
    allowed("B-04 a finalizer of what is being deleted", deployment(BAD, finalizers=[], **dying), operation="UPDATE", old=deployment(BAD, finalizers=["x"], **dying))
    denied("B-04 an image of what is being deleted", deployment(BAD, finalizers=[], **dying), 403, operation="UPDATE", old=deployment(GOOD, finalizers=["x"], **dying))
    denied("B-04 a new object that says it is being deleted", deployment(BAD, **dying), 403)
    allowed("H-16 scaled down", deployment(BAD, 1), operation="UPDATE", old=deployment(BAD, 2))
    denied("H-16 scaled down with another image", deployment(BAD, 1), 403, operation="UPDATE", old=deployment(GOOD, 2))
    denied("H-16 scaled up", deployment(BAD, 3), 403, operation="UPDATE", old=deployment(BAD, 2))
    denied("B-05 what was there before counts for nothing", deployment(BAD, 2, labels={"a": "b"}), 403, operation="UPDATE", old=deployment(BAD, 2))
    allowed("a Role names nothing", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": []})


def annotations():
    marked = pod(BAD)
    marked["metadata"]["annotations"] = {"headgate.dev/verified": "true", "headgate.dev/allow": "*", "kyverno.io/verify-images": '{"evil.example/app":"pass"}'}
    marked["metadata"]["labels"] = {"headgate.dev/skip": "true", "policy.sigstore.dev/include": "false", "admission.gatekeeper.sh/ignore": "no-self-managing"}
    denied("H-01 H-05 what the object says about itself changes nothing", marked, 403)
    named = pod(BAD, initContainers=[{"name": "model-validation", "image": GOOD}])
    denied("H-02 a container that is called as a verifier is", named, 403)
    owned = pod(BAD)
    owned["metadata"]["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "approved", "uid": "1", "controller": True}]
    denied("a parent that is said to be approved", owned, 403)


def names():
    for image in ("", " ", "\t", "\u00a0", "\n"):
        denied("H-18 a blank image " + repr(image), pod(image), 400)
    for spec in ({"containers": []}, {"containers": None}, {"containers": [{"name": "a"}]}):
        denied("H-07 no container: " + json.dumps(spec), pod(**spec), 400)
    for image in ("registry.example.evil.example/app@" + DIGEST, "registry.example@evil.example/app@" + DIGEST, "registry.examplé/app@" + DIGEST, "registry.example./team/app@" + DIGEST,
                  "user@registry.example/app@" + DIGEST, "registry.example-evil/app@" + DIGEST, "registry.example/" + "a" * 4096, "registry.example/../evil/app@" + DIGEST,
                  "registry.example/Team/app@" + DIGEST, "https://registry.example/app@" + DIGEST):
        denied("H-22 " + image[:60], pod(image))
    allowed("H-22 a host is the same in upper case", pod("REGISTRY.EXAMPLE/team/app@" + DIGEST))
    allowed("H-22 a port that is allowed", pod("registry.example:5000/team/app@" + DIGEST))
    denied("H-22 a port that is not", pod("registry.example:5001/team/app@" + DIGEST), 403)
    for digest in ("sha256:00", "md5:" + "a" * 32, "x:y", "sha256:" + "a" * 63, "sha256:" + "a" * 65, "sha256:"):
        denied("H-23 " + digest[:40] + " is no digest", pod("registry.example/team/app@" + digest))
    denied("H-28 a tag", pod(TAG), 403)
    allowed("H-28 a tag beside a digest", pod(TAG + "@" + DIGEST))
    denied("H-28 a tag beside a digest from elsewhere", pod("evil.example/app:1@" + DIGEST), 403)
    for host in ("169.254.169.254", "localhost", "[::1]", "kubernetes.default.svc", "2852039166", "127.0.0.1:5000"):
        denied("B-21 an image of " + host, pod(host + "/app@" + DIGEST))


def models():
    """H-25: one model in each of the four forms in which KServe brings it."""
    for name, ref in (("a commit", "hf://acme/llama:" + COMMIT), ("a branch", "hf://acme/llama:main"), ("somebody else's", "hf://evil/llama:" + COMMIT)):
        service = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "m", "namespace": "prod"},
                   "spec": {"predictor": {"model": {"modelFormat": {"name": "vllm"}, "storageUri": ref}}}}
        initializer = pod(initContainers=[{"name": "storage-initializer", "image": GOOD, "args": [ref, "/mnt/models"]}])
        annotated = pod()
        annotated["metadata"]["annotations"] = {"internal.serving.kserve.io/storage-initializer-sourceuri": ref}
        check = allowed if name == "a commit" else denied
        check("H-25 " + name + " as storageUri", service)
        check("H-25 " + name + " as an argument of the initializer", initializer)
        check("H-25 " + name + " as an annotation", annotated)
    for name, image, check in (("good", GOOD, allowed), ("bad", BAD, denied)):
        check("H-25 a " + name + " model as an image volume", pod(volumes=[{"name": "m", "image": {"reference": image}}]))
        modelcar = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "m"}, "spec": {"predictor": {"model": {"storageUri": "oci://" + image}}}}
        check("H-25 a " + name + " model as oci://", modelcar)


def kinds():
    """B-29: fields that nobody covers yet: kinds of others, volumes of drivers, values from elsewhere."""
    def engine(kind="Engine", **body):
        return {"apiVersion": "engines.example/v1", "kind": kind, "metadata": {"name": "m", "namespace": "prod"}, **body}
    for name, image, check in (("a good", GOOD, allowed), ("a bad", BAD, denied), ("an impossible", "registry.example/Team/app@" + DIGEST, denied)):
        one = {"name": "b", "image": image}
        check("B-29 " + name + " image in a list of sidecars", engine(spec={"containers": [{"name": "a", "image": GOOD}], "sidecarContainers": [one]}))
        check("B-29 " + name + " image within a container", engine(spec={"containers": [{"name": "a", "image": GOOD, "helper": {"engineContainer": one}}]}))
        check("B-29 " + name + " image in a kind that is called a list", engine("EngineList", items=[], spec={"containers": [one]}))
        check("B-29 " + name + " image in a mapping of images", engine(spec={"images": {"main": image}}))
        check("B-29 " + name + " image in what a controller keeps",
              {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "r"}, "revision": 1, "data": {"spec": {"template": {"spec": {"containers": [one]}}}}})
        for driver, attribute in (("csi-image.warm-metal.tech", "image"), ("image.csi.k8s.io", "image"), ("model.csi.modelpack.org", "model.csi.modelpack.org/reference"), ("unknown.example", "image")):
            check(f"B-29 {name} image by the driver {driver}", pod(volumes=[{"name": "m", "csi": {"driver": driver, "volumeAttributes": {attribute: image}}}]))
    allowed("B-29 a driver of secrets pulls nothing", pod(volumes=[{"name": "s", "csi": {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "a"}}}]))
    denied("B-29 a model that is chosen later", pod(volumes=[{"name": "m", "csi": {"driver": "model.csi.modelpack.org"}}]), 403)
    source = {"configMapKeyRef": {"name": "a", "key": "b"}}
    for variable, check in (("HF_MODEL_ID", denied), ("HF_ENDPOINT", denied), ("HF_TOKEN", allowed), ("LOG_LEVEL", allowed)):
        check("B-29 " + variable + " from a ConfigMap", pod(containers=[{"name": "a", "image": GOOD, "env": [{"name": variable, "valueFrom": source}]}]))
    server = pod(containers=[{"name": "a", "image": GOOD, "command": ["text-generation-launcher"], "envFrom": [{"configMapRef": {"name": "a"}}]}])
    denied("B-29 a server that reads its model from a whole ConfigMap", server, 403)
    server["spec"]["containers"][0]["args"] = ["--model-id", "acme/llama", "--revision", COMMIT]
    allowed("B-29 and the same, told which model", server)


def secrets():
    """What lets somebody in is in no answer."""
    for name, obj in (("an image", pod("user:SECRET@registry.example/app@" + DIGEST)), ("a tag", pod("user:SECRET@evil.example/app:1")), ("a query", pod("evil.example/app?token=SECRET")),
                      ("a bucket", pod(initContainers=[{"name": "storage-initializer", "image": GOOD, "args": ["s3://KEY:SECRET@bucket/m", "/mnt"]}])),
                      ("a signature", pod(initContainers=[{"name": "storage-initializer", "image": GOOD, "args": ["https://u:SECRET@files.example/m?X-Amz-Signature=SECRET", "/mnt"]}])),
                      ("a volume", pod(volumes=[{"name": "m", "image": {"reference": "user:SECRET@registry.example/app@" + DIGEST}}])),
                      ("an endpoint", pod(containers=[{"name": "a", "image": BAD, "env": [{"name": "HF_ENDPOINT", "value": "https://u:SECRET@hub.example/?sig=SECRET"}]}]))):
        record = denied("a login in " + name + " lets nothing in", obj)
        say("and it is not told again: " + name, "SECRET" not in json.dumps([record["message"], record["audit"], record.get("warnings")]), record)


def differentials():
    good = json.dumps(pod())
    denies("H-30 image twice", raw_review(good.replace('"image"', f'"image": "{BAD}", "image"', 1)))
    denies("H-30 Image beside image", raw_review(good.replace('"image"', f'"Image": "{BAD}", "image"', 1)))
    denies("H-30 Containers beside containers", raw_review(good.replace('"containers"', '"Containers": [], "containers"', 1)))
    denies("H-30 a NUL in a name", raw_review(good.replace(GOOD, GOOD + "\\u0000", 1)))
    denies("H-30 a lone surrogate", raw_review(good.replace(GOOD, GOOD + "\\ud800", 1)))
    denies("H-30 1e400", raw_review(good[:-1] + ', "x": 1e400}'))
    denies("B-24 nested beyond all depth", raw_review(good[:-1] + ', "x": ' + "[" * 50000 + "]" * 50000 + "}"))
    denies("B-24 a hundred thousand containers", raw_review(json.dumps(pod(containers=[{"name": "a", "image": "a"}] * 100000))))
    denies("B-24 a name of six megabytes", raw_review(json.dumps(pod("a" * (6 << 20)))))
    text = json.dumps(review_of(pod(BAD), None, "CREATE", {})).encode()
    denies("C1 a problem in the review itself", text.replace(b'"CREATE"', b'"REPLACE"', 1))
    denies("H-30 bytes behind the end", text + b"x")
    denies("H-30 two reviews", text + text)
    for name, body in (("a BOM", b"\xef\xbb\xbf" + text), ("no UTF-8", text[:-2] + b"\xff}}"), ("null", b"null"), ("nothing", b""),
                       ("request: null", b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}'),
                       ("uid twice", text.replace(b'"uid"', b'"uid": "other", "uid"', 1))):
        status, _ = post(body)
        say("H-30 " + name + ": no review", status == 400, status)
    for length in range(0, len(text), 37):
        status, answer = post(text[:length])
        if status != 400 and not (status == 200 and answer["response"]["allowed"] is False):
            say(f"B-23 the first {length} bytes of a review", False, (status, answer))
            break
    else:
        say("B-23 no beginning of a review is let in", True)


def answers():
    record = ask(pod(TAG), uid="the-same")
    again = ask(pod(TAG), uid="the-same")
    say("H-31 the same review has the same answer", record == again, (record, again))
    dry = ask(pod(TAG), uid="the-same", dry_run=True)
    say("H-32 a dry run has the same answer", dry == record, (dry, record))
    say("C4 a denial says where, by which rule, and what to do", all(part in record["message"] for part in ("spec.containers[0].image", "container.digest", "Fix:")), record)
    say("C6 what was decided is in the audit log, in at most three values", 1 <= len(record["audit"]) <= 3 and all(len(v) <= 1024 for v in record["audit"].values()), record)
    say("C6 with the policy's digest and the uid", any("policy=sha256:" in v and "uid=the-same" in v for v in record["audit"].values()), record)
    hostile = ask(pod("evil.example/a\u202eb\n<script>\x07" + "x" * 3000))
    say("C5 no text of an answer has a control character", all(c.isprintable() for c in hostile["message"]) and len(hostile["message"]) < 4096, hostile["message"][:200])
    say("v1beta1 is answered as v1beta1", ask(pod(), review_version="v1beta1")["admitted"])
    for timeout in ("1s", "30s", "999999s"):
        status, answer = post(json.dumps(review_of(pod(), None, "CREATE", {})).encode(), "/v1/validate?timeout=" + timeout)
        say("C7 timeout=" + timeout, status == 200 and answer["response"]["allowed"], (status, answer))
    for timeout in ("", "-1s", "1e9s", "ten"):
        status, answer = post(json.dumps(review_of(pod(), None, "CREATE", {})).encode(), "/v1/validate?timeout=" + timeout)
        say("C7 timeout=" + timeout + " denies", status == 200 and not answer["response"]["allowed"], (status, answer))


def mixed():
    """H-19: many at once, each with its own image: no answer is another's."""
    def one(number):
        image = f"registry.example/team/app{number}@sha256:{number:064x}" if number % 2 else f"evil.example/app{number}:1"
        record = ask(pod(image), uid=f"uid-{number}")
        mine = any(f"uid=uid-{number} " in value for value in record["audit"].values()) and any(f"app{number}" in value for value in record["audit"].values())
        return record["admitted"] == bool(number % 2) and mine
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        held = list(pool.map(one, range(400)))
    say("H-19 400 at once, each with its own answer", all(held), held.count(False))


def provider():
    def keys(*list_of):
        return post(json.dumps({"apiVersion": "externaldata.gatekeeper.sh/v1beta1", "kind": "ProviderRequest", "request": {"keys": list(list_of)}}).encode(), "/v1/provider")
    status, answer = keys(GOOD, TAG, BAD, "")
    items = answer["response"]["items"]
    say("a provider answers each key", status == 200 and [one["key"] for one in items] == [GOOD, TAG, BAD, ""], answer)
    say("a good one has its digest for a value", items[0].get("value") == DIGEST and "error" not in items[0], items[0])
    say("the others have errors and no value", all("error" in one and "value" not in one for one in items[1:]), items)
    status, answer = post(b"{}", "/v1/provider")
    say("what is no ProviderRequest is a systemError", status == 200 and answer["response"]["systemError"], answer)


def connections():
    """Whoever is slow, or sends what two could read differently, keeps nobody else waiting. Over plain HTTP on loopback."""
    host, port = arguments.raw.rsplit(":", 1)

    def send(data, wait=5.0):
        with socket.create_connection((host, int(port)), timeout=wait) as client:
            answer = b""
            try:
                client.sendall(data)
            except OSError:
                pass                     # it has answered before all of it was sent
            try:
                while chunk := client.recv(65536):
                    answer += chunk
            except OSError:
                pass
            return answer.split(b"\r\n", 1)[0]
    slow = []
    for _ in range(60):
        client = socket.create_connection((host, int(port)), timeout=5)
        client.sendall(b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{")
        slow.append(client)
    record = ask(pod(), timeout=3)
    say("sixty slow clients, and a review is answered", record["admitted"], record)
    for client in slow:
        client.close()
    head = b"POST /v1/validate HTTP/1.1\r\nHost: a\r\n"
    for name, data, status in (
            ("chunks", head + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", b" 411 "),
            ("chunks and a length", head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b" 4"),
            ("two lengths", head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", b" 400 "),
            ("a length with a sign", head + b"Content-Length: +5\r\n\r\nhello", b" 400 "),
            ("C16: one byte more than 7 MiB", head + b"Content-Length: %d\r\n\r\n" % ((7 << 20) + 1), b" 413 "),
            ("a length beyond all bounds", head + b"Content-Length: 99999999999\r\n\r\n", b" 413 "),
            ("a flood of headers", head + b"".join(b"X-%d: a\r\n" % i for i in range(200)) + b"\r\n", b" 431 "),
            ("a header of a megabyte", head + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n", b" 431 "),
            ("a folded header", head + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n", b" 400 ")):
        line = send(data)
        say("a request with " + name + " is refused", status in line, line)
    record = ask(pod(), timeout=3)
    say("and a review is answered after all of them", record["admitted"], record)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validate", required=True)
    parser.add_argument("--raw", required=True)
    parser.add_argument("--ca")
    arguments = parser.parse_args()
    for part in (places, operations, annotations, names, models, kinds, secrets, differentials, answers, mixed, provider, connections):
        try:
            part()
        except Exception as error:  # noqa: BLE001: one that breaks must not hide the others
            say(part.__name__, False, repr(error))


if __name__ == "__main__":
    main()
