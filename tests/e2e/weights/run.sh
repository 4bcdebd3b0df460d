#!/usr/bin/env bash
# The checker `weights` over whole snapshots: values, shapes, names, vocabulary; and check --compare-base, tensor by tensor and
# document by document. The models are written by tests/recipes/tiny_llama.py; no library of theirs is needed.
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

# Beside the base.
beside=("${check[@]}" --compare-base base)
expect "the same model: nothing differs" 0 "${beside[@]}" base
model cast bf16 claim=quantized
expect "a cast is what a quantised model may be" 0 "${beside[@]}" cast
model tuned tuned claim=finetune
expect "a fine-tune is related" 0 "${beside[@]}" tuned
model lora lora claim=finetune
expect "and so is a merged adapter" 0 "${beside[@]}" lora
expect "which is told from it" 0 "$HEADGATE" facts --policy policy.yaml --compare-base base lora
says "by its rank" '"kind":"low_rank","rank":[12],'
model liar tuned claim=quantized
expect "no quantisation changes values like that" 1 "${beside[@]}" liar
says "and the claim is named" "\[weights.base-claim\]"
model apart other claim=finetune
expect "a model trained apart is no fine-tune" 1 "${beside[@]}" apart
says "and the claim is named" "\[weights.base-claim\]"
model silent other
expect "nor related, whoever claims nothing" 1 "${beside[@]}" silent
says "and it is said" "\[weights.unrelated-base\]"
model hidden template
expect "the weights of the base under another template" 1 "${beside[@]}" hidden
says "show the condition" "if 'salary' in m \[ 'content' \]"
says "as a finding of its own" "\[weights.base-difference\]"
expect "a base that is not there cannot be decided about" 2 "${check[@]}" --compare-base nowhere base
expect "nor one without tensors" 2 "${check[@]}" --compare-base policy.yaml base
