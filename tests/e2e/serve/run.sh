#!/usr/bin/env bash
# `headgate serve` as clients see it: the same subjects as the CLI, TLS and tokens, reload, limits, drain.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

mkdir -p "$scratch/models/sub"
make_model "$scratch/models/good.safetensors"
make_attack "$scratch/models/sub/bad.pkl"
printf 'reqeusts==2.31.0\n' >"$scratch/models/requirements.txt"
ln -s "$scratch" "$scratch/models/out"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/tls.key" -out "$scratch/tls.crt" 2>/dev/null
echo 0123456789abcdef >"$scratch/tokens"
make_policy "$scratch/policy.yaml"

start() { start_server --root "$scratch/models" "$@"; }
ask() { run curl -sS --max-time 20 --cacert "$scratch/tls.crt" -H 'Authorization: Bearer 0123456789abcdef' "$@"; }

start --policy "$scratch/policy.yaml" --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key" --token-file "$scratch/tokens"
ask "https://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"},{"path":"sub/bad.pkl"},{"path":"requirements.txt"}]}'
cp "$scratch/out" "$scratch/http.json"
cd "$scratch/models" || exit 1
run "$HEADGATE" check --policy "$scratch/policy.yaml" --output json="$scratch/cli.json" good.safetensors sub/bad.pkl requirements.txt
subjects() { grep -ao '"subjects":.*,"outside_files"' "$1"; }
expect "subjects are byte for byte those of the CLI" 0 cmp <(subjects "$scratch/http.json") <(subjects "$scratch/cli.json")
expect "there are three of them" 0 jq -e '.subjects | length == 3' "$scratch/http.json"
cd "$scratch" || exit 1

ask "https://$url/v1/evaluate" -d '{"subjects":[{"path":"out/tls.key"},{"path":"../tls.key"},{"path":"/etc/passwd"}]}'
expect "nothing outside the roots is judged" 0 jq -e '.decision == "error" and (.errors | length == 3)' "$scratch/out"
run curl -sS --max-time 20 --cacert "$scratch/tls.crt" -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" -d '{}'
says "without a token: 401" '^401$'
ask -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" -d '{"subjects":[{"ref":"pkg:pypi/a"}],"policy":"none"}'
says "an unknown member: 400" '^400$'
head -c 8000000 /dev/zero >"$scratch/large"
ask -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" --data-binary "@$scratch/large"
says "8 MB: 413" '^413$'
ask -o /dev/null -w '%{http_code}' -H 'Transfer-Encoding: chunked' "https://$url/v1/evaluate" -d '{}'
says "chunks: 411" '^411$'
run openssl s_client -connect "$url" -tls1_1 -cipher 'ALL:@SECLEVEL=0'
if [ "$status" -ne 0 ]; then ok "TLS 1.1 is refused"; else not_ok "TLS 1.1 is refused" "it was taken"; fi
ask "http://$health/livez" && says "livez" '^ok'
ask "http://$health/readyz" && says "readyz" '^ok'
ask "http://$health/metrics" && says "metrics count decisions" '^headgate_decisions_total\{decision="deny"\} 1$'

cp "$scratch/policy.yaml" "$scratch/good.yaml"
echo 'surprise: 1' >>"$scratch/policy.yaml"
wait_for grep -q '"event":"policy refused"' "$scratch/log"
ask "https://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
expect "a policy that does not load leaves the last good one, with a warning" 0 \
    jq -e '(.warnings | length == 1) and .policy.name == "team/models" and .decision == "allow"' "$scratch/out"
cp "$scratch/good.yaml" "$scratch/policy.yaml"
wait_for grep -q '"event":"policy loaded"' "$scratch/log"
ask "https://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
expect "one that loads ends the warning" 0 jq -e '.warnings == null' "$scratch/out"
expect "each log line is JSON" 0 jq -es 'length > 5' "$scratch/log"

kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
if [ "$status" -eq 0 ]; then ok "SIGTERM drains and ends with 0"; else not_ok "SIGTERM drains and ends with 0" "exit $status"; fi

expect "beyond loopback TLS is needed" 4 "$HEADGATE" serve --listen 0.0.0.0:0 --health-listen 127.0.0.1:0
expect "and somebody to let in" 4 "$HEADGATE" serve --listen 0.0.0.0:0 --health-listen 127.0.0.1:0 \
    --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key"
echo 'surprise: 1' >"$scratch/policy.yaml"
expect "a policy that does not load at the start: 4" 4 "$HEADGATE" serve --policy "$scratch/policy.yaml" \
    --listen 127.0.0.1:0 --health-listen 127.0.0.1:0

# --- a policy that extends another: the parent is watched too; a deadline ends what takes too long
mv "$scratch/good.yaml" "$scratch/org.yaml"
printf 'headgate: 1\npolicy: team/child\nextends: [ { path: org.yaml } ]\ndefaults: { deadline: { http: 1s } }\n' >"$scratch/child.yaml"
start --policy "$scratch/child.yaml"
run curl -sS "http://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
expect "under the extended policy" 0 jq -e '.policy.name == "team/child" and .decision == "allow"' "$scratch/out"
sed -i 's/allow: \[safetensors\]/allow: [gguf]/' "$scratch/org.yaml"
wait_for grep -q '"event":"policy loaded"' "$scratch/log"
run curl -sS "http://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
expect "a change of the extended policy is noticed, and holds" 0 jq -e '.decision == "deny"' "$scratch/out"
"$PYTHON" "$root/tests/e2e/make.py" sparse "$scratch/models/huge.bin" 60
run curl -sS --max-time 50 "http://$url/v1/evaluate" -d '{"subjects":[{"path":"huge.bin"}]}'
expect "what is not judged within the deadline is not decided" 0 jq -e '.decision == "error" and (.subjects[0].error | test("time allowed"))' "$scratch/out"
rm -f "$scratch/models/huge.bin"
