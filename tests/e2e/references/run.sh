#!/usr/bin/env bash
# What names images, actions, models and datasets, through the command line: compose, workflows, pipelines, Kubernetes, Python source,
# notebooks, settings. A bad one and its benign twin of each, under the packs; and what is none of these.
# shellcheck disable=SC2016
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
zeros=$(printf '%064d' 0)
commit=$(printf 'c%.0s' {1..40})
check=("$HEADGATE" check)

# holds NAME EXPRESSION: of the last check, which answered in JSON. `answer` is that, `s` its first subject.
holds() {
    cp "$scratch/out" out.json
    if "$PYTHON" -c "import json,sys; answer=json.load(open('out.json')); s=answer['subjects'][0]; sys.exit(0 if ($2) else 1)"; then ok "$1"; else not_ok "$1" "$(head -c 600 out.json)"; fi
}
mkdir -p bad good

# --- compose
printf 'services:\n  web:\n    image: ${IMG:-ngnix:1.27}\n' >bad/compose.yaml
printf 'services:\n  web:\n    image: ${IMG:-nginx:1.27}\n' >good/compose.yaml
twin "compose: the default of a variable" compose.yaml "looks like 'nginx'"
printf 'services:\n  web:\n    build:\n      dockerfile_inline: |\n        FROM postgress:16\n' >bad/compose.yaml
printf 'services:\n  web:\n    build:\n      dockerfile_inline: |\n        FROM postgres:16\n' >good/compose.yaml
twin "compose: a Dockerfile inside" compose.yaml "looks like 'postgres'"
says "its member is a container of known place" 'allowed|names'
printf 'include: [stack/other.yml]\nservices: {}\n' | tee bad/compose.yaml >good/compose.yaml
mkdir -p bad/stack good/stack
printf 'services: {a: {image: "evil.example/x:1"}}\n' >bad/stack/other.yml
printf 'services: {a: {image: "redis:7"}}\n' >good/stack/other.yml
twin "compose: a file that it includes" compose.yaml 'evil\.example'
printf 'services: {a: {build: {context: app, dockerfile: ../docker/app.docker}}}\n' | tee bad/compose.yaml >good/compose.yaml
mkdir -p bad/docker good/docker
printf 'FROM evil.example/x\n' >bad/docker/app.docker
printf 'FROM debian:12\n' >good/docker/app.docker
twin "compose: a Dockerfile whose name says nothing" compose.yaml 'evil\.example'
printf 'include: [../outside.yml]\n' >bad/compose.yaml
expect "compose: what lies outside is not passed over" 1 "${check[@]}" bad/compose.yaml
says "it says which" 'outside\.yml, which cannot be read'
printf 'services: {a: {image: "vllm/vllm-openai:v1", command: "--model acme/llama --trust-remote-code"}}\n' >bad/compose.yaml
printf 'services: {a: {image: "vllm/vllm-openai:v1", command: "--model acme/llama"}}\n' >good/compose.yaml
twin "compose: a server that runs a repository's code" compose.yaml 'source\.trust-remote-code'
printf 'services: {a: {image: "debian:12", command: "sh -c \x27export HF_ENDPOINT=https://hub.evil.example; vllm serve acme/llama\x27"}}\n' >bad/compose.yaml
printf 'services: {a: {image: "debian:12", command: "sh -c \x27export HF_HUB_OFFLINE=1; vllm serve acme/llama\x27"}}\n' >good/compose.yaml
twin "compose: a script that sends names elsewhere" compose.yaml 'hub\.evil\.example'
printf 'FROM debian:12\nENTRYPOINT ["vllm", "serve"]\nCMD ["acme/llama", "--trust-remote-code"]\n' >bad/Dockerfile
printf 'FROM debian:12\nENTRYPOINT ["vllm", "serve"]\nCMD ["acme/llama"]\n' >good/Dockerfile
twin "Dockerfile: a server that it starts runs a repository's code" Dockerfile 'source\.trust-remote-code'
rm {bad,good}/Dockerfile

# --- workflows, pipelines
mkdir -p {bad,good}/.github/workflows
printf 'jobs:\n  a:\n    container: evil.example/builder:1\n    steps: [{uses: actions/checkout@v4}]\n' >bad/.github/workflows/ci.yml
printf 'jobs:\n  a:\n    container: debian:12\n    steps: [{uses: actions/checkout@v4}]\n' >good/.github/workflows/ci.yml
twin "workflow: a container from nowhere" .github/workflows/ci.yml 'evil\.example'
says "an action by a tag can move" 'moving-revision'
cat >pinned.yaml <<'POLICY'
headgate: 1
policy: acme/pinned
extends: [builtin:baseline]
rules:
  - { id: package.pinned, mode: enforce }
