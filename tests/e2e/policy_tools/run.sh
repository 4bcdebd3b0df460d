#!/usr/bin/env bash
# The tools of a policy author: policy lint, show, schema, ways-in, sign; pins and signatures of policies.
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 2
make_model good.safetensors
make_key release.pem
mkdir p && cp release.pem.pub p/
cat >p/org.yaml <<'END'
headgate: 1
policy: acme/org
revision: "7"
owner: platform@acme.example
extends: [builtin:baseline]
rules:
  - { id: model.card, mode: enforce, controls: [ACME-1] }
END
cat >p/team.yaml <<'END'
headgate: 1
policy: acme/team
extends: [ { path: org.yaml } ]
trust: { keys: { release: { public-key: release.pem.pub } } }
tiers:
  - { tier: own, match: ["hf:acme/**"], requires: { signed-by: [release] } }
overrides:
  - { rule: model.card, key: mode, value: warn, reason: cards come in June, owner: jane, expires: "2099-01-01" }
END

expect "show" 0 "$HEADGATE" policy show p/team.yaml
says "prints where each value stands" "mode: enforce +# org.yaml:7"
says "and what is overridden" "model.card mode is warn until 2099"
"$HEADGATE" policy show p/team.yaml | grep -v '^# p/team' >shown.yaml
sed -i 's#release.pem.pub#p/release.pem.pub#' shown.yaml
expect "what show prints is a policy again" 0 "$HEADGATE" policy show shown.yaml
expect "show --output json" 0 "$HEADGATE" policy show --output json p/team.yaml
cp "$scratch/out" shown.json
expect "origins are in it" 0 "$PYTHON" -c '
import json, sys
shown = json.load(open(sys.argv[1]))
assert shown["origins"]["rules.model.card.mode"] == "org.yaml:7" and shown["overrides"]' shown.json
digest=$("$HEADGATE" policy show --digest p/team.yaml)
expect "show --digest" 0 grep -E '^sha256:[0-9a-f]{64}$' <(echo "$digest")

# --- pins
expect "pinned by its digest" 0 "$HEADGATE" check --policy p/team.yaml --policy-sha256 "$digest" good.safetensors
expect "pinned by the digest of the file alone, with files that it names" 4 "$HEADGATE" check --policy p/team.yaml \
    --policy-sha256 "$(sha256sum p/team.yaml | cut -d' ' -f1)" good.safetensors
says "is refused, and says what to do" "names .*, which a pin of the policy file alone does not cover; pin sha256:"
expect "pinned by another digest" 4 "$HEADGATE" check --policy p/team.yaml --policy-sha256 "$(printf 'x' | sha256sum | cut -d' ' -f1)" good.safetensors
expect "a signature that is not there" 4 "$HEADGATE" check --policy p/team.yaml --policy-signed-by release.pem.pub good.safetensors
expect "sign" 0 "$HEADGATE" policy sign p/team.yaml --key release.pem
expect "signed" 0 "$HEADGATE" check --policy p/team.yaml --policy-signed-by release.pem.pub good.safetensors
make_key other.pem
expect "signed by another key" 4 "$HEADGATE" check --policy p/team.yaml --policy-signed-by other.pem.pub good.safetensors
cp other.pem.pub p/release.pem.pub
expect "a key that the policy names is replaced" 4 "$HEADGATE" check --policy p/team.yaml --policy-signed-by release.pem.pub good.safetensors
says "and the message says so" "a file that it names, changed after it was signed"
expect "the pin sees it too" 4 "$HEADGATE" check --policy p/team.yaml --policy-sha256 "$digest" good.safetensors
cp release.pem.pub p/release.pem.pub
# Data that replaces the built-in decides as the policy does: a pin, and a signature, cover it.
mkdir -p rules/globals
echo 'acme.models Forest new reads no file' >rules/globals/acme.txt
alone=(env HEADGATE_RULES="$scratch/rules" "$HEADGATE")
printf 'headgate: 1\npolicy: acme/alone\nextends: [builtin:baseline]\n' >alone.yaml
file_digest=$(sha256sum alone.yaml | cut -d' ' -f1)
expect "the file's digest pins a policy that names no file" 0 "$HEADGATE" check --policy alone.yaml --policy-sha256 "$file_digest" good.safetensors
expect "but no rule data from elsewhere" 4 "${alone[@]}" check --policy alone.yaml --policy-sha256 "$file_digest" good.safetensors
says "which it names" "names HEADGATE_RULES/globals/acme.txt, which a pin of the policy file alone does not cover; pin sha256:"
expect "sign without them" 0 "$HEADGATE" policy sign alone.yaml --key release.pem
expect "the signature does not cover them either" 4 "${alone[@]}" check --policy alone.yaml --policy-signed-by release.pem.pub good.safetensors
expect "they are another policy" 4 "${alone[@]}" check --policy alone.yaml --policy-sha256 "$("$HEADGATE" policy show --digest alone.yaml)" good.safetensors
expect "which can be pinned" 0 "${alone[@]}" check --policy alone.yaml --policy-sha256 "$("${alone[@]}" policy show --digest alone.yaml)" good.safetensors
expect "and signed" 0 "${alone[@]}" policy sign alone.yaml --key release.pem
expect "with them" 0 "${alone[@]}" check --policy alone.yaml --policy-signed-by release.pem.pub good.safetensors
pinned_digest=$("${alone[@]}" policy show --digest alone.yaml)
echo 'acme.models Tree new reads no file' >>rules/globals/acme.txt
expect "one line more" 4 "${alone[@]}" check --policy alone.yaml --policy-signed-by release.pem.pub good.safetensors
expect "is another policy too" 4 "${alone[@]}" check --policy alone.yaml --policy-sha256 "$pinned_digest" good.safetensors
expect "a folder of rule data that is not there" 4 env HEADGATE_RULES="$scratch/absent" "$HEADGATE" check --policy alone.yaml good.safetensors
says "is no reason to go on without it" "HEADGATE_RULES=.*absent"
mkdir judged && cp -r good.safetensors rules judged/
expect "rule data from the folder that is judged" '0|1' env HEADGATE_RULES="$scratch/judged/rules" "$HEADGATE" check --output json judged
cp "$scratch/out" judged.json
expect "pins not even a pack" 0 "$PYTHON" -c 'import json, sys; assert json.load(open(sys.argv[1]))["policy"]["pinned"] is False' judged.json

