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
