#!/usr/bin/env bash
# A bundle that Headgate wrote is accepted by the public @sigstore/verify; both refuse every tampering.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
npm_tools "$root/tests/e2e/sigstore" || { not_ok "@sigstore/verify is installed" "npm failed"; exit; }
tool="$root/tests/e2e/sigstore/verify.mjs"
cd "$scratch" || exit 1

make_model model.safetensors
make_policy policy.yaml
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256-other.pem 2>/dev/null
openssl genpkey -algorithm ED25519 -out ed25519.pem
openssl genpkey -algorithm ED25519 -out ed25519-other.pem
for key in p256 p256-other ed25519 ed25519-other; do openssl pkey -in $key.pem -pubout -out $key.pub; done

relies() { "$HEADGATE" verify verdict "$1" --subject model.safetensors --key "$2" --allow-unenforced; }
export -f relies

for key in p256 ed25519; do
    expect "$key: check writes a bundle" 0 "$HEADGATE" check model.safetensors --policy policy.yaml --attest $key.json --attest-format bundle --key $key.pem
    expect "$key: the public tool accepts it" 0 node "$tool" verify $key.json $key.pub
    expect "$key: headgate relies on it" 0 bash -c 'relies "$@"' - $key.json $key.pub
    expect "$key: the public tool refuses it under another key" 1 node "$tool" verify $key.json $key-other.pub
    expect "$key: headgate refuses it under another key" 1 bash -c 'relies "$@"' - $key.json $key-other.pub
    while read -r name; do
        expect "$key: $name is made" 0 node "$tool" tamper "$name" $key.json tampered.json $key.pem $key-other.pem || continue
        expect "$key: $name is refused by the public tool" 1 node "$tool" verify tampered.json $key.pub
        expect "$key: $name is refused by headgate" 1 bash -c 'relies "$@"' - tampered.json $key.pub
    done < <(node "$tool" names)
done
printf x >>model.safetensors
expect "other bytes under a good verdict are refused" 1 bash -c 'relies "$@"' - p256.json p256.pub

# The verdict in other words, behind the summary: a Simple Verification Result and a test result, by the same key.
make_model model.safetensors
expect "check writes them too" 0 "$HEADGATE" check model.safetensors --policy policy.yaml --attest also.jsonl --key p256.pem --attest-also svr --attest-also test-result
expect "headgate relies on the verdict among them" 0 bash -c 'relies "$@"' - also.jsonl p256.pub
predicates=$(while read -r line; do jq -r '.payload | @base64d | fromjson | .predicateType' <<<"$line"; done <also.jsonl | tail -n 2 | paste -sd ' ')
if [ "$predicates" = "https://in-toto.io/attestation/svr/v0.2 https://in-toto.io/attestation/test-result/v0.1" ]; then
    ok "they are what they are called"
else
    not_ok "they are what they are called" "$predicates"
fi
expect "they need a file to be written to" 4 "$HEADGATE" check model.safetensors --policy policy.yaml --attest-also svr
