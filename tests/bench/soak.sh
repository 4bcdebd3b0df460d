#!/usr/bin/env bash
# tests/bench/soak.sh [REQUESTS [RATE]]: a million admission reviews (or REQUESTS) over TLS, each answer judged, while the policy is replaced three
# times a second and the certificate every second. RATE: so many a second; 0, as fast as they are answered. webhook/soak.cpp says when an answer is wrong,
# webhook/soak.py what is asked. Prints what was counted; ends with 1 if an answer was wrong, memory grew by over 16 MiB or open files were left.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/bench/webhook
gate=${HEADGATE:-$root/build/release/gate/headgate}
requests=${1:-1000000}
rate=${2:-0}
folder=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

g++ -std=c++20 -O1 "$here/soak.cpp" -o "$folder/soak" -lssl -lcrypto -lpthread
python3 "$here/soak.py" "$folder"
for policy in "$folder"/policies/*.yaml; do "$gate" policy show --digest "$policy"; done >"$folder/digests.txt"
cp "$folder/policies/00.yaml" "$folder/policy.yaml"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=soak -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
echo subjectAltName=IP:127.0.0.1 >"$folder/names"
for number in 00 01 02 03 04 05 06 07; do
    place=$folder/certificates/$number
    mkdir -p "$place"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$number" -keyout "$place/tls.key" -out "$folder/request" 2>/dev/null
    openssl x509 -req -in "$folder/request" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -set_serial "1$number" -days 2 -extfile "$folder/names" -out "$place/tls.crt" 2>/dev/null
done
# As a mounted Secret changes: both files at once.
ln -s 00 "$folder/certificates/..data"
ln -s ..data/tls.crt ..data/tls.key "$folder/certificates/"

# Of the log only what the server says of itself: it has a line for each review.
mkfifo "$folder/lines"
grep --line-buffered -F -e '"event":"serving"' -e '"event":"policy ' -e '"event":"certificate' <"$folder/lines" >"$folder/log" &
pids+=($!)
"$gate" serve --listen 127.0.0.1:0 --health-listen 127.0.0.1:0 --policy "$folder/policy.yaml" --admission --mutate \
    --tls-cert "$folder/certificates/tls.crt" --tls-key "$folder/certificates/tls.key" 2>"$folder/lines" &
server=$!
pids+=("$server")
for _ in $(seq 200); do
    grep -q '"event":"serving"' "$folder/log" && break
    kill -0 "$server" || { cat "$folder/log"; exit 1; }
    sleep 0.05
done
value() { sed -n "s/.*\"$1\":\"\([0-9]*\)\".*/\1/p" "$folder/log" | head -n 1; }
status=0
"$folder/soak" "$folder" "$(value port)" "$server" "$requests" 8 "$rate" | tee "$folder/told" || status=1

# Nothing was judged twice, or by nobody.
counted=$(curl -fsS "http://127.0.0.1:$(value health_port)/metrics" | awk '/^headgate_admission_reviews_total/ { n += $2 } END { print n + 0 }')
asked=$(awk '/^requests/ { print $2 - $(NF - 4) }' "$folder/told")
echo "reviews         $asked asked, $counted counted by the server"
[ "$counted" = "$asked" ] || { echo "soak: the server counts otherwise" >&2; status=1; }
exit "$status"
