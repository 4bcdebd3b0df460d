"""gate.py: asks the gate, and keeps what it says about each subject."""
import json
import os
import subprocess

HEADGATE = os.environ["HEADGATE"]


class Verdicts:
    """Answers of one run: the exit code, and for each subject its decision and what speaks against it."""

    def __init__(self, code, document, message):
        self.code = code
        self.message = message
        self.subjects = {subject["ref"]: subject for subject in document["subjects"]} if document else {}

    @property
    def loaded(self):
        return bool(self.subjects)

    def allowed(self):
        return {ref for ref, subject in self.subjects.items() if subject["decision"] == "allow"}

    def denied(self):
        """Refused for a reason: not only because nothing that enforces has passed."""
        return {ref for ref, subject in self.subjects.items() if subject["decision"] == "deny" and reasons(subject)}

    def decision(self, ref):
        return self.subjects[ref]["decision"] if ref in self.subjects else "nothing"


def everybody(subject):
    yield subject
    for member in subject["members"]:
        yield from everybody(member)


def reasons(subject):
    """What denies: findings of rules that enforce and fail, and of the gate itself, other than that nothing passed, or that no
    rule is for it."""
    found = []
    for one in everybody(subject):
        failing = {rule["id"] for rule in one["rules"] if rule["mode"] == "enforce" and rule["result"] in ("fail", "skipped")}
        found += [finding for finding in one["findings"]
                  if (finding["rule"] in failing if finding.get("rule") else finding["id"] not in ("policy.nothing-passed", "policy.unmatched"))]
    return found if subject["decision"] == "deny" else []


def check(world, policy, *arguments):
    run = subprocess.run([HEADGATE, "check", "--policy", policy, "--output", "json", *arguments], cwd=world, capture_output=True,
                         text=True, timeout=120, check=False)
    try:
        document = json.loads(run.stdout) if run.stdout.startswith("{") else None
    except ValueError:
        document = None
    return Verdicts(run.returncode, document, run.stderr)


def show(world, policy):
    """The resolved policy, or nothing when it does not load."""
    run = subprocess.run([HEADGATE, "policy", "show", "--output", "json", policy], cwd=world, capture_output=True, text=True,
                         timeout=60, check=False)
    return json.loads(run.stdout) if run.returncode == 0 else None


def settings_of_checkers():
    """CHECKER -> SETTING -> its schema, with `stricter` and `default` as the description names them."""
    schema = json.loads(subprocess.run([HEADGATE, "policy", "schema"], capture_output=True, text=True, check=True).stdout)
    checkers = {}
    for choice in schema["$defs"]["rule"]["allOf"]:
        name = choice["if"]["properties"]["check"]["const"]
        checkers[name] = choice["then"]["properties"]["with"]["properties"]
    return schema, checkers