POLICY
expect "workflow: an action by a tag is refused where pins are asked for" 1 "${check[@]}" --policy pinned.yaml good/.github/workflows/ci.yml
says "it names the finding" 'names no full commit.*\[integrity\.moving-revision\]'
printf 'jobs:\n  a:\n    steps: [{uses: "actions/checkout@%s"}]\n' "$commit" >good/.github/workflows/ci.yml
expect "workflow: one by its commit is not" 0 "${check[@]}" --policy pinned.yaml good/.github/workflows/ci.yml
printf 'test: {image: "pyhton:3.12"}\n' >bad/.gitlab-ci.yml
printf 'variables: {TAG: "3.12"}\ntest: {image: "python:$TAG"}\n' >good/.gitlab-ci.yml
twin "pipeline" .gitlab-ci.yml "looks like 'python'"

# --- Kubernetes
pod='apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: "%s"}]\n  volumes: [{name: m, image: {reference: "%s"}}]\n'
# shellcheck disable=SC2059  # the text is the format
printf "$pod" "debian@sha256:$zeros" "evil.example/model:1" >bad/pod.yaml
# shellcheck disable=SC2059
printf "$pod" "debian@sha256:$zeros" "python@sha256:$zeros" >good/pod.yaml
twin "Kubernetes: a volume that is an image" pod.yaml 'evil\.example'
for kind in bad good; do
    where=hf://acme/llama:$commit
    [ $kind = bad ] && where=s3://somewhere/llama
    printf 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: m}\nspec:\n  predictor:\n    model: {modelFormat: {name: huggingface}, storageUri: "%s"}\n' "$where" >$kind/isvc.yaml
done
twin "Kubernetes: a model from a bucket that nobody allowed" isvc.yaml 's3://somewhere'
cat >bucket.yaml <<'POLICY'
headgate: 1
policy: acme/bucket
extends: [builtin:baseline]
overrides:
  - { rule: model.source, key: with.allow, value: [public, internal, "s3://somewhere"], reason: our bucket, owner: ml@acme.example, expires: "2099-01-01" }
POLICY
expect "Kubernetes: a bucket that the policy allows" 0 "${check[@]}" --policy bucket.yaml bad/isvc.yaml
expect "the pack for clusters takes a model by its commit" 0 "${check[@]}" --policy builtin:kubernetes good/isvc.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}\nspec: {containers: [{image: x}]}\n' >bad/template.yaml
expect "Kubernetes: a template is not understood" 1 "${check[@]}" bad/template.yaml
says "it says what to do" 'helm template'

# --- Python
cat >bad/train.py <<'CODE'
from transformers import AutoModel
MODEL = "meta-lIama/Llama-3.1-8B"
m = AutoModel.from_pretrained(
    MODEL,
)
CODE
sed s/lIama/llama/ bad/train.py >good/train.py
twin "Python: a look-alike organisation" train.py 'looks like .meta-llama'
run "${check[@]}" --output json bad/train.py
holds "its member is a model, at its line, and the file a model's" \
    "s['kind'] == 'model' and [(m['kind'], m['ref'], m['named_at']['line'] if 'named_at' in m else m.get('line')) for m in s['members']][0][:2] == ('model', 'hf:meta-lIama/Llama-3.1-8B')"
run "${check[@]}" --output json good/train.py
holds "an allowed source is allowed by its names alone" "s['decision'] == 'allow' and s['level'] == 'names' and s['members'][0]['level'] == 'names'"
holds "rules that need bytes are skipped on its members" \
    "{r['result'] for m in s['members'] for r in m['rules'] if r['id'] == 'model.safe-format'} == {'skipped'}"
