#!/usr/bin/env bash
# What Headgate signs is accepted by the public slsa-verifier and sigstore-go (with which cosign verifies bundles), and the
# reverse; all refuse every tampering.
# HEADGATE_PEER_SECONDS bounds the build of each (lib.sh); a tool that cannot be built is skipped.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/peers"
peer() { # peer NAME: sets $peer, the program, or says why there is none
    if go_tools "$here/$1" >"$scratch/install" 2>&1; then peer="$go_tools/$1"; return 0; fi
    skip "$1 takes part" "it cannot be built here: $(tr '\n' ' ' <"$scratch/install" | head -c 300)"
    return 1
}
peer slsa-verifier && slsa=$peer
peer sigstore-go && sigstore_go=$peer
skip "cosign takes part" "its 1750 packages take over five minutes to build; it verifies bundles with sigstore-go, and e2e/cosign asks it where it is there"
[ -n "${slsa:-}${sigstore_go:-}" ] || exit 0
cd "$scratch" || exit 1

for curve in P-256 P-384; do openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out $curve.pem 2>/dev/null; done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem 2>/dev/null
openssl genpkey -algorithm ED25519 -out Ed25519.pem
for key in P-256 P-384 Ed25519 other; do openssl pkey -in $key.pem -pubout -out $key.pub; done
mkdir folder
make_model model.safetensors
make_model folder/model.safetensors
make_attack attack.pkl
make_policy policy.yaml
id=https://headgate.dev/verifier/v1

# attest CODE SUBJECT KEY FILE [OPTION...]: judges and signs.
attest() {
    local code=$1 subject=$2 key=$3 file=$4
    shift 4
    [[ " $* " == *" --policy "* ]] || set -- "$@" --policy policy.yaml
    expect "headgate signs $file" "$code" "$HEADGATE" check "$subject" --attest "$file" --key "$key.pem" "$@"
}
sha256() { sha256sum "$1" | cut -d' ' -f1; }
model=$(sha256 model.safetensors)
relies() { expect "$1: headgate" "$2" "$HEADGATE" verify verdict "$3" --subject model.safetensors --key "$4" --allow-unenforced; }

# Names, and what jq makes of the envelope. $other is the envelope of the same verdict signed with another key.
# shellcheck disable=SC2016
tamperings=(
    "a changed statement" '.payload |= (@base64d | sub("PASSED"; "PASSEN") | @base64)'
    "another type" '.payloadType = "application/vnd.in-toto.json"'
    "a changed signature" '.signatures[0].sig |= (.[:40] + (if .[40:41] == "A" then "B" else "A" end) + .[41:])'
    "half a signature" '.signatures[0].sig |= .[:48]'
    "an empty signature" '.signatures[0].sig = ""'
    "no signature" '.signatures = []'
    "the signature of another key" '.signatures = $other.signatures'
)
tamper() { # tamper FILE OTHER PROGRAM: leaves tampered.json, with the envelope (the whole file or a bundle's) changed
    jq -c --slurpfile others "$2" --arg program "$3" '. as $all | ($others[0] | .dsseEnvelope? // .) as $other
        | if has("dsseEnvelope") then .dsseEnvelope |= ('"$3"') else ('"$3"') end' "$1" >tampered.json &&
        ! cmp -s "$1" tampered.json
}

