#!/usr/bin/env bash
# Keys that never leave their token: what Headgate signs with them through OpenSSL's PKCS#11 engine (softhsm2 plays the hardware) is
# what it signs with a key file, and verifies alike; and what a token's own tool signs verifies with Headgate. Each refusal says
# what is wrong, once, and without the PIN.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
module=$(find /usr/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
if [ -z "$module" ] || ! command -v softhsm2-util pkcs11-tool >/dev/null || ! openssl engine pkcs11 >/dev/null 2>&1; then
    skip "keys on PKCS#11 tokens" "softhsm2, opensc or libengine-pkcs11-openssl is not installed"
    exit 0
fi
cd "$scratch" || exit 1

# The PIN is a word that nothing else says, so that it can be looked for.
pin=sesame47
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$PWD" >softhsm.conf
export SOFTHSM2_CONF=$PWD/softhsm.conf PKCS11_MODULE_PATH=$module
unset HEADGATE_KEY_PIN
token() { softhsm2-util --init-token --free --label "$1" --pin $pin --so-pin 5678 >/dev/null; }
import() { # import TOKEN LABEL ID FILE
    openssl pkcs8 -topk8 -nocrypt -in "$4" -out import.pem
    softhsm2-util --import import.pem --token "$1" --label "$2" --id "$3" --pin $pin >/dev/null
}
ec() { openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" -out "$2" 2>/dev/null && openssl pkey -in "$2" -pubout -out "${2%.key}.pub"; }
rsa() { openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$1" -out "$2" 2>/dev/null && openssl pkey -in "$2" -pubout -out "${2%.key}.pub"; }
token gate
for curve in P-256 P-384 P-521; do ec $curve $curve.key; done
ec P-256 other.key
rsa 3072 RSA.key
id=10
for key in P-256 P-384 P-521 RSA; do import gate "release $key" $((id++)) $key.key; done
import gate twin 21 P-256.key
import gate twin 22 P-384.key
ec secp256k1 koblitz.key && import gate koblitz 23 koblitz.key
rsa 1024 short.key && import gate short 24 short.key

mkdir folder
make_model model.safetensors
make_model folder/model.safetensors
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/models
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.safe-format
    for: [model]
    check: serialization
    with: { allow: [safetensors] }
    why: Loading this file can run code.
    fix: Convert to safetensors.
waivers:
  - id: WVR-1
    rule: model.safe-format
    subject: { digest: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" }
    findings: [serialization.executes-code]
    reason: none
    owner: jane@acme.example
    approved-by: joe@acme.example
    created: "2026-10-02"
    expires: "2026-12-31"
YAML
check=("$HEADGATE" check model.safetensors --policy policy.yaml)
quiet() { # quiet NAME: the last command said neither the PIN nor a wrong one
    if grep -aq -e "$pin" -e sesame48 "$scratch/out" "$scratch/err"; then not_ok "$1" "the PIN is shown"; else ok "$1"; fi
}
# refused NAME CODE PATTERN COMMAND...: that exit, and words that match; the PIN is not among them.
refused() {
    local name=$1 code=$2 pattern=$3
    shift 3
    expect "$name" "$code" "$@"
    says "$name: why" "$pattern"
    quiet "$name: without the PIN"
}

# The same output as with a key file.
for key in P-256 P-384 P-521 RSA; do
    uri="pkcs11:token=gate;object=release%20$key"
    expect "$key: a verdict signed on the token" 0 env HEADGATE_KEY_PIN=$pin "$HEADGATE" check model.safetensors --policy policy.yaml --attest token.jsonl --key "$uri"
    quiet "$key: the PIN is not shown"
    expect "$key: it verifies" 0 "$HEADGATE" verify verdict token.jsonl --subject model.safetensors --key $key.pub
    expect "$key: not under another key" 1 "$HEADGATE" verify verdict token.jsonl --subject model.safetensors --key other.pub
    expect "$key: and signed with the file" 0 "${check[@]}" --attest file.jsonl --key $key.key
    shape='[., (.payload | @base64d | fromjson)] | map(paths(scalars) | map(tostring) | join("."))'
    if diff <(jq -c "$shape" token.jsonl) <(jq -c "$shape" file.jsonl) >/dev/null; then ok "$key: both have one shape"; else not_ok "$key: both have one shape" "they differ"; fi
    expect "$key: a bundle" 0 env HEADGATE_KEY_PIN=$pin "$HEADGATE" check model.safetensors --policy policy.yaml --attest token.json --attest-format bundle --key "$uri"
    expect "$key: which names the key" 0 "$HEADGATE" verify bundle token.json model.safetensors --key $key.pub
done
uri="pkcs11:token=gate;object=release%20P-256"
expect "a model signed on the token" 0 "$HEADGATE" sign folder --key "$uri?pin-value=$pin"
quiet "a model: the PIN is not shown"
expect "it verifies" 0 "$HEADGATE" verify model folder --key P-256.pub
expect "and not under another key" 1 "$HEADGATE" verify model folder --key P-384.pub
if python_tools "$root/tests/e2e/model_signing" >"$scratch/install" 2>&1; then
    expect "the public model-signing takes it" 0 "$python_tools/model_signing" verify key --public_key P-256.pub --signature folder/model.sig folder
else
    skip "the public model-signing takes it" "it cannot be installed here"
fi
expect "a policy signed on the token" 0 env HEADGATE_KEY_PIN=$pin "$HEADGATE" policy sign policy.yaml --key "$uri"
expect "holds" 0 "${check[@]}" --policy-signed-by P-256.pub
expect "and not under another key" 4 "${check[@]}" --policy-signed-by P-384.pub
expect "waivers signed on the token" 0 env HEADGATE_KEY_PIN=$pin "$HEADGATE" waiver sign policy.yaml --key "$uri"

# What the token's own tool signs: a bundle over a statement, made by hand.
jq -cn --arg model "$(sha256sum model.safetensors | cut -d' ' -f1)" '{_type: "https://in-toto.io/Statement/v1",
    subject: [{name: "model", digest: {sha256: $model}}], predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {result: "PASSED"}}' | tr -d '\n' >statement.json
type=application/vnd.in-toto+json
{ printf 'DSSEv1 %d %s %d ' ${#type} $type "$(stat -c %s statement.json)" && cat statement.json; } >pae.bin
openssl dgst -sha256 -binary -out pae.sha256 pae.bin
pkcs11-tool --module "$module" --token-label gate --pin $pin --sign --id 10 --mechanism ECDSA --signature-format openssl \
    --input-file pae.sha256 --output-file pae.sig >/dev/null 2>&1
jq -cn --arg payload "$(base64 -w0 statement.json)" --arg type $type --arg sig "$(base64 -w0 pae.sig)" \
    --arg hint "$(openssl pkey -pubin -in P-256.pub -outform DER | openssl dgst -sha256 -binary | base64 -w0)" \
    '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: {publicKey: {hint: $hint}, tlogEntries: []},
      dsseEnvelope: {payload: $payload, payloadType: $type, signatures: [{sig: $sig}]}}' >theirs.json
expect "a bundle that pkcs11-tool signed" 0 "$HEADGATE" verify bundle theirs.json model.safetensors --key P-256.pub
expect "not under another key" 1 "$HEADGATE" verify bundle theirs.json model.safetensors --key P-384.pub

# The key is named by label, by id, by both; the PIN comes from four places; the module from three.
printf '%s\n' $pin >pin.txt
expect "by id" 0 "$HEADGATE" sign folder --key "pkcs11:token=gate;id=%10?pin-value=$pin"
expect "by both" 0 "$HEADGATE" sign folder --key "pkcs11:object=twin;id=%22?pin-value=$pin"
expect "which is the other key" 0 "$HEADGATE" verify model folder --key P-384.pub
expect "a PIN in a file" 0 "$HEADGATE" sign folder --key "$uri?pin-source=pin.txt"
expect "a PIN in a file: URI" 0 "$HEADGATE" sign folder --key "$uri?pin-source=file:$PWD/pin.txt"
expect "a module in the URI" 0 env -u PKCS11_MODULE_PATH "$HEADGATE" sign folder --key "$uri?pin-source=pin.txt&module-path=$module"
if [ -e /usr/share/p11-kit/modules/softhsm2.module ]; then
    expect "the modules that p11-kit knows" 0 env -u PKCS11_MODULE_PATH "$HEADGATE" sign folder --key "$uri?pin-source=pin.txt"
else
    skip "the modules that p11-kit knows" "softhsm2 is not among them here"
fi
for scheme in PKCS11 Pkcs11; do
    expect "the scheme in other letters ($scheme)" 0 "$HEADGATE" sign folder --key "$scheme${uri#pkcs11}?pin-value=$pin"
    quiet "$scheme: the PIN is not shown"
done
expect "doctor looks at the key" "0|1" env HEADGATE_KEY_PIN=$pin "$HEADGATE" doctor --policy policy.yaml --key "$uri"
says "and finds it fit" 'ok +signing key +pkcs11:token=gate;object=release%20P-256 \(ECDSA P-256\) can sign'
quiet "doctor does not show the PIN"

# Refusals.
sign=("$HEADGATE" sign folder --key)
refused "a wrong PIN" 2 'PIN does not open the token "gate".*tried once' "${sign[@]}" "$uri?pin-value=sesame48"
refused "a wrong PIN in the environment" 2 'PIN does not open' env HEADGATE_KEY_PIN=sesame48 "${sign[@]}" "$uri"
refused "no PIN" 2 'asks for a PIN.*HEADGATE_KEY_PIN' "${sign[@]}" "$uri"
refused "a PIN file that is not there" 2 'none.txt' "${sign[@]}" "$uri?pin-source=none.txt"
refused "an absent token" 2 'no token is as the URI says; there (are|is) "gate"' "${sign[@]}" "pkcs11:token=none;object=twin?pin-value=$pin"
refused "an absent label" 2 'no such private key; it has .*object=release P-256;id=%10' "${sign[@]}" "pkcs11:token=gate;object=none?pin-value=$pin"
refused "a label of one and the id of another" 2 'no such private key' "${sign[@]}" "pkcs11:object=twin;id=%10?pin-value=$pin"
refused "an ambiguous label" 2 'several private keys: .*id=%2[12], .*id=%2[12]; add id=' "${sign[@]}" "pkcs11:token=gate;object=twin?pin-value=$pin"
refused "another curve" 2 'secp256k1' "${sign[@]}" "pkcs11:object=koblitz?pin-value=$pin"
refused "a short RSA key" 2 '1024 bits' "$HEADGATE" check model.safetensors --policy policy.yaml --attest no.jsonl --key "pkcs11:object=short?pin-value=$pin"
refused "a model is not signed with RSA" 2 'ECDSA' "${sign[@]}" "pkcs11:object=release%20RSA?pin-value=$pin"
refused "no module" 2 'does not load.*module-path' "${sign[@]}" "$uri?pin-value=$pin&module-path=/none.so"
refused "a library that is no module" 2 'no PKCS#11 module' "${sign[@]}" "$uri?pin-value=$pin&module-path=libz.so.1"
refused "no engine" 2 'libengine-pkcs11-openssl' env OPENSSL_ENGINES=/none "${sign[@]}" "$uri?pin-value=$pin"
refused "no key is named" 2 'names no key' "${sign[@]}" "pkcs11:token=gate?pin-value=$pin"
refused "an attribute that is not known" 2 "'slot-id'" "${sign[@]}" "pkcs11:slot-id=1;object=twin?pin-value=$pin"
refused "a scheme in other letters" 2 'no such private key' "${sign[@]}" "PKCS11:token=gate;object=none?pin-value=$pin"
refused "a scheme in other letters names no file" 2 'names no key' "${sign[@]}" "PKCS11:token=gate?pin-value=$pin"
refused "a scheme in other letters, elsewhere" 2 'names no key' "$HEADGATE" policy sign policy.yaml --key "PKCS11:token=gate?pin-value=$pin"
refused "a PIN in the path" 2 'pkcs11:\.\.\.: .*not known' "${sign[@]}" "pkcs11:object=twin;pin-value=$pin"
if [ -e no.jsonl ]; then not_ok "nothing is written" "no.jsonl is there"; else ok "nothing is written"; fi
token gate
refused "an ambiguous token" 2 'several tokens: "gate" \(serial=[0-9a-f]+\), "gate"' "${sign[@]}" "$uri?pin-value=$pin"
token edwards
openssl genpkey -algorithm ED25519 -out ed.key && import edwards ed 30 ed.key && import edwards beside 31 P-256.key
refused "an Ed25519 key" 2 'Edwards' "${sign[@]}" "pkcs11:token=edwards;object=ed?pin-value=$pin"
expect "a key beside one" "0|2" "${sign[@]}" "pkcs11:token=edwards;object=beside?pin-value=$pin"
[ "$status" -eq 0 ] || says "is signed with, or the engine's gap is named" 'Edwards curve, which it does not know'

# Nothing of this is loaded for who does not ask.
if ldd "$HEADGATE" | grep -Eq 'p11|softhsm'; then not_ok "no PKCS#11 library at the start" "$(ldd "$HEADGATE")"; else ok "no PKCS#11 library at the start"; fi
