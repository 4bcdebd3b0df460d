#!/usr/bin/env bash
# Signatures and attestations inside an OCI layout: `check` under a policy that asks for them, and `verify image`, each over
# bad cases and their twins; Notation envelopes made with openssl.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

run "$PYTHON" "$root/tests/recipes/signed_images.py" images
cp out cases
cd images || exit 1
while read -r name check verify options; do
    policy="policy.yaml"
    case $name in att*) policy="policy-tested.yaml" ;; esac
    read -ra words <<<"$options"
    expect "$name: check" "$check" "$HEADGATE" check "oci-layout:$name" --policy "$policy"
    expect "$name: verify image" "$verify" "$HEADGATE" verify image "$name" "${words[@]}"
    if jq -e --argjson verified "$([ "$verify" -eq 0 ] && echo true || echo false)" '.headgate == 1 and .verified == $verified and (.verified or (.reason | length > 0))' \
        "$scratch/out" >/dev/null; then ok "$name: the answer says so"; else not_ok "$name: the answer says so" "$(cat "$scratch/out")"; fi
done <"$scratch/cases"
if [ "$(wc -l <"$scratch/cases")" -ge 30 ]; then ok "all cases were made"; else not_ok "all cases were made" "$(cat "$scratch/err")"; fi

# The image may be named by tag or digest; what is not there is refused, what cannot be read is exit 2.
digest=$(jq -r '.manifests[0].digest' sig/index.json)
expect "by tag" 0 "$HEADGATE" verify image sig:1.0 --key keys/release.pub
expect "by digest" 0 "$HEADGATE" verify image "sig@$digest" --key keys/release.pub
expect "as check names it" 0 "$HEADGATE" verify image "oci-layout:sig:1.0" --key keys/release.pub
expect "another tag" 1 "$HEADGATE" verify image sig:2.0 --key keys/release.pub
expect "another digest" 1 "$HEADGATE" verify image "sig@sha256:$(printf '0%.0s' {1..64})" --key keys/release.pub
child=$(jq -r '.manifests[0].digest' "index-child-signed/blobs/sha256/$(jq -r '.manifests[0].digest' index-child-signed/index.json | cut -d: -f2)")
sig=$(jq -r '.manifests[1].digest' index-child-signed/index.json)
expect "a signed child, asked for by its digest" 1 "$HEADGATE" verify image "index-child-signed@$child" --key keys/release.pub
says "whose tag says the index" 'no signature'
expect "a signature is no image" 1 "$HEADGATE" verify image "index-child-signed@$sig" --key keys/release.pub
expect "a folder that is not there" 2 "$HEADGATE" verify image absent --key keys/release.pub
expect "nobody is named" 4 "$HEADGATE" verify image sig
expect "an identity without an issuer" 4 "$HEADGATE" verify image sig --identity a@acme.example
expect "an annotation without a value" 4 "$HEADGATE" verify image sig --key keys/release.pub --annotation env
expect "a layout and an envelope at once" 4 "$HEADGATE" verify image sig --notation-envelope x

# What is asked of a signature by key is asked of it in every form; an option that nothing would ask is a mistake.
cp "$root/tests/fuzz/seeds/trusted_root/world.json" root.json
for name in sig bundle; do
    keyed=("$HEADGATE" verify image "$name" --key keys/release.pub)
    for option in --tlog-threshold --tsa-threshold --times-threshold; do
        expect "$name: $option 1 by key, without any" 1 "${keyed[@]}" $option 1
        says "$name: and it says what is missing ($option)" "(log entry: 0 entries|timestamp: 0 timestamps|time: 0 times) of distinct .* at least 1 needed"
        expect "$name: $option 0 asks nothing" 0 "${keyed[@]}" $option 0
    done
    expect "$name: a trusted root asks for an entry" 1 "${keyed[@]}" --trusted-root root.json
    says "$name: and it says so" "log entry: 0 entries of distinct logs verified, at least 1 needed"
    expect "$name: unless none is asked for" 0 "${keyed[@]}" --trusted-root root.json --tlog-threshold 0
    expect "$name: an SCT by key could never be met" 4 "${keyed[@]}" --sct-threshold 1
done
tested=https://in-toto.io/attestation/test-result/v0.1
expect "an attestation by key, without a log entry" 1 "$HEADGATE" verify image att --key keys/release.pub --predicate-type $tested --tlog-threshold 1
says "says what is missing" "log entry: 0 entries"
expect "a bundle says no repository" 1 "$HEADGATE" verify image bundle --key keys/release.pub --reference registry.example/app
says "and it says so" "does not say for which repository it was made"
expect "a bundle has no annotations" 1 "$HEADGATE" verify image bundle --key keys/release.pub --annotation env=prod
says "and it says so" "has no signed annotations"
for option in "--reference registry.example/app" "--annotation env=prod"; do
    read -ra words <<<"$option"
    expect "a statement and ${words[0]}" 4 "$HEADGATE" verify image att --key keys/release.pub --predicate-type $tested "${words[@]}"
