#!/usr/bin/env bash
# Signing by identity, against a whole Sigstore on loopback: what is signed is accepted by Headgate and by the public @sigstore/verify; what a
# service answers wrongly is refused with its reason, and nothing is written.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/keyless_signing"
npm_tools "$root/tests/e2e/keyless" || { not_ok "@sigstore/mock is installed" "npm failed"; exit; }
cd "$scratch" || exit 1
unset HTTPS_PROXY https_proxy NO_PROXY no_proxy SIGSTORE_ID_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN GITHUB_ACTIONS GITLAB_CI

mkdir trust model
node "$here/serve.mjs" trust >serve.log 2>&1 &
sigstore=$!
# shellcheck disable=SC2317,SC2329  # called at the end
stop() { kill "$sigstore" 2>/dev/null; }
cleanup_hooks+=(stop)
for _ in $(seq 100); do [ -s trust/ready ] && break; sleep 0.2; done
[ -s trust/ready ] || { not_ok "the Sigstore is up" "$(tail -n 3 serve.log)"; exit; }
url=$(cat trust/ready)

make_model model/model.safetensors
printf 'a card\n' >model/README.md
cp model/model.safetensors blob.bin
subject=https://git.example/acme/ml/.ci/release.yml@refs/heads/main
issuer=https://token.ci.example
signer=(--identity "$subject" --issuer "$issuer" --trusted-root trust/trusted_root.json)
# keyless CONFIG [OPTION...]: the options of signing by identity.
keyless() { printf '%s\n' --keyless --trusted-root trust/trusted_root.json --signing-config "trust/config/$1.json"; }
signs() {
    local name=$1 exit=$2 config=$3
    shift 3
    mapfile -t by < <(keyless "$config")
    expect "$name" "$exit" "$HEADGATE" sign "$@" "${by[@]}" --identity-token trust/token
}

# --- What is signed ------------------------------------------------------------------------------------------------
for config in good v2 both no-tsa; do
    signs "a model is signed ($config)" 0 $config model
    says "and it says as whom" "as $subject of $issuer"
    expect "its signature verifies" 0 "$HEADGATE" verify model model --signature model/model.sig "${signer[@]}"
    expect "as a bundle too" 0 "$HEADGATE" verify bundle model/model.sig --payload-type application/vnd.in-toto+json "${signer[@]}"
    expect "and not by somebody else" 1 "$HEADGATE" verify model model --signature model/model.sig --identity x --issuer $issuer \
        --trusted-root trust/trusted_root.json
    signs "a file is signed ($config)" 0 $config blob.bin --content blob
    expect "its bundle verifies over its bytes" 0 "$HEADGATE" verify bundle blob.bin.sigstore.json blob.bin "${signer[@]}"
    expect "and over no others" 1 "$HEADGATE" verify bundle blob.bin.sigstore.json model/README.md "${signer[@]}"
    cp blob.bin.sigstore.json "$config.json"
    if [ $config = good ]; then
        expect "the public @sigstore/verify accepts the file's" 0 node "$here/accept.mjs" trust/trusted_root.json blob.bin.sigstore.json blob.bin
        same "as signed by the same" "$(cat out)" $subject
        expect "and the model's" 0 node "$here/accept.mjs" trust/trusted_root.json model/model.sig
        expect "but not over other bytes" 1 node "$here/accept.mjs" trust/trusted_root.json blob.bin.sigstore.json model/README.md
    fi
done
entries() { jq -r '[.verificationMaterial.tlogEntries[].kindVersion.version] | join(" ")' "$1"; }
same "v1 is logged as v1" "$(entries good.json)" 0.0.1
same "v2 as v2" "$(entries v2.json)" 0.0.2
same "of two the newer interface is used" "$(entries both.json)" 0.0.2
same "a timestamp is there where an authority is" "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' v2.json)" 1
same "and where none is, none" "$(jq '.verificationMaterial.timestampVerificationData' no-tsa.json)" null

jq -n --arg digest "$(sha256sum blob.bin | cut -d' ' -f1)" '{_type: "https://in-toto.io/Statement/v1", subject: [{name: "b", digest: {sha256: $digest}}],
    predicateType: "https://acme.example/test/v1", predicate: {result: "PASSED"}}' >statement.json
signs "a statement is signed as it is" 0 good statement.json --content statement
expect "and verifies" 0 "$HEADGATE" verify bundle statement.json.sigstore.json blob.bin "${signer[@]}"
same "byte for byte" "$(jq -r '.dsseEnvelope.payload | @base64d' statement.json.sigstore.json)" "$(cat statement.json)"
signs "what is no statement is not" 2 good model/README.md --content statement

