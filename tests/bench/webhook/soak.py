"""soak.py FOLDER: what soak.sh sends and what it expects, and the policies that it changes between.

bodies/NAME.json with expected.tsv: NAME, path, HTTP status, then what is answered under policies of kind a and of kind b: the code of a denial, or
200. policies/NN.yaml: of kind a (even) and b (odd), each another policy by its name; broken.yaml is none."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "recipes"))
import admission_reviews
import supply_chain

POLICIES = 32
POLICY = """headgate: 1
policy: soak/%(name)s
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.registry
    for: [container]
    check: registry
    with: { allow: ["oci:registry.example/**"%(more)s], bare-names: judge }
    why: Images come from our registry.
  - id: container.digest
    for: [container]
    check: integrity
    why: A tag moves.
  - id: model.commit
    for: [model, dataset]
    check: integrity
    why: A branch moves.
"""
BLOCKED = "sha256:" + supply_chain.sha256(b"blocked")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def image(name, host="registry.example", digest=None):
    return f"{host}/team/{name}@" + (digest or "sha256:" + supply_chain.sha256(name.encode()))


class Bodies:
    def __init__(self):
        self.rows = []

    def add(self, name, document, under_a, under_b=None, path="/v1/validate", status=200):
        content = document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()
        supply_chain.write(f"bodies/{name}.json", content)
        self.rows.append([name, path, status, under_a, under_b or under_a])

    def object(self, name, thing, under_a, under_b=None, path="/v1/validate", operation="CREATE", old=None, **options):
        uid = admission_reviews.uid(len(self.rows))
        self.add(name, admission_reviews.review_of(thing, old, operation, {"uid": uid, **options}), under_a, under_b, path)

    def pod(self, name, images, under_a, under_b=None, path="/v1/validate", pad=0, **options):
        self.object(name, admission_reviews.pod(name, images, pad), under_a, under_b, path, **options)


def workload(kind, images, version="apps/v1"):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web", "namespace": "team"},
            "spec": {"template": {"metadata": {}, "spec": admission_reviews.pod("web", images)["spec"]}}}


def well_formed(bodies):
    for number in range(24):
        bodies.pod(f"good-{number}", [image(f"app{number}-{i}") for i in range(1 + number % 3)], 200)
    for number in range(8):
        bodies.pod(f"tag-{number}", [image("app"), f"registry.example/team/app{number}:1"], 403)
        bodies.pod(f"elsewhere-{number}", [image("app"), image(f"app{number}", "evil.example")], 403)
        bodies.pod(f"partner-{number}", [image(f"app{number}", "partner.example")], 403, 200)
        bodies.pod(f"blocked-{number}", [image(f"app{number}"), image("bad", digest=BLOCKED)], 200, 403)
        bodies.pod(f"mutated-good-{number}", [image(f"app{number}")], 200, path="/v1/mutate")
        bodies.pod(f"mutated-partner-{number}", [image(f"app{number}", "partner.example")], 403, 200, path="/v1/mutate")
        bodies.object(f"deployment-{number}", workload("Deployment", [image(f"app{number}")]), 200)
        bodies.object(f"job-{number}", workload("Job", [image(f"app{number}", "evil.example")], "batch/v1"), 403)
    bodies.pod("dry", [image("app", "partner.example")], 403, 200, dry_run=True)
    bodies.pod("large-good", [image(f"app{i}") for i in range(60)], 200, pad=200_000)
    bodies.pod("large-elsewhere", [image(f"app{i}") for i in range(60)] + [image("app", "evil.example")], 403, pad=200_000)
    bodies.object("removed", None, 200, operation="DELETE", old=admission_reviews.pod("web", [image("app", "evil.example")]))
    bodies.object("names-nothing", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "team"}, "data": {"a": "b"}}, 200)
    bodies.object("no-containers", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "team"}, "spec": {}}, 400)
    model = admission_reviews.pod("model", [image("vllm")])
    model["spec"]["containers"][0]["args"] = ["--model", "acme/tiny", "--revision", COMMIT]
    bodies.object("model-at-a-commit", model, 200)
    model["spec"]["containers"][0]["args"] = ["--model", "acme/tiny"]
    model["spec"]["containers"][0]["command"] = ["vllm", "serve"]
    bodies.object("model-of-a-branch", model, 403)


def malformed(bodies):
    good = json.dumps(admission_reviews.pod_review(1, [image("app")]), separators=(",", ":")).encode()
    bodies.add("cut-off", good[:90], 0, status=400)
    bodies.add("no-review", b"[1, 2, 3]", 0, status=400)
    bodies.add("no-uid", good.replace(b'"uid"', b'"uit"', 1), 0, status=400)
    # They have a uid and can be answered: denied, for half of it is not there, and the object could be read in two ways.
    bodies.add("cut-in-half", good[: len(good) // 2], 400)
    bodies.add("said-twice", good.replace(b'"spec":{', b'"spec":{},"spec":{', 1), 400)


def main(folder):
    os.chdir(folder)
    for name in ("bodies", "policies"):
        os.makedirs(name, exist_ok=True)
    bodies = Bodies()
    well_formed(bodies)
    malformed(bodies)
    with open("expected.tsv", "w", encoding="utf-8") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in bodies.rows)
    for number in range(POLICIES):
        text = POLICY % {"name": f"p{number:02}", "more": ', "oci:partner.example/**"' if number % 2 else ""}
        if number % 2:
            text += f'blocked:\n  - {{ digest: "{BLOCKED}", why: "it is bad" }}\n'
        with open(f"policies/{number:02}.yaml", "w", encoding="utf-8") as file:
            file.write(text)
    with open("broken.yaml", "w", encoding="utf-8") as file:
        file.write(text + "surprise: 1\n")


main(sys.argv[1])