sed -i 's/mode: enforce/mode: warn/' p/org.yaml
expect "an extended policy is changed" 4 "$HEADGATE" check --policy p/team.yaml --policy-signed-by release.pem.pub good.safetensors
sed -i 's/mode: warn, controls/mode: enforce, controls/' p/org.yaml
sed -i "s#path: org.yaml#path: org.yaml, sha256: $(printf y | sha256sum | cut -d' ' -f1)#" p/team.yaml
expect "an extended policy that is not the pinned one" 4 "$HEADGATE" policy lint p/team.yaml
says "names the line" "team.yaml:3:[0-9]+: org.yaml has SHA-256"

# --- lint
expect "the packs have no remarks" 0 "$HEADGATE" policy lint builtin:baseline
mkdir trust && cp release.pem.pub trust/
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=ca -out trust/ca.pem 2>/dev/null
cat >lax.yaml <<'END'
headgate: 1
policy: acme/lax
trust:
  keys: { idle: { public-key: trust/release.pem.pub } }
  roots: { ca: { certificates: trust/ca.pem } }
  identities:
    wide: { issuer: "https://token.example", subject: { prefix: "https://github.example/acme" }, root: ca }
tiers:
  - { tier: acme, match: ["hf:acme/**"] }
  - { tier: rest, match: ["**"] }
rules:
  - { id: m.signed, for: [model], when: { tiers: [acme] }, check: signature, with: { any-of: [wide] }, controls: [A-1], why: x }
  - { id: m.format, for: [model], check: serialization, mode: warn, controls: [A-1], why: x, fix: y }
  - { id: m.card, for: [model], when: { tiers: [rest] }, check: card, mode: warn, controls: [A-1], why: x, fix: y }