mapfile -t by < <(keyless good)
expect "a verdict is signed by identity" 0 "$HEADGATE" check model/model.safetensors --attest verdict.json --attest-format bundle "${by[@]}" \
    --identity-token trust/token
expect "and relied on by identity" 0 "$HEADGATE" verify verdict verdict.json --subject model/model.safetensors "${signer[@]}"
expect "and by nobody else's" 1 "$HEADGATE" verify verdict verdict.json --subject model/model.safetensors --identity x --issuer $issuer \
    --trusted-root trust/trusted_root.json
expect "not in a bare envelope" 4 "$HEADGATE" check model/model.safetensors --attest bare.json "${by[@]}" --identity-token trust/token

# --- Where the token comes from ------------------------------------------------------------------------------------
rm -f model/model.sig
expect "no token: told what to do" 4 "$HEADGATE" sign model "${by[@]}"
says "in a shell" "SIGSTORE_ID_TOKEN"
expect "no token in GitHub Actions" 4 env GITHUB_ACTIONS=true "$HEADGATE" sign model "${by[@]}"
says "there" "id-token: write"
expect "no token in GitLab" 4 env GITLAB_CI=true "$HEADGATE" sign model "${by[@]}"
says "and there" "id_tokens"
expect "GitLab's token" 0 env SIGSTORE_ID_TOKEN="$(cat trust/token)" "$HEADGATE" sign model "${by[@]}"
expect "GitHub's token" 0 env ACTIONS_ID_TOKEN_REQUEST_URL="$url/github?api-version=2" ACTIONS_ID_TOKEN_REQUEST_TOKEN=runner-secret \
    "$HEADGATE" sign model "${by[@]}"
expect "it verifies" 0 "$HEADGATE" verify model model --signature model/model.sig "${signer[@]}"
rm -f model/model.sig
expect "GitHub refuses" 2 env ACTIONS_ID_TOKEN_REQUEST_URL="$url/github" ACTIONS_ID_TOKEN_REQUEST_TOKEN=wrong-secret "$HEADGATE" sign model "${by[@]}"
says "and it is said" "answered 403"
if grep -q wrong-secret out err; then not_ok "the runner's secret is not shown" "it is"; else ok "the runner's secret is not shown"; fi
expect "a provider on another machine is not asked in plain text" 4 env ACTIONS_ID_TOKEN_REQUEST_URL=http://github.example/ \
    ACTIONS_ID_TOKEN_REQUEST_TOKEN=runner-secret "$HEADGATE" sign model "${by[@]}"

# --- What is refused, and leaves nothing ---------------------------------------------------------------------------
# refused NAME WHY COMMAND...: not signed, for that reason, nothing written, the token not shown.
refused() {
    local name=$1 why=$2
    shift 2
    rm -f model/model.sig
    expect "$name" "2|4" "$@" || return
    says "$name: the reason" "$why"
    if [ -e model/model.sig ]; then not_ok "$name: nothing is written" "model.sig is there"; else ok "$name: nothing is written"; fi
    if grep -qF -e "$(cut -d. -f2 trust/token)" out err; then not_ok "$name: the token is not shown" "it is"; else ok "$name: the token is not shown"; fi
}
while IFS='|' read -r file why; do
    refused "token $file" "$why" "$HEADGATE" sign model "${by[@]}" --identity-token "trust/$file"
done <<'EOF'
other-audience|another audience than .sigstore
ended|has ended
mail|not verified
no-token|no JSON Web Token
EOF
refused "a token for another audience that was asked for" "another audience than .mine" "$HEADGATE" sign model "${by[@]}" \
    --identity-token trust/token --oidc-client-id mine
(   # The slow ones wait for their time in the background, at once.
    for service in ca log tsa; do
        mapfile -t slow < <(keyless $service-slow)
        ( timeout 55 "$HEADGATE" sign blob.bin --content blob --signature "$service-slow.json" "${slow[@]}" --identity-token trust/token \
            >/dev/null 2>"$service-slow.err"; echo $? >"$service-slow.exit" ) &
    done
    wait
) &
slow_ones=$!
while IFS='|' read -r config why; do
    mapfile -t by < <(keyless "$config")
    refused "$config" "$why" "$HEADGATE" sign model "${by[@]}" --identity-token trust/token
