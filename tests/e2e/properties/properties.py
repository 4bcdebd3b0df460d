#!/usr/bin/env python3
"""properties.py ROOT WORLD: random checks of what must hold for every policy. One "ok" line a property, with how often it was
tried; a violation prints what makes it again. HEADGATE_SEED and HEADGATE_SECONDS set the seed and the time (default 60 s)."""
import copy
import json
import os
import pathlib
import random
import shutil
import sys
import time

import yaml

ROOT, WORLD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(ROOT / "tests" / "recipes"))
sys.path.insert(0, os.path.dirname(__file__))
import policy_world  # noqa: E402
import supply_chain  # noqa: E402
from children import random_child  # noqa: E402
from gate import check, reasons, settings_of_checkers, show  # noqa: E402

SEED = int(os.environ.get("HEADGATE_SEED", random.SystemRandom().randrange(10**9)))
SECONDS = float(os.environ.get("HEADGATE_SECONDS", "60"))
TIME = ["--at", "2026-06-15"]
NAMES = ["hf:acme/llm", "hf:other/llm@main", "hf:acme/tiny@0123456789abcdef0123456789abcdef01234567", "pkg:pypi/reqeusts@2.0",
         "pkg:pypi/acme-tool@1.0", "pkg:pypi/requests@2.31.0", "pkg:npm/%40acme/tool@1.0.0", "oci:registry.acme.example/acme/app:1"]
BYTES = ["good.safetensors", "evil.pkl", "odd.pkl", "sk.pkl", "unread.rar", "model", "nocard", "poorcard", "mixed", "signed", "twice",
         "dsse.safetensors", "tested.safetensors", "verdict.safetensors", "requirements-ours.txt", "requirements-unhashed.txt",
         "requirements-path.txt", "npm/package-lock.json", "oci-layout:image:1.0"]
PACKS = ["baseline", "strict", "huggingface", "kubernetes", "pre-commit"]
# Beside a subject, or at the top of its folder: what speaks for it and is no part of it.
EVIDENCE = (".sig", ".sigstore.json", ".intoto.jsonl", ".dsse.json")

draw = random.Random(SEED)
failed = False


class Plain(yaml.SafeLoader):
    """YAML as the gate reads it: only true, false, null and decimal numbers are no text."""


Plain.yaml_implicit_resolvers = {}
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", __import__("re").compile("^(true|false)$"), list("tf"))
Plain.add_implicit_resolver("tag:yaml.org,2002:int", __import__("re").compile("^(0|[1-9][0-9]*)$"), list("0123456789"))
Plain.add_implicit_resolver("tag:yaml.org,2002:null", __import__("re").compile("^(~|null|)$"), ["~", "n", ""])


def report(name, tried, problem=""):
    global failed
    failed = failed or bool(problem) or not tried
    if problem or not tried:
        print(f"not ok {name} - seed {SEED}: {problem or 'it was never tried'}".replace("\n", " | "), flush=True)
    else:
        print(f"ok {name} ({tried} tried)", flush=True)


def write_policy(name, policy):
    text = yaml.safe_dump(policy, sort_keys=False, width=1000) if isinstance(policy, dict) else policy
    (WORLD / name).write_text(text)
    return name


def policies():
    """Names of policies that load, as seen from WORLD."""
    found = [f"builtin:{pack}" for pack in PACKS]
    shutil.copytree(ROOT / "rules" / "examples", WORLD / "examples")
    found += sorted(f"examples/{path.parent.name}/{path.name}" for path in (WORLD / "examples").glob("*/*.yaml"))
    for path in draw.sample(sorted((ROOT / "tests" / "cases" / "keys").glob("*.yaml")), 40):
        case = yaml.load(path.read_text(), yaml.SafeLoader)
        if "files" in case:
            continue
        for which in "ab":
            text = case["policy"]
            if case[which] is None:
                text = "".join(line for line in text.splitlines(True) if "@@" not in line)
            text = text.replace("@@", str(case[which]))
            if "${" not in text:
                found.append(write_policy(f"key-{path.stem}-{which}.yaml", text))
    return [name for name in found if show(WORLD, name) is not None]


def rules_of(name):
    """The text of a policy as data, without its tests; nothing for a pack."""
    if name.startswith("builtin:"):
        return None
    policy = yaml.load((WORLD / name).read_text(), Plain)
    policy.pop("tests", None)
    return policy


# --- evidence and files that are taken away ------------------------------------------------------------------------

