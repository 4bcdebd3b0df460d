# shellcheck shell=bash
# tests/lib.sh: sourced by every tests/e2e/*/run.sh. One line a check, which tests/run counts:
#   ok NAME | not ok NAME - why | skip NAME - why
# Gives: $root (the project), $HEADGATE (the binary under test), $scratch (a private folder, removed at the end).
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HEADGATE=$(realpath -m "${HEADGATE:-$root/build/release/gate/headgate}")
# Debian's own interpreter: the one that has Debian's python3-yaml and python3-jsonschema.
PYTHON=/usr/bin/python3
export HEADGATE PYTHON
export LC_ALL=C.UTF-8 TZ=UTC
unset NO_COLOR FORCE_COLOR HEADGATE_RULES

scratch=$(mktemp -d)
failures=0
cleanup_hooks=()

finish() {
    local hook
    for hook in "${cleanup_hooks[@]}"; do "$hook"; done
    chmod -R u+rwX "$scratch" 2>/dev/null
    rm -rf "$scratch"
    [ "$failures" -eq 0 ] || exit 1
}
trap finish EXIT

ok() { printf 'ok %s\n' "$1"; }
not_ok() {
    printf 'not ok %s - %s\n' "$1" "${2//$'\n'/ | }"
    failures=$((failures + 1))
}
skip() { printf 'skip %s - %s\n' "$1" "$2"; }

# run COMMAND...: leaves $status, $scratch/out and $scratch/err. Nothing here may take longer than $limit seconds.
limit=60
# The command may read what the last one left.
run() {
    status=0
    timeout --kill-after=5 "$limit" "$@" >"$scratch/out.next" 2>"$scratch/err.next" </dev/null || status=$?
    mv "$scratch/out.next" "$scratch/out"
    mv "$scratch/err.next" "$scratch/err"
}

# expect NAME CODE COMMAND...: the command ends with this exit code ("1|2": one of these).
expect() {
    local name=$1 codes=$2
    shift 2
    run "$@"
    if [[ "|$codes|" == *"|$status|"* ]]; then
        ok "$name"
        return 0
    fi
    not_ok "$name" "exit $status, expected $codes: $(tail -n 5 "$scratch/out" "$scratch/err" | tr -c '[:print:]\n' '?' | head -c 600)"
    return 1
}

# says NAME PATTERN: the last command's output or log holds this extended regular expression (any case).
says() {
    if grep -aEiq -- "$2" "$scratch/out" "$scratch/err"; then
        ok "$1"
    else
        not_ok "$1" "nothing says /$2/: $(tail -n 5 "$scratch/out" "$scratch/err" | tr -c '[:print:]\n' '?' | head -c 600)"
    fi
}

# same NAME TEXT TEXT: the two are one.
same() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "'$2' is not '$3'"; fi; }

# twin NAME FILE PATTERN: "${check[@]}" refuses bad/FILE, which says this, and allows good/FILE.
# shellcheck disable=SC2154  # the script has it
twin() {
    expect "$1: refused" 1 "${check[@]}" "bad/$2"
    says "$1: says why" "$3"
    expect "$1: its twin is allowed" 0 "${check[@]}" "good/$2"
}

# "${unprivileged[@]}" COMMAND...: as a user that permissions apply to.
unprivileged=(env)
[ "$(id -u)" -eq 0 ] && unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
export unprivileged

# make_model FILE [MEGABYTES]: an honest safetensors file. make_attack FILE: a pickle that would call `echo`.
make_model() { "$PYTHON" "$root/tests/e2e/make.py" safetensors "$1" ${2:+"$2"}; }
make_attack() { "$PYTHON" "$root/tests/e2e/make.py" pickle-calls-system "$1"; }
make_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null && openssl pkey -in "$1" -pubout -out "$1.pub"; }

# make_policy FILE [SECTION]: of models only safetensors come in; SECTION is another part of the policy (YAML).
make_policy() {
    cat >"$1" <<YAML
headgate: 1
policy: team/models
${2:-}
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.safe-format
    for: [model]
    check: serialization
    with: { allow: [safetensors] }
    severity: critical
    why: Loading this file can run code.
    fix: Convert to safetensors.
YAML
}

# wait_for COMMAND...: until it succeeds, at most 20 s.
wait_for() {
    for _ in {1..200}; do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    return 1
}

