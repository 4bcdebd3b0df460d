#!/usr/bin/env bash
# `headgate explain`: rules, findings, checkers, settings, and words that are none of them.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
explain=("$HEADGATE" explain)

expect "a rule of the baseline" 0 "${explain[@]}" model.safe-format
says "names its check and what that asks" '^Check: +serialization: Can loading it run code'
says "names kinds, tiers and mode" '^Mode: +enforce'
says "says what it needs" '^When: +there are bytes'
says "shows a setting with its default" 'allow: safetensors, .*\(the default\)'
says "says which direction is stricter" 'fewer entries are stricter'
says "shows why, fix and controls" '^Fix: +Convert the weights to safetensors'
says "names file and line" 'baseline\.yaml:[0-9]+'

cat >policy.yaml <<'POLICY'
headgate: 1
policy: acme/explained
tiers:
  - { tier: ours, match: ["hf:acme/**"] }
  - { tier: others, match: ["**"] }
rules:
  - id: acme.formats
    for: [model, dataset]
    check: serialization
    when: { tiers: [ours, others], bytes: true }
    with: { allow: [safetensors], profiles: [] }
    mode: { ours: warn }
    deny-at: high
    controls: [ACME-7]
    why: We load safetensors only.
    fix: Ask the model team.
POLICY
expect "a rule of another policy" 0 "${explain[@]}" acme.formats --policy policy.yaml
says "with its own values, and where they are set" 'allow: safetensors  \(policy\.yaml:11\)$'
says "beside the default" 'default: safetensors,gguf'
says "with an emptied list" 'profiles: \(none\)  \(policy\.yaml:11\)$'
says "with the mode of each tier" 'tier ours: warn, other tiers: enforce'
says "with its threshold" '^Deny at: +high'
says "with its own fix" 'Ask the model team'
expect "a rule of the baseline is unknown there" 4 "${explain[@]}" model.safe-format --policy policy.yaml
expect "a policy that does not load is exit 4" 4 "${explain[@]}" acme.formats --policy absent.yaml

expect "a finding" 0 "${explain[@]}" serialization.executes-code
says "says what it means" '^What: +Loading it imports or calls'
says "why it matters" '^Why: '
says "how to fix it" '^Fix: +Convert to safetensors'
says "which checker and rules" 'checker serialization: model\.safe-format \(baseline\.yaml'
says "whether it can be waived" '^Waiver: +only by a waiver'
expect "a finding of a parser" 0 "${explain[@]}" zip.two-ends
says "says that no rule need take it up" 'denies by itself'
expect "a finding of the gate" 0 "${explain[@]}" policy.blocked
says "cannot be waived" '^Waiver: +no'
expect "an area" 0 "${explain[@]}" tar
says "lists its findings" 'tar\.duplicate-name'

expect "a checker" 0 "${explain[@]}" card
says "with its settings" 'require \(list of text\), default license'
says "with their direction" 'more entries are stricter'
says "with the rules that run it" '^Rules: +model\.card'
says "with its findings" 'card\.field-missing'
expect "a setting" 0 "${explain[@]}" serialization.profiles
says "with what the policy's rules make of it" 'dataset\.safe-format: torch-weights'

expect "an unknown word is exit 4" 4 "${explain[@]}" modle.safe-format
says "with the nearest one" 'did you mean "model\.safe-format"'
expect "an unknown finding" 4 "${explain[@]}" serialization.execute-code
says "with the nearest finding" 'did you mean "serialization\.executes-code"'
expect "a word like nothing" 4 "${explain[@]}" xylophone-concerto
says "says where to look" 'headgate checkers'
expect "no word is exit 4" 4 "${explain[@]}"
expect "help shows examples" 0 "${explain[@]}" --help
says "of each kind" 'headgate explain serialization\.profiles'

# Every finding that a report names can be explained: of the attacks at hand, and of every id of the catalogue.
make_attack bad.pkl
printf 'reqeusts\n--extra-index-url https://pypi.acme.example/simple\n' >requirements.txt
head -c 4096 /dev/urandom >noise.safetensors
mkdir folder
ln -s /etc/hostname folder/model.safetensors
"$HEADGATE" check --kind model --output json=r.json bad.pkl noise.safetensors folder >/dev/null 2>&1
"$HEADGATE" check --output json=s.json requirements.txt >/dev/null 2>&1
ids=$(jq -r '[.. | .findings? // empty | .[]?.id] | unique | .[]' r.json s.json | sort -u)
unexplained=''
for id in $ids; do
    "${explain[@]}" "$id" >/dev/null 2>&1 || unexplained+=" $id"
done
count=$(wc -w <<<"$ids")
if [ "$count" -ge 6 ] && [ -z "$unexplained" ]; then ok "each of $count findings of reports is explained"; else not_ok "each finding of a report is explained" "$count ids, not:$unexplained"; fi
catalogue=$(sed -n 's/^    \([a-z0-9-]*\.[a-z0-9-]*\):.*/\1/p' "$root/rules/findings.yaml")
unexplained=''
for id in $catalogue; do
    "${explain[@]}" "$id" 2>/dev/null | grep -q "^Fix: " || unexplained+=" $id"
done
count=$(wc -w <<<"$catalogue")
if [ "$count" -ge 200 ] && [ -z "$unexplained" ]; then ok "each of the $count ids of the catalogue is explained"; else not_ok "each id of the catalogue is explained" "$count ids, not:$unexplained"; fi

# A catalogue from outside is read as carefully as a policy.
mkdir rules
printf 'zip: { about: x }\n' >rules/findings.yaml
expect "a broken catalogue is an error of ours" 2 env HEADGATE_RULES="$scratch/rules" "${explain[@]}" zip.link
says "that names file and line" 'findings\.yaml:1'
