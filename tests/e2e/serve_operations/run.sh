#!/usr/bin/env bash
# shellcheck disable=SC2016
# `headgate serve` in operation: certificates of its own, what TLS takes, hostile clients while others are answered, the way out.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

mkdir -p "$scratch/models"                 # "$scratch/tls" it makes itself
make_model "$scratch/models/good.safetensors"
make_policy "$scratch/policy.yaml"
names=(--tls-name localhost --tls-name 127.0.0.1)
start() { start_server --root "$scratch/models" --policy "$scratch/policy.yaml" --tls-self-signed "$scratch/tls" "${names[@]}" "$@"; }
ask() { run curl -sS --max-time 20 --cacert "$scratch/tls/ca.crt" "$@"; }
# answered NAME: an honest client is, now.
answered() {
    ask -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
    says "$1: others are answered" '^200$'
}
probe() { run curl -sS --max-time 5 -o /dev/null -w '%{http_code}' "http://$health/$1"; }
hello() { run bash -c "openssl s_client -connect \"$url\" -CAfile \"$scratch/tls/ca.crt\" -verify_return_error $* </dev/null"; }
# refused NAME: the handshake before was not completed.
refused() { if grep -aqE 'Cipher is \(NONE\)|Cipher *: 0000' "$scratch/out" || [ "$status" -ne 0 ]; then ok "$1"; else not_ok "$1" "$(tail -n 5 "$scratch/out")"; fi; }

start
answered "under its own authority"
probe readyz && says "it is ready" '^200$'
expect "the folder is its own" 0 test "$(stat -c %a "$scratch/tls")" = 700
expect "its keys are its own" 0 test "$(stat -c %a "$scratch/tls/ca.key" "$scratch/tls/tls.key" | sort -u)" = 600
hello -tls1_3 && says "TLS 1.3" 'Verify return code: 0'
hello -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384 && says "TLS 1.2 with ECDHE and an AEAD" 'Verify return code: 0'
hello -tls1_2 -cipher ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0 && refused "CBC is refused"
hello -tls1_2 -cipher AES256-GCM-SHA384:@SECLEVEL=0 && refused "a key exchange without forward secrecy is refused"
hello -tls1_1 -cipher ALL:@SECLEVEL=0 && refused "TLS 1.1 is refused"
run bash -c "(sleep 1; echo R; sleep 1) | timeout 10 openssl s_client -connect \"$url\" -CAfile \"$scratch/tls/ca.crt\" -tls1_2 2>&1"
says "renegotiation is refused" 'RENEGOTIATING'
if grep -aqi 'no renegotiation\|alert\|error' "$scratch/out"; then ok "with an alert"; else not_ok "with an alert" "$(tail -n 5 "$scratch/out")"; fi
answered "after a renegotiation"

# --- somebody else renews: it is noticed without a restart
before=$(openssl x509 -in "$scratch/tls/tls.crt" -noout -serial)
rm "$scratch/tls/tls.key"
renewed() { [ "$(openssl x509 -in "$scratch/tls/tls.crt" -noout -serial)" != "$before" ]; }
wait_for renewed
answered "with a certificate that was lost and made again"

# --- hostile clients, over plain HTTP so that each byte is ours
start_server --root "$scratch/models" --policy "$scratch/policy.yaml" --max-bodies 67108864
cat >"$scratch/hostile.py" <<'PYTHON'
import socket, sys, time
host, port = sys.argv[2].split(":")
def connect():
    return socket.create_connection((host, int(port)), timeout=20)
def exchange(data):
    client = connect()
    try:
        client.sendall(data)
    except OSError:
        pass
    answer = b""
    try:
        while part := client.recv(65536):
            answer += part
    except OSError:
        pass
    return answer
