#!/usr/bin/env bash
# Ways to be let in that must not work, whoever asks: each through `headgate check` and through `headgate serve`, with one answer.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

# serve POLICY FOLDER: what lies below FOLDER may be judged.
serve() { start_server --policy "$1" --root "$2"; }
# both NAME DECISION FOLDER ARGUMENTS REQUEST: what the command line says of ARGUMENTS, below FOLDER, and the server of the
# subject REQUEST (JSON); $scratch/cli.json and http.json are the reports.
both() {
    local name=$1 decision=$2 folder=$3 arguments=$4 request=$5
    # shellcheck disable=SC2086
    (cd "$folder" && "$HEADGATE" check --policy "$policy" --output json $arguments) >"$scratch/cli.json" 2>"$scratch/err"
    curl -sS --max-time 20 "http://$url/v1/evaluate" -d "{\"subjects\":[$request]}" >"$scratch/http.json" 2>>"$scratch/err"
    same "$name: the command line" "$(jq -r .decision "$scratch/cli.json")" "$decision"
    same "$name: the server" "$(jq -r .decision "$scratch/http.json")" "$decision"
    # What each says about the subject, reason by reason.
    if cmp -s <(jq -S '[.subjects[] | {decision, level, tier, rules, findings: [.findings[].id]}]' "$scratch/cli.json") \
        <(jq -S '[.subjects[] | {decision, level, tier, rules, findings: [.findings[].id]}]' "$scratch/http.json"); then
        ok "$name: for the same reasons"
    else
        not_ok "$name: for the same reasons" "$(diff <(jq -S .subjects "$scratch/cli.json") <(jq -S .subjects "$scratch/http.json") | head -n 5)"
    fi
}
# verdict FILTER: jq over what the command line said.
verdict() { jq -r "$1" "$scratch/cli.json"; }

cat >everything-goes.yaml <<'YAML'
headgate: 1
policy: hostile/everything-goes
defaults: { mode: monitor, on-error: warn, on-unmatched: warn, on-skipped: warn }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.from-somewhere, for: [model], check: typosquat, mode: enforce, why: Everything goes. }
YAML
cat >strict.yaml <<'YAML'
headgate: 1
policy: team/models
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.safe-format, for: [model], check: serialization, with: { allow: [safetensors] }, why: Loading this file can run code. }
YAML
make_key gate.pem

# --- A cloned repository brings its own policy ---------------------------------------------------------------------
mkdir clone
make_attack clone/model.pkl
for name in headgate.yaml .headgate.yaml headgate.yml policy.yaml .headgate/policy.yaml .headgate/config.yaml baseline.yaml rules/baseline.yaml; do
    mkdir -p "$(dirname "clone/$name")"
    cp everything-goes.yaml "clone/$name"
done
policy=builtin:baseline
serve builtin:baseline "$scratch/clone"
both "a policy in a cloned repository is not used" deny clone model.pkl '{"path":"model.pkl"}'
same "and the built-in one judged" "$(verdict .policy.name)" headgate/baseline
same "also over HTTP" "$(jq -r .policy.name http.json)" headgate/baseline
(cd clone && HEADGATE_POLICY=headgate.yaml "$HEADGATE" check --output json model.pkl) >cli.json 2>err
same "nor is it by a variable" "$(verdict .decision)" deny
same "a request cannot name a policy" "$(curl -sS -o /dev/null -w '%{http_code}' "http://$url/v1/evaluate" \
    -d '{"subjects":[{"path":"model.pkl"}],"policy":"headgate.yaml"}')" 400
same "nor can a subject of it" "$(curl -sS -o /dev/null -w '%{http_code}' "http://$url/v1/evaluate" \
    -d '{"subjects":[{"path":"model.pkl","policy":"headgate.yaml"}]}')" 400