done <<'EOF'
ca-refused-token|answered 401: the token \.\.\. is not for us
ca-other-key|another key than the one that asked
ca-no-sct|no SCT
ca-other-authority|does not hold under the trusted root
ca-no-certificate|holds no certificate
ca-detached-sct|beside the certificate
ca-no-json|is no JSON
ca-oversize|larger than the [0-9]+ bytes
ca-endless|larger than the [0-9]+ bytes
ca-redirect|answered 307: .*no redirect is followed
ca-trouble|answered 503: come back later
log-other-body|the entry is of another signature
log-other-log|0 entries of distinct logs|does not name
log-no-promise|signed entry timestamp does not verify
log-no-json|malformed|JSON|expected
log-oversize|larger than the [0-9]+ bytes
log-endless|larger than the [0-9]+ bytes
log-redirect|answered 307
log-trouble|answered 503
v2-other-body|the entry is of another signature
v2-other-log|does not name|0 entries
v2-no-tsa|no timestamp authority
tsa-other-imprint|of other bytes
tsa-other-nonce|its nonce differs
tsa-other-tsa|chain of its signer does not hold|another certificate than the authority
tsa-no-json|not a DER TimeStampResp
tsa-oversize|larger than the [0-9]+ bytes
tsa-endless|larger than the [0-9]+ bytes
tsa-redirect|answered 307
tsa-trouble|answered 503
EOF
# A refusal that says the token in other clothes: no piece of it is shown, plain or in base64.
for how in escaped cut lines percent base64 certificate key; do
    mapfile -t by < <(keyless "ca-echo-$how")
    refused "a token echoed ($how)" "answered 401|holds|certificate|twice|duplicate" "$HEADGATE" sign model "${by[@]}" --identity-token trust/token
    if "$PYTHON" - trust/token out err >pieces 2>&1 <<'PY'
import base64, sys
token = open(sys.argv[1], "rb").read().strip()
said = b"".join(open(name, "rb").read() for name in sys.argv[2:])
for secret in (token, base64.b64encode(token)):
    for at in range(len(secret) - 11):
        if secret[at:at + 12] in said:
            sys.exit(f"{secret[at:at + 12]} is shown")
PY
    then ok "a token echoed ($how): no piece of it is shown"; else not_ok "a token echoed ($how): no piece of it is shown" "$(cat pieces)"; fi
done
mapfile -t by < <(keyless good)
refused "another Sigstore's root" "does not hold under the trusted root" "$HEADGATE" sign model --keyless --signing-config trust/config/good.json \
    --trusted-root trust/other_root.json --identity-token trust/token
jq '.caUrls[0].url = "http://127.0.0.1:1"' trust/config/good.json >trust/config/nobody.json
refused "nobody there" "cannot connect" "$HEADGATE" sign model --keyless --signing-config trust/config/nobody.json \
    --trusted-root trust/trusted_root.json --identity-token trust/token
jq '.caUrls[0].url = "http://fulcio.example"' trust/config/good.json >trust/config/plain.json
refused "a token is not sent in plain text" "plain http:// is taken for this machine only" "$HEADGATE" sign model --keyless \
    --signing-config trust/config/plain.json --trusted-root trust/trusted_root.json --identity-token trust/token
# What would fail later fails before the token was shown to anybody: nothing asks the certificate authority.
asked() { # asked NAME WHY JQ: a signing config that is good but for that
    jq --arg url "$url" "$3" trust/config/good.json >trust/config/changed.json
    refused "$1" "$2" "$HEADGATE" sign model --keyless --signing-config trust/config/changed.json --trusted-root trust/trusted_root.json \
        --identity-token trust/token
    same "$1: a mistake of the caller's" "$status" 4
}
asked "a log in plain text" "rekorTlogUrls.*plain http://" '.rekorTlogUrls[0].url = "http://log.example"'
asked "a timestamp authority in plain text" "tsaUrls.*plain http://" '.tsaUrls[0].url = "http://tsa.example/stamp"'
asked "a query in the authority's address" "caUrls.*query" '.caUrls[0].url += "/?x="'
asked "a fragment in the log's" "rekorTlogUrls.*fragment" '.rekorTlogUrls[0].url += "/#x"'
asked "a user in the log's" "rekorTlogUrls.*user or password" '.rekorTlogUrls[0].url = "https://a:b@log.example"'
jq '.rekorTlogUrls[0].majorApiVersion = 9' trust/config/good.json >trust/config/unknown.json
refused "a log that nobody here speaks to" "0 logs in use" "$HEADGATE" sign model --keyless --signing-config trust/config/unknown.json \
    --trusted-root trust/trusted_root.json --identity-token trust/token