def codes(answer):
    return " ".join(line.split(b" ")[1].decode() for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 "))
head = b"POST /v1/evaluate HTTP/1.1\r\nHost: a\r\n"
kind = sys.argv[1]
if kind == "loris":
    clients = [connect() for _ in range(200)]
    for client in clients:
        client.sendall(head[:20])
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
elif kind == "bodies":
    clients = [connect() for _ in range(64)]
    for client in clients:
        client.settimeout(2)
        try:
            client.sendall(head + b"Content-Length: 7000000\r\n\r\n" + b" " * 6_990_000)
        except OSError:
            pass
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
elif kind == "chunks":
    print(codes(exchange(head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + b"x" * 100000)))
elif kind == "headers":
    print(codes(exchange(head + b"X: y\r\n" * 1_000_000 + b"\r\n")))
elif kind == "smuggle":
    for lines in (b"Content-Length: 4\r\nContent-Length: 5\r\n", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: +4\r\n",
                  b"Content-Length : 4\r\n", b"Content-Length: 4\r\n folded\r\n", b"Transfer-Encoding: xchunked\r\n"):
        print(codes(exchange(head + lines + b"\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")))
PYTHON
hostile() { run "$PYTHON" "$scratch/hostile.py" "$1" "$url" "${2:-}"; }
plainly() {
    run curl -sS --max-time 20 -o /dev/null -w '%{http_code}' "http://$url/v1/evaluate" -d '{"subjects":[{"path":"good.safetensors"}]}'
    says "$1: others are answered" '^200$'
    probe livez && says "$1: so are probes" '^200$'
}
hold() { "$PYTHON" "$scratch/hostile.py" "$1" "$url" 8 >"$scratch/held" 2>/dev/null & holder=$!; wait_for grep -q held "$scratch/held"; }
hold loris
plainly "two hundred slow clients"
kill "$holder" 2>/dev/null
hold bodies
resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")
plainly "64 bodies of 7 MB at once"
kill "$holder" 2>/dev/null
if [ "$resident" -lt 131072 ]; then ok "they are held in less than 128 MiB ($resident KiB)"; else not_ok "64 bodies are held in less than 128 MiB" "$resident KiB"; fi
hostile chunks && says "an endless chunk" '^411$'
hostile headers && says "a million headers" '^431$'
plainly "after a flood of headers"
hostile smuggle
expect "what could be read as two requests is refused, and the second never answered" 0 bash -c "[ \$(grep -cE '^(400|411|501)$' \"$scratch/out\") = 6 ]"

# --- the way out: not ready, still serving, then gone
start --drain 3s
kill -TERM "$server"
wait_for grep -q '"event":"draining"' "$scratch/log"
probe readyz && says "while it drains it is not ready" '^503$'
probe livez && says "and alive" '^200$'
answered "while it drains"
status=0
wait "$server" || status=$?
server=
if [ "$status" -eq 0 ]; then ok "and ends with 0"; else not_ok "and ends with 0" "exit $status"; fi

# --- reviews alone, for callers that show nothing
start --admission --skip-namespace sandbox
ask -o /dev/null -w '%{http_code}' "https://$url/v1/evaluate" -d '{}' && says "nothing is judged by name for strangers" '^404$'
guard() {
    ask "https://$url/v1/namespaces" -d "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Namespace\"},\"operation\":\"UPDATE\",\"resource\":{\"group\":\"\",\"version\":\"v1\",\"resource\":\"namespaces\"},\"object\":{\"metadata\":{\"name\":\"$1\",\"labels\":{\"admission.headgate.dev/skip\":\"\"}}}}}"
}
guard prod && expect "a namespace that nobody named is not taken out" 0 jq -e '.response.uid == "u" and .response.allowed == false' "$scratch/out"
guard sandbox && expect "one that the operator named is" 0 jq -e '.response.allowed' "$scratch/out"
stop_server
expect "a name is needed" 4 "$HEADGATE" serve --tls-self-signed "$scratch/tls" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
expect "and the folder with it" 4 "$HEADGATE" serve --tls-name localhost --listen 127.0.0.1:0 --health-listen 127.0.0.1:0

# --- notifications: judged after the answer
echo 0123456789abcdef >"$scratch/tokens"
echo fedcba9876543210 >"$scratch/secrets"
start --token-file "$scratch/tokens" --webhook-secret-file "$scratch/secrets"
printf '{"events":[{"action":"push","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%064d","repository":"team/llm"},"request":{"host":"registry.example"}}]}' 1 >"$scratch/push.json"
ask -o /dev/null -w '%{http_code}' "https://$url/v1/events/registry" -d "@$scratch/push.json" && says "a registry without the token: 401" '^401$'
ask -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer 0123456789abcdef' "https://$url/v1/events/registry" -d "@$scratch/push.json" && says "with it: 202" '^202$'
wait_for grep -q '"event":"pushed"' "$scratch/log"
expect "what was pushed is judged" 0 jq -es 'any(.[]; .event == "pushed" and (.subject | startswith("oci:registry.example/team/llm@sha256:")) and (.decision | IN("allow", "deny")))' "$scratch/log"
printf '{"event":{"action":"update","scope":"repo.content"},"repo":{"type":"model","name":"org/model","headSha":"%040d"}}' 1 >"$scratch/hub.json"
ask -o /dev/null -w '%{http_code}' -H 'X-Webhook-Secret: wrong' "https://$url/v1/events/huggingface" -d "@$scratch/hub.json" && says "a hub with another secret: 401" '^401$'
ask -o /dev/null -w '%{http_code}' -H 'X-Webhook-Secret: fedcba9876543210' "https://$url/v1/events/huggingface" -d "@$scratch/hub.json" && says "with its secret: 202" '^202$'
wait_for grep -q 'hf:org/model@' "$scratch/log"
expect "what a hub told of is judged" 0 jq -es 'any(.[]; .event == "pushed" and (.subject | startswith("hf:org/model@")))' "$scratch/log"

# --- and recorded, where a file is named for it
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/events.key" 2>/dev/null
openssl pkey -in "$scratch/events.key" -pubout -out "$scratch/events.pub"
recorded="$scratch/events.intoto.jsonl"
payloads() { jq -r '.payload' "$1" | while read -r payload; do base64 -d <<<"$payload"; echo; done; }
lines_are() { [ "$(wc -l <"$recorded")" -eq "$1" ]; }
expect "--events-verdicts needs --key" 4 "$HEADGATE" serve --events-verdicts "$recorded" --token-file "$scratch/tokens" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
expect "and somebody who may tell" 4 "$HEADGATE" serve --events-verdicts "$recorded" --key "$scratch/events.key" --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
start --token-file "$scratch/tokens" --webhook-secret-file "$scratch/secrets" --events-verdicts "$recorded" --key "$scratch/events.key"
push() { ask -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer 0123456789abcdef' "https://$url/v1/events/registry" -d "@$scratch/push.json"; }
told() { [ "$(grep -c '"event":"pushed"' "$scratch/log")" -ge "$1" ]; }
push && says "it is taken" '^202$'
push && says "and once more" '^202$'
wait_for told 2
if lines_are 2; then ok "what is told twice is recorded once"; else not_ok "what is told twice is recorded once" "$(wc -l <"$recorded") lines"; fi
payloads "$recorded" >"$scratch/statements"
expect "as a result and a summary about the digest that was told, FAILED" 0 jq -es 'length == 2 and all(.subject[0].name | startswith("oci:registry.example/team/llm@sha256:"))
    and all(.subject[0].digest.sha256 == $digest) and .[0].predicateType == "https://headgate.dev/result/v1" and .[1].predicate.verificationResult == "FAILED"' \
    --arg digest "$(printf '%064d' 1)" "$scratch/statements"
ask -o /dev/null -w '%{http_code}' -H 'X-Webhook-Secret: fedcba9876543210' "https://$url/v1/events/huggingface" -d "@$scratch/hub.json"
wait_for lines_are 4
payloads "$recorded" >"$scratch/statements"
expect "a hub's repository by its commit" 0 jq -es 'all(.[2:][]; .subject[0].digest == {gitCommit: $commit})' --arg commit "$(printf '%040d' 1)" "$scratch/statements"
expect "nobody relies on it" 1 "$HEADGATE" verify verdict "$recorded" --subject "sha256:$(printf '%064d' 1)" --key "$scratch/events.pub"
run curl -sS "http://$health/metrics"
says "and counted" '^headgate_event_attestations_total\{fate="written"\} 2$'
says "the end of the certificate is among the metrics" '^headgate_tls_certificate_not_after_seconds [1-9][0-9]{9}$'
expect "and its beginning in the log" 0 jq -es 'any(.[]; .event == "certificate" and (.detail | startswith("served: sha256:")))' "$scratch/log"
mv "$recorded" "$recorded.1"
mkdir "$recorded"
sed -i 's/team.llm/team\/other/' "$scratch/push.json"
push
wait_for told 4
expect "what cannot be recorded is told as undecided, or denied" 0 jq -es 'map(select(.event == "pushed")) | last | .decision != "allow"' "$scratch/log"
expect "and that it was not" 0 grep -q '"event":"not attested"' "$scratch/log"