waivers:
  - { id: W-1, rule: m.format, subject: { digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000" }, findings: [a.b],
      reason: r, owner: jane, approved-by: joe, created: "2026-01-01", expires: "2099-01-01" }
END
expect "a lax policy has remarks" 1 "$HEADGATE" policy lint lax.yaml
says "an identity as wide as an organisation" "lax.yaml:7: identity 'wide' takes whatever begins with"
says "a tier that rests on names" "lax.yaml:9: tier 'acme' rests on names alone"
says "a waiver that covers nothing" "waiver 'W-1' covers nothing"
says "a key that nobody asks for" "key 'idle' is asked for nowhere"
says "a kind that nothing enforces for" "no rule enforces for a model in tier 'rest'"

# Expressions that take anybody: those that take an empty subject, or strangers who have nothing in common, are mistakes; the others get a
# remark.
while IFS='|' read -r regex code message; do
    sed "s#subject: { prefix: .* }, root#subject: { regex: '$regex' }, root#" lax.yaml >regex.yaml
    expect "an identity of the expression $regex" "$code" "$HEADGATE" policy lint regex.yaml
    says "is told so" "$message"
done <<'EOF'
.*|4|takes any subject, also an empty one
.+|4|it takes anybody, such as 'https://github.com/nobody-you-know/.* and 'https://gitlab.com/nobody-you-know/
[^ ]+|4|it takes anybody
(?s).{1,}|4|it takes anybody
[^x]*.*.|4|it takes anybody
^.*$|4|leave out \^ and
(?s).+|4|it takes anybody
https://.*|4|it takes anybody
https://[^/]+/.+|4|it takes anybody
[^@]+@.*|4|it takes anybody
https://github[.]com/.*|1|identity 'wide' takes strangers too
EOF
sed "s#subject: { prefix: .* }, root#subject: { regex: 'https://github[.]example/acme/(ml|llm)/release[.]yml@refs/tags/v[0-9.]+' }, root#" lax.yaml >regex.yaml
run "$HEADGATE" policy lint regex.yaml
if grep -q "strangers" "$scratch/out" "$scratch/err"; then not_ok "an expression that says whom it is for has no remark" "it has"; else ok "an expression that says whom it is for has no remark"; fi
for subject in '"*"' '{ prefix: "*" }' '{ prefix: "h" }' '{ prefix: "https://" }'; do
    sed "s#subject: { prefix: .* }, root#subject: $subject, root#" lax.yaml >regex.yaml
    expect "an identity of the subject $subject is a mistake" 4 "$HEADGATE" policy lint regex.yaml
done
for issuer in https:// https:///x 'https://*' 'https://?x'; do
    sed "s#issuer: \"https://token.example\"#issuer: \"$issuer\"#" lax.yaml >regex.yaml
    expect "an issuer without a host ($issuer) is a mistake" 4 "$HEADGATE" policy lint regex.yaml
    says "and is told so ($issuer)" "expected the exact URL of the issuer"
done
sed 's#{ id: m.card, .*#{ id: m.tested, for: [model], when: { tiers: [rest] }, check: attestation, with: { predicate: "https://acme.example/t", signed-by: { any-of: [wide] }, where: [{ at: /result, matches: ".+" }] }, controls: [A-1], why: x }#' lax.yaml >regex.yaml
expect "a condition that any value meets" 1 "$HEADGATE" policy lint regex.yaml
says "has a remark" "'.\+' at /result takes any value"
sed -i 's#matches: ".+"#matches: "PASSED|WARNED"#' regex.yaml
run "$HEADGATE" policy lint regex.yaml
if grep -q "takes any value" "$scratch/out" "$scratch/err"; then not_ok "one that says which ones has none" "it has"; else ok "one that says which ones has none"; fi

sed 's#^tiers:#tiers:\n  - { tier: hub, match: ["hf:**"] }#' lax.yaml >shadowed.yaml
expect "a tier that an earlier one shadows is a mistake" 4 "$HEADGATE" policy lint shadowed.yaml
says "and says which" "tier 'acme' can never match: 'hub'"

# --- ways in
cat >before.yaml <<'END'
headgate: 1
policy: acme/before
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: m.format, for: [model], check: serialization, controls: [A-1], why: x }
  - { id: m.card, for: [model], check: card, controls: [A-1], why: x }
END
sed 's/check: card,/check: card, mode: warn,/' before.yaml >after.yaml
expect "ways in" 0 "$HEADGATE" policy ways-in before.yaml
says "are the rules that must pass" "must pass: m.format, m.card"
says "and what only somebody declares" "rests on: +m.card: what the card declares"
expect "the same policy adds none" 0 "$HEADGATE" policy ways-in before.yaml --against before.yaml
expect "a stricter one adds none" 0 "$HEADGATE" policy ways-in before.yaml --against after.yaml
expect "a laxer one does" 1 "$HEADGATE" policy ways-in after.yaml --against before.yaml

# --- schema
expect "schema" 0 "$HEADGATE" policy schema
cp "$scratch/out" schema.json
cat >validate.py <<'END'
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    errors = [error.message[:120] for error in validator.iter_errors(yaml.safe_load(open(name)))]
    print(name, "valid" if not errors else errors[:2])
    if bool(errors) != name.startswith("wrong"): sys.exit(1)
END
printf 'headgate: 1\npolicy: x\nrulse: []\n' >wrong.yaml
mapfile -t packs < <(grep -l '^headgate: 1' "$root"/rules/*.yaml)
expect "every pack is valid by it, a broken policy is not" 0 "$PYTHON" validate.py schema.json "${packs[@]}" before.yaml lax.yaml wrong.yaml
