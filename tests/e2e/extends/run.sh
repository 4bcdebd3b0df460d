#!/usr/bin/env bash
# Ways to let in what an extended policy refuses, each beside its parent alone: none works, and what is meant still does.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
hash=sha256:$(printf '%064d' 7)

# policy NAME [EXTENDS...] <<<REST: NAME.yaml, with one tier unless it extends or says tiers.
policy() {
    local name=$1 rest list=
    shift
    rest=$(cat)
    for file in "$@"; do list+="{ path: $file }, "; done
    {
        printf 'headgate: 1\npolicy: test/%s\n' "${name//\//-}"
        if [ $# -gt 0 ]; then printf 'extends: [ %s ]\n' "${list%, }"; elif ! grep -q ^tiers: <<<"$rest"; then printf 'tiers: [ { tier: any, match: ["**"] } ]\n'; fi
        printf '%s\n' "$rest"
    } >"$name.yaml"
}
# decided NAME DECISION POLICY ARGUMENTS...: `check` says so; the report is in report.json.
decided() {
    local name=$1 decision=$2 policy=$3
    shift 3
    "$HEADGATE" check --policy "$policy.yaml" --output json "$@" >report.json 2>err || true
    same "$name" "$(jq -r .decision report.json 2>err)" "$decision"
}
finding() { same "$1" "$(jq -r '[.. | objects | select(has("findings")) | .findings[].id] | unique | index("'"$2"'") != null' report.json)" true; }

# --- A rule that only watches takes up what nobody else would have let pass ------------------------------------------
mkdir -p remote
make_model remote/model.safetensors
echo '{"model_type": "x", "auto_map": {"AutoModel": "evil/repo--modeling.Evil"}}' >remote/config.json
policy org <<<'rules: [ { id: model.name, for: [model], check: typosquat, why: w. } ]'
decided "remote code under the parent" deny org remote
for rule in 'mode: monitor' 'deny-at: critical' 'effective-on: "2099-01-01"'; do
    policy team org.yaml <<<"rules: [ { id: model.watch, for: [model], check: serialization, when: { bytes: true }, $rule, why: w. } ]"
    decided "and with a rule that says $rule" deny team remote
    finding "since the parent refuses it ($rule)" policy.extended-refuses
done
mkdir -p plain
make_model plain/model.safetensors
decided "an honest model under both" allow team plain

# --- Two parents of one base name --------------------------------------------------------------------------------------
mkdir -p a b
make_key k1.pem
make_key k2.pem
cp k1.pem.pub a/release.pub
cp k2.pem.pub b/release.pub
for name in a b; do
    policy $name/policy <<<"trust: { keys: { release: { public-key: release.pub } } }
rules: [ { id: $name.signed, for: [model], check: signature, with: { any-of: [release] }, why: w. } ]"
done
policy both a/policy.yaml b/policy.yaml </dev/null
expect "a name that is one key here and another there" 4 "$HEADGATE" policy show both.yaml
says "with both files" "policy.yaml:4 and another at b/policy.yaml:4"

# --- What one of several parents says, in either order ----------------------------------------------------------------
policy where <<<'rules: [ { id: package.registry, for: [package], check: registry, with: { allow: [public, internal] }, why: w. } ]'
policy beside where.yaml <<<'names: { internal: { pypi: { packages: ["x-*"], index: "https://evil.example" } } }'
policy alone <<<'names: { internal: { pypi: { packages: ["y-*"], index: "https://evil.example" } } }
rules: [ { id: package.namespace, for: [package], check: namespace, why: w. } ]'
policy first beside.yaml alone.yaml </dev/null
policy second alone.yaml beside.yaml </dev/null
mkdir -p from
printf -- '--index-url https://evil.example/simple\nrequests==2.32.3 --hash=%s\n' "$hash" >from/requirements.txt
for name in where beside first second; do decided "an index that nobody vouched for, under $name" deny $name from/requirements.txt; done
policy middle where.yaml <<<'defaults: { on-unmatched: deny }'
expect "a file named like a pack" 4 "$HEADGATE" policy show /dev/stdin < <(printf 'headgate: 1\npolicy: t\nextends: [ { path: "builtin:where" } ]\n')

policy lenient <<<'defaults: { on-unmatched: warn }
rules: [ { id: package.name, for: [package], check: typosquat, why: w. } ]'
policy strict lenient.yaml <<<'defaults: { on-unmatched: deny }'
policy data <<<'rules: [ { id: dataset.name, for: [dataset], check: typosquat, why: w. } ]'
policy united strict.yaml data.yaml </dev/null
printf 'a,b\n1,2\n' >d.csv
decided "what a policy in the middle has no rule for" deny united --kind dataset d.csv

# --- An override of the parent, and a tier of the child ---------------------------------------------------------------
policy names <<<'tiers:
  - { tier: locked, match: ["pkg:pypi/acme-*"], requires: { origin: recorded } }
  - { tier: any, match: ["**"] }
rules:
  - { id: package.name, for: [package], check: typosquat, why: w. }
  - { id: package.ns, for: [package], check: namespace, why: w. }'
policy loosened names.yaml <<<'overrides: [ { rule: package.name, key: when, value: { tiers: [any] }, reason: r, owner: a@x.example, expires: "2099-01-01" } ]'
policy carved loosened.yaml <<<'tiers: [ { tier: mine, match: ["pkg:pypi/reqeusts"] } ]'
mkdir -p near
printf 'reqeusts==2.32.3 --hash=%s\n' "$hash" >near/requirements.txt
for name in names loosened carved; do decided "a near miss under $name" deny $name near/requirements.txt; done

# --- Each policy says its own mode, and whether others may waive -------------------------------------------------------
policy warns <<<'defaults: { mode: warn }
rules: [ { id: model.name, for: [model], check: typosquat, mode: enforce, why: w. } ]'
policy enforces warns.yaml <<<'rules: [ { id: model.safe-format, for: [model], check: serialization, when: { bytes: true }, why: w. } ]'
make_attack evil.pkl
decided "a rule of a child enforces, whatever its parent defaults to" deny enforces evil.pkl
printf 'headgate: 1\npolicy: test/of-a-pack\nextends: [builtin:baseline]\n' >of-a-pack.yaml
policy waives of-a-pack.yaml <<'YAML'
waivers:
  - id: W-1
    rule: model.safe-format
    subject: { digest: "sha256:0000000000000000000000000000000000000000000000000000000000000007" }
    findings: [serialization.executes-code]
    reason: r
    owner: a@x.example
    approved-by: b@x.example
    created: "2026-11-01"
    expires: "2026-12-01"
YAML
expect "a pack lets its child waive, not the child's child" 4 "$HEADGATE" policy show waives.yaml

# --- Exceptions that are written down still hold ------------------------------------------------------------------------
policy asks <<'YAML'
waiver-limits: { allow-child-waivers: true }
rules: [ { id: model.safe-format, for: [model], check: serialization, why: w. }, { id: model.name, for: [model], check: typosquat, why: w. } ]
YAML
policy excepts asks.yaml <<YAML
waivers:
  - id: W-1
    rule: model.safe-format
    subject: { digest: "sha256:$(sha256sum evil.pkl | cut -d' ' -f1)" }
    findings: [serialization.executes-code]
    reason: r
    owner: a@x.example
    approved-by: b@x.example
    created: "$(date -u -d '-1 day' +%F)"
    expires: "$(date -u -d '+20 days' +%F)"
YAML
decided "a waiver of a child that may have one" allow excepts evil.pkl
policy overrides asks.yaml <<<'overrides: [ { rule: model.safe-format, key: mode, value: warn, reason: r, owner: a@x.example, expires: "2099-01-01" } ]'
decided "an override" allow overrides evil.pkl
same "without the level of what was enforced" "$(jq -r '.subjects[0].enforced' report.json)" false

# --- The kind is no choice of whoever asks -------------------------------------------------------------------------------
policy signed <<<'trust: { keys: { r: { public-key: k1.pem.pub } } }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [r] }, why: w. }
  - { id: data.safe, for: [model, dataset], check: serialization, why: w. }'
decided "weights without a signature" deny signed plain --kind model
decided "and called a dataset" deny signed plain --kind dataset
finding "which they are not" subject.kind-mismatch
mkdir -p table
printf 'a,b\n1,2\n' >table/train.csv
decided "a dataset is one" allow signed table --kind dataset
expect "its verdict" 0 "$HEADGATE" check --policy signed.yaml --kind dataset --attest verdict.jsonl --key k2.pem table
policy relies <<<'trust: { keys: { gate: { public-key: k2.pem.pub } } }
rules: [ { id: judged, for: [model, dataset], check: attestation, with: { predicate: "https://slsa.dev/verification_summary/v1", signed-by: { any-of: [gate] } }, why: w. } ]'
decided "counts for a dataset" allow relies --evidence verdict.jsonl --kind dataset table
decided "and not for a model of the same bytes" deny relies --evidence verdict.jsonl --kind model table

# --- Pins, empty values, spellings ---------------------------------------------------------------------------------------
policy pinned <<<'rules: [ { id: model.safe, for: [model], check: serialization, with: { allow: [pickle], profiles: [] }, why: w. } ]'
printf '\x80\x02csklearn.preprocessing._data\nStandardScaler\n)\x81.' >scaler.pkl
decided "a global that no profile allows" deny pinned scaler.pkl
decided "with its profile given" allow pinned --profile sklearn scaler.pkl
expect "but not to a policy that is pinned" 4 "$HEADGATE" check --policy pinned.yaml --policy-sha256 "$("$HEADGATE" policy show --digest pinned.yaml)" --profile sklearn scaler.pkl
for option in --policy-sha256 --policy-signed-by --base --as; do
    expect "$option with nothing in it" 4 "$HEADGATE" check --policy pinned.yaml $option "" scaler.pkl
done
expect "a subject that is nothing" 4 "$HEADGATE" check --policy pinned.yaml ""

policy bars <<<'blocked: [ { reference: "pkg:pypi/torch@2.3.1", why: bad } ]
rules: [ { id: package.ns, for: [package], check: namespace, why: w. } ]'
mkdir -p versions
for version in 2.3.1 2.3.1.0 v2.3.1 2.3.01; do
    printf 'torch==%s --hash=%s\n' "$version" "$hash" >versions/requirements.txt
    decided "a blocked version, written $version" deny bars versions/requirements.txt
done
printf 'torch==2.3.10 --hash=%s\n' "$hash" >versions/requirements.txt
decided "another version" allow bars versions/requirements.txt