done
for option in "--max-age 1h" "--verifier-id https://gate.example" --allow-unenforced; do
    read -ra words <<<"$option"
    expect "a test and ${words[0]}" 4 "$HEADGATE" verify image att --key keys/release.pub --predicate-type $tested "${words[@]}"
done
expect "a key and a store's identity" 4 "$HEADGATE" verify image sig --key keys/release.pub --trusted-identity '*'

# Verdicts that are attached: what `verify verdict` would not take is no statement that counts.
"$PYTHON" - "$root/tests/recipes" <<'PY' || exit 1
import datetime, json, os, sys
sys.path.insert(0, sys.argv[1])
import signatures, signed_images
os.makedirs("verdict-keys")
key = signatures.Key("verdict-keys", "gate")
open("verdict-keys/gate.pub", "wb").write(key.pem)
def made(name, **changes):
    layout = signed_images.Layout("verdict-" + name)
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=changes.pop("age", 60))
    predicate = {"verifier": {"id": "https://headgate.dev/verifier/v1"}, "timeVerified": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "resourceUri": "x",
                 "https://headgate.dev/kind": "container", "policy": {"uri": "p", "digest": {"sha256": "0" * 64}}, "verificationResult": "PASSED",
                 "verifiedLevels": ["HEADGATE_ADMIT", "HEADGATE_ENFORCED"], **changes}
    signed = signed_images.bundle(key, signed_images.statement(layout.image["digest"], "https://slsa.dev/verification_summary/v1", predicate))
    layout.list(layout.referrer(layout.blob(signed, signed_images.BUNDLE), signed_images.BUNDLE))
    layout.write()
made("passed")
made("failed", verificationResult="FAILED", verifiedLevels=["FAILED"])
made("old", age=86400 * 300)
made("future", age=-3600)
made("other", verifier={"id": "https://gate.example"})
made("loose", verifiedLevels=["HEADGATE_ADMIT"])
made("names", verifiedLevels=["HEADGATE_NAMES_ONLY", "HEADGATE_ENFORCED"])
made("model", **{"https://headgate.dev/kind": "model"})
PY
while IFS='|' read -r name code why options; do
    read -ra words <<<"$options"
    expect "a verdict ($name) ${words[*]}" "$code" "$HEADGATE" verify image "verdict-$name" --key verdict-keys/gate.pub \
        --predicate-type https://slsa.dev/verification_summary/v1 "${words[@]}"
    says "a verdict ($name) ${words[*]}: says so" "$why"
done <<'EOF'
passed|0|"verified":true
failed|1|its verdict does not count: its result is .*FAILED
old|1|too old
old|0|"verified":true|--max-age 301d
passed|1|too old|--max-age 1s
passed|4|expected a number|--max-age soon
future|1|from the future
other|1|its verifier is
other|0|"verified":true|--verifier-id https://gate.example
loose|1|lacks HEADGATE_ENFORCED
loose|0|"verified":true|--allow-unenforced
names|1|names only
model|1|judged as a model
EOF

cp -r sig broken && echo '{' >broken/index.json
expect "an index that is none" 1 "$HEADGATE" verify image broken --key keys/release.pub

# Notation in a layout: the envelope is a referrer, and digest, size and media type are those of the image.
run "$PYTHON" "$root/tests/recipes/notation_image.py" notation
cd notation || exit 1
notation=("$HEADGATE" verify image image --ca-store root.pem)
expect "notation: signed below the store" 0 "${notation[@]}" --trusted-identity 'x509.subject: C=US, ST=WA, O=Acme'
expect "notation: anybody below the store" 0 "${notation[@]}" --trusted-identity '*'
expect "notation: another organisation" 1 "${notation[@]}" --trusted-identity 'x509.subject: C=US, ST=WA, O=Other'
expect "notation: another store" 1 "$HEADGATE" verify image image --ca-store other.pem --trusted-identity '*'
expect "notation: another image's envelope" 1 "$HEADGATE" verify image wrong --ca-store root.pem --trusted-identity '*'
expect "notation: no identity" 4 "${notation[@]}"
expect "notation: an identity that is too wide" 4 "${notation[@]}" --trusted-identity 'x509.subject: C=US'
expect "notation: its certificate is over" 1 "${notation[@]}" --trusted-identity '*' --verify-at 2090-01-01T00:00:00Z
trusted=("${notation[@]}" --trusted-identity '*')
for option in "--claim source-repository=https://git.example/a" "--tlog-threshold 1" "--tsa-threshold 1" "--times-threshold 1" "--sct-threshold 1"; do
    read -ra words <<<"$option"
    expect "notation: ${words[0]} would not be asked" 4 "${trusted[@]}" "${words[@]}"
    says "notation: which it says (${words[0]})" "${words[0]}: a Notation signature"
