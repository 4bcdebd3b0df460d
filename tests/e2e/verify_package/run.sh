#!/usr/bin/env bash
# `headgate verify package` and `headgate verify provenance` as people use them, over what a Sigstore that exists only here signed
# (tests/unit/attest/packages_seeds_test.cpp), and under a key of our own.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
seeds=$root/tests/fuzz/seeds
cp "$seeds/trusted_root/world.json" root.json
cp "$seeds/pep740/attestation.json" "$seeds/pep740/provenance.json" "$seeds/npm/"* .
wheel=acme_model-1.0-py3-none-any.whl
printf %s "the package" >$wheel
cp $wheel model-1.0.0.tgz
san="https://ci.example/acme/model/.ci/release.yml@refs/heads/main"
issuer=(--issuer "https://tokens.ci.example")
who=(--identity "$san" "${issuer[@]}")
trust=(--trusted-root root.json)
says_json() {
    if [ "$(jq -r "$2" out 2>/dev/null)" = "$3" ]; then ok "$1"; else not_ok "$1" "$2 is '$(jq -rc "$2" out 2>&1)', expected '$3'"; fi
}
package() { # NAME EXIT ARGUMENT...
    expect "$1" "$2" "$HEADGATE" verify package "${@:3}"
}
provenance() {
    expect "$1" "$2" "$HEADGATE" verify provenance "${@:3}"
}

# PEP 740
pypi=(attestation.json --ecosystem pypi "${trust[@]}")
package "a wheel with its attestation" 0 "${pypi[@]}" $wheel "${who[@]}"
says_json "one JSON object says so" '[.headgate, .verified, .signer.identity] | @csv' "1,true,\"$san\""
package "by its digest and name" 0 "${pypi[@]}" --digest "sha256:$(sha256sum $wheel | cut -d' ' -f1)" --file-name $wheel "${who[@]}"
package "by the repository that it was signed for" 0 "${pypi[@]}" $wheel "${issuer[@]}" --source-repository https://ci.example/acme/model
package "by another repository" 1 "${pypi[@]}" $wheel "${issuer[@]}" --source-repository https://ci.example/acme/mode
package "by nobody named" 4 "${pypi[@]}" $wheel "${issuer[@]}"
package "under another name" 1 "${pypi[@]}" $wheel --file-name acme_model-1.1-py3-none-any.whl "${who[@]}"
says_json "is refused with a reason" '.reason | test("it is about")' true
package "of another type" 1 "${pypi[@]}" $wheel "${who[@]}" --predicate https://slsa.dev/provenance/v1
package "of its project and version" 0 "${pypi[@]}" $wheel "${who[@]}" --name Acme.Model --version 1.0.0
package "of another project" 1 "${pypi[@]}" $wheel "${who[@]}" --name acme-mode
says_json "which its file name says" '.reason | test("distribution: .*acme-model.*, not of .*acme-mode")' true
package "of another version" 1 "${pypi[@]}" $wheel "${who[@]}" --version 1.0.1
while read -r option value; do
    package "pypi has no $option" 4 "${pypi[@]}" $wheel "${who[@]}" "$option" "$value"
    says "$option goes with others" "$option goes with --ecosystem npm, and would not be asked of pypi's"
done <<'EOF'
--registry https://registry.example
--registry-keys keys.json
--dist dist.json
EOF
package "a publisher that the certificate is not" 1 provenance.json --ecosystem pypi "${trust[@]}" $wheel "${who[@]}"
says_json "is told apart" '.reason | test("publisher: ")' true
package "no ecosystem" 4 attestation.json "${trust[@]}" $wheel "${who[@]}"
package "another ecosystem's document" 1 attestation.json --ecosystem npm "${trust[@]}" $wheel "${who[@]}" --name a --version 1 --registry-keys keys.json
package "no such file" 2 nowhere.json --ecosystem pypi "${trust[@]}" $wheel "${who[@]}"

