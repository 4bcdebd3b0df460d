#!/usr/bin/env bash
# Signatures by identity: bundles that a whole Sigstore (Fulcio, CT log, Rekor, timestamp authority) minted just now, judged by
# `headgate check` under trust.identities and trust.roots.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
npm_tools "$root/tests/e2e/keyless" || { not_ok "@sigstore/mock is installed" "npm failed"; exit; }
cd "$scratch" || exit 1

mkdir trust work
make_model model.safetensors
expect "bundles are minted" 0 node "$root/tests/e2e/keyless/mint.mjs" trust model.safetensors

cat >signed.yaml <<'YAML'
headgate: 1
policy: team/signed
trust:
  identities:
    ci:
      issuer: https://token.ci.example
      subject: https://git.example/acme/ml/.ci/release.yml@refs/heads/main
      claims: { source-ref: refs/heads/main, runner-environment: github-hosted }
      root: ours
  roots:
    ours: { trusted-root: trust/trusted_root.json }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [ci] }, why: Signed by our pipeline. }
YAML
sed -e '/model.signed/d' signed.yaml >tested.yaml
cat >>tested.yaml <<'YAML'
  - id: model.tested
    for: [model]
    check: attestation
    with: { predicate: https://acme.example/test/v1, signed-by: { any-of: [ci] }, max-age: 1d, where: [{ at: /result, equals: PASSED }] }
    why: Tested by our pipeline.
YAML

# judged NAME EXIT POLICY BUNDLE [OPTION...]: the model with BUNDLE beside it.
judged() {
    local name=$1 exit=$2 policy=$3 bundle=$4
    shift 4
    cp model.safetensors work/model.safetensors
    cp "$bundle" work/model.safetensors.sigstore.json
    expect "$name" "$exit" "$HEADGATE" check --policy "$policy" --output json=work.json "$@" work/model.safetensors
}
# changed NAME FROM TO: a policy that differs in one place.
changed() { sed "s|$2|$3|" "$1"; }

judged "a bundle over the bytes, by the identity" 0 signed.yaml trust/message.json
judged "a release statement about them" 0 signed.yaml trust/release.json
judged "a test statement about them is a test" 0 tested.yaml trust/statement.json
judged "and no signature" 1 signed.yaml trust/statement.json
judged "a signature is no test" 1 tested.yaml trust/message.json
judged "long after the certificate has ended" 0 signed.yaml trust/message.json --at "$(date -u -d '+300 days' +%FT%TZ)"
judged "but a test is too old by then" 1 tested.yaml trust/statement.json --at "$(date -u -d '+2 days' +%FT%TZ)"
judged "another Sigstore's word" 1 tested.yaml trust/stranger.json
same "is named so" "$(jq -r '[.subjects[].findings[].message] | join(" ") | test("ours")' work.json)" true
judged "no log entry" 1 tested.yaml trust/no-log.json
changed signed.yaml trusted_root.json other_root.json >other.yaml
judged "a root that is another's" 1 other.yaml trust/message.json

# Each of what the policy says about the identity decides.
while IFS='|' read -r name from to; do
    changed signed.yaml "$from" "$to" >other.yaml
    judged "$name" 1 other.yaml trust/message.json
done <<'EOF'
another issuer|issuer: https://token.ci.example|issuer: https://token.ci.example/other
another workflow|release.yml@|test.yml@
the subject without its end|@refs/heads/main$|@refs/heads/
another branch|source-ref: refs/heads/main|source-ref: refs/heads/dev
a claim that the certificate does not make|runner-environment: github-hosted|source-visibility: public
EOF
changed signed.yaml 'subject: https://git.example/acme/ml/.ci/release.yml@refs/heads/main' 'subject: { prefix: "https://git.example/acme/ml/" }' >other.yaml
judged "the subject by its beginning" 0 other.yaml trust/message.json
changed signed.yaml 'subject: https://git.example/acme/ml/.ci/release.yml@refs/heads/main' 'subject: { regex: "https://git[.]example/acme/ml" }' >other.yaml
judged "a regular expression is over all of it" 1 other.yaml trust/message.json

# Each part of the bundle is needed, and none may be of something else.
while IFS='|' read -r name filter; do
    jq "$filter" trust/message.json >tampered.json
    if cmp -s <(jq -S . trust/message.json) <(jq -S . tampered.json); then not_ok "$name" "the filter changed nothing"; continue; fi
    judged "$name" 1 signed.yaml tampered.json
done <<'EOF'
no entry|.verificationMaterial.tlogEntries = []
an entry of another time|.verificationMaterial.tlogEntries[0].integratedTime = "1700000000"
an entry at another place|.verificationMaterial.tlogEntries[0].logIndex = "1"
a body that is not what was logged|.verificationMaterial.tlogEntries[0].canonicalizedBody |= (@base64d | sub("sha256"; "sha512") | @base64)
another signature|.messageSignature.signature |= (.[0:20] + "AAAA" + .[24:])
another digest|.messageSignature.messageDigest.digest = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
EOF
jq --slurpfile other trust/release.json '.verificationMaterial.tlogEntries = $other[0].verificationMaterial.tlogEntries' trust/message.json >tampered.json
judged "an entry of another signature by the same signer" 1 signed.yaml tampered.json
jq --slurpfile other trust/stranger.json '.verificationMaterial = $other[0].verificationMaterial' trust/statement.json >tampered.json
judged "somebody else's certificate" 1 tested.yaml tampered.json
printf x >>model.safetensors
judged "other bytes" 1 signed.yaml trust/message.json
judged "other bytes under a statement" 1 tested.yaml trust/statement.json
make_model model.safetensors

# Blocked, whoever trusts it.
changed signed.yaml '^tiers:' 'blocked: [ { signer: ci, why: "its runner was taken over" } ]\ntiers:' >other.yaml
expect "bundles are minted again" 0 node "$root/tests/e2e/keyless/mint.mjs" trust model.safetensors
judged "a twin is let in" 0 signed.yaml trust/message.json
judged "what a blocked identity signed is not" 1 other.yaml trust/message.json
same "for that reason" "$(jq -r '[.subjects[].findings[].id] | contains(["policy.blocked"])' work.json)" true

# One signer is one, however often and with however many keys; and what one root demands, another does not answer for.
sed -e 's/any-of: \[ci\]/at-least: 2, of: [ci, second]/; s/^  roots:/    second: { issuer: https:\/\/token.ci.example, subject: sec@acme.example, root: ours }\n  roots:/' signed.yaml >two.yaml
cp trust/release.json work/model.safetensors.sigstore
judged "two signatures of one identity are one signer" 1 two.yaml trust/message.json
same "and are counted so" "$(jq -r '[.subjects[].findings[].message] | join(" ") | test("signed by 1 of")' work.json)" true
rm work/model.safetensors.sigstore
jq '.tlogs = [] | .ctlogs = []' trust/trusted_root.json >trust/weak_root.json
sed -e 's/^  roots:/  roots:\n    weak: { trusted-root: trust\/weak_root.json }/' tested.yaml >roots.yaml
judged "without a log entry, under a root that wants none, for an identity of one that does" 1 roots.yaml trust/no-log.json
changed roots.yaml 'root: ours' 'root: weak' >other.yaml
judged "and for an identity of that root" 0 other.yaml trust/no-log.json

# Recorded, and judged again without the file.
cp trust/message.json work/model.safetensors.sigstore.json
"$HEADGATE" facts --policy signed.yaml work/model.safetensors >recorded.json
same "who signed is recorded" "$(jq -r '[.. | objects | select(has("identity")) | .identity.subject] | first' recorded.json)" \
    https://git.example/acme/ml/.ci/release.yml@refs/heads/main
cat >>signed.yaml <<'YAML'
tests:
  - { name: recorded, evidence: recorded.json, expect: { decision: allow, rules: { model.signed: pass } } }
YAML
expect "and counts in a policy test" 0 "$HEADGATE" policy test signed.yaml
changed signed.yaml 'https://token.ci.example$' 'https://token.other.example' >other.yaml
expect "for that identity only" 1 "$HEADGATE" policy test other.yaml

# --- A verdict that a gate in CI signed by its identity -----------------------------------------------------------------
signer=https://git.example/acme/ml/.ci/release.yml@refs/heads/main
issuer=https://token.ci.example
relied() {
    local name=$1 exit=$2
    shift 2
    expect "$name" "$exit" "$HEADGATE" verify verdict trust/verdict.json --subject model.safetensors "$@"
}
relied "a verdict by the identity" 0 --identity $signer --issuer $issuer --trusted-root trust/trusted_root.json
relied "by another identity" 1 --identity ${signer%main} --issuer $issuer --trusted-root trust/trusted_root.json
relied "of another issuer" 1 --identity $signer --issuer $issuer/x --trusted-root trust/trusted_root.json
relied "under another root" 1 --identity $signer --issuer $issuer --trusted-root trust/other_root.json
relied "without a root" 4 --identity $signer --issuer $issuer
relied "by nobody in particular" 4
relied "too old by now" 1 --identity $signer --issuer $issuer --trusted-root trust/trusted_root.json --at "$(date -u -d '+3 days' +%FT%TZ)"
expect "about other bytes" 1 "$HEADGATE" verify verdict trust/verdict.json --subject trust/other_root.json --identity $signer --issuer $issuer \
    --trusted-root trust/trusted_root.json
expect "a statement that is no verdict" 1 "$HEADGATE" verify verdict trust/statement.json --subject model.safetensors --identity $signer \
    --issuer $issuer --trusted-root trust/trusted_root.json

# --- Certificates of an authority of one's own ----------------------------------------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out trust/corp-ca.pem -days 30 -subj "/O=Acme/CN=Acme CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
san=email:release@acme.example
# leaf NAME USAGE DAYS: a certificate NAME.pem for $san.
leaf() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/O=Acme/CN=Release" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA trust/corp-ca.pem -CAkey ca.key -CAcreateserial -days "$3" -out "$1.pem" 2>/dev/null -extfile <(
        printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$2"
        printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=%s\n' "$san")
}
# bundle NAME: NAME.json, over the model's bytes.
bundle() {
    jq -n --arg certificate "$(openssl x509 -in "$1.pem" -outform DER | base64 -w0)" \
        --arg signature "$(openssl dgst -sha256 -sign "$1.key" model.safetensors | base64 -w0)" \
        '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
          verificationMaterial: {certificate: {rawBytes: $certificate}, tlogEntries: []},
          messageSignature: {signature: $signature}}' >"$1.json"
}
leaf release codeSigning 10
leaf website serverAuth 10
for name in release website; do bundle $name; done
san=URI:release@acme.example
leaf by-uri codeSigning 10
bundle by-uri
cat >corp.yaml <<'YAML'
headgate: 1
policy: team/corp
trust:
  identities:
    release: { issuer: "CN=Acme CA,O=Acme", subject: release@acme.example, root: corp }
  roots:
    corp: { certificates: trust/corp-ca.pem }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [release] }, why: Signed by the release team. }