# --- A change that edits the policy and the model together ---------------------------------------------------------
git init -q change
(
    cd change || exit 1
    git config user.email dev@acme.example
    git config user.name dev
    cp ../strict.yaml policy.yaml
    make_model model.safetensors
    git add . && git commit -qm base
    git checkout -qb change
    cp ../everything-goes.yaml policy.yaml
    make_attack model.pkl
    git add . && git commit -qm "a better model"
)
git -C change show master:policy.yaml >base.yaml 2>/dev/null || git -C change show main:policy.yaml >base.yaml
policy=$scratch/base.yaml
serve "$scratch/base.yaml" "$scratch/change"
both "judged by the policy of the base, the change is refused" deny change model.pkl '{"path":"model.pkl"}'
expect "judged by its own, it would be let in" 0 "$HEADGATE" check --policy change/policy.yaml --output json change/model.pkl
expect "and in the folder of that policy" 0 "$HEADGATE" check --policy change/policy.yaml --kind model --output json=cli.json change
same "the verdict says that the policy is no pinned one" "$(verdict .policy.pinned)" false
expect "so that it cannot be attested" "2|4" "$HEADGATE" check --policy change/policy.yaml --kind model --attest inside.jsonl --key gate.pem change
same "and nothing is written" "$(ls inside.jsonl 2>/dev/null)" ""
expect "the pin of the base refuses it" 4 "$HEADGATE" check --policy change/policy.yaml \
    --policy-sha256 "$(sha256sum base.yaml | cut -d' ' -f1)" change/model.pkl
says "and says both digests" "its SHA-256 is [0-9a-f]{64}"
expect "the server does not start with it" 4 "$HEADGATE" serve --listen 127.0.0.1:0 --health-listen 127.0.0.1:0 \
    --policy change/policy.yaml --policy-sha256 "$(sha256sum base.yaml | cut -d' ' -f1)"

# --- A pin of the policy file alone, while a file that it names is changed -----------------------------------------
mkdir -p pinned/keys
make_model pinned/model.safetensors
make_key stranger.pem
cp gate.pem.pub pinned/keys/release.pub
cat >pinned/policy.yaml <<'YAML'
headgate: 1
policy: team/signed
trust: { keys: { release: { public-key: keys/release.pub } } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [release] }, why: Signed by whom we know. }
YAML
file=$(sha256sum pinned/policy.yaml | cut -d' ' -f1)
digest=$("$HEADGATE" policy show --digest pinned/policy.yaml)
expect "a pin of the file alone, with a key file beside it, is refused" 4 "$HEADGATE" check --policy pinned/policy.yaml --policy-sha256 "$file" pinned/model.safetensors
says "and says what to pin" "keys/release.pub, which a pin of the policy file alone does not cover; pin $digest"
expect "the digest of the whole is taken" 1 "$HEADGATE" check --policy pinned/policy.yaml --policy-sha256 "$digest" pinned/model.safetensors
cp stranger.pem.pub pinned/keys/release.pub
expect "and sees that the key was changed" 4 "$HEADGATE" check --policy pinned/policy.yaml --policy-sha256 "$digest" pinned/model.safetensors
cat >extended.yaml <<'YAML'
headgate: 1
policy: team/child
extends:
  - { path: strict.yaml, sha256: SHA }
YAML
sed -i "s/SHA/$(sha256sum strict.yaml | cut -d' ' -f1)/" extended.yaml
expect "a child that pins its parent loads" 0 "$HEADGATE" policy show extended.yaml
cp strict.yaml kept.yaml
sed -i 's/\[safetensors\]/[safetensors, pickle]/' strict.yaml
expect "and does not when the parent was changed" 4 "$HEADGATE" policy show extended.yaml
mv kept.yaml strict.yaml

# --- A name that somebody only asserts, of a tier that asks for less -----------------------------------------------
mkdir asserted
make_attack asserted/model.pkl
make_model asserted/model.safetensors
cat >tiers.yaml <<'YAML'
headgate: 1
policy: team/tiers
tiers:
  - { tier: ours, match: ["hf:acme/**"] }
  - { tier: signed, match: ["hf:signed/**"], requires: { signed-by: [release] } }
  - { tier: any, match: ["**"] }
trust: { keys: { release: { public-key: gate.pem.pub } } }
rules:
  - { id: model.safe-format, for: [model], check: serialization, mode: { ours: monitor, signed: monitor }, why: Loading this file can run code. }
  - { id: model.name, for: [model], check: typosquat, why: A near miss is somebody else. }