# npm
npm=(--ecosystem npm "${trust[@]}" "${who[@]}" --name @acme/model --registry-keys keys.json)
package "a tarball with both attestations" 0 attestations.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz --registry https://registry.example
says_json "and where it was built from" .provenance.provenance.source https://ci.example/acme/model
package "another version" 1 attestations.json "${npm[@]}" --version 1.0.1 model-1.0.0.tgz
package "another registry" 1 attestations.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz --registry https://mirror.example
package "a version that is not named" 4 attestations.json "${npm[@]}" model-1.0.0.tgz
package "npm has no --file-name" 4 attestations.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz --file-name model-1.0.0.tgz
package "nor a --predicate" 4 attestations.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz --predicate https://slsa.dev/provenance/v1
jq -c '.attestations |= .[0:1]' attestations.json >publish.json
jq -c '.attestations |= .[1:2]' attestations.json >built.json
package "without provenance" 1 publish.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz
package "without the publish attestation" 1 built.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz
says_json "both are needed" '.reason | test("both are needed")' true
jq -c '.keys[].publicKey.validFor.end = "2023-01-01T00:00:00Z"' keys.json >old.json
package "a registry key after its end" 1 attestations.json "${npm[@]:0:${#npm[@]}-1}" old.json --version 1.0.0 model-1.0.0.tgz
says_json "because of the time" '.reason | test("publish: ")' true
printf '{"dist":{"integrity":"sha512-%s","signatures":[{"keyid":"SHA256:the-registry","sig":"AAAA"}]}}' "$(openssl dgst -sha512 -binary model-1.0.0.tgz | base64 -w0)" >dist.json
package "a registry signature that is none" 1 attestations.json "${npm[@]}" --version 1.0.0 model-1.0.0.tgz --dist dist.json

# GitHub's form: several bundles, of which one counts
github=(--ecosystem github "${trust[@]}" "${who[@]}")
package "one of two bundles is provenance" 0 lines.jsonl "${github[@]}" $wheel
package "the API's answer" 0 answer.json "${github[@]}" $wheel
package "of another type, asked for" 0 lines.jsonl "${github[@]}" $wheel --predicate https://acme.example/other/v1
for option in --name --version --file-name --registry --registry-keys --dist; do
    package "github has no $option" 4 lines.jsonl "${github[@]}" $wheel $option x
done
package "none of two" 1 lines.jsonl "${github[@]}" $wheel --predicate https://acme.example/none/v1
says_json "each is told" '.reason | test("1: .*; 2: ")' true
: >empty.jsonl
package "an empty file" 1 empty.jsonl "${github[@]}" $wheel
echo '{"attestations":[]}' >none.json
package "an answer without attestations" 1 none.json "${github[@]}" $wheel

# Provenance with a policy
built=(lines.jsonl "$wheel" "${trust[@]}" "${issuer[@]}" --source ci.example/acme/model)
provenance "built by a named builder from a named source" 0 "${built[@]}" --builder-id "$san" --builder-ref any --branch main
says_json "one JSON object says what was built" '.provenance | [.builder, .ref] | @csv' "\"$san\",\"refs/heads/main\""
provenance "by a builder at a branch, where a release is asked for" 1 "${built[@]}" --builder-id "$san" --branch main
says_json "is told so" '.reason | test("no release tag|workflow")' true
provenance "by a builder that nobody named" 1 "${built[@]}" --builder-ref any
provenance "from another branch" 1 "${built[@]}" --builder-id "$san" --builder-ref any --branch next
provenance "from a tag" 1 "${built[@]}" --builder-id "$san" --builder-ref any --tag main
provenance "without an issuer" 4 lines.jsonl $wheel "${trust[@]}" --source ci.example/acme/model --builder-id "$san"
provenance "without a root" 4 lines.jsonl $wheel "${issuer[@]}" --source ci.example/acme/model --builder-id "$san"
provenance "about nothing" 1 lines.jsonl "${trust[@]}" "${issuer[@]}" --source ci.example/acme/model --builder-id "$san" --builder-ref any

