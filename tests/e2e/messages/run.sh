#!/usr/bin/env bash
# Bundles over a file as a message, by keys and by certificates of one's own authority: every kind of key, and what no such signature
# may be taken for.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
mkdir work

openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl ecparam -name secp521r1 -genkey -noout -out p521.pem
openssl ecparam -name prime256v1 -genkey -noout -out p256.pem
openssl genpkey -algorithm ed25519 -out ed25519.pem
for key in p256 p384 p521 ed25519; do openssl pkey -in "$key.pem" -pubout -out "$key.pub" 2>/dev/null; done
make_model work/model.safetensors

# signed KEY HASH FILE: a bundle of the signature over the file (HASH of OpenSSL; "" for Ed25519).
signed() {
    local hash=${2:-}
    if [ -n "$hash" ]; then
        openssl dgst "-$hash" -sign "$1.pem" -out sig.bin "$3"
    else
        openssl pkeyutl -sign -inkey "$1.pem" -rawin -in "$3" -out sig.bin
    fi
    bundle "{\"publicKey\":{\"hint\":\"\"},\"tlogEntries\":[]}" "$hash" "$3"
}
bundle() {
    local hash=${2:-sha256}
    printf '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":%s,"messageSignature":{"messageDigest":{"algorithm":"%s","digest":"%s"},"signature":"%s"}}' \
        "$1" "SHA2_${hash#sha}" "$(openssl dgst "-$hash" -binary "$3" | base64 -w0)" "$(base64 -w0 sig.bin)"
}
policy() {
    cat <<YAML
headgate: 1
policy: team/signed
trust: { keys: { release: { public-key: $1.pub } } }
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [release] }, why: Signed by us. }
YAML
}
# ./check POLICY [FILE]
cat >check <<'SH'
#!/bin/sh
exec "$HEADGATE" check --kind model --policy "$1.yaml" --output text --output json=out.json "work/${2:-model.safetensors}"
SH
chmod +x check

for pair in p256:sha256 p384:sha384 p384:sha256 p521:sha512 ed25519:; do
    key=${pair%:*} hash=${pair#*:}
    policy "$key" >"$key.yaml"
    signed "$key" "$hash" work/model.safetensors >work/model.safetensors.sigstore.json
    expect "$key over ${hash:-the bytes}" 0 ./check "$key"
    expect "$key: verify bundle takes the same" 0 "$HEADGATE" verify bundle work/model.safetensors.sigstore.json work/model.safetensors --key "$key.pub"
    cp work/model.safetensors other
    printf x >>other
    signed "$key" "$hash" other >work/model.safetensors.sigstore.json
    expect "$key: over other bytes" 1 ./check "$key"
done
signed p384 sha384 work/model.safetensors | sed 's/SHA2_384/SHA2_512/' >work/model.safetensors.sigstore.json
expect "a digest of another length than its name says" 1 ./check p384
signed p521 sha512 work/model.safetensors >work/model.safetensors.sigstore.json
expect "by another key" 1 ./check p384

# Larger than what is held in one buffer: read again, and bound to what was judged.
head -c $((33 << 20)) /dev/zero >work/big.txt
for pair in p384:sha384 ed25519:; do
    key=${pair%:*} hash=${pair#*:}
    sed 's/check: signature/check: signature, mode: enforce/' "$key.yaml" >big.yaml
    signed "$key" "$hash" work/big.txt >work/big.txt.sigstore.json
    ./check big big.txt
    if jq -e '.subjects[0].rules[] | select(.id == "model.signed") | .result == "pass"' out.json >/dev/null; then ok "$key over 33 MiB"; else not_ok "$key over 33 MiB" "$(jq -c .subjects[0].rules out.json)"; fi
done
rm work/big.txt*

# What an envelope's signature is over, as a file: the key signed a statement, and no file.
policy p256 >p256.yaml
statement='{"_type":"https://in-toto.io/Statement/v1"}'
printf 'DSSEv1 28 application/vnd.in-toto+json %d %s' "${#statement}" "$statement" >work/notes.txt
printf 'a text that begins otherwise: DSSEv1 ' >work/plain.txt
for file in notes.txt plain.txt; do signed p256 sha256 "work/$file" >"work/$file.sigstore.json"; done
expect "the encoding of an envelope is no file that a key signed" 1 ./check p256 notes.txt
says "and it says so" "DSSEv1"
expect "nor for verify bundle" 1 "$HEADGATE" verify bundle work/notes.txt.sigstore.json work/notes.txt --key p256.pub
says "which says so too" "DSSEv1"
expect "its twin is" 0 ./check p256 plain.txt
expect "its twin is, for verify bundle" 0 "$HEADGATE" verify bundle work/plain.txt.sigstore.json work/plain.txt --key p256.pub

# Certificates of one's own authority, without key identifiers: two authorities of one name, either of which may be meant.
cat >ca.cnf <<'CNF'
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = none
authorityKeyIdentifier = none
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = email:release@acme.example
subjectKeyIdentifier = none
authorityKeyIdentifier = none
CNF
certificate() {  # certificate NAME SUBJECT SECTION KEY [CA CAKEY]
    openssl req -new -key "$4" -subj "/O=Acme/CN=$2" -out request.pem
    if [ $# -gt 4 ]; then
        openssl x509 -req -in request.pem -CA "$5" -CAkey "$6" -set_serial "$RANDOM" -days 30 -extfile ca.cnf -extensions "$3" -out "$1" 2>/dev/null
    else
        openssl x509 -req -in request.pem -signkey "$4" -days 30 -extfile ca.cnf -extensions "$3" -out "$1" 2>/dev/null
    fi
}
for ca in one two; do
    openssl ecparam -name prime256v1 -genkey -noout -out "$ca.key"
    certificate "$ca.crt" "release authority" ca "$ca.key"
done
certificate leaf.crt "release" leaf p384.pem two.crt two.key
cat one.crt two.crt >both.pem
cat >certified.yaml <<'YAML'
headgate: 1
policy: team/certified
trust:
  identities: { release: { issuer: "CN=release authority,O=Acme", subject: release@acme.example, root: corp } }
  roots: { corp: { certificates: both.pem } }
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [release] }, why: Signed by us. }
YAML
openssl dgst -sha384 -sign p384.pem -out sig.bin work/model.safetensors
bundle "{\"certificate\":{\"rawBytes\":\"$(openssl x509 -in leaf.crt -outform DER | base64 -w0)\"},\"tlogEntries\":[]}" sha384 work/model.safetensors >work/model.safetensors.sigstore.json
expect "the second of two authorities of one name" 0 ./check certified
cat two.crt one.crt >both.pem
expect "and the first" 0 ./check certified
cp one.crt both.pem
expect "the other one alone did not issue it" 1 ./check certified
