#!/usr/bin/env python3
"""The part of an API server that asks webhooks, as kubernetes/apiserver does it: what a webhook is sent, and what becomes of its answer.

    apiserver.py [options] OBJECT.json      admit one object: mutating webhook first, then the validating one on what came of it
    apiserver.py --self-test                against webhooks that answer wrongly in every way

Prints one JSON object: admitted, code, message, warnings, audit, object (as it would be stored), calls (requests made), errors.
"""
import argparse
import base64
import copy
import http.client
import json
import os
import re
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "recipes"))
from admission_reviews import review_of  # noqa: E402

class CallError(Exception):
    """Nobody answered, or not as the contract says: failurePolicy decides."""


class Rejected(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def call(url, body, options, record):
    """C3, C7, C8, C10: one POST over HTTP/1.1, again on 429 and 5xx that carry Retry-After, at most ten times, within the deadline."""
    seconds = options.get("timeout", 10)
    deadline = time.monotonic() + seconds
    parts = urllib.parse.urlsplit(url)
    target = parts.path + "?timeout=%ds" % seconds
    for _ in range(11):
        left = deadline - time.monotonic()
        if left <= 0:
            raise CallError("context deadline exceeded")
        record["calls"] += 1
        try:
            if parts.scheme == "https":
                context = ssl.create_default_context(cafile=options.get("ca"))
                connection = http.client.HTTPSConnection(parts.netloc, timeout=left, context=context)
            else:
                connection = http.client.HTTPConnection(parts.netloc, timeout=left)
            connection.request("POST", target, body, {"Content-Type": "application/json", "Accept": "application/json"})
            answer = connection.getresponse()
            content = answer.read(4 << 20)
        except (OSError, http.client.HTTPException) as error:
            raise CallError(f"failed calling webhook: {error}") from error
        if (answer.status == 429 or answer.status >= 500) and answer.getheader("Retry-After", "").isdigit():
            time.sleep(min(int(answer.getheader("Retry-After")), max(0.0, deadline - time.monotonic())))
            continue
        if not 200 <= answer.status <= 206:
            raise CallError(f"the server responded with status {answer.status}: {content[:200]!r}")
        if (answer.getheader("Content-Type") or "").split(";")[0].strip() != "application/json":
            raise CallError("malformed Content-Type")
        try:
            return json.loads(content)
        except ValueError as error:
            raise CallError("not JSON") from error
    raise CallError("too many retries")


def checked_response(answer, review, mutating):
    """C1, C2: VerifyAdmissionResponse."""
    version = review["apiVersion"]
    if answer.get("kind") != "AdmissionReview" or answer.get("apiVersion") != version:
        raise CallError(f"received invalid webhook response: expected AdmissionReview of {version}")
    response = answer.get("response")
    if not isinstance(response, dict):
        raise CallError("received invalid webhook response: response is absent")
    if response.get("uid") != review["request"]["uid"]:
        raise CallError("received invalid webhook response: response.uid differs")
    patch, kind = response.get("patch"), response.get("patchType")
    if not mutating and (patch or kind):
        raise CallError("received invalid webhook response: a validating webhook may not patch")
    if bool(patch) != bool(kind) or kind not in (None, "", "JSONPatch"):
        raise CallError("received invalid webhook response: patch and patchType go together")
    return response


def plain(text):
    """net.NewWarningHeader: what it cannot take is dropped in silence."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not any(ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 for c in text)


def add_warnings(record, warnings):
    """C5: duplicates go; once all texts are longer than 4096, each is cut to 256 and what goes beyond is dropped."""
    for warning in warnings or []:
        if not isinstance(warning, str) or not plain(warning):
            record["errors"].append("a warning was dropped")
            continue
        if warning in record["warnings"]:
            continue
        if sum(map(len, record["warnings"])) + len(warning) > 4096:
            record["errors"].append("warnings were cut")
            record["warnings"] = [one[:256] for one in record["warnings"]]
            if sum(map(len, record["warnings"])) + len(warning[:256]) > 4096:
                continue
            warning = warning[:256]
        record["warnings"].append(warning)


def add_audit(record, annotations, name):
    """C6: the key becomes NAME/KEY, a qualified name."""
    for key, value in (annotations or {}).items():
        if not re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", key) or not isinstance(value, str):
            record["errors"].append("an audit annotation was dropped: " + key)
            continue
        record["audit"][f"{name}/{key}"] = value


def steps_of(pointer):
    if not pointer.startswith("/"):
        raise Rejected(500, "bad pointer " + pointer)
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def apply_patch(obj, encoded):
    """RFC 6902, of add, replace, remove and test."""
    try:
        patch = json.loads(base64.b64decode(encoded, validate=True))
        assert isinstance(patch, list)
    except (ValueError, AssertionError) as error:
        raise Rejected(500, "the patch cannot be decoded") from error
    obj = copy.deepcopy(obj)
    for one in patch:
        *way, last = steps_of(one["path"])
        try:
            node = obj
            for step in way:
                node = node[int(step)] if isinstance(node, list) else node[step]
            index = (len(node) if last == "-" else int(last)) if isinstance(node, list) else last
            if one["op"] == "test":
                if node[index] != one["value"]:
                    raise Rejected(500, "the patch does not apply: test of " + one["path"] + " failed")
            elif one["op"] == "replace":
                node[index]  # it must be there
                node[index] = one["value"]
            elif one["op"] == "add":
                node.insert(index, one["value"]) if isinstance(node, list) else node.__setitem__(index, one["value"])
            elif one["op"] == "remove":
                del node[index]
            else:
                raise Rejected(500, "unknown operation " + one["op"])
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise Rejected(500, "the patch does not apply: " + str(error)) from error
    return obj


def ask(url, name, obj, old, operation, options, record, mutating):
    review = review_of(obj, old, operation, options)
    body = json.dumps(review, separators=(",", ":")).encode()
    try:
        response = checked_response(call(url, body, options, record), review, mutating)
    except CallError as error:
        record["errors"].append(str(error))
        if options.get("failure_policy", "Fail") == "Ignore":
            return obj
        raise Rejected(500, f'failed calling webhook "{name}": {error}') from error
    add_warnings(record, response.get("warnings"))
    add_audit(record, response.get("auditAnnotations"), name)
    if not response.get("allowed"):
        status = response.get("status") or {}
        code = status.get("code") or 0
        reason = status.get("message") or status.get("reason")
        said = f"denied the request: {reason}" if reason else "denied the request without explanation"
        raise Rejected(code if 400 <= code <= 600 else 400, f'admission webhook "{name}" {said}')
    if mutating and response.get("patch"):
        if obj is None:
            raise Rejected(500, "a patch without an object")
        return apply_patch(obj, response["patch"])
    return obj


def admit(obj, old=None, operation="CREATE", **options):
    record = {"admitted": False, "code": 200, "message": "", "warnings": [], "audit": {}, "object": obj, "calls": 0, "errors": []}
    try:
        if options.get("mutate"):
            record["object"] = ask(options["mutate"], "mutate.headgate.example", obj, old, operation, options, record, True)
        record["object"] = ask(options["validate"], "validate.headgate.example", record["object"], old, operation, options, record, False)
        record["admitted"] = True
    except Rejected as rejected:
        record.update({"code": rejected.code, "message": str(rejected), "object": None})
    return record


class Stub(BaseHTTPRequestHandler):
    """A webhook that answers what it is told to."""
    answers = []
    seen = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Stub.seen.append(body)
        request = json.loads(body)["request"]
        status, headers, make = Stub.answers.pop(0) if len(Stub.answers) > 1 else Stub.answers[0]
        content = make(request)
        self.send_response(status)
        for key, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def self_test():
    server = HTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1/validate"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"image": "a:1"}]}}

    def reply(http_status=200, headers=None, top=None, **response):
        def make(request):
            document = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {"uid": request["uid"], "allowed": True, **response}}
            document.update(top or {})
            return json.dumps(document).encode()
        return (http_status, headers or {}, make)

    def run(*answers, mutating=False, **options):
        Stub.answers, Stub.seen = list(answers), []
        return admit(pod, validate=url, mutate=url if mutating else None, timeout=3, **options)

    patch = base64.b64encode(json.dumps([{"op": "test", "path": "/spec/containers/0/image", "value": "a:1"},
                                         {"op": "replace", "path": "/spec/containers/0/image", "value": "a:1@x"}]).encode()).decode()
    wrong = base64.b64encode(json.dumps([{"op": "test", "path": "/spec/containers/0/image", "value": "b"}]).encode()).decode()
    busy = (503, {"Retry-After": "0"}, lambda request: b"{}")
    again = run(busy, busy, reply())
    table = [
        ("allowed", run(reply())["admitted"]),
        ("another uid is no answer", not run(reply(uid="x"))["admitted"]),
        ("and with Ignore lets in", run(reply(uid="x"), failure_policy="Ignore")["admitted"]),
        ("another version is no answer", not run(reply(top={"apiVersion": "admission.k8s.io/v1beta1"}))["admitted"]),
        ("no response is no answer", not run(reply(top={"response": None}))["admitted"]),
        ("500 is no answer", run(reply(http_status=500))["code"] == 500),
        ("503 with Retry-After is asked again, with the same bytes", again["admitted"] and again["calls"] == 3 and len(set(Stub.seen)) == 1),
        ("a validating webhook may not patch", not run(reply(patch=patch, patchType="JSONPatch"))["admitted"]),
        ("a patch without a type is no answer", not run(reply(patch=patch), mutating=True)["admitted"]),
        ("a patch is applied", run(reply(patch=patch, patchType="JSONPatch"), reply(), mutating=True)["object"]["spec"]["containers"][0]["image"] == "a:1@x"),
        ("one that does not apply refuses", not run(reply(patch=wrong, patchType="JSONPatch"), reply(), mutating=True)["admitted"]),
        ("a code below 400 becomes 400", run(reply(allowed=False, status={"code": 200, "message": "no"}))["code"] == 400),
        ("a code of a denial stays", run(reply(allowed=False, status={"code": 403, "message": "no"}))["code"] == 403),
        ("a warning with a line break is dropped", run(reply(warnings=["a\nb", "c"]))["warnings"] == ["c"]),
        ("warnings beyond 4096 are cut", len("".join(run(reply(warnings=[str(i) * 500 for i in range(10)]))["warnings"])) <= 4096),
        ("a key with a slash is dropped", run(reply(auditAnnotations={"a/b": "x", "c": "y"}))["audit"] == {"validate.headgate.example/c": "y"}),
    ]
    bad = [name for name, held in table if not held]
    print(json.dumps({"checks": len(table), "failed": bad}))
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--validate")
    parser.add_argument("--mutate")
    parser.add_argument("--ca")
    parser.add_argument("--timeout", type=int, default=10)
    parser.add_argument("--failure-policy", default="Fail")
    parser.add_argument("--operation", default="CREATE")
    parser.add_argument("--old")
    parser.add_argument("--sub-resource")
    parser.add_argument("--resource")
    parser.add_argument("--namespace")
    parser.add_argument("--uid")
    parser.add_argument("--review-version", default="v1")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("object", nargs="?")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    def load(path):
        if not path:
            return None
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    obj, old = load(arguments.object), load(arguments.old)
    options = {key: value for key, value in vars(arguments).items() if key not in ("object", "old", "operation", "self_test")}
    record = admit(obj, old, arguments.operation, **options)
    print(json.dumps(record))
    return 0 if record["admitted"] else 1


if __name__ == "__main__":
    sys.exit(main())