wait "$slow_ones"
for service in ca log tsa; do
    same "a slow $service ends in time, unsigned" "$(cat $service-slow.exit)$([ -e $service-slow.json ] && echo written)" 2
    if grep -q "in time\|said nothing" $service-slow.err; then ok "slow $service: the reason"; else not_ok "slow $service: the reason" "$(tail -n 2 $service-slow.err)"; fi
done

# --- Over TLS -------------------------------------------------------------------------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
node "$here/tls.mjs" tls "$url" tls.port &
proxy=$!
# shellcheck disable=SC2317,SC2329
stop_proxy() { kill "$proxy" 2>/dev/null; }
cleanup_hooks+=(stop_proxy)
for _ in $(seq 50); do [ -s tls.port ] && break; sleep 0.1; done
jq --arg to "https://localhost:$(cat tls.port)" --arg from "$url" '(.. | .url? // empty) |= sub("^" + $from; $to)' trust/config/good.json >trust/config/tls.json
mapfile -t by < <(keyless tls)
expect "signed over TLS" 0 env SSL_CERT_FILE="$PWD/tls.pem" "$HEADGATE" sign model "${by[@]}" --identity-token trust/token
refused "a server that nobody vouches for" "certificate is not trusted" "$HEADGATE" sign model "${by[@]}" --identity-token trust/token
sed -i 's/localhost/127.0.0.1/' trust/config/tls.json
refused "a server of another name" "certificate is not trusted: .*(mismatch|IP)" env SSL_CERT_FILE="$PWD/tls.pem" "$HEADGATE" sign model "${by[@]}" \
    --identity-token trust/token

# A proxy: it is asked for a tunnel, and TLS goes through it end to end. Only the proxy knows where sigstore.example is.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout named.key -out named.pem -days 2 -subj /CN=sigstore.example \
    -addext subjectAltName=DNS:sigstore.example 2>/dev/null
node "$here/tunnel.mjs" named "$url" proxy.port &
tunnel=$!
# shellcheck disable=SC2317,SC2329
stop_tunnel() { kill "$tunnel" 2>/dev/null; }
cleanup_hooks+=(stop_tunnel)
for _ in $(seq 50); do [ -s proxy.port ] && break; sleep 0.1; done
jq --arg from "$url" '(.. | .url? // empty) |= sub("^" + $from; "https://sigstore.example")' trust/config/good.json >trust/config/proxied.json
mapfile -t by < <(keyless proxied)
expect "signed through a proxy" 0 env HTTPS_PROXY="http://127.0.0.1:$(cat proxy.port)" SSL_CERT_FILE="$PWD/named.pem" "$HEADGATE" sign model \
    "${by[@]}" --identity-token trust/token
refused "a proxy that is in the middle" "certificate is not trusted" env HTTPS_PROXY="http://127.0.0.1:$(cat proxy.port)" SSL_CERT_FILE="$PWD/tls.pem" \
    "$HEADGATE" sign model "${by[@]}" --identity-token trust/token
refused "without the proxy" "no address" env NO_PROXY=sigstore.example HTTPS_PROXY="http://127.0.0.1:$(cat proxy.port)" "$HEADGATE" sign model \
    "${by[@]}" --identity-token trust/token

