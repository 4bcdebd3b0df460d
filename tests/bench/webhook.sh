#!/usr/bin/env bash
# tests/bench/webhook.sh: admission reviews over TLS beside a bare cpp-httplib server that echoes the same bodies, in one run; reviews with
# signed attestations at a fixed rate; images with five signatures each in a registry that is 20 ms away; a thousand at once of one image;
# memory under hostile bodies. Prints a line each, and ends with 1 if a target is missed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/bench/webhook
gate=$root/build/release/gate/headgate
folder=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
status=0
for tool in docker-registry jq; do command -v "$tool" >/dev/null || { echo "$tool is missing (Debian has it)"; exit 2; }; done

pkg-config --exists cpp-httplib || { echo "cpp-httplib is missing (Debian: libcpp-httplib-dev): it is the measure"; exit 2; }
# shellcheck disable=SC2046
g++ -std=c++20 -O2 $(pkg-config --cflags cpp-httplib) "$here/echo.cpp" -o "$folder/echo" $(pkg-config --libs cpp-httplib) -lssl -lcrypto -lz -lbrotlidec -lbrotlienc -lpthread
g++ -std=c++20 -O2 "$here/load.cpp" -o "$folder/load" -lssl -lcrypto -lpthread
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/tls.key" -out "$folder/tls.crt" 2>/dev/null
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
registry=127.0.0.1:$(free_port)
cat >"$folder/registry.yml" <<YAML
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $folder/registry } }
http: { addr: "$registry" }
YAML
docker-registry serve "$folder/registry.yml" >"$folder/registry.log" 2>&1 &
pids+=($!)
python3 "$here/far.py" "${registry#*:}" 0.020 >"$folder/far.out" < <(sleep 3600) &
pids+=($!)
until [ -s "$folder/far.out" ]; do sleep 0.1; done
far=127.0.0.1:$(head -n 1 "$folder/far.out")
python3 "$here/make.py" "$folder" "$far"
until curl -fsS "http://$registry/v2/" >/dev/null 2>&1; do sleep 0.1; done
for image in "$folder"/images/*; do python3 "$here/push.py" "$image" "http://$registry/v2/team/app${image##*/i}"; done

server=
serve() {
    [ -z "$server" ] || { kill "$server"; wait "$server" 2>/dev/null || true; }
    : >"$folder/log"
    "$gate" serve --listen 127.0.0.1:0 --health-listen 127.0.0.1:0 --admission --tls-cert "$folder/tls.crt" --tls-key "$folder/tls.key" "$@" 2>"$folder/log" &
    server=$!
    pids+=($!)
    until grep -q '"event":"serving"' "$folder/log"; do kill -0 "$server" || { cat "$folder/log"; exit 1; }; sleep 0.1; done
    port=$(jq -r 'select(.event == "serving").port' "$folder/log" | head -n 1)
    health=$(jq -r 'select(.event == "serving").health_port' "$folder/log" | head -n 1)
}
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
load() { "$folder/load" 127.0.0.1 "$@"; }
# told TEXT VALUE LIMIT least|most
told() {
    local verdict=fine
    awk -v a="$2" -v b="$3" -v how="$4" 'BEGIN { exit !(how == "least" ? a >= b : a <= b) }' || { verdict=MISSED; status=1; }
    printf '%-72s %10s   (at %s %s)  %s\n' "$1" "$2" "$4" "$3" "$verdict"
}

