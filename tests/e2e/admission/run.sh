#!/usr/bin/env bash
# shellcheck disable=SC2016
# `headgate serve --admission` as an API server sees it (apiserver.py), every way around a webhook by its name (bypasses.py), and
# `headgate k8s test`, which gives the same answers without a server.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/admission"

# holds NAME FILTER [JQ-OPTION...]: what the last command printed is JSON, and this is true of it. (jq 1.6 is content with no input at all,
# and whoever runs it with its output into the file that it reads gives it none.)
holds() {
    local name=$1 filter=$2
    shift 2
    cp "$scratch/out" "$scratch/answer"
    if [ -s "$scratch/answer" ] && jq -e "$@" "$filter" "$scratch/answer" >/dev/null 2>&1; then
        ok "$name"
    else
        not_ok "$name" "$(head -c 600 "$scratch/answer" | tr -c '[:print:]\n' '?')"
    fi
}

expect "the emulator of the API server keeps the contract" 0 "$PYTHON" "$here/apiserver.py" --self-test

write_policy() {
    cat >"$scratch/policy.yaml" <<YAML
headgate: 1
policy: test/admission
defaults: { on-unchanged: $1, deadline: { admission: 8s } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.digest
    for: [container]
    check: integrity
    why: A tag moves.
    fix: Name the image by digest.
  - id: container.registry
    for: [container]
    check: registry
    with: { allow: ["oci:registry.example/**", "oci:registry.example:5000/**"], bare-names: judge }
    why: It comes from a registry of ours.
    fix: Copy it there.
  - id: model.source
    for: [model, dataset]
    check: registry
    with: { allow: ["hf:acme/**"], bare-names: judge }
    why: It comes from ours.
    fix: Use ours.
  - id: model.commit
    for: [model, dataset]
    check: integrity
    why: A branch moves.
    fix: Name the commit.
YAML
}
digest="sha256:$(printf 'a%.0s' $(seq 64))"
pod() {
    jq -cn --arg image "$1" '{apiVersion:"v1",kind:"Pod",metadata:{name:"web",namespace:"prod",labels:{n:$ARGS.named.image}},spec:{containers:[{name:"a",image:$image}]}}'
}
pod "registry.example/team/app@$digest" >"$scratch/good.json"
pod "registry.example/team/app:1" >"$scratch/tag.json"
pod "evil.example/app@$digest" >"$scratch/evil.json"
write_policy judge

# --- who may ask
start_server --policy "$scratch/policy.yaml"
run curl -sS -o /dev/null -w '%{http_code}' "http://$url/v1/validate" -d '{}'
says "without --admission there is no such route" '^404$'
expect "--mutate alone is a mistake" 4 "$HEADGATE" serve --mutate --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
expect "beyond loopback --admission needs TLS" 4 "$HEADGATE" serve --admission --listen 0.0.0.0:0 --health-listen 127.0.0.1:0

# --- the contract and the ways around it, over plain HTTP
start_server --policy "$scratch/policy.yaml" --admission --mutate
"$PYTHON" "$here/bypasses.py" --validate "http://$url/v1/validate" --raw "$url" | tee "$scratch/bypasses"
failures=$((failures + $(grep -c '^not ok' "$scratch/bypasses")))
expect "and there were more than a hundred" 0 test "$(grep -c '^ok' "$scratch/bypasses")" -gt 100
admit() { run "$PYTHON" "$here/apiserver.py" --validate "http://$url/v1/validate" "$@"; }
admit --mutate "http://$url/v1/mutate" "$scratch/good.json"
holds "both webhooks let a good pod in, as it was" '.admitted and .object == $pod[0]' --slurpfile pod "$scratch/good.json"
admit --mutate "http://$url/v1/mutate" "$scratch/tag.json"
holds "a tag that nobody resolved is not pinned, and refused" '(.admitted | not) and .code == 403'
run curl -sS "http://$health/metrics"
says "metrics count reviews by operation and decision" '^headgate_admission_reviews_total\{operation="CREATE",decision="deny"\} [1-9]'
says "and time them" '^headgate_admission_duration_seconds_bucket\{le="0.005"\}'
reviews=$(grep -c '^headgate_admission_reviews_total' "$scratch/out")
expect "and grow with nothing that was asked" 0 test "$reviews" -eq 15
expect "each review has a line in the log" 0 jq -es 'map(select(.event == "validate" and .uid == "the-same")) | length >= 2 and all(.decision == "deny" and .namespace == "prod")' "$scratch/log"

# --- H-26: a policy that breaks leaves the last good one, and says so
cp "$scratch/policy.yaml" "$scratch/good.yaml"
echo 'surprise: 1' >>"$scratch/policy.yaml"
wait_for grep -q '"event":"policy refused"' "$scratch/log"
admit "$scratch/good.json"
holds "H-26 a broken policy leaves the last good one, with a warning" '.admitted and (.warnings | length == 1)'
admit "$scratch/evil.json"
holds "H-26 which still denies" '(.admitted | not) and .code == 403'
cp "$scratch/good.yaml" "$scratch/policy.yaml"

# --- what names only what it named: on-unchanged
jq -c '.metadata.labels.n = "other"' "$scratch/evil.json" >"$scratch/evil2.json"
jq -c '.spec.containers[0].image = "evil.example/app:1"' "$scratch/evil.json" >"$scratch/evil-tag.json"
admit --operation UPDATE --old "$scratch/evil.json" "$scratch/evil2.json"
holds "on-unchanged: judge judges what was there" '.admitted | not'
write_policy admit
start_server --policy "$scratch/policy.yaml" --admission
admit --operation UPDATE --old "$scratch/evil.json" "$scratch/evil2.json"
holds "on-unchanged: admit lets it stay, and says so" '.admitted and (.warnings | any(test("exception"))) and (.audit | to_entries | any(.value | test("exception")))'
admit --operation UPDATE --old "$scratch/good.json" "$scratch/evil.json"
holds "but not what is new" '.admitted | not'
admit --operation UPDATE --old "$scratch/evil-tag.json" "$scratch/evil-tag.json"
holds "nor what is named by a tag" '.admitted | not'
admit --operation CREATE --old "$scratch/evil.json" "$scratch/evil.json"
holds "nor what is created" '.admitted | not'
printf 'blocked:\n  - { digest: "%s", why: "it is bad" }\n' "$digest" >>"$scratch/policy.yaml"
wait_for grep -q '"event":"policy loaded"' "$scratch/log"
admit --operation UPDATE --old "$scratch/evil.json" "$scratch/evil2.json"
holds "nor what is blocked" '(.admitted | not) and (.message | test("blocked"))'

# --- TLS: with and without a client certificate
write_policy judge
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/tls.key" -out "$scratch/tls.crt" 2>/dev/null
start_server --policy "$scratch/policy.yaml" --admission --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key"
run "$PYTHON" "$here/apiserver.py" --ca "$scratch/tls.crt" --validate "https://$url/v1/validate" "$scratch/good.json"
holds "C9 over TLS, without a client certificate" '.admitted'
run bash -c "printf 'R\n' | timeout 5 openssl s_client -connect $url -tls1_2 2>&1"
if grep -q RENEGOTIATING "$scratch/out" && ! grep -q 'read R BLOCK' "$scratch/out"; then ok "TLS is not negotiated again"; else not_ok "TLS is not negotiated again" "$(tail -n 3 "$scratch/out")"; fi
run "$PYTHON" "$here/apiserver.py" --ca "$scratch/tls.crt" --validate "https://$url/v1/validate" "$scratch/good.json"
holds "and a review is answered after it" '.admitted'
stop_server
: >"$scratch/log"
"$HEADGATE" serve --listen 0.0.0.0:0 --health-listen 127.0.0.1:0 --policy "$scratch/policy.yaml" --admission --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key" \
    2>"$scratch/log" &
server=$!
wait_for grep -q '"event":"serving"' "$scratch/log"
url=127.0.0.1:$(jq -r 'select(.event == "serving") | .port' "$scratch/log" | head -n 1)
run "$PYTHON" "$here/apiserver.py" --ca "$scratch/tls.crt" --validate "https://$url/v1/validate" "$scratch/good.json"
holds "beyond loopback, with TLS and nobody to know, a review is answered" '.admitted'
run curl -sS --cacert "$scratch/tls.crt" -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" -d '{}'
says "and nothing else is" '^404$'
start_server --policy "$scratch/policy.yaml" --admission --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key" --client-ca "$scratch/tls.crt"
run "$PYTHON" "$here/apiserver.py" --ca "$scratch/tls.crt" --validate "https://$url/v1/validate" "$scratch/good.json"
holds "B-20 with --client-ca nobody without a certificate is answered" '(.admitted | not) and (.message | test("failed calling webhook"))'
stop_server

# --- --attest: the signed verdict of each review, before it is answered
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/attest.key" 2>/dev/null
verdicts="$scratch/verdicts.intoto.jsonl"
# payloads FILE: the statements of its lines, as JSON.
payloads() { jq -r '.payload' "$1" | while read -r payload; do base64 -d <<<"$payload"; echo; done; }
# attested NAME FILTER: it is true of the list of statements.
attested() {
    local name=$1 filter=$2
    shift 2
    payloads "$verdicts" >"$scratch/statements"
    if jq -es "$@" "$filter" "$scratch/statements" >/dev/null; then ok "$name"; else not_ok "$name" "$(head -c 600 "$scratch/statements")"; fi
}
expect "--attest needs --key" 4 "$HEADGATE" serve --attest "$verdicts" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
expect "--key needs --attest" 4 "$HEADGATE" serve --key "$scratch/attest.key" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
expect "what is appended to is not what is read" 4 "$HEADGATE" serve --attest "$scratch/attest.key" --key "$scratch/attest.key" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
start_server --policy "$scratch/policy.yaml" --admission --mutate --attest "$verdicts" --key "$scratch/attest.key"
admit "$scratch/good.json"
holds "a good pod is admitted with its verdict" '.admitted'
attested "as a result and a summary about the object" 'length == 2 and .[0].predicateType == "https://headgate.dev/result/v1" and .[1].predicateType == "https://slsa.dev/verification_summary/v1"
    and .[0].subject == .[1].subject and .[0].subject[0].name == "k8s:prod/Pod/web" and .[1].predicate.verificationResult == "PASSED"
    and .[1].predicate.verifiedLevels[0] == "HEADGATE_NAMES_ONLY" and .[0].predicate.admission.allowed and .[0].predicate.admission.namespace == "prod"'
openssl pkey -in "$scratch/attest.key" -pubout -out "$scratch/attest.pub"
payloads "$verdicts" >"$scratch/statements"
expect "nobody relies on a verdict of names" 1 "$HEADGATE" verify verdict "$verdicts" --subject "sha256:$(head -n 1 "$scratch/statements" | jq -r '.subject[0].digest.sha256')" --key "$scratch/attest.pub"
admit "$scratch/evil.json"
holds "a bad one is refused" '(.admitted | not) and .code == 403'
attested "which is recorded, too" 'length == 4 and .[3].predicate.verificationResult == "FAILED" and (.[2].predicate.admission | .allowed == false and .code == 403)'
admit --mutate "http://$url/v1/mutate" "$scratch/good.json"
attested "what is asked of /v1/mutate is not" 'length == 6'
review() { "$PYTHON" "$root/tests/recipes/admission_reviews.py" "$scratch/good.json" "$@"; }
for _ in 1 2 3; do run curl -sS "http://$url/v1/validate" -d "$(review uid=the-same)"; done
holds "H-31 a review that is sent again has the same answer" '.response.allowed'
attested "H-31 and is recorded once" 'length == 8 and ([.[].predicate.admission.uid // empty] | map(select(. == "the-same")) | length == 1)'
run curl -sS "http://$url/v1/validate" -d "$(review uid=dry dry_run=1)"
holds "H-32 a dry run has its answer" '.response.allowed'
attested "H-32 and leaves nothing" 'length == 8'
mv "$verdicts" "$verdicts.1"
admit "$scratch/good.json"
attested "a file that was taken away is made anew" 'length == 2'
mv "$verdicts" "$verdicts.2"
mkdir "$verdicts"
admit "$scratch/good.json"
holds "what cannot be recorded is denied" '(.admitted | not) and .code == 500 and (.message | test("could not be recorded"))'
run curl -sS "http://$health/metrics"
says "and counted" '^headgate_attestations_total\{fate="failed"\} [1-9]'
says "stages are timed" '^headgate_admission_stage_seconds_count\{stage="attest"\} [1-9]'
rmdir "$verdicts"
admit "$scratch/good.json"
holds "until it can be" '.admitted'
start_server --policy "$scratch/policy.yaml" --admission --attest "$scratch/bundles.jsonl" --attest-format bundle --key "$scratch/attest.key"
admit "$scratch/good.json"
expect "as bundles" 0 jq -es 'length == 2 and all(.mediaType | test("sigstore.bundle"))' "$scratch/bundles.jsonl"

mkdir "$scratch/models"
printf 'text\n' >"$scratch/models/a.txt"
rm -f "$verdicts"
start_server --policy "$scratch/policy.yaml" --root "$scratch/models" --attest "$verdicts" --key "$scratch/attest.key"
run curl -sS "http://$url/v1/evaluate" -d '{"subjects":[{"path":"a.txt"}]}'
holds "/v1/evaluate judges a file" '.subjects | length == 1'
attested "and its verdict is recorded" 'length == 2 and .[0].subject[0].digest.sha256 == $sha and (.[0].predicate | has("admission") | not)' \
    --arg sha "$(sha256sum "$scratch/models/a.txt" | cut -d ' ' -f 1)"
run curl -sS "http://$url/v1/evaluate" -d '{"subjects":[{"ref":"hf:acme/model"}]}'
attested "a name has no verdict that could be" 'length == 2'
mv "$verdicts" "$verdicts.3"
mkdir "$verdicts"
run curl -sS "http://$url/v1/evaluate" -d '{"subjects":[{"path":"a.txt"}]}'
holds "and what cannot be recorded is not let in" '.decision != "allow"'

# --- --grace-file: what was admitted outlives the process
start_server --policy "$scratch/policy.yaml" --admission --grace-file "$scratch/admitted"
admit "$scratch/good.json"
wait_for grep -q "^prod $digest " "$scratch/admitted"
expect "what was admitted is written down" 0 grep -q "^prod $digest [0-9]*$" "$scratch/admitted"
expect "for nobody else to read" 0 test "$(stat -c %a "$scratch/admitted")" = 600
cp "$scratch/admitted" "$scratch/admitted.before"
start_server --policy "$scratch/policy.yaml" --admission --grace-file "$scratch/admitted"
expect "and read again" 1 grep -q 'grace file' "$scratch/log"
stop_server
expect "and kept" 0 cmp -s "$scratch/admitted" "$scratch/admitted.before"
echo 'prod anything' >>"$scratch/admitted"
start_server --policy "$scratch/policy.yaml" --admission --grace-file "$scratch/admitted"
expect "a file that says something else is not read" 0 grep -q 'grace file refused' "$scratch/log"
admit "$scratch/good.json"
holds "and reviews are answered without it" '.admitted'
expect "--grace-file needs --admission" 4 "$HEADGATE" serve --grace-file "$scratch/admitted" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
stop_server

# --- k8s test: the same answers without a server
mkdir -p "$scratch/reviews"
cp "$scratch/good.json" "$scratch/tag.json" "$scratch/reviews/"
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: "%s"}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n' \
    "evil.example/app@$digest" >"$scratch/reviews/two.yaml"
