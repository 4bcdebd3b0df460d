"""reference.py [--write] PAGE: the reference of the policy language, made from `headgate policy schema`. Without --write,
says whether PAGE is what would be written. Then judges every policy of rules/ by the schema."""
import glob
import json
import os
import subprocess
import sys

import jsonschema
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
HEAD = """# The keys of a policy

Every key of the language with its values, and every setting of the checkers. Made from `headgate policy schema` by
`tests/e2e/manual/reference.py --write`; the [manual](README.md) explains them with examples.
"""
# Sections in the order in which a policy is written; where each is used.
SECTIONS = {
    "policy": "the whole file", "extension": "`extends`, each file", "defaults": "`defaults`", "deadline": "`defaults.deadline`", "grace": "`defaults.grace`",
    "blocked": "`blocked`, each entry", "trust": "`trust`", "key": "`trust.keys`, each name", "root": "`trust.roots`, each name", "notation": "`notation` of a root",
    "identity": "`trust.identities`, each name", "subject-match": "`subject` of an identity", "tier": "`tiers`, each entry",
    "requires": "`requires` of a tier", "names": "`names`", "internal": "`names.internal`, each ecosystem",
    "registry": "`registries`, each ecosystem", "plugin": "`plugins`, each name", "plugin-data": "`data` of a plugin, each name", "rule": "`rules`, each entry", "when": "`when` of a rule",
    "override": "`overrides`, each entry", "waiver-limits": "`waiver-limits`", "waiver": "`waivers`, each entry",
    "waiver-subject": "`subject` of a waiver", "test": "`tests`, each entry", "expect": "`expect` of a test",
}
PATTERNS = {
    "^[0-9]+[smhd]$": "duration: `90d`", "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$": "name",
    "^(sha256:)?[0-9a-f]{64}$": "SHA-256", "^builtin:": "`builtin:NAME`",
}


def values(schema):
    """What a key takes, in words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "$ref" in schema:
        return f"[{schema['$ref'].rsplit('/', 1)[1]}](#{schema['$ref'].rsplit('/', 1)[1]})"
    if "anyOf" in schema:
        options = schema["anyOf"]
        if len(options) == 2 and options[1].get("type") == "array" and options[1].get("items") == options[0]:
            return values(options[0]) + ", one or a list"
        return " or ".join(values(option) for option in options)
    kind = schema.get("type")
    if kind == "array":
        return "list of " + values(schema["items"])
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        names = schema.get("propertyNames", {}).get("enum")
        return ("names" if names is None else ", ".join(f"`{name}`" for name in names)) + ", each: " + values(schema["additionalProperties"])
    if kind == "object" and schema.get("properties"):
        return "{ " + ", ".join(f"`{key}`" for key in schema["properties"]) + " }"
    if kind == "string":
        return PATTERNS.get(schema.get("pattern", ""), "text")
    return {"boolean": "`true`, `false`", "integer": "number", "object": "mapping"}.get(kind, "any value")


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def table(section):
    required = section.get("required", [])
    rows = ["| key | takes | |", "|---|---|---|"]
    for key, schema in section["properties"].items():
        needed = " (needed)" if key in required else ""
        rows.append(f"| `{key}`{needed} | {cell(values(schema))} | {cell(schema['description'])} |")
    return "\n".join(rows)


def page(schema):
    definitions = schema["$defs"]
    missing = set(definitions) ^ set(SECTIONS)
    if missing:
        sys.exit(f"not ok the reference has a place for every section - {sorted(missing)}")
    parts = [HEAD]
    for name, place in SECTIONS.items():
        section = definitions[name]
        parts.append(f"## {name}\n\n{place[0].upper() + place[1:]}: {section['description']}.\n\n{table(section)}\n")
    parts.append("# Settings of the checkers\n\nWhat stands under `with`. `stricter` says in which direction a child may go.\n")
    for condition in definitions["rule"]["allOf"]:
        check = condition["if"]["properties"]["check"]["const"]
        parts.append(f"## with: {check}\n\n{table(condition['then']['properties']['with'])}\n")
    return "\n".join(parts)


def conforms(schema):
    validator = jsonschema.Draft202012Validator(schema)
    policies = [path for path in sorted(glob.glob(os.path.join(ROOT, "rules", "*.yaml")) + glob.glob(os.path.join(ROOT, "rules", "examples", "*", "*.yaml")))
                if "\npolicy: " in open(path, encoding="utf-8").read()]
    problems = []
    for path in policies:
        with open(path, encoding="utf-8") as file:
            errors = list(validator.iter_errors(yaml.safe_load(file)))
        problems += [f"{os.path.relpath(path, ROOT)}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]
    name = f"{len(policies)} policies of rules/ are what the schema describes"
    print(f"not ok {name} - {'; '.join(problems)}" if problems or len(policies) < 15 else f"ok {name}")
    return 1 if problems or len(policies) < 15 else 0


def main(arguments):
    done = subprocess.run([os.environ["HEADGATE"], "policy", "schema"], capture_output=True, text=True, timeout=60, check=True)
    schema = json.loads(done.stdout)
    wanted, path = page(schema), arguments[-1]
    if arguments[0] == "--write":
        with open(path, "w", encoding="utf-8") as out:
            out.write(wanted)
        return 0
    bad = conforms(schema)
    with open(path, encoding="utf-8") as file:
        current = file.read() == wanted
    name = "rules/reference.md is what the schema says"
    print(f"ok {name}" if current else f"not ok {name} - write it anew: tests/e2e/manual/reference.py --write rules/reference.md")
    return bad or not current


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