done
expect "notation: it says no repository" 1 "${trusted[@]}" --reference registry.example/app
says "notation: and it says so" "does not say for which repository"
expect "notation: it has no annotations that are asked" 1 "${trusted[@]}" --annotation env=prod
envelope=("$HEADGATE" verify image --notation-envelope envelope.jws --digest "$(cat digest)" --ca-store root.pem --trusted-identity '*')
cat >images.yaml <<'YAML'
headgate: 1
policy: team/images
trust:
  roots: { acme: { notation: { ca: root.pem } } }
  identities: { release: { x509-subject: "C=US, ST=WA, O=Acme", root: acme } }
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: image.signed, for: [container], check: signature, with: { any-of: [release] }, why: Images are signed by us. }
YAML
expect "notation: in a policy" 0 "$HEADGATE" check --policy images.yaml image
expect "notation: in a policy, another image's envelope" 1 "$HEADGATE" check --policy images.yaml wrong
says "notation: and it says so" "image.signed.*|the signature is about 1 bytes"
expect "notation: in a policy, when its certificate is over" 1 "$HEADGATE" check --policy images.yaml --at 2090-01-01T00:00:00Z image
expect "notation: recorded" 0 "$HEADGATE" facts --policy images.yaml image
cp "$scratch/out" image.facts.json
cat >>images.yaml <<'YAML'
tests:
  - { name: recorded, evidence: image.facts.json, expect: { decision: allow, rules: { image.signed: pass } } }
  - { name: its certificate is over, evidence: image.facts.json, at: "2090-01-01T00:00:00Z", expect: { decision: deny, rules: { image.signed: fail } } }
YAML
expect "notation: and judged again without the image" 0 "$HEADGATE" policy test images.yaml
while IFS='|' read -r name from to; do
    sed "s#$from#$to#" images.yaml >changed.yaml
    expect "notation: in a policy, $name" 1 "$HEADGATE" check --policy changed.yaml image
done <<'EOF'
another organisation|O=Acme|O=Other
one attribute more|O=Acme|O=Acme, CN=release
another store|ca: root.pem|ca: other.pem
a store of another scheme|ca: root.pem|signing-authority: root.pem
a timestamp is asked for|ca: root.pem|ca: root.pem, tsa: tsa.pem
a scheme that is not asked for|any-of: \[release\]|any-of: [release], schemes: [cosign]
EOF
sed 's#O=Acme#O=Acme, CN=signer#' images.yaml >changed.yaml
expect "notation: in a policy, an attribute that is there" 0 "$HEADGATE" check --policy changed.yaml image
expect "notation: an envelope by itself" 0 "${envelope[@]}" --size "$(cat size)"
for option in "--key keys/release.pub" "--identity a@b" "--issuer https://i.example" "--trusted-root root.json" "--predicate-type https://a.example" "--reference r" \
    "--annotation a=b" "--claim a=b" "--tlog-threshold 1"; do
    read -ra words <<<"$option"
    expect "notation: an envelope and ${words[0]}" 4 "${envelope[@]}" --size "$(cat size)" "${words[@]}"
done
expect "notation: an envelope of another size" 1 "${envelope[@]}" --size 1
expect "notation: an envelope without a size" 4 "${envelope[@]}"
expect "notation: a timestamp is asked for" 1 "${envelope[@]}" --size "$(cat size)" --tsa-store root.pem
expect "notation: a timestamp by the store" 0 "$HEADGATE" verify image --notation-envelope stamped.jws --digest "$(cat digest)" --ca-store root.pem \
    --trusted-identity '*' --size "$(cat size)" --tsa-store tsa.pem
expect "notation: a timestamp by another" 1 "$HEADGATE" verify image --notation-envelope stamped.jws --digest "$(cat digest)" --ca-store root.pem \
    --trusted-identity '*' --size "$(cat size)" --tsa-store other.pem
expect "notation: a timestamp over another signature" 1 "$HEADGATE" verify image --notation-envelope misstamped.jws --digest "$(cat digest)" \
    --ca-store root.pem --trusted-identity '*' --size "$(cat size)" --tsa-store tsa.pem
expect "notation: a timestamp outlives its certificate" 0 "$HEADGATE" verify image --notation-envelope stamped.jws --digest "$(cat digest)" \
    --ca-store root.pem --trusted-identity '*' --size "$(cat size)" --tsa-store tsa.pem --verify-at 2090-01-01T00:00:00Z