# start_server OPTION...: `headgate serve` on loopback, instead of the one before; sets $server, $url and $health (host:port). Its log
# is $scratch/log. stop_server ends it, and so does the end of the script.
server=
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}
cleanup_hooks+=(stop_server)
start_server() {
    stop_server
    : >"$scratch/log"
    "$HEADGATE" serve --listen 127.0.0.1:0 --health-listen 127.0.0.1:0 "$@" 2>"$scratch/log" &
    server=$!
    wait_for grep -q '"event":"serving"' "$scratch/log" || { not_ok "the server starts" "$(cat "$scratch/log")"; exit; }
    url=127.0.0.1:$(jq -r 'select(.event == "serving") | .port' "$scratch/log" | head -n 1)
    health=127.0.0.1:$(jq -r 'select(.event == "serving") | .health_port' "$scratch/log" | head -n 1)
    export url health
}

# free_port: one on loopback on which nobody listens now.
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_registry HTTP [LINE...]: Debian's docker-registry on loopback; sets $at (host:port). HTTP: more of its section `http`, or "", LINE: of its
# configuration. Its log is $scratch/registry.log, what it holds lies in $scratch/registry.
registry_server=
stop_registry() {
    [ -n "$registry_server" ] || return 0
    kill "$registry_server" 2>/dev/null
    wait "$registry_server" 2>/dev/null
    registry_server=
}
cleanup_hooks+=(stop_registry)
start_registry() {
    local http=$1
    shift
    at=127.0.0.1:$(free_port)
    {
        printf 'version: 0.1\nlog: { level: error, accesslog: { disabled: false } }\n'
        printf 'storage: { filesystem: { rootdirectory: %s }, delete: { enabled: true } }\n' "$scratch/registry"
        printf 'http: { addr: "%s"%s }\n' "$at" "${http:+, $http}"
        [ $# -eq 0 ] || printf '%s\n' "$@"
    } >"$scratch/registry.yml"
    docker-registry serve "$scratch/registry.yml" >"$scratch/registry.log" 2>&1 &
    registry_server=$!
    wait_for bash -c ": <>/dev/tcp/127.0.0.1/${at##*:}" || { not_ok "docker-registry starts" "$(cat "$scratch/registry.log")"; exit; }
}

# npm_tools FOLDER: installs FOLDER/package-lock.json (exact versions, by hash) into build/npm/ once; sets $node_modules.
npm_tools() {
    local name stamp
    name=$(basename "$1")
    export node_modules="$root/build/npm/$name/node_modules"
    stamp="$root/build/npm/$name/installed"
    cmp -s "$1/package-lock.json" "$stamp" && return 0
    mkdir -p "$root/build/npm/$name"
    cp "$1/package.json" "$1/package-lock.json" "$root/build/npm/$name/"
    limit=300 run npm --prefix "$root/build/npm/$name" ci --no-audit --no-fund --ignore-scripts
    if [ "$status" -eq 0 ]; then cp "$1/package-lock.json" "$stamp"; else tail -n 5 "$scratch/err"; return 1; fi
}

# python_tools FOLDER: installs FOLDER/requirements.txt (exact versions, by hash) into build/python/ once; sets $python_tools, the
# folder with its programs.
python_tools() {
    local name place
    name=$(basename "$1")
    place="$root/build/python/$name"
    export python_tools="$place/bin"
    cmp -s "$1/requirements.txt" "$place/installed" && return 0
    rm -rf "$place"
    limit=300 run "$PYTHON" -m venv "$place"
    [ "$status" -ne 0 ] || limit=300 run "$python_tools/pip" install --quiet --require-hashes --only-binary :all: -r "$1/requirements.txt"
    if [ "$status" -eq 0 ]; then cp "$1/requirements.txt" "$place/installed"; else tail -n 5 "$scratch/out" "$scratch/err"; return 1; fi
}

# go_tools FOLDER: builds the tools that FOLDER/go.mod names (exact versions, by hash in go.sum) into build/go/ once, in at most
# HEADGATE_PEER_SECONDS; sets $go_tools, the folder with the programs. A build that ran out of time goes on where it was the next time.
go_tools() {
    local place seconds=${HEADGATE_PEER_SECONDS:-300}
    place="$root/build/go/$(basename "$1")"
    export go_tools="$place"
    cat "$1"/*.go "$1"/go.* 2>/dev/null | cmp -s - "$place/installed" && return 0
    command -v go >/dev/null || { echo "go is not installed"; return 1; }
    mkdir -p "$place"
    limit=$seconds run env -C "$1" GOBIN="$place" GOFLAGS="-trimpath -buildvcs=false" GOTOOLCHAIN=local GOMAXPROCS=2 nice -n 10 go install tool
    if [ "$status" -eq 0 ]; then cat "$1"/*.go "$1"/go.* >"$place/installed" 2>/dev/null; return 0; fi
    if [ "$status" -eq 124 ]; then echo "not built in $seconds seconds"; else tail -n 3 "$scratch/err"; fi
    return 1
}