YAML
judged "a certificate of the authority" 0 corp.yaml release.json
judged "one that is not for signing code" 1 corp.yaml website.json
judged "an address as a URL, which a constrained authority could issue" 1 corp.yaml by-uri.json
judged "after its end" 1 corp.yaml release.json --at "$(date -u -d '+20 days' +%FT%TZ)"
changed corp.yaml 'CN=Acme CA,O=Acme' 'CN=Other CA,O=Acme' >other.yaml
judged "of another authority's name" 1 other.yaml release.json
changed corp.yaml 'subject: release@' 'subject: test@' >other.yaml
judged "for somebody else" 1 other.yaml release.json
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out trust/other-ca.pem -days 30 -subj "/O=Acme/CN=Acme CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
changed corp.yaml corp-ca.pem other-ca.pem >other.yaml
judged "of an authority that only has the name" 1 other.yaml release.json
jq '.messageSignature.signature |= (.[0:20] + "AAAA" + .[24:])' release.json >tampered.json
judged "with another signature" 1 corp.yaml tampered.json

# The issuer is a name, and an authority may give any name to one below it. ca NAME SUBJECT ABOVE: NAME.pem and NAME.key, by ABOVE.
ca() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 20 -out "$1.pem" 2>/dev/null -extfile <(
        printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
}
# below NAME ABOVE... [-- EXTENSION]: NAME.json by a certificate for release@acme.example of the first ABOVE, with all of them beside it.
below() {
    local name=$1 more='' above=()
    shift
    while [ $# -gt 0 ]; do
        if [ "$1" = -- ]; then more=$2; break; fi
        above+=("$1")
        shift
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -out "$name.csr" -subj "/O=Acme/CN=Release" 2>/dev/null
    openssl x509 -req -in "$name.csr" -CA "${above[0]}.pem" -CAkey "${above[0]}.key" -CAcreateserial -days 10 -out "$name.pem" 2>/dev/null -extfile <(
        printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n'
        printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=email:release@acme.example\n%s\n' "$more")
    bundle "$name"
    for certificate in "$name" "${above[@]}"; do
        openssl x509 -in "$certificate.pem" -outform DER | base64 -w0
        echo
    done | jq -R '{rawBytes: .}' | jq -s . >chain.json
    jq --slurpfile chain chain.json '.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.2"
        | .verificationMaterial = {x509CertificateChain: {certificates: $chain[0]}, tlogEntries: []}' "$name.json" >chained.json
    mv chained.json "$name.json"
}
cp trust/corp-ca.pem corp.pem
cp ca.key corp.key
ca models '/O=Acme/CN=Models' corp
ca wifi '/O=Acme/CN=Wifi' corp
ca fake '/O=Acme/CN=Models' wifi
below by-models models
below by-fake fake wifi
changed corp.yaml 'CN=Acme CA,O=Acme' 'CN=Models,O=Acme' >models.yaml
judged "an authority directly below the root" 0 models.yaml by-models.json
judged "an authority elsewhere below the root takes the name" 1 models.yaml by-fake.json
same "and is told where it belongs" "$(jq -r '[.subjects[].findings[].message] | join(" ") | test("put its certificate into the file")' work.json)" true
ca deep '/O=Acme/CN=Deep' models
below by-deep deep models
changed corp.yaml 'CN=Acme CA,O=Acme' 'CN=Deep,O=Acme' >deep.yaml
judged "an honest one as far below" 1 deep.yaml by-deep.json
cat trust/corp-ca.pem deep.pem >trust/deep-ca.pem
changed deep.yaml corp-ca.pem deep-ca.pem >other.yaml
judged "counts once it is in the file" 0 other.yaml by-deep.json
cp models.pem trust/models-ca.pem
changed models.yaml corp-ca.pem models-ca.pem >other.yaml
judged "the issuing authority alone is in the file" 0 other.yaml by-models.json
oidc='1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:https://token.ci.example'
below oidc-wifi wifi -- "$oidc"
below oidc-corp corp -- "$oidc"
changed corp.yaml 'issuer: "CN=Acme CA,O=Acme"' 'issuer: https://token.ci.example' >oidc.yaml
judged "an OIDC issuer, stated by the authority of the file" 0 oidc.yaml oidc-corp.json
judged "and by another one below it" 1 oidc.yaml oidc-wifi.json

# One key is one signer, by itself and in a certificate of it.
openssl pkey -in release.key -pubout -out trust/release.pub
openssl ecparam -name prime256v1 -genkey -noout -out second.key
openssl pkey -in second.key -pubout -out trust/second.pub
sed -e 's/any-of: \[release\]/at-least: 2, of: [release, key, second]/; s/^trust:/trust:\n  keys: { key: { public-key: trust\/release.pub }, second: { public-key: trust\/second.pub } }/' corp.yaml >both.yaml
# by_key KEY: a bundle of the same signature as in release.json, or of another key's, by the key.
by_key() {
    jq -cn --arg signature "$1" '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        verificationMaterial: {publicKey: {hint: ""}, tlogEntries: []}, messageSignature: {signature: $signature}}'
}
{ jq -c . release.json; by_key "$(jq -r .messageSignature.signature release.json)"; } >both.json
judged "a key and a certificate of it, around one signature" 1 both.yaml both.json
same "are one signer" "$(jq -r '[.subjects[].findings[].message] | join(" ") | test("signed by 1 of")' work.json)" true
{ jq -c . release.json; by_key "$(openssl dgst -sha256 -sign second.key model.safetensors | base64 -w0)"; } >both.json
judged "another key beside the certificate" 0 both.yaml both.json

# --- One certificate under two roots: each says its own, and is recorded ----------------------------------------------
jq '.timestampAuthorities = []' trust/trusted_root.json >trust/second_root.json
cat >two-roots.yaml <<'YAML'
headgate: 1
policy: team/two-roots
trust:
  roots:
    ours: { trusted-root: trust/trusted_root.json }
    second: { trusted-root: trust/second_root.json }
  identities:
    ci: { issuer: https://token.ci.example, subject: https://git.example/acme/ml/.ci/release.yml@refs/heads/main, root: ours }
    again: { issuer: https://token.ci.example, subject: https://git.example/acme/ml/.ci/release.yml@refs/heads/main, root: second }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [again] }, why: Signed by our pipeline. }
YAML
judged "for the identity of the second root" 0 two-roots.yaml trust/message.json
"$HEADGATE" facts --policy two-roots.yaml work/model.safetensors >two-roots.json
cat >>two-roots.yaml <<'YAML'
tests:
  - { name: recorded, evidence: two-roots.json, expect: { decision: allow } }
YAML
expect "and so from a recording" 0 "$HEADGATE" policy test two-roots.yaml
changed two-roots.yaml 'any-of: .again.' 'at-least: 2, of: [ci, again]' >other.yaml
expect "where it is one signer under both" 1 "$HEADGATE" policy test other.yaml

# --- What a statement says of the bytes beside their SHA-256 -----------------------------------------------------------
sha256=$(sha256sum model.safetensors | cut -d' ' -f1)
sha512=$(sha512sum model.safetensors | cut -d' ' -f1)
cat >by-key.yaml <<'YAML'
headgate: 1
policy: team/by-key
trust: { keys: { second: { public-key: trust/second.pub } } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - { id: model.signed, for: [model], check: signature, with: { any-of: [second] }, why: Signed by our pipeline. }
YAML
# envelope STATEMENT: an envelope by second.key.
envelope() {
    local type=application/vnd.in-toto+json
    printf 'DSSEv1 %d %s %d %s' "${#type}" "$type" "${#1}" "$1" >pae
    jq -cn --arg payload "$(printf %s "$1" | base64 -w0)" --arg type "$type" --arg signature "$(openssl dgst -sha256 -sign second.key pae | base64 -w0)" \
        '{payload: $payload, payloadType: $type, signatures: [{sig: $signature}]}'
}
for case in right wrong; do
    other=$sha512
    [ $case = right ] || other=${sha512//[0-9a-f]/0}
    digest="{\"sha256\":\"$sha256\",\"sha512\":\"$other\"}"
    envelope "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":$digest}],\"predicateType\":\"https://in-toto.io/attestation/release/v0.1\",\"predicate\":{}}" >$case.json
    envelope "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":$digest}],\"predicateType\":\"https://slsa.dev/verification_summary/v1\",\"predicate\":{\"verifier\":{\"id\":\"https://headgate.dev/verifier/v1\"},\"timeVerified\":\"$(date -u +%FT%TZ)\",\"verificationResult\":\"PASSED\",\"verifiedLevels\":[\"HEADGATE_ADMIT\",\"HEADGATE_ENFORCED\"]}}" >$case-verdict.json
done
judged "a right SHA-512 beside the SHA-256" 0 by-key.yaml right.json
judged "a wrong one" 1 by-key.yaml wrong.json
expect "in a verdict: right" 0 "$HEADGATE" verify verdict right-verdict.json --subject model.safetensors --key trust/second.pub
expect "in a verdict: wrong" 1 "$HEADGATE" verify verdict wrong-verdict.json --subject model.safetensors --key trust/second.pub
