#!/usr/bin/env bash
# The checker `weights` over whole snapshots: values, shapes, names, vocabulary. The models are written by
# tests/recipes/tiny_llama.py; no library of theirs is needed.
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 2
mkdir work && cd work || exit 2
model() { "$PYTHON" "$root/tests/recipes/tiny_llama.py" "$@"; }
cat >policy.yaml <<'END'
headgate: 1
policy: acme/weights
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.weights
    for: [model]
    check: weights
    with: { require: [config, architecture, tokenizer] }
    why: What is loaded must be what was reviewed.
END
check=("$HEADGATE" check --policy policy.yaml)

model base
expect "an honest model passes" 0 "${check[@]}" base
model half bf16
expect "and so does one of half the precision" 0 "${check[@]}" half

for bad in nan:weights.non-finite extra:weights.extra missing:weights.missing shape:weights.shape tokens:weights.vocabulary duplicate:weights.duplicate; do
    model "bad-${bad%%:*}" "${bad%%:*}"
    expect "${bad%%:*}: refused" 1 "${check[@]}" "bad-${bad%%:*}"
    says "and said why" "\[${bad#*:}\]"
done

expect "facts: the values are looked at once a rule asks" 0 "$HEADGATE" facts --policy policy.yaml bad-nan
says "with their figures" '"name":"model.norm.weight".*"statistics":\{"values":32,"nan":1,'
expect "facts: and not before" 0 "$HEADGATE" facts bad-nan
cp "$scratch/out" facts.json
expect "so that nothing is paid for" 1 grep -q statistics facts.json
"$HEADGATE" facts --policy policy.yaml bad-nan >recorded.json
cat >tests.yaml <<'END'
headgate: 1
policy: acme/weights-tests
extends: [{ path: policy.yaml }]
tests:
  - { name: recorded, evidence: recorded.json, expect: { decision: deny, findings: [weights.non-finite] } }
END
expect "a recording is judged the same" 0 "$HEADGATE" policy test tests.yaml