echo null >"$scratch/reviews/null.json"
expect "k8s test: one is denied, so 1" 1 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" "$scratch/reviews"
says "with where and why" 'spec.containers\[0\].image'
expect "all allowed: 0" 0 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" "$scratch/reviews/good.json"
mkdir "$scratch/empty"
expect "nothing there: 3" 3 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" "$scratch/empty"
expect "no such file: 2" 2 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" "$scratch/absent"
cat >"$scratch/expect.yaml" <<YAML
k8s-test: 1
cases:
  - { review: reviews/good.json, decision: allow, references: ["oci:registry.example/team/app@$digest"] }
  - { review: reviews/tag.json, decision: deny, says: container.digest }
  - { review: "reviews/two.yaml#1", decision: deny }
  - { review: "reviews/two.yaml#2", decision: allow, references: [], says: names no image }
  - { review: reviews/null.json, decision: none }
YAML
expect "as expected: 0" 0 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" --expect "$scratch/expect.yaml" "$scratch/reviews"
says "and counted" '^5 passed, 0 failed, 0 not expected'
sed 's/decision: allow, references: \["oci/decision: allow, references: ["oci:x", "oci/; s/decision: none/decision: deny/' "$scratch/expect.yaml" >"$scratch/wrong.yaml"
expect "otherwise: 1" 1 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" --expect "$scratch/wrong.yaml" "$scratch/reviews"
says "two of them" '^3 passed, 2 failed'
echo '  - { review: absent.yaml, decision: allow }' >>"$scratch/expect.yaml"
expect "a case without its review has failed: 1" 1 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" --expect "$scratch/expect.yaml" "$scratch/reviews"
echo '  - { review: x, decison: allow }' >>"$scratch/expect.yaml"
expect "a key that is not known: 4" 4 "$HEADGATE" k8s test --policy "$scratch/policy.yaml" --expect "$scratch/expect.yaml" "$scratch/reviews"
run "$HEADGATE" k8s test --policy "$scratch/policy.yaml" --output json "$scratch/reviews/good.json"
holds "as JSON" '.reviews[0] | .decision == "allow" and .code == 200 and .references[0].path == "spec.containers[0].image" and .references[0].digest == $digest' --arg digest "$digest"