def variants():
    """(reference before, reference after, path that was taken away): copies of subjects that lack one file."""
    made = []
    for subject in ("signed", "twice", "model", "poorcard", "mixed"):
        for path in sorted((WORLD / subject).iterdir()):
            target = f"without/{subject}-{path.name}"
            shutil.copytree(WORLD / subject, WORLD / target, ignore=shutil.ignore_patterns(path.name))
            made.append((subject, target, path.name))
    for subject in ("dsse", "tested", "verdict"):
        for evidence in sorted(WORLD.glob(f"{subject}.safetensors.*")):
            target = f"without/{evidence.name}/{subject}.safetensors"
            os.makedirs(WORLD / os.path.dirname(target))
            shutil.copy(WORLD / f"{subject}.safetensors", WORLD / target)
            made.append((f"{subject}.safetensors", target, evidence.name))
    return made


def is_about(finding, path):
    return path in json.dumps(finding)


def taking_away(names, end):
    made = variants()
    after = [target for _, target, _ in made]
    tried = {True: 0, False: 0}
    for name in draw.sample(names, len(names)):
        if time.monotonic() > end:
            break
        before = check(WORLD, name, *TIME, *BYTES)
        later = check(WORLD, name, *TIME, *after)
        blocks_signers = any("signer" in entry for entry in show(WORLD, name)["blocked"])
        for subject, target, path in made:
            one = before.subjects.get(f"file:{subject}")
            evidence = path.endswith(EVIDENCE)
            if one is None or one["decision"] != "deny" or (evidence and blocks_signers):
                continue
            # What was only about the file that is gone is gone with it.
            if not [finding for finding in reasons(one) if evidence or not is_about(finding, path)]:
                continue
            tried[evidence] += 1
            if later.decision(f"file:{target}") == "allow":
                return tried, f"{name}: {subject} is refused, and without {path} it is allowed"
    return tried, ""


# --- keys that loosen ----------------------------------------------------------------------------------------------

def default_of(shape):
    _, _, text = shape.get("description", "").partition("(default: ")
    return text.partition(")")[0]


def loosens(value, shape):
    """Whether a setting that is there is looser than, or as strict as, its default, by the direction in the schema."""
    text = shape["description"]
    direction = text.partition("; stricter: ")[2].partition(";")[0].strip()
    listed = [value] if isinstance(value, str) else value
    default = [item.strip() for item in default_of(shape).split(",") if item.strip()]
    if direction == "fewer" and isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return set(default) <= set(listed)
    if direction == "more" and isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return set(default) >= set(listed)
    if direction in ("true", "false"):
        return str(value).lower() != direction
    if direction.startswith("the earlier") and "enum" in shape:
        return bool(default) and shape["enum"].index(value) >= shape["enum"].index(default[0])
    return False


def removable(policy, checkers):
    """Paths of keys that only loosen: without them a policy is as strict or stricter."""
    paths = [(key,) for key in ("overrides", "waivers", "revision", "owner") if key in policy]
    paths += [("defaults", key) for key in policy.get("defaults", {}) if key in ("mode", "on-error", "on-unmatched", "on-skipped")]
    for number, rule in enumerate(policy.get("rules", [])):
        paths += [("rules", number, key) for key in rule if key in ("mode", "deny-at", "effective-on", "controls", "fix")]
        shapes = checkers.get(rule.get("check"), {})
        paths += [("rules", number, "with", key) for key, value in rule.get("with", {}).items()
                  if "description" in shapes.get(key, {}) and loosens(value, shapes[key])]
    return paths


def without(policy, path):
    changed = copy.deepcopy(policy)
    inner = changed
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    for empty in (("rules", path[1], "with") if len(path) == 4 else ("defaults",) if path[0] == "defaults" else (),):
        if len(empty) == 3 and not changed["rules"][empty[1]]["with"]:
            del changed["rules"][empty[1]]["with"]
        if len(empty) == 1 and not changed["defaults"]:
            del changed["defaults"]
    return changed


def removing_keys(names, checkers, end):
    tried = 0
    texts = {name: policy for name in names if (policy := rules_of(name)) and "extends" not in policy}
    choices = [(name, path) for name, policy in texts.items() for path in removable(policy, checkers)]
    draw.shuffle(choices)
    verdicts = {}
    for name, path in choices:
        if time.monotonic() > end:
            break
        folder = os.path.dirname(name)
        target = os.path.join(folder, "changed.yaml")
        after = check(WORLD, write_policy(target, without(texts[name], path)), *TIME, *BYTES, *NAMES)
        if not after.loaded:
            continue
        if name not in verdicts:
            verdicts[name] = check(WORLD, name, *TIME, *BYTES, *NAMES)
        tried += 1
        loosened = verdicts[name].denied() & after.allowed()
        if loosened:
            return tried, f"{name} without {'.'.join(map(str, path))} allows {sorted(loosened)}"
    return tried, ""