# --- Timestamps of what a key signs --------------------------------------------------------------------------------
make_key key.pem
tsa=$url/api/v1/timestamp
stamps() { jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' "$1"; }
expect "a key's signature with a timestamp" 0 "$HEADGATE" sign model --key key.pem --timestamp-server-url "$tsa" --trusted-root trust/trusted_root.json
same "is in the bundle" "$(stamps model/model.sig)" 1
expect "and counts" 0 "$HEADGATE" verify bundle model/model.sig --payload-type application/vnd.in-toto+json \
    --key key.pem.pub --trusted-root trust/trusted_root.json --tlog-threshold 0 --tsa-threshold 1
expect "the model verifies" 0 "$HEADGATE" verify model model --signature model/model.sig --key key.pem.pub
expect "a verdict with a timestamp" 0 "$HEADGATE" check model/model.safetensors --attest verdict.json --attest-format bundle --key key.pem \
    --timestamp-server-url "$tsa"
same "has one" "$(stamps verdict.json)" 1
expect "and verifies" 0 "$HEADGATE" verify verdict verdict.json --subject model/model.safetensors --key key.pem.pub
expect "a file by key" 0 "$HEADGATE" sign blob.bin --content blob --key key.pem --timestamp-server-url "$tsa"
expect "verifies with its timestamp" 0 "$HEADGATE" verify bundle blob.bin.sigstore.json blob.bin --key key.pem.pub --trusted-root trust/trusted_root.json \
    --tlog-threshold 0 --tsa-threshold 1
expect "an authority that is not there costs the timestamp only" 0 "$HEADGATE" sign model --key key.pem --timestamp-server-url http://127.0.0.1:1/
says "and is told" "signed without a timestamp"
for address in http://tsa.example/ "$url/api/v1/timestamp?x=1" "$url/api/v1/timestamp#x"; do
    expect "an authority at $address is a mistake" 4 "$HEADGATE" sign model --key key.pem --timestamp-server-url "$address"
done
same "it has none" "$(stamps model/model.sig)" 0
expect "so does one that is in trouble" 0 "$HEADGATE" sign model --key key.pem --timestamp-server-url "$url/trouble"
refused "unless it is required" "cannot connect" "$HEADGATE" sign model --key key.pem --timestamp-server-url http://127.0.0.1:1/ --require-timestamp
refused "a timestamp of other bytes" "of other bytes" "$HEADGATE" sign model --key key.pem --timestamp-server-url "$url/other-imprint"
refused "an authority of somebody else" "chain of its signer does not hold|another certificate" "$HEADGATE" sign model --key key.pem --timestamp-server-url "$url/other-tsa" \
    --trusted-root trust/trusted_root.json

# OpenSSL's own authority: an independent implementation of RFC 3161.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.pem -days 2 -subj /CN=tsa \
    -addext extendedKeyUsage=critical,timeStamping 2>/dev/null
cat >tsa.cnf <<'CNF'
[tsa]
default_tsa = tsa1
[tsa1]
serial = tsa.serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
CNF
echo 01 >tsa.serial
node -e 'const fs = require("node:fs"), { execFileSync } = require("node:child_process");
require("node:http").createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
        fs.writeFileSync("query.tsq", Buffer.concat(chunks));
        const command = "ts -reply -config tsa.cnf -queryfile query.tsq -signer tsa.pem -inkey tsa.key -out reply.tsr";
        execFileSync("openssl", command.split(" "), { stdio: "ignore" });
        response.writeHead(200, { "content-type": "application/timestamp-reply" }).end(fs.readFileSync("reply.tsr"));
    });
}).listen(0, "127.0.0.1", function () { fs.writeFileSync("tsa.port", String(this.address().port)); });' &
authority=$!
# shellcheck disable=SC2317,SC2329
stop_authority() { kill "$authority" 2>/dev/null; }
cleanup_hooks+=(stop_authority)
for _ in $(seq 50); do [ -s tsa.port ] && break; sleep 0.1; done
expect "OpenSSL's timestamp authority" 0 "$HEADGATE" sign blob.bin --content blob --key key.pem --timestamp-server-url "http://127.0.0.1:$(cat tsa.port)/" \
    --require-timestamp
jq -r '.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp' blob.bin.sigstore.json | base64 -d >stamp.tsr
jq -r .messageSignature.signature blob.bin.sigstore.json | base64 -d >signature.bin
expect "and OpenSSL verifies it over the signature" 0 openssl ts -verify -data signature.bin -in stamp.tsr -CAfile tsa.pem

# --- Options that do not go together -------------------------------------------------------------------------------
while IFS='|' read -r name options; do
    # shellcheck disable=SC2086
    expect "$name" 4 "$HEADGATE" sign model $options
done <<'EOF'
neither key nor identity|
both|--keyless --key key.pem
no signing config|--keyless --trusted-root trust/trusted_root.json
no root|--keyless --signing-config trust/config/good.json
a config for a key|--key key.pem --signing-config trust/config/good.json
a token for a key|--key key.pem --identity-token trust/token
a required timestamp of nobody|--key key.pem --require-timestamp
another authority than the config's|--keyless --signing-config trust/config/good.json --trusted-root trust/trusted_root.json --timestamp-server-url https://tsa.example
a list of files of plain bytes|--key key.pem --content blob --shard-size 5
EOF

