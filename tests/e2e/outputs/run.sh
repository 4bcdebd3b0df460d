#!/usr/bin/env bash
# What a command writes replaces nothing that it reads, signs with or writes beside: it says so before it begins (exit 4), and every file
# is as it was. What an earlier run wrote is replaced as ever.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

make_key gate.key
make_key other.key
make_model model.safetensors
mkdir -p folder/sub data
make_model folder/model.safetensors
echo '{"a": 1}' >folder/config.json
echo "a,b" >data/a.csv
make_policy policy.yaml
echo "some notes" >notes.txt
ln -s ../gate.key data/link.key
ln model.safetensors hard.safetensors
"$PYTHON" -c 'import sys; sys.path.insert(0, sys.argv[1]); import signed_images; signed_images.Layout("layout").write()' "$root/tests/recipes"
openssl req -x509 -key gate.key -subj /CN=gate -days 2 -out gate.pem -addext extendedKeyUsage=codeSigning 2>/dev/null

# kept NAME PATTERN COMMAND...: refused as a mistake of the caller's, for that reason, and no file is another than before.
everything() { find . -path ./out -o -path ./err -o -path ./before -o -path ./after -o -type f -exec sha256sum {} + | sort -k2; }
kept() {
    local name=$1 pattern=$2
    shift 2
    everything >before
    expect "$name" 4 "$@"
    says "$name: why" "$pattern"
    everything >after
    if cmp -s before after; then ok "$name: every file is as it was"; else not_ok "$name: every file is as it was" "$(diff before after)"; fi
}

sign=("$HEADGATE" sign --key gate.key)
kept "a signature over its model" "--signature model.safetensors: is the same file as MODEL model.safetensors" "${sign[@]}" model.safetensors --signature model.safetensors
kept "of plain bytes" "is the same file as MODEL" "${sign[@]}" notes.txt --content blob --signature notes.txt
kept "by another path" "is the same file as MODEL" "${sign[@]}" model.safetensors --signature folder/../model.safetensors
kept "by a hard link" "is the same file as MODEL" "${sign[@]}" model.safetensors --signature hard.safetensors
kept "over the key" "is the same file as --key gate.key" "${sign[@]}" folder --signature gate.key
kept "over the key by a link" "is the same file as --key gate.key" "${sign[@]}" folder --signature data/link.key
kept "over its certificate" "is the same file as --certificate-chain" "${sign[@]}" folder --certificate-chain gate.pem --signature gate.pem
kept "over a file of the model" "lies in MODEL folder and is neither a signature nor a report" "${sign[@]}" folder --signature folder/model.safetensors
kept "over another of its files" "lies in MODEL folder" "${sign[@]}" folder --signature folder/config.json
expect "into the model, under its usual name" 0 "${sign[@]}" folder
expect "and again" 0 "${sign[@]}" folder
rm folder/model.sig
expect "under another name" 0 "${sign[@]}" folder --signature folder/sub/release.json
expect "and again" 0 "${sign[@]}" folder --signature folder/sub/release.json
expect "it verifies" 0 "$HEADGATE" verify model folder --signature folder/sub/release.json --key gate.key.pub
: >folder/empty.json
expect "over a file with nothing in it" 0 "${sign[@]}" folder --signature folder/empty.json
rm -r folder/empty.json folder/sub

check=("$HEADGATE" check --policy policy.yaml)
attest=("${check[@]}" --key gate.key --attest)
kept "a verdict over its subject" "--attest model.safetensors: is the same file as SUBJECT" "${attest[@]}" model.safetensors model.safetensors
kept "over one of several" "is the same file as SUBJECT folder/config.json" "${attest[@]}" folder/config.json model.safetensors folder/config.json
kept "over the key" "is the same file as --key" "${attest[@]}" gate.key model.safetensors
kept "over the policy" "is the same file as the policy" "${attest[@]}" policy.yaml model.safetensors
kept "over a file of a folder" "lies in SUBJECT folder" "${attest[@]}" folder/config.json folder
kept "over evidence" "is the same file as --evidence" "${attest[@]}" notes.txt model.safetensors --evidence notes.txt
kept "over the base of a comparison" "is the same file as --compare-base" "${attest[@]}" hard.safetensors folder --compare-base model.safetensors
make_policy keyed.yaml 'trust: { keys: { gate: { public-key: gate.key.pub } } }'
kept "over a key of the policy" "is the same file as a file of the policy, .*gate.key.pub" "$HEADGATE" check --policy keyed.yaml --key gate.key --attest gate.key.pub model.safetensors
kept "a report over its subject" "--output model.safetensors: is the same file as SUBJECT" "${check[@]}" --output json=model.safetensors model.safetensors
kept "a report over a file of the folder" "lies in SUBJECT folder" "${check[@]}" --output json=folder/config.json folder
kept "a report and a verdict in one file" "is the same file as --attest both.json, and one of them would be lost" "${attest[@]}" both.json model.safetensors --output json=both.json
kept "two reports in one file" "one of them would be lost" "${check[@]}" --output json=two --output sarif=./two model.safetensors
: >two
kept "that is there" "one of them would be lost" "${check[@]}" --output json=two --output sarif=./two model.safetensors
rm two
expect "reports and a verdict into the folder that is judged" "0|1" "${attest[@]}" folder/verdict.jsonl folder --output json=folder/r.json --output sarif=folder/r.sarif \
    --output text=folder/r.txt
cp folder/verdict.jsonl first.jsonl
expect "and again, over those of the first time" "0|1" "${attest[@]}" folder/verdict.jsonl folder --output json=folder/r.json --output sarif=folder/r.sarif \
    --output text=folder/r.txt
if cmp -s first.jsonl folder/verdict.jsonl; then not_ok "the verdict is a new one" "it is the first"; else ok "the verdict is a new one"; fi
expect "to devices, as often as one likes" 0 "${check[@]}" --output json=/dev/null --output sarif=/dev/null model.safetensors
kept "a layout's index" "lies in SUBJECT layout" "${attest[@]}" layout/index.json oci-layout:layout:1.0

sign_policy=("$HEADGATE" policy sign policy.yaml --key gate.key)
kept "a policy's signature over the policy" "--output policy.yaml: is the same file as the policy" "${sign_policy[@]}" --output policy.yaml
kept "over the key" "is the same file as --key" "${sign_policy[@]}" --output gate.key
kept "over a key of the policy" "a file of the policy" "$HEADGATE" policy sign keyed.yaml --key gate.key --output gate.key.pub
expect "beside the policy" 0 "${sign_policy[@]}"
expect "and again" 0 "${sign_policy[@]}"
cat >>policy.yaml <<'YAML'
waivers:
  - { id: W-1, rule: model.safe-format, subject: { digest: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" },
      findings: [serialization.executes-code], reason: none, owner: jane@acme.example, approved-by: joe@acme.example, created: "2026-10-02", expires: "2026-12-31" }
YAML
cp gate.key policy.yaml.waivers.dsse.json
kept "waivers signed over the key" "the signature .*: is the same file as --key" "$HEADGATE" waiver sign policy.yaml --key policy.yaml.waivers.dsse.json
rm policy.yaml.waivers.dsse.json
expect "waivers signed beside the policy" 0 "$HEADGATE" waiver sign policy.yaml --key gate.key
expect "and again" 0 "$HEADGATE" waiver sign policy.yaml --key gate.key
