#!/usr/bin/env python3
"""schemas.py [SCHEMAS]: the templates have the shape their platforms ask for. SCHEMAS: a folder with the public JSON
schemas (github-action, pre-commit-hooks); without it only our own expectations are checked."""
import json
import os
import re
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def load(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def report(name, why=None):
    print(f"ok {name}" if not why else f"not ok {name} - {why}")


def by_schema(name, document, schemas, file):
    path = os.path.join(schemas, file) if schemas else ""
    if not os.path.isfile(path):
        print(f"skip {name} matches the public schema - no {file} at hand")
        return
    import jsonschema
    with open(path, encoding="utf-8") as opened:
        schema = json.load(opened)
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(document)]
    report(f"{name} matches the public schema", "; ".join(errors))


def main():
    schemas = sys.argv[1] if len(sys.argv) > 1 else ""
    action = load("ci-templates/github/action.yml")[0]
    by_schema("action.yml", action, schemas, "github-action.schemastore.json")
    report("action.yml is composite", None if action["runs"]["using"] == "composite" else action["runs"]["using"])
    scripts = [step.get("run", "") for step in action["runs"]["steps"]]
    report("action.yml puts no expression into a script", "; ".join(s for s in scripts if "${{" in s))
    outputs = {"decision", "exit-code", "sarif-path", "attestation-path", "denied-count"}
    report("action.yml has every output", ", ".join(outputs - set(action["outputs"])))
    with open(os.path.join(ROOT, "ci-templates/github/run.sh"), encoding="utf-8") as file:
        script = file.read()
    used = set(re.findall(r"\b(?:INPUT|EVENT)_[A-Z_]+", script))
    given = {name for step in action["runs"]["steps"] for name in step.get("env", {})}
    report("run.sh uses the variables that action.yml sets", ", ".join(used ^ given))
    report("run.sh writes the outputs that action.yml has",
           ", ".join(name for name in action["outputs"] if f'echo "{name}=' not in script))

    hooks = load(".pre-commit-hooks.yaml")[0]
    by_schema(".pre-commit-hooks.yaml", hooks, schemas, "pre-commit-hooks.schemastore.json")
    pattern = re.compile(hooks[0]["files"])
    wanted = ["model.safetensors", "a/b.pkl", "x.gguf", "requirements.txt", "a/requirements-dev.txt", "package-lock.json",
              "Dockerfile", "docker/Dockerfile.gpu", "pytorch_model.bin", "arrays.npz"]
    unwanted = ["main.py", "README.md", "config.json", "a.pkl.md", "Dockerfiles/readme", "my-requirements.md"]
    report("the hook's file pattern takes models and manifests", ", ".join(n for n in wanted if not pattern.search(n)))
    report("the hook's file pattern takes nothing else", ", ".join(n for n in unwanted if pattern.search(n)))

    header, job = load("ci-templates/gitlab/templates/headgate.yml")
    inputs = set(header["spec"]["inputs"])
    with open(os.path.join(ROOT, "ci-templates/gitlab/templates/headgate.yml"), encoding="utf-8") as file:
        text = file.read()
    report("the component uses each of its inputs, and no other",
           ", ".join(inputs ^ set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", text))))
    script = "\n".join(next(iter(job.values()))["script"])
    report("the component puts no input into a script", "inputs in script" if "$[[" in script else None)


main()