# --- The public suite's client protocol ----------------------------------------------------------------------------
adapter="$root/tests/conformance/sigstore"
expect "sign-bundle" 0 "$PYTHON" "$adapter" sign-bundle --identity-token "$(cat trust/token)" --bundle conformance.json \
    --trusted-root trust/trusted_root.json --signing-config trust/config/v2.json blob.bin
expect "verify-bundle of it" 0 "$PYTHON" "$adapter" verify-bundle --bundle conformance.json --certificate-identity $subject \
    --certificate-oidc-issuer $issuer --trusted-root trust/trusted_root.json blob.bin
expect "sign-bundle of a statement" 0 "$PYTHON" "$adapter" sign-bundle --in-toto --identity-token "$(cat trust/token)" --bundle conformance.json \
    --trusted-root trust/trusted_root.json --signing-config trust/config/good.json statement.json
expect "verify-bundle of it, about the file" 0 "$PYTHON" "$adapter" verify-bundle --bundle conformance.json --certificate-identity $subject \
    --certificate-oidc-issuer $issuer --trusted-root trust/trusted_root.json blob.bin
expect "without services" 2 "$PYTHON" "$adapter" sign-bundle --identity-token x --bundle none.json blob.bin

# --- The CI templates ----------------------------------------------------------------------------------------------
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@team.example GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@team.example
mkdir -p repository/.headgate repository/models repository/templates runner
cp trust/trusted_root.json repository/.headgate/
cp trust/config/good.json repository/.headgate/signing_config.json
cp model/model.safetensors repository/models/
cp "$root/ci-templates/gitlab/templates/headgate.yml" repository/templates/
cat >repository/.gitlab-ci.yml <<YAML
include:
  - local: templates/headgate.yml
    inputs:
      { job-name: model-gate, subjects: models/model.safetensors, headgate: $HEADGATE, signing-config: .headgate/signing_config.json, trusted-root: .headgate/trusted_root.json }
YAML
echo .gitlab-ci-local >repository/.gitignore
git init -q -b main repository
git -C repository add . && git -C repository commit -qm base
base=$(git -C repository rev-parse HEAD)
git clone -q --bare repository origin.git
git -C repository remote add origin "file://$scratch/origin.git"
# A pull request that would like the job's token sent to its own place.
git -C repository checkout -qb pull-request
cp trust/config/nobody.json repository/.headgate/signing_config.json
git -C repository commit -qam "a small fix"
action=(env GITHUB_WORKSPACE="$scratch/repository" GITHUB_ACTION_PATH="$root/ci-templates/github" RUNNER_TEMP="$scratch/runner"
    GITHUB_OUTPUT="$scratch/action.out" GITHUB_STEP_SUMMARY="$scratch/action.md" INPUT_HEADGATE="$HEADGATE" INPUT_SUBJECTS=models/model.safetensors
    GITHUB_EVENT_NAME=pull_request EVENT_BASE_SHA="$base" EVENT_DEFAULT_BRANCH=main GITHUB_ACTIONS=true
    INPUT_SIGNING_CONFIG=.headgate/signing_config.json INPUT_TRUSTED_ROOT=.headgate/trusted_root.json)
github=(ACTIONS_ID_TOKEN_REQUEST_URL="$url/github?api-version=2" ACTIONS_ID_TOKEN_REQUEST_TOKEN=runner-secret)
expect "the action signs its verdict by identity" 0 "${action[@]}" "${github[@]}" bash "$root/ci-templates/github/run.sh"
attestation=$(sed -n 's/^attestation-path=//p' action.out)
expect "which can be relied on" 0 "$HEADGATE" verify verdict "$attestation" --subject model/model.safetensors "${signer[@]}"
: >action.out
expect "without id-token: write it cannot decide" 4 "${action[@]}" bash "$root/ci-templates/github/run.sh"
says "and says what is missing" "id-token: write"

git -C repository checkout -q main
if npm_tools "$root/tests/e2e/gitlab"; then
    expect "so does the GitLab component" 0 env -C repository HOME="$scratch" node "$node_modules/.bin/gitlab-ci-local" --force-shell-executor \
        --no-shell-isolation --no-color --variable CI_COMMIT_REF_PROTECTED=true --variable CI_DEFAULT_BRANCH=main \
        --variable SIGSTORE_ID_TOKEN="$(cat trust/token)" model-gate
    expect "with a verdict that can be relied on" 0 "$HEADGATE" verify verdict repository/headgate.sigstore.json --subject model/model.safetensors \
        "${signer[@]}"
else
    skip "the GitLab component" "npm failed"
fi
