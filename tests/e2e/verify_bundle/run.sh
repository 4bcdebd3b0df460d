#!/usr/bin/env bash
# `headgate verify bundle` as people use it, over bundles of a Sigstore that exists only here (tests/recipes/sigstore_world.hpp), and the
# adapter that speaks the public suite's protocol.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
seeds=$root/tests/fuzz/seeds
printf %s "the artifact" >artifact
cp "$seeds/trusted_root/world.json" root.json
cp "$seeds/bundle/"*.json .
who=(--identity "https://ci.example/acme/model/.ci/release.yml@refs/heads/main" --issuer "https://tokens.ci.example")
trust=(--trusted-root root.json)
digest=sha256:$(sha256sum artifact | cut -d' ' -f1)
says_json() {
    if [ "$(jq -r "$2" out 2>/dev/null)" = "$3" ]; then ok "$1"; else not_ok "$1" "$2 is '$(jq -rc "$2" out 2>&1)', expected '$3'"; fi
}
verify() { # NAME EXIT ARGUMENT...
    local name=$1 code=$2
    shift 2
    expect "$name" "$code" "$HEADGATE" verify bundle "$@"
}

verify "a message, by its bytes" 0 message.json artifact "${trust[@]}" "${who[@]}"
says_json "one JSON object says so" '[.headgate, .verified] | @csv' '1,true'
says_json "and who signed" .signer.identity "https://ci.example/acme/model/.ci/release.yml@refs/heads/main"
says_json "and when" '.times[0].time' "2023-11-14T22:13:20Z"
says_json "and in which log" '.entries[0] | [.log, .index, .kind] | @csv' '"https://rekor.example",1001,"hashedrekord 0.0.1"'
verify "by its digest" 0 message.json --digest "$digest" "${trust[@]}" "${who[@]}"
verify "Rekor v2 with a timestamp" 0 tiles.json artifact "${trust[@]}" "${who[@]}" --tsa-threshold 1
verify "version 0.1" 0 chain.json artifact "${trust[@]}" "${who[@]}"
verify "an envelope taken as it is" 0 envelope.json "${trust[@]}" "${who[@]}" --payload-type application/vnd.in-toto+json
verify "an envelope about something else" 1 envelope.json artifact "${trust[@]}" "${who[@]}"
says_json "is refused with a reason" '.reason | test("statement")' true
verify "before it was signed" 1 message.json artifact "${trust[@]}" "${who[@]}" --verify-at 2023-11-14T00:00:00Z
says_json "because of the time" '.reason | test("later than now")' true

printf %s "the artefact" >changed
verify "another artifact" 1 message.json changed "${trust[@]}" "${who[@]}"
says_json "verified is false" '[.headgate, .verified] | @csv' '1,false'
verify "another identity" 1 message.json artifact "${trust[@]}" --identity "https://ci.example/acme/model/.ci/release.yml@refs/heads/mai" "${who[@]:2}"
verify "an empty identity is nobody" 4 message.json artifact "${trust[@]}" --identity "" "${who[@]:2}"
verify "an empty issuer is nobody's" 4 message.json artifact "${trust[@]}" "${who[@]:0:2}" --issuer ""
verify "two log entries wanted" 1 message.json artifact "${trust[@]}" "${who[@]}" --tlog-threshold 2
verify "a timestamp wanted" 1 message.json artifact "${trust[@]}" "${who[@]}" --tsa-threshold 1
jq -c '.certificateAuthorities = []' root.json >nobody.json
verify "a root without authorities" 1 message.json artifact --trusted-root nobody.json "${who[@]}"
verify "the second root is tried too" 0 message.json artifact --trusted-root nobody.json "${trust[@]}" "${who[@]}"
jq -c '.extra = 1' message.json >extra.json
verify "an unknown member" 1 extra.json artifact "${trust[@]}" "${who[@]}"
says "is named" 'unknown member .{1,4}extra'
head -c 900 message.json >cut.json
verify "half a bundle" 1 cut.json artifact "${trust[@]}" "${who[@]}"