# built_policy NAME LEVEL [MODE]: policy.yaml and a rule about provenance by the key "other", at that level.
built_policy() {
    { printf 'trust: { keys: { ci: { public-key: other.pub } } }\n' && cat policy.yaml && cat <<YAML; } >"$1"
  - id: model.built
    for: [model]
    mode: ${3:-enforce}
    check: provenance
    with: { builders: [ { id: "https://ci.example/builder", signed-by: [ci], level: $2 } ] }
    why: Models come from our own builds.
YAML
}
# Provenance about the model, signed by hand, and verdicts that rest on it: built.json, ungraded.json, warned.json.
provenance_of_model() {
    local type=application/vnd.in-toto+json name
    printf '%s' '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"model","digest":{"sha256":"'"$model"'"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://ci.example/t","externalParameters":{"source":{"uri":"git+https://git.example/acme/model@refs/tags/v1.0.0"}}},"runDetails":{"builder":{"id":"https://ci.example/builder"}}}}' >made.json
    { printf 'DSSEv1 %d %s %d ' ${#type} $type "$(stat -c %s made.json)" && cat made.json; } >made.pae
    openssl dgst -sha256 -sign other.pem -out made.sig made.pae
    jq -cn --arg payload "$(base64 -w0 made.json)" --arg type $type --arg sig "$(base64 -w0 made.sig)" \
        '{payload: $payload, payloadType: $type, signatures: [{sig: $sig}]}' >provenance.intoto.jsonl
    built_policy built.yaml 2
    built_policy ungraded.yaml 0
    built_policy warned.yaml 2 warn
    for name in built ungraded warned; do
        attest 0 model.safetensors P-256 $name.jsonl --policy $name.yaml --evidence provenance.intoto.jsonl
        tail -n 1 $name.jsonl >$name.json
    done
    attest 1 model.safetensors P-256 unshown.jsonl --policy built.yaml
}

slsa_verifier() {
    local options=(verify-vsa --subject-digest "sha256:$model" --verifier-id "$id" --verified-level HEADGATE_ADMIT)
    takes() { # takes NAME CODE ENVELOPE KEY OPTION...: a later option replaces an earlier one, but digests and levels add up
        local name=$1 code=$2 file=$3 key=$4
        shift 4
        expect "$name: slsa-verifier" "$code" "$slsa" "${options[@]}" --resource-uri file:model.safetensors --attestation-path "$file" --public-key-path "$key" "$@"
    }
    local key
    for key in P-256 P-384 Ed25519; do
        attest 0 model.safetensors $key $key.jsonl
        tail -n 1 $key.jsonl >$key.json
        takes "a verdict signed with $key" 0 $key.json $key.pub
        says "a verdict signed with $key is verified" "Verifying VSA: PASSED"
        takes "a verdict signed with $key, under another key" 1 $key.json other.pub
        says "a verdict signed with $key, by its signature" "no valid signature|accepted signatures do not match|invalid signature"
    done
    attest 0 model.safetensors other other.jsonl
    tail -n 1 other.jsonl >other.json
    takes "another digest" 1 P-256.json P-256.pub --subject-digest "sha256:$(sha256 attack.pkl)"
    says "another digest is the reason" "expected digest not found"
    takes "another algorithm" 1 P-256.json P-256.pub --subject-digest "sha512:$model"
    takes "another verifier" 1 P-256.json P-256.pub --verifier-id https://headgate.dev/verifier/v2
    says "another verifier is the reason" "verifier ID mismatch"
    takes "another resource" 1 P-256.json P-256.pub --resource-uri file:other.safetensors
    says "another resource is the reason" "resource URI mismatch"
    takes "the level that it has" 0 P-256.json P-256.pub --verified-level HEADGATE_ENFORCED
    takes "a level that it has not" 1 P-256.json P-256.pub --verified-level HEADGATE_RESTRICTED
    says "the level is the reason" "expected verified level not found"
    takes "a SLSA level that nothing showed" 1 P-256.json P-256.pub --verified-level SLSA_BUILD_LEVEL_1
    says "the SLSA level is the reason" "expected SLSA level not found"

    # What provenance showed: the level that the rule's entry grants the builder, as a minimum; and nothing where none is granted.
    provenance_of_model
    local level
    for level in 1 2 3; do
        takes "level $level of a builder of level 2" "$((level > 2))" built.json P-256.pub --verified-level "SLSA_BUILD_LEVEL_$level"
    done
    says "a higher level is not shown" "expected SLSA level BUILD to be at least 3, got 2"
    takes "another track" 1 built.json P-256.pub --verified-level SLSA_SOURCE_LEVEL_1
    takes "a level that the policy does not grant" 1 ungraded.json P-256.pub --verified-level SLSA_BUILD_LEVEL_1
    takes "and what such a verdict shows" 0 ungraded.json P-256.pub --verified-level HEADGATE_ENFORCED
    takes "the level of a rule that only warns" 1 warned.json P-256.pub --verified-level SLSA_BUILD_LEVEL_1

    head -n 1 P-256.jsonl >result.json
    takes "a result statement instead of the verdict" 1 result.json P-256.pub
    attest 0 model.safetensors P-256 named.jsonl --verifier-id https://gate.example/v1
    tail -n 1 named.jsonl >named.json
    takes "a verifier with a name of its own" 0 named.json P-256.pub --verifier-id https://gate.example/v1
    takes "its old name" 1 named.json P-256.pub

    local folder_digests=()
    attest 0 folder P-256 folder.jsonl
    tail -n 1 folder.jsonl >folder.json
    mapfile -t folder_digests < <(jq -r '.payload | @base64d | fromjson.subject[0].digest | to_entries[] | "--subject-digest\n\(.key):\(.value)"' folder.json)
    if [ "${#folder_digests[@]}" -eq 4 ]; then ok "a folder has two digests"; else not_ok "a folder has two digests" "${folder_digests[*]}"; fi
    options=(verify-vsa "${folder_digests[@]}" --verifier-id "$id" --resource-uri file:folder)
    expect "both digests of a folder: slsa-verifier" 0 "$slsa" "${options[@]}" --attestation-path folder.json --public-key-path P-256.pub
    expect "both digests of a folder and another: slsa-verifier" 1 "$slsa" "${options[@]}" --attestation-path folder.json --public-key-path P-256.pub --subject-digest "sha256:$(sha256 attack.pkl)"

    attest 1 attack.pkl P-256 denied.jsonl
    tail -n 1 denied.jsonl >denied.json
    options=(verify-vsa --subject-digest "sha256:$(sha256 attack.pkl)" --verifier-id "$id" --resource-uri file:attack.pkl)
    expect "a denial: slsa-verifier" 1 "$slsa" "${options[@]}" --attestation-path denied.json --public-key-path P-256.pub
    says "a denial is the reason" "verification result is not Passed"
    jq -c '.payload |= (@base64d | gsub("\"FAILED\""; "\"PASSED\"") | @base64)' denied.json >forged.json
    expect "a denial forged into a pass: slsa-verifier" 1 "$slsa" "${options[@]}" --attestation-path forged.json --public-key-path P-256.pub
    says "the forged denial's signature is the reason" "no valid signature|accepted signatures do not match|invalid signature"

    options=(verify-vsa --subject-digest "sha256:$model" --verifier-id "$id")
    relies "the verdict as it is" 0 P-256.json P-256.pub
    local i name
    for ((i = 0; i < ${#tamperings[@]}; i += 2)); do
        name=${tamperings[i]}
        if tamper P-256.json other.json "${tamperings[i + 1]}"; then ok "$name is made"; else not_ok "$name is made" "nothing changed"; fi
        takes "$name in an envelope" 1 tampered.json P-256.pub
        relies "$name in an envelope" 1 tampered.json P-256.pub
    done
}

bundles() {
    local vsa=https://slsa.dev/verification_summary/v1 key i name
    both() { # both NAME CODE BUNDLE KEY FILE
        expect "$1: sigstore-go" "$2" "$sigstore_go" verify "$4" "$3" "$5"
        expect "$1: headgate" "$2" "$HEADGATE" verify bundle "$3" "$5" --key "$4"
    }
    tamperings_of() { # tamperings_of NAME BUNDLE OTHER KEY
        for ((i = 0; i < ${#tamperings[@]}; i += 2)); do
            name="${tamperings[i]} in $1"
            if tamper "$2" "$3" "${tamperings[i + 1]}"; then ok "$name is made"; else not_ok "$name is made" "nothing changed"; fi
            both "$name" 1 tampered.json "$4" model.safetensors
        done
    }
    attest 0 model.safetensors other other.bundle --attest-format bundle
    for key in P-256 P-384 Ed25519; do
        attest 0 model.safetensors $key $key.bundle --attest-format bundle
        both "a bundle signed with $key" 0 $key.bundle $key.pub model.safetensors
        both "a bundle signed with $key, under another key" 1 $key.bundle other.pub model.safetensors
        both "a bundle signed with $key, about another file" 1 $key.bundle $key.pub attack.pkl
        tamperings_of "a bundle of headgate, $key" $key.bundle other.bundle $key.pub
    done
    expect "the type of the statement: sigstore-go" 0 "$sigstore_go" verify P-256.pub P-256.bundle model.safetensors $vsa
    expect "another type of statement: sigstore-go" 1 "$sigstore_go" verify P-256.pub P-256.bundle model.safetensors https://slsa.dev/provenance/v1

    # The reverse: sigstore-go signs with a new key.
    jq -n --arg model "$model" '{_type: "https://in-toto.io/Statement/v1", subject: [{name: "model", digest: {sha256: $model}}],
        predicateType: "https://in-toto.io/attestation/test-result/v0.1", predicate: {result: "PASSED"}}' >statement.json
    expect "sigstore-go signs as another" 0 "$sigstore_go" sign statement P-256 statement.json their-other.bundle their-other.pub
    for key in P-256 P-384 Ed25519; do
        expect "sigstore-go signs a file with $key" 0 "$sigstore_go" sign file $key model.safetensors file.bundle file.pub
        if [ $key = Ed25519 ]; then
            # 1.1.4 puts the file itself in the place of its digest, and no algorithm.
            expect "a file signed by sigstore-go with $key: headgate" 1 "$HEADGATE" verify bundle file.bundle model.safetensors --key file.pub
            says "a file signed by sigstore-go with $key has no digest" '"algorithm..? of ..?messageDigest..? is missing'
        else
            both "a file signed by sigstore-go with $key" 0 file.bundle file.pub model.safetensors
        fi
        both "a file signed by sigstore-go with $key, other bytes" 1 file.bundle file.pub attack.pkl
        both "a file signed by sigstore-go with $key, under another key" 1 file.bundle other.pub model.safetensors
        expect "sigstore-go signs a statement with $key" 0 "$sigstore_go" sign statement $key statement.json their.bundle their.pub
        both "a statement signed by sigstore-go with $key" 0 their.bundle their.pub model.safetensors
        both "a statement signed by sigstore-go with $key, other bytes" 1 their.bundle their.pub attack.pkl
        both "a statement signed by sigstore-go with $key, under another key" 1 their.bundle other.pub model.safetensors
        tamperings_of "a bundle of sigstore-go, $key" their.bundle their-other.bundle their.pub
    done
}

[ -z "${slsa:-}" ] || slsa_verifier
[ -z "${sigstore_go:-}" ] || bundles