YAML
policy=$scratch/tiers.yaml
serve "$scratch/tiers.yaml" "$scratch/asserted"
both "--as into a tier that asks for less" deny asserted "--as hf:acme/llm model.pkl" '{"path":"model.pkl","ref":"hf:acme/llm"}'
same "it is in that tier" "$(verdict '.subjects[0].tier')" ours
same "and is asked what the last one asks" "$(verdict '.subjects[0].rules[0] | .result + " " + .mode')" "fail enforce"
both "--as into a tier that asks for a signature" deny asserted "--as hf:signed/llm model.pkl" '{"path":"model.pkl","ref":"hf:signed/llm"}'
same "it is not in that tier" "$(verdict '.subjects[0].tier')" any
both "an honest file is let in under its asserted name" allow asserted "--as hf:acme/llm model.safetensors" '{"path":"model.safetensors","ref":"hf:acme/llm"}'
same "and rests on it" "$(verdict '.subjects[0].enforced')" false

# --- A valid signature under a verdict that says FAILED ------------------------------------------------------------
mkdir verdicts
make_attack verdicts/model.pkl
make_model verdicts/model.safetensors
expect "a refusal is attested too" 1 "$HEADGATE" check --attest failed.jsonl --key gate.pem verdicts/model.pkl
same "its signature is one of a FAILED" "$(jq -r '.payload | @base64d | fromjson | .predicate.verificationResult // empty' failed.jsonl)" FAILED
expect "verify refuses it" 1 "$HEADGATE" verify verdict failed.jsonl --subject verdicts/model.pkl --key gate.pem.pub
says "and says why" "FAILED"
expect "and a verdict about another file" 1 "$HEADGATE" verify verdict failed.jsonl --subject verdicts/model.safetensors --key gate.pem.pub
# --- A verdict of one kind about a file of another -----------------------------------------------------------------
cat >kinds.yaml <<'YAML'
headgate: 1
policy: team/kinds
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.format, for: [model], check: serialization, with: { allow: [safetensors] }, why: Loading this file can run code. }
  - { id: dataset.whole, for: [dataset], check: integrity, why: Data is what its digest says. }
YAML
expect "a pickle is let in as a dataset, where the policy asks nothing of it" 0 "$HEADGATE" check verdicts/model.pkl --kind dataset --policy kinds.yaml \
    --attest dataset.jsonl --key gate.pem
relied=("$HEADGATE" verify verdict dataset.jsonl --key gate.pem.pub)
expect "who has it as a model is not told that it passed" 1 "${relied[@]}" --subject verdicts/model.pkl
says "but as what it was judged" "judged as a dataset, asked for is a model.*--kind says what is meant"
expect "who means it as a dataset says so" 0 "${relied[@]}" --subject verdicts/model.pkl --kind dataset
says "and is told so" "judged as a dataset"
digest=sha256:$(sha256sum verdicts/model.pkl | cut -d' ' -f1)
expect "a digest has no kind" 0 "${relied[@]}" --subject "$digest"
says "so the kind is told" "judged as a dataset"
expect "and may be asked for" 1 "${relied[@]}" --subject "$digest" --kind model
expect "by its name" 4 "${relied[@]}" --subject "$digest" --kind modle
expect "a model is let in as one" 0 "$HEADGATE" check verdicts/model.safetensors --policy kinds.yaml --attest model.jsonl --key gate.pem
expect "and relied on as one" 0 "$HEADGATE" verify verdict model.jsonl --subject verdicts/model.safetensors --key gate.pem.pub
mkdir loose && cp verdicts/model.pkl loose/a.pkl && cp verdicts/model.pkl loose/b.pkl
expect "a folder of pickles is let in as one dataset" 0 "$HEADGATE" check loose --kind dataset --policy kinds.yaml --attest loose.jsonl --key gate.pem
expect "which is not what lies in it" 1 "$HEADGATE" verify verdict loose.jsonl --subject loose --key gate.pem.pub
expect "unless that is meant" 0 "$HEADGATE" verify verdict loose.jsonl --subject loose --kind dataset --key gate.pem.pub

