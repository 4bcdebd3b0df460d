#!/usr/bin/env bash
# What the binary prints is valid by the published schemas (rules/schema) and by GitHub's rules for SARIF, as ajv reads them.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/schema"
npm_tools "$here" || { not_ok "ajv is installed" "npm failed"; exit; }
export NODE_MODULES="$node_modules"
valid() { expect "$1" 0 node "$here/validate.mjs" "${@:2}"; }
invalid() { expect "$1" 1 node "$here/validate.mjs" "${@:2}"; }

# A folder with one of each: an honest model, an attack, a manifest, a name with control characters.
mkdir -p "$scratch/work"
cd "$scratch/work" || exit 1
make_model good.safetensors
make_attack bad.pkl
make_attack $'na\nme \e[31m.pkl'
printf 'reqeusts==2.31.0\nrequests\n' >requirements.txt
printf 'FROM ubuntu:latest\n' >Dockerfile
mkdir -p ../model
cp good.safetensors requirements.txt ../model

run "$HEADGATE" check . --output json=../deny.json --output sarif=../deny.sarif --output text=../deny.txt
run "$HEADGATE" check good.safetensors --output json=../allow.json --output sarif=../allow.sarif
run "$HEADGATE" check absent --output json=../error.json --output sarif=../error.sarif
run "$HEADGATE" check pkg:pypi/requests@2.31.0 hf:org/model --output json=../names.json --output sarif=../names.sarif
mkdir empty
run "$HEADGATE" check empty --output json=../nothing.json --output sarif=../nothing.sarif
cd "$scratch" || exit 1
valid "JSON reports are valid by result-v1" "$root/rules/schema/result-v1.schema.json" \
    deny.json allow.json error.json names.json nothing.json
valid "SARIF reports keep GitHub's rules" "$here/sarif-github.schema.json" \
    deny.sarif allow.sarif error.sarif names.sarif nothing.sarif

for subject in good.safetensors bad.pkl requirements.txt Dockerfile .; do
    run "$HEADGATE" facts "$scratch/work/$subject"
    cat "$scratch/out" >>facts.jsonl
done
run "$HEADGATE" facts "$scratch/model"
cat "$scratch/out" >>facts.jsonl
expect "a manifest inside a folder is in its facts" 0 \
    jq -e '.is_folder and (.inner | length == 1) and (.inner[0].requirements | length == 2)' "$scratch/out"
valid "facts are valid by facts-v1" "$root/rules/schema/facts-v1.schema.json" facts.jsonl

# The schemas say no, too.
jq -c '.subjects[0].surprise = 1' deny.json >extra.json
invalid "a member that result-v1 does not know is refused" "$root/rules/schema/result-v1.schema.json" extra.json
jq -c '.decision = "maybe"' deny.json >decision.json
invalid "a decision that result-v1 does not know is refused" "$root/rules/schema/result-v1.schema.json" decision.json
jq -c 'del(.runs[0].results[0].locations)' deny.sarif >location.sarif
invalid "a SARIF result without a location is refused" "$here/sarif-github.schema.json" location.sarif
head -n 1 facts.jsonl | jq -c 'del(.files)' >files.json
invalid "facts without files are refused" "$root/rules/schema/facts-v1.schema.json" files.json
head -n 1 facts.jsonl | jq -c 'del(.inner)' >inner.json
invalid "facts that leave out what lies inside are refused" "$root/rules/schema/facts-v1.schema.json" inner.json

# Text, JSON and SARIF agree.
expect "JSON and SARIF report the same findings" 0 diff \
    <(jq -r '.subjects[] | recurse(.members[]) | .findings[].id' deny.json | sort) <(jq -r '.runs[0].results[].ruleId' deny.sarif | sort)
counts=$(jq -r '[.subjects[].decision] | "\(map(select(. == "allow")) | length) allowed, \(map(select(. == "deny")) | length) denied"' deny.json)
expect "the text's last line counts as JSON does" 0 grep -F "$counts" deny.txt
expect "the exit code is in the JSON" 0 jq -e '.exit_code == 1 and .decision == "deny"' deny.json
expect "no control character reaches a terminal" 1 grep -aP '[\x00-\x08\x0b-\x1f\x7f]' deny.txt

public=${HEADGATE_CORPUS:-$root/../shared/corpus}/schemas/sarif-2.1.0.schemastore.json
if [ -f "$public" ]; then
    valid "SARIF reports are valid by the public schema" "$public" deny.sarif allow.sarif error.sarif names.sarif nothing.sarif
else
    skip "SARIF reports are valid by the public schema" "no copy of it (HEADGATE_CORPUS)"
fi
