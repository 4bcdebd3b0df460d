#!/usr/bin/env bash
# Scan once, admit everywhere, for many subjects: the verdicts of one run in one file, relied on by the next; and what else may lie
# beside a subject or be handed over to be signed.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
make_key gate.key
mkdir models
make_model one.safetensors
"$PYTHON" - <<'END'
content = bytearray(open("one.safetensors", "rb").read())
for i in range(1, 152):
    content[-1] = i          # of the last weight
    open("more.safetensors" if i == 151 else f"models/{i}.safetensors", "wb").write(content)
END
if [ "$(sha256sum models/* | cut -d' ' -f1 | sort -u | wc -l)" -eq 150 ]; then ok "150 models"; else not_ok "150 models" "they are the same"; fi
expect "all are judged" 0 "$HEADGATE" check models/*.safetensors --attest all.intoto.jsonl --key gate.key
if [ "$(wc -l <all.intoto.jsonl)" -eq 300 ]; then ok "two lines each"; else not_ok "two lines each" "$(wc -l <all.intoto.jsonl)"; fi
{
    printf 'headgate: 1\npolicy: team/next\ntrust:\n  keys:\n    gate: { public-key: gate.key.pub }\n'
    for i in 1 2 3 4; do make_key "other$i.key" && printf '    other%s: { public-key: other%s.key.pub }\n' "$i" "$i"; done
    cat <<'YAML'
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: judged, for: [model], check: attestation, with: { predicate: "https://slsa.dev/verification_summary/v1", signed-by: { any-of: [gate] }, where: [ { at: /verificationResult, equals: PASSED } ] }, why: judged upstream }
YAML
} >next.yaml
expect "the next gate relies on them, under five keys" 0 "$HEADGATE" check models/*.safetensors --policy next.yaml --evidence all.intoto.jsonl
says "all of them" '150 allowed, 0 denied'
expect "one that nobody judged" 1 "$HEADGATE" check models/1.safetensors more.safetensors --policy next.yaml --evidence all.intoto.jsonl
says "only that" '1 allowed, 1 denied'
{ cat all.intoto.jsonl; echo '{'; } >broken.intoto.jsonl
expect "a line that is no document" 1 "$HEADGATE" check models/1.safetensors --policy next.yaml --evidence broken.intoto.jsonl
says "is found where it stands" 'where: +broken\.intoto\.jsonl:301'

# Text that is no signature has no place beside what is signed.
mkdir dataset && cp models/1.safetensors dataset/weights.safetensors
expect "a folder is signed" 0 "$HEADGATE" sign dataset --key gate.key
sed -e 's/attestation, with.*why/signature, with: { any-of: [gate] }, why/' next.yaml >signed.yaml
expect "and comes in" 0 "$HEADGATE" check dataset --policy signed.yaml
printf 'untrusted comment: x\n{"text": 1}\n{"text": 2}\n{"text": 3}\n' >dataset/more.intoto.jsonl
expect "lines that nobody signed beside it" 1 "$HEADGATE" check dataset --policy signed.yaml
printf -- '-----BEGIN PGP SIGNATURE-----\nany text\n-----END PGP SIGNATURE-----\n' >dataset/more.intoto.jsonl
expect "nor in an armour" 1 "$HEADGATE" check dataset --policy signed.yaml
rm dataset/more.intoto.jsonl

# A signature over bytes must not be one over an envelope.
printf 'DSSEv1 28 application/vnd.in-toto+json 2 {}' >notes.bin
expect "what an envelope's signature is over is not signed as a file" 4 "$HEADGATE" sign notes.bin --content blob --key gate.key
says "and why" 'DSSEv1'
if [ -e notes.bin.sigstore.json ]; then not_ok "nothing is written" "notes.bin.sigstore.json"; else ok "nothing is written"; fi

# DSSE signatures by a P-384 key over SHA-256, as cosign makes them whatever the curve.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out wide.key 2>/dev/null && openssl pkey -in wide.key -pubout -out wide.pub
sed -e 's/gate.key.pub/wide.pub/' signed.yaml >wide.yaml
"$PYTHON" - models/2.safetensors statement pae <<'END'
import hashlib, json, sys
digest = hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()
statement = json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "m", "digest": {"sha256": digest}}],
                        "predicateType": "https://sigstore.dev/cosign/sign/v1", "predicate": {}}).encode()
kind = b"application/vnd.in-toto+json"
open(sys.argv[2], "wb").write(statement)
open(sys.argv[3], "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(statement), statement))
END
for hash in sha256 sha384 sha512; do
    openssl dgst "-$hash" -sign wide.key -out sig pae
    jq -cn --rawfile p <(base64 -w0 statement) --rawfile s <(base64 -w0 sig) \
        '{payload: $p, payloadType: "application/vnd.in-toto+json", signatures: [{sig: $s}]}' >models/2.safetensors.dsse.json
    expect "P-384 over $hash" "$([ $hash = sha512 ] && echo 1 || echo 0)" "$HEADGATE" check models/2.safetensors --policy wide.yaml
done