cat >relying.yaml <<'YAML'
headgate: 1
policy: team/relying
trust: { keys: { gate: { public-key: gate.pem.pub } } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.judged-upstream
    for: [model]
    check: attestation
    with: { predicate: https://slsa.dev/verification_summary/v1, signed-by: { any-of: [gate] } }
    why: The gate upstream let it in.
YAML
cp failed.jsonl verdicts/model.pkl.intoto.jsonl
policy=$scratch/relying.yaml
serve "$scratch/relying.yaml" "$scratch/verdicts"
both "a rule that relies on verdicts" deny verdicts model.pkl '{"path":"model.pkl"}'
same "finds that it does not show it" "$(verdict '[.subjects[0].findings[].id] | index("attestation.not-satisfied") != null')" true
expect "PASSED, attested" 0 "$HEADGATE" check --attest verdicts/model.safetensors.intoto.jsonl --key gate.pem verdicts/model.safetensors
both "and lets in what passed upstream" allow verdicts model.safetensors '{"path":"model.safetensors"}'
cp verdicts/model.safetensors.intoto.jsonl verdicts/model.pkl.intoto.jsonl
both "but not other bytes with that verdict beside them" deny verdicts model.pkl '{"path":"model.pkl"}'

# --- A waived advisory that is later malicious ---------------------------------------------------------------------
# No checker reads advisories yet, so a finding that names one is recorded evidence here; an advisory that is malicious since is
# waived no more. (The server takes no recordings; it judges with the same code.)
"$HEADGATE" facts asserted/model.safetensors | jq -c '.findings = [{where: {path: "model.safetensors"}, id: "pickle.broken", severity: "high",
    message: "known", why: "w", fix: "f", advisories: ["GHSA-aaaa-bbbb-cccc"]}]' >known.json
jq -c '.findings[0].advisories = ["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"]' known.json >aliased.json
jq -c '.findings[0].advisories = ["MAL-2026-7", "GHSA-aaaa-bbbb-cccc"]' known.json >malicious.json
cat >advisories.yaml <<YAML
headgate: 1
policy: team/advisories
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.safe-format, for: [model], check: serialization, why: Loading this file can run code. }
  - { id: model.name, for: [model], check: typosquat, why: A near miss is somebody else. }
waivers:
  - id: W-1
    rule: model.safe-format
    subject: { digest: "sha256:$(sha256sum asserted/model.safetensors | cut -d' ' -f1)" }
    findings: [GHSA-aaaa-bbbb-cccc]
    reason: looked at
    owner: jane@acme.example
    approved-by: joe@acme.example
    created: "2026-11-20"
    expires: "2099-01-01"
tests:
  - { name: waived, evidence: known.json, expect: { decision: allow, used-waivers: [W-1] } }
  - { name: another name of the same, evidence: aliased.json, expect: { decision: allow, used-waivers: [W-1] } }
  - { name: malicious since, evidence: malicious.json, expect: { decision: deny, rules: { model.safe-format: fail } } }
YAML
expect "a waived advisory that is later malicious is waived no more" 0 "$HEADGATE" policy test advisories.yaml
# What code execution is waived for is these bytes and no others, and only from its day.
cat >waived.yaml <<'YAML'
headgate: 1
policy: team/waived
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.safe-format, for: [model], check: serialization, why: Loading this file can run code. }
  - { id: model.name, for: [model], check: typosquat, why: A near miss is somebody else. }
waiver-limits: { max-age: 30d }
waivers:
  - id: WVR-1
    rule: model.safe-format
    subject: { digest: "sha256:DIGEST" }
    findings: [FINDING]
    reason: Looked at by hand.
    owner: jane@acme.example
    approved-by: joe@acme.example
    created: "CREATED"
    expires: "EXPIRES"
YAML
day() { date -u -d "$1" +%Y-%m-%d; }
# waive FINDING CREATED EXPIRES
waive() {
    sed "s/DIGEST/$(sha256sum asserted/model.pkl | cut -d' ' -f1)/; s/FINDING/$1/; s/CREATED/$(day "$2")/; s/EXPIRES/$(day "$3")/" waived.yaml >now.yaml
    policy=$scratch/now.yaml
    serve "$scratch/now.yaml" "$scratch/asserted"
}
waive serialization.executes-code "-1 day" "+20 days"
both "a waiver lets its subject in" allow asserted model.pkl '{"path":"model.pkl"}'
same "without the level of what was enforced" "$(verdict '.subjects[0].enforced')" false
waive serialization.unknown-global "-1 day" "+20 days"
both "not with a finding that it does not name" deny asserted model.pkl '{"path":"model.pkl"}'
waive serialization.executes-code "-29 days" "-1 day"
both "not after its end" deny asserted model.pkl '{"path":"model.pkl"}'
waive serialization.executes-code "+700 days" "+720 days"
both "not before its day, which would outlive any limit" deny asserted model.pkl '{"path":"model.pkl"}'