# --- warm decisions beside an echo
"$folder/echo" "$folder/tls.crt" "$folder/tls.key" 8 >"$folder/echo.port" &
pids+=($!)
until [ -s "$folder/echo.port" ]; do sleep 0.1; done
echo_port=$(cat "$folder/echo.port")
serve --policy "$folder/plain.yaml"
bodies=("$folder"/bodies/*.json)
load "$port" /v1/validate 4 1 0 '"allowed":true' "${bodies[@]}" >/dev/null
load "$echo_port" /v1/validate 4 1 0 '' "${bodies[@]}" >/dev/null
before=$(ticks "$server")
: >"$folder/pairs"
asked=0
for _ in 1 2 3; do
    read -r ours _ ours99 _ _ wrong < <(load "$port" '/v1/validate?timeout=10s' 4 4 0 '"allowed":true' "${bodies[@]}")
    read -r theirs _ theirs99 _ _ _ < <(load "$echo_port" /v1/validate 4 4 0 '' "${bodies[@]}")
    echo "$ours $theirs $ours99 $theirs99 $wrong" >>"$folder/pairs"
    asked=$((asked + 4 * ${ours%.*}))
done
used=$(($(ticks "$server") - before))
while read -r a b c d w; do echo "  $a reviews/s beside $b echoes/s; p99 $c us beside $d us; $w wrong"; done <"$folder/pairs"
told "warm decisions, share of a bare echo's throughput" "$(awk '{print $1 / $2}' "$folder/pairs" | sort -g | sed -n 2p)" 0.6 least
told "their p99, by the echo's" "$(awk '{print $3 / $4}' "$folder/pairs" | sort -g | sed -n 2p)" 3 most
told "wrong answers" "$(awk '{n += $5} END {print n}' "$folder/pairs")" 0 most
awk -v ticks="$used" -v n="$asked" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "  %.0f us of processor a review, all stages and TLS\n", ticks / hz * 1e6 / n }'
curl -fsS "http://127.0.0.1:$health/metrics" | awk '/^headgate_admission_stage_seconds_sum/ {sum[$1] = $2} /^headgate_admission_stage_seconds_count/ {n[$1] = $2}
    END { for (k in sum) { c = k; sub(/_sum/, "_count", c); if (n[c] > 0) { name = k; sub(/.*stage="/, "", name); sub(/".*/, "", name); printf "    %-10s %8.1f us\n", name, sum[k] / n[c] * 1e6 } } }' | sort

# --- with attestations, at a fixed rate
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/gate.key" 2>/dev/null
serve --policy "$folder/plain.yaml" --attest "$folder/verdicts.jsonl" --key "$folder/gate.key"
python3 - "$folder" <<'PY'
import json, sys
folder = sys.argv[1]
body = json.load(open(folder + "/bodies/00.json"))
for number in range(12000):
    body["request"]["uid"] = f"00000000-0000-4000-8000-{number:012}"
    with open(f"{folder}/u{number}.json", "w") as file:
        json.dump(body, file)
PY
load "$port" /v1/validate 8 1 200 '"allowed":true' "$folder"/u9*.json >/dev/null
read -r rate _ p99 _ _ wrong < <(load "$port" /v1/validate 16 10 1000 '"allowed":true' "$folder"/u[0-8]*.json)
rm -f "$folder"/u*.json
told "reviews a second with signed attestations, open loop" "$rate" 990 least
told "their p99 in us" "$p99" 10000 most
told "wrong answers" "$wrong" 0 most

# --- cold: four images with five signatures each, a registry 20 ms away
serve --policy "$folder/signed.yaml" --registry-plain-http "$far" --registry-allow-private "$far"
load "$port" /v1/validate 1 0.01 0 '"allowed":true' "$folder/warm.json" >/dev/null
read -r _ cold _ _ _ wrong < <(load "$port" /v1/validate 1 0.001 0 '"allowed":true' "$folder/cold.json")
told "four cold images with five signatures each, us" "$cold" 170000 most
told "wrong answers" "$wrong" 0 most

# --- a thousand at once that nobody has asked for before
serve --policy "$folder/signed.yaml" --registry-plain-http "$far" --registry-allow-private "$far" --max-connections 1100 --max-in-flight 1000
read -r _ _ _ _ longest wrong < <(load "$port" /v1/validate 1000 0.001 0 '"allowed":true' "$folder/one.json")
told "verifications for 1,000 cold requests of one digest" "$(curl -fsS "http://127.0.0.1:$health/metrics" | awk '/^headgate_images_total.outcome="examined"/ {print $2}')" 1 most
told "wrong answers" "$wrong" 0 most
echo "  the last of them was answered after $longest us"

# --- memory
serve --policy "$folder/plain.yaml"
load "$port" /v1/validate 4 1 0 '"allowed":true' "${bodies[@]}" >/dev/null
for _ in $(seq 64); do
    curl -sS --cacert "$folder/tls.crt" -o /dev/null "https://127.0.0.1:$port/v1/validate" --data-binary "@$folder/hostile.json" &
    pids+=($!)
done
read -r _ _ _ _ _ wrong < <(load "$port" /v1/validate 2 5 0 '' "${bodies[@]}")
told "resident MiB with 64 hostile bodies of 7 MiB at once" "$(awk '/^VmHWM/ {print int($2 / 1024)}' "/proc/$server/status")" 128 most
exit "$status"