# Under a key: a bare envelope, and a verification summary whose signature is r || s
make_key key.pem
envelope() { # STATEMENT P1363
    local pae
    pae=$(printf 'DSSEv1 28 application/vnd.in-toto+json %d %s' "$(printf %s "$1" | wc -c)" "$1")
    printf %s "$pae" | openssl dgst -sha256 -sign key.pem -out sig.der
    [ "$2" = der ] || openssl asn1parse -inform DER -in sig.der | grep -o 'INTEGER *:[0-9A-F]*' | cut -d: -f2 |
        while read -r part; do printf '%064s' "$part" | tr ' ' 0; done | basenc --base16 -d >sig.raw
    [ "$2" = der ] && cp sig.der sig.raw
    jq -nc --arg payload "$(printf %s "$1" | base64 -w0)" --arg sig "$(base64 -w0 sig.raw)" \
        '{payload: $payload, payloadType: "application/vnd.in-toto+json", signatures: [{sig: $sig}]}'
}
subject='"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m","digest":{"sha256":"'$(sha256sum $wheel | cut -d' ' -f1)'"}}]'
summary='{'$subject',"predicateType":"https://slsa.dev/verification_summary/v1","predicate":{"verifier":{"id":"https://gate.example"},"resourceUri":"pkg:x","verificationResult":"PASSED","verifiedLevels":["SLSA_BUILD_LEVEL_2"]}}'
made='{'$subject',"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://ci.example/t","externalParameters":{"source":{"uri":"git+https://git.example/acme/model@refs/tags/v1.0.0"}}},"runDetails":{"builder":{"id":"https://ci.example/builder"}}}}'
envelope "$made" der >made.json
envelope "$summary" raw >summary.json
mine=(--key key.pem.pub --source git.example/acme/model --builder-id https://ci.example/builder)
provenance "a bare envelope under a key" 0 made.json $wheel "${mine[@]}" --versioned-tag v1
provenance "a bare envelope without one" 1 made.json $wheel "${trust[@]}" "${issuer[@]}" --source git.example/acme/model --builder-id https://ci.example/builder
asked=(--key key.pem.pub --verifier-id https://gate.example --resource pkg:x)
provenance "a summary, r || s" 0 summary.json $wheel "${asked[@]}" --level SLSA_BUILD_LEVEL_1 --allow-p1363
provenance "not without the flag" 1 summary.json $wheel "${asked[@]}" --level SLSA_BUILD_LEVEL_1
provenance "a level that it does not show" 1 summary.json $wheel "${asked[@]}" --level SLSA_BUILD_LEVEL_3 --allow-p1363
provenance "a level that nobody asked for" 1 summary.json $wheel "${asked[@]}" --allow-p1363
asked+=(--level SLSA_BUILD_LEVEL_1 --allow-p1363)
for option in "--tlog-threshold 1" "--tsa-threshold 1" "--times-threshold 1"; do
    read -ra words <<<"$option"
    provenance "a bare envelope has nothing for $option" 1 summary.json $wheel "${asked[@]}" "${words[@]}"
done
# What is asked of a build is asked of no summary.
for option in "--builder-id https://ci.example/builder" "--builder-ref any" "--delegator https://ci.example/d" "--source git.example/a/b" \
    "--source-ref refs/heads/main" "--branch main" "--tag v1" "--versioned-tag v1"; do
    read -ra words <<<"$option"
    provenance "a summary and ${words[0]}" 4 summary.json $wheel "${asked[@]}" "${words[@]}"
    says "are asked for one by one (${words[0]})" "${words[0]} is asked of provenance"
done
provenance "a summary that does not say its time, and an age" 1 summary.json $wheel "${asked[@]}" --max-age 1h
says_json "is refused for it" '.reason | test("timeVerified: it is missing")' true
aged() { # NAME EXIT TIME [OPTION...]: a summary that was made then
    envelope "${summary/\"resourceUri\"/\"timeVerified\":\"$(date -u -d "$3" +%Y-%m-%dT%H:%M:%SZ)\",\"resourceUri\"}" raw >aged.json
    provenance "$1" "$2" aged.json $wheel "${asked[@]}" "${@:4}"
}
aged "a summary of yesterday" 0 "-1 day"
aged "a summary of yesterday, for who takes two days" 0 "-1 day" --max-age 2d
aged "a summary of yesterday, for who takes one hour" 1 "-1 day" --max-age 1h
says_json "is too old" '.reason | test("timeVerified: it is too old")' true
aged "a summary of tomorrow" 1 "+1 day"
says_json "is from the future" '.reason | test("timeVerified: it is from the future")' true
aged "and was none the day after" 0 "+1 day" --verify-at "$(date -u -d "+2 days" +%Y-%m-%dT%H:%M:%SZ)"
provenance "an age that is none" 4 aged.json $wheel "${asked[@]}" --max-age soon