printf 'import transformers\nm = transformers.AutoModel.from_pretrained("acme/x", trust_remote_code=True)\n' >bad/train.py
printf 'import transformers\nm = transformers.AutoModel.from_pretrained("acme/x", trust_remote_code=False)\n' >good/train.py
twin "Python: code that a repository brings" train.py 'source\.trust-remote-code'
printf 'import transformers, sys\nm = transformers.AutoModel.from_pretrained(sys.argv[1])\n' >bad/train.py
twin "Python: a name that only running it tells" train.py "sys.argv\[1\]' is computed"
printf 'from datasets import load_dataset\nd = load_dataset("csv", data_files="https://evil.example/x.csv")\n' >bad/train.py
printf 'from datasets import load_dataset\nd = load_dataset("csv", data_files="data/x.csv")\ne = load_dataset("acme/d")\n' >good/train.py
twin "Python: data from an unknown place" train.py 'evil\.example'
printf 'import os\nos.environ["HF_ENDPOINT"] = "https://hub.evil.example"\nfrom datasets import load_dataset\nload_dataset("acme/d")\n' >bad/train.py
twin "Python: another hub" train.py 'hub\.evil\.example'
printf 'from datasets import load_dataset\nload_dataset("acme/d", revision="main")\n' >good/train.py
expect "Python: strict asks for a commit" 1 "${check[@]}" --policy builtin:strict good/train.py
says "says so" 'hf-dataset:acme/d@main is not pinned to a commit'
printf 'from datasets import load_dataset\nload_dataset("acme/d", revision="%s")\n' "$commit" >good/train.py
expect "Python: and takes one, without asking a source for a card" 0 "${check[@]}" --policy builtin:strict good/train.py

# --- notebooks
cell='{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["!pip install reqeusts"]}, {"cell_type": "code", "source": ["!pip install -q %s\\n", "%%pip install numpy\\n"]}]}\n'
# shellcheck disable=SC2059
printf "$cell" reqeusts >bad/a.ipynb
# shellcheck disable=SC2059
printf "$cell" requests >good/a.ipynb
twin "notebook: a squat that it installs" a.ipynb "looks like 'requests'"
says "prose is not code" 'allow'
run "${check[@]}" bad/a.ipynb
says "it names the cell" 'a\.ipynb!cell 2 line 1:1'
# shellcheck disable=SC2059
printf "$cell" 'requests --extra-index-url https://pypi.acme.example/simple' >bad/a.ipynb
expect "notebook: another index" 1 "${check[@]}" bad/a.ipynb
says "says why" 'extra-index'
# shellcheck disable=SC2059
printf "$cell" '-r more.txt' >bad/a.ipynb
printf 'reqeusts\n' >bad/more.txt
expect "notebook: a requirements file that it installs" 1 "${check[@]}" bad/a.ipynb
says "says which" 'more\.txt'

# --- settings
printf 'base_model: meta-Ilama/Llama-3.1-8B\ndatasets: [{path: acme/d}]\n' >bad/axolotl.yaml
printf 'base_model: meta-llama/Llama-3.1-8B\ndatasets: [{path: acme/d}]\n' >good/axolotl.yaml
twin "settings of a training run" axolotl.yaml 'looks like .meta-llama'
printf '{"model_name_or_path": "acme/x", "data": "hf://datasets/acme/d/x.csv", "trust_remote_code": true}\n' >bad/run.json
printf '{"model_name_or_path": "acme/x", "data": "hf://datasets/acme/d/x.csv"}\n' >good/run.json
twin "settings in JSON" run.json 'source\.trust-remote-code'

# --- walks
mkdir -p tree/src tree/deploy tree/docs model
printf 'from transformers import pipeline\np = pipeline("ner", model="acme/x")\n' >tree/src/named.py
printf '"""Docs: AutoModel.from_pretrained("a/b")."""\n# pipeline("x", model="evil/y")\nprint(1)\n' >tree/src/talk.py
printf 'apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{image: "nginx:1"}]}}}\n' >tree/deploy/web.yaml
printf 'apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n' >tree/deploy/settings.yaml
printf 'model_id: gpt-4\nprovider: x\n' >tree/deploy/llm.yaml
printf '{"rows": [{"model_id": "acme/x"}]}\n' >tree/docs/results.json
run "${check[@]}" --output json tree
holds "a walk finds what names something, and nothing else" \
    "sorted(x['ref'] for x in answer['subjects']) == ['file:tree/deploy/web.yaml', 'file:tree/src/named.py']"
holds "each by its kind" "{x['ref']: x['kind'] for x in answer['subjects']} == {'file:tree/deploy/web.yaml': 'container', 'file:tree/src/named.py': 'model'}"
expect "so does one that reads names alone" 0 "${check[@]}" --names-only tree
expect "and one whose parsers are elsewhere" 0 "${check[@]}" --isolate=best-effort tree
make_model model/model.safetensors
printf '{"model_type":"llama","model_id":"acme/x"}\n' >model/config.json
printf -- '---\nlicense: mit\n---\n' >model/README.md
printf 'm = X.from_pretrained("meta-Ilama/x")\n' >model/use.py
run "${check[@]}" --output json model
holds "inside an artifact a source is code, as before" "s['kind'] == 'model' and not s['members'] and s['decision'] == 'deny'"