make_key key.pem
openssl dgst -sha256 -sign key.pem -out sig.der artifact
jq -nc --arg sig "$(base64 -w0 sig.der)" '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: {publicKey: {hint: ""}, tlogEntries: []}, messageSignature: {signature: $sig}}' >keyed.json
verify "a key, without a log" 0 keyed.json artifact --key key.pem.pub
verify "a key, and a root that asks for an entry" 1 keyed.json artifact --key key.pem.pub "${trust[@]}"
verify "the root without asking" 0 keyed.json artifact --key key.pem.pub "${trust[@]}" --tlog-threshold 0
verify "a timestamp by key, without any" 1 keyed.json artifact --key key.pem.pub --tsa-threshold 1
verify "a time by key, without any" 1 keyed.json artifact --key key.pem.pub --times-threshold 1
says_json "is told so" '.reason | test("time: 0 times of distinct logs and authorities verified, at least 1 needed")' true
verify "an SCT by key could never be met" 4 keyed.json artifact --key key.pem.pub --sct-threshold 1
says "and is told so" 'sct-threshold: .*by --key has none'
verify "none of them asked for" 0 keyed.json artifact --key key.pem.pub --tlog-threshold 0 --tsa-threshold 0 --times-threshold 0 --sct-threshold 0
statement='{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"'${digest#sha256:}'"}}],"predicateType":"x:y","predicate":{}}'
printf 'DSSEv1 28 application/vnd.in-toto+json %d %s' "${#statement}" "$statement" | openssl dgst -sha256 -sign key.pem -out envelope.der
jq -nc --arg payload "$(printf %s "$statement" | base64 -w0)" --arg sig "$(base64 -w0 envelope.der)" \
    '{payload: $payload, payloadType: "application/vnd.in-toto+json", signatures: [{sig: $sig}]}' >bare.json
verify "a bare envelope by key" 0 bare.json artifact --key key.pem.pub
for option in --tlog-threshold --tsa-threshold --times-threshold; do
    verify "a bare envelope has nothing for $option" 1 bare.json artifact --key key.pem.pub $option 1
done
make_key other.pem
verify "another key" 1 keyed.json artifact --key other.pem.pub
verify "a key bundle is no keyless one" 1 keyed.json artifact "${trust[@]}" "${who[@]}"
verify "and the reverse" 1 message.json artifact --key key.pem.pub

verify "neither key nor identity" 4 message.json artifact "${trust[@]}"
verify "an identity without an issuer" 4 message.json artifact "${trust[@]}" --identity x
verify "key and identity" 4 message.json artifact --key key.pem.pub "${who[@]}"
verify "no root" 4 message.json artifact "${who[@]}"
verify "no artifact" 4 message.json "${trust[@]}" "${who[@]}"
verify "artifact and digest" 4 message.json artifact --digest "$digest" "${trust[@]}" "${who[@]}"
verify "a digest that is none" 4 message.json --digest sha256:12 "${trust[@]}" "${who[@]}"
verify "a time that is none" 4 message.json artifact "${trust[@]}" "${who[@]}" --verify-at yesterday
verify "no such bundle" 2 missing.json artifact "${trust[@]}" "${who[@]}"
verify "no such artifact" 2 message.json missing "${trust[@]}" "${who[@]}"
verify "a root that is none" 2 message.json artifact --trusted-root message.json "${who[@]}"

adapter() { # NAME EXIT ARGUMENT...
    local name=$1 code=$2
    shift 2
    expect "$name" "$code" "$root/tests/conformance/sigstore" "$@"
}
client=(--certificate-identity "${who[1]}" --certificate-oidc-issuer "${who[3]}")
adapter "the adapter, by path" 0 verify-bundle --bundle message.json "${client[@]}" "${trust[@]}" artifact
adapter "by digest" 0 verify-bundle --bundle message.json "${client[@]}" "${trust[@]}" "$digest"
adapter "with a changed artifact" 1 verify-bundle --bundle message.json "${client[@]}" "${trust[@]}" changed
adapter "with a key" 0 verify-bundle --bundle keyed.json --key key.pem.pub artifact
adapter "with a key and an identity" 4 verify-bundle --bundle keyed.json "${client[@]}" --key key.pem.pub artifact
adapter "with nobody who should have signed" 4 verify-bundle --bundle message.json "${trust[@]}" artifact
adapter "without a root" 2 verify-bundle --bundle message.json "${client[@]}" artifact
HEADGATE_TRUSTED_ROOT=root.json adapter "with the root of the environment" 0 verify-bundle --bundle message.json "${client[@]}" artifact
adapter "signing without services is refused" 2 sign-bundle --identity-token x --bundle out.json artifact
says "clearly" 'no services'