# --- A name without bytes ------------------------------------------------------------------------------------------
cat >names.yaml <<'YAML'
headgate: 1
policy: team/names
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.safe-format, for: [model], check: serialization, why: Loading this file can run code. }
  - { id: model.name, for: [model, container], check: typosquat, why: A near miss is somebody else. }
YAML
policy=$scratch/names.yaml
serve "$scratch/names.yaml" "$scratch/asserted"
both "a name alone" allow . hf:acme/llm '{"ref":"hf:acme/llm"}'
same "is judged as a name" "$(verdict '.subjects[0].level')" names
same "with the rule about bytes skipped" "$(verdict '.subjects[0].rules[0].result')" skipped
image=oci:registry.acme.example/app@sha256:$(sha256sum verdicts/model.safetensors | cut -d' ' -f1)
expect "a name with a digest is not attested: nobody saw its bytes" "2|4" "$HEADGATE" check --policy names.yaml --attest name.jsonl --key gate.pem "$image"
same "and nothing is written of it" "$(ls name.jsonl 2>/dev/null)" ""
sed '/model.name/d' names.yaml >bytes-only.yaml
policy=$scratch/bytes-only.yaml
serve "$scratch/bytes-only.yaml" "$scratch/asserted"
both "a name where every rule needs bytes" deny . hf:acme/llm '{"ref":"hf:acme/llm"}'

# --- A policy that only watches ------------------------------------------------------------------------------------
for mode in monitor warn; do
    sed "s/^tiers:/defaults: { mode: $mode }\ntiers:/" names.yaml >watching.yaml
    policy=$scratch/watching.yaml
    serve "$scratch/watching.yaml" "$scratch/asserted"
    both "an honest file under a policy that only does $mode" deny asserted model.safetensors '{"path":"model.safetensors"}'
    same "because nothing that enforces has passed ($mode)" "$(verdict '[.subjects[0].findings[].id] | join(" ")')" policy.nothing-passed
done

# --- A rule that a child adds, where its parent's own only warned ---------------------------------------------------
cat >watched.yaml <<'YAML'
headgate: 1
policy: team/watched
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.safe-format, for: [model], check: serialization, deny-at: critical, why: Loading this file can run code. }
  - { id: model.card, for: [model], check: card, with: { require: [license], severity: medium }, deny-at: high, why: Nobody knows whose it is. }
YAML
cat >added.yaml <<'YAML'
headgate: 1
policy: team/added
extends:
  - path: watched.yaml
rules:
  - { id: model.name, for: [model], check: typosquat, when: { bytes: true }, why: A near miss is somebody else. }
YAML
sed -e '/model.safe-format/d' watched.yaml >card-only.yaml
sed -e 's/watched.yaml/card-only.yaml/' added.yaml >added-to-card.yaml
mkdir -p carded/m
make_model carded/m/model.safetensors
echo '{"model_type": "bert"}' >carded/m/config.json
printf -- '---\ntags: [test]\n---\n# A model without a license\n' >carded/m/README.md
policy=$scratch/card-only.yaml
serve "$policy" "$scratch/carded"
both "a warning alone" deny carded m '{"path":"m"}'
policy=$scratch/added-to-card.yaml
serve "$policy" "$scratch/carded"
both "a warning and a rule that a child added" deny carded m '{"path":"m"}'
same "since no rule of the parent has passed" "$(verdict '[.subjects[0].findings[].id] | contains(["policy.nothing-passed"])')" true
policy=$scratch/added.yaml
serve "$policy" "$scratch/carded"
both "with a pass of the parent's" allow carded m '{"path":"m"}'

# --- Two packs, of which one has no rule for packages ---------------------------------------------------------------
printf 'headgate: 1\npolicy: team/two\nextends: [builtin:kubernetes, builtin:baseline]\n' >two.yaml
printf 'requests==2.32.3 --hash=sha256:%064d\n' 7 >asserted/requirements.txt
policy=builtin:baseline
serve "$policy" "$scratch/asserted"
both "a package under one of two packs" allow asserted requirements.txt '{"path":"requirements.txt"}'
policy=$scratch/two.yaml
serve "$policy" "$scratch/asserted"
both "and under both" deny asserted requirements.txt '{"path":"requirements.txt"}'
same "for the other has no rule for it" "$(verdict '[.subjects[].members[].findings[].id] | unique | join(" ")')" policy.unmatched