# --- waivers for something else ------------------------------------------------------------------------------------

def waiver(number, rule, digest, findings):
    subject = {"digest": "sha256:" + digest["sha256"], **({"dir-hash": digest["dirHash"]} if "dirHash" in digest else {})}
    return {"id": f"WVR-{number}", "rule": rule, "subject": subject, "findings": findings, "reason": "looked at", "owner": "jane",
            "approved-by": "joe", "created": "2026-06-01", "expires": "2026-06-20"}


def adding_waivers(names, end):
    tried = 0
    texts = {name: policy for name in names if (policy := rules_of(name)) and "extends" not in policy and "waiver-limits" not in policy}
    order = sorted(texts)
    draw.shuffle(order)
    for name in order:
        if time.monotonic() > end:
            break
        before = check(WORLD, name, *TIME, *BYTES)
        for ref in sorted(before.denied()):
            mine, others = before.subjects[ref], [one for other, one in before.subjects.items() if other != ref and "sha256" in one["digest"]]
            failing = sorted({finding["rule"] for finding in mine["findings"] if finding.get("rule")})
            if not failing or not others or "sha256" not in mine["digest"]:
                continue
            ids = sorted({finding["id"] for finding in mine["findings"]})
            elsewhere = [rule["id"] for rule in texts[name]["rules"] if rule["id"] not in failing]
            other = draw.choice(others)
            if other["digest"] == mine["digest"]:
                continue
            added = [waiver(9001, draw.choice(failing), other["digest"], ids)]
            added += [waiver(9002, draw.choice(elsewhere), mine["digest"], ids)] if elsewhere else []
            changed = {**texts[name], "waivers": [*texts[name].get("waivers", []), *added]}
            after = check(WORLD, write_policy(os.path.join(os.path.dirname(name), "changed.yaml"), changed), *TIME, *BYTES)
            if not after.loaded:
                continue
            tried += 1
            if after.decision(ref) == "allow":
                return tried, f"{name} with {json.dumps(added)} allows {ref}"
    return tried, ""


# --- children ------------------------------------------------------------------------------------------------------

def children(names, checkers, end):
    tried = loaded = 0
    resolved = {name: show(WORLD, name) for name in names}
    verdicts = {}
    while time.monotonic() < end:
        name = draw.choice(names)
        child = random_child(draw, name, resolved[name], checkers)
        tried += 1
        after = check(WORLD, write_policy("child.yaml", child), *TIME, *BYTES, *NAMES)
        if after.code not in (0, 1, 2, 4):
            return tried, loaded, f"exit {after.code} with the child {json.dumps(child)}: {after.message}"
        if not after.loaded:
            continue
        loaded += 1
        if name not in verdicts:
            verdicts[name] = check(WORLD, name, *TIME, *BYTES, *NAMES)
        let_in = {ref for ref in after.allowed() if verdicts[name].decision(ref) != "allow"}
        if let_in:
            return tried, loaded, f"{name} refuses {sorted(let_in)}, and its child allows it: {json.dumps(child)}"
    return tried, loaded, ""


def main():
    print(f"# HEADGATE_SEED={SEED}", flush=True)
    policy_world.make(str(WORLD))
    supply_chain.model(str(WORLD / "mixed"))
    supply_chain.pickle_calls_system(str(WORLD / "mixed" / "training_args.bin"))
    supply_chain.oci_layout(str(WORLD / "image"))
    _, checkers = settings_of_checkers()
    names = policies()
    begin = time.monotonic()
    tried, problem = taking_away(names, begin + SECONDS * 0.25)
    report("without an attestation or signature nothing refused is allowed", tried[True], problem if "it is allowed" in problem else "")
    report("without a file that is not the reason nothing refused is allowed", tried[False], problem)
    tried, problem = removing_keys(names, checkers, begin + SECONDS * 0.45)
    report("without a key that loosens nothing refused is allowed", tried, problem)
    tried, problem = adding_waivers(names, begin + SECONDS * 0.6)
    report("a waiver for another rule or subject lets nothing in", tried, problem)
    tried, loaded, problem = children(names, checkers, begin + SECONDS)
    report(f"what a child allows its parent allows: {tried} random children, of which the loader takes some", loaded, problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
