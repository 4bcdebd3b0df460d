#!/usr/bin/env bash
# Models and datasets as OCI artifacts (ModelPack, KitOps, Ollama), good and bad: in layouts, and in Debian's docker-registry, read as a rule
# asks, or left where a rule does not.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

"$PYTHON" "$root/tests/recipes/model_artifacts.py" layouts >cases || { not_ok "the artifacts are made" ""; exit; }
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/artifacts
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.format
    for: [model, dataset]
    check: serialization
    network: allow
    why: A model runs no code when it is loaded.
  - id: container.whole
    for: [container]
    check: integrity
    network: allow
    why: What runs must be what the digest says.
YAML
cat >names.yaml <<'YAML'
headgate: 1
policy: team/names
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: any.whole
    for: [model, dataset, container]
    check: integrity
    with: { images: tag }
    network: allow
    why: What is used must be what the digest says.
YAML
# judged NAME KIND CODE SAID REFERENCE [OPTION...]
judged() {
    local name=$1 kind=$2 code=$3 said=$4
    shift 4
    expect "$name" "$code" "$HEADGATE" check --policy policy.yaml "$@"
    if grep -q "($kind, " out || [ "$code" = 2 ]; then ok "$name: is a $kind"; else not_ok "$name: is a $kind" "$(cat out)"; fi
    [ -z "$said" ] || says "$name: says why" "$said"
}
while read -r name kind code said; do judged "$name" "$kind" "$code" "$said" "oci-layout:layouts/$name"; done <cases
if [ "$(wc -l <cases)" -ge 19 ]; then ok "all cases were made"; else not_ok "all cases were made" "$(cat cases)"; fi
expect "the kind that it is may be said" 0 "$HEADGATE" check --policy policy.yaml --kind model oci-layout:layouts/pack
expect "another kind is refused" 1 "$HEADGATE" check --policy policy.yaml --kind container oci-layout:layouts/pack
says "and is told" 'kind-mismatch'
expect "what it is called does not make it an image" 0 "$HEADGATE" check --policy policy.yaml --as oci:registry.example/models/pack:1 oci-layout:layouts/pack
expect "a layout, parsed by processes of their own" "0|2" "$HEADGATE" check --policy policy.yaml --isolate=best-effort oci-layout:layouts/pack

# Scan once: the gate reads the model where it is built, and its signed verdict travels with it.
make_key gate.key
expect "the verdict about a model is attached to it" 0 "$HEADGATE" check --policy policy.yaml --key gate.key --attach oci-layout:layouts/large
cat >once.yaml <<YAML
headgate: 1
policy: team/once
trust: { keys: { gate: { public-key: gate.key.pub } } }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.admitted
    for: [model, dataset]
    check: attestation
    network: allow
    with:
      predicate: https://slsa.dev/verification_summary/v1
      signed-by: { any-of: [gate] }
      max-age: 1d
      policy-digest: $("$HEADGATE" policy show policy.yaml --digest)
    why: What runs here was judged by our gate, as it is.
YAML
expect "and about one that is refused" 1 "$HEADGATE" check --policy policy.yaml --key gate.key --attach oci-layout:layouts/pack-bad

command -v docker-registry >/dev/null || { skip "models in docker-registry" "docker-registry is not installed"; exit; }
start_registry ""
expect "the artifacts are pushed" 0 "$PYTHON" "$root/tests/recipes/model_artifacts.py" push "http://$at" layouts
near=(--registry-plain-http "$at" --registry-allow-private "$at")
while read -r name kind code said; do judged "$name in a registry" "$kind" "$code" "$said" "oci:$at/models/$name:1" "${near[@]}"; done <cases

expect "parsed by a process of its own" 0 "$HEADGATE" check --policy policy.yaml --isolate=best-effort "oci:$at/models/pack-tar:1" "${near[@]}"
expect "as what is refused is" 1 "$HEADGATE" check --policy policy.yaml --isolate=best-effort "oci:$at/models/pack-bad:1" "${near[@]}"
says "for the same reason" 'executes-code'
expect "a large layer, of which it gets the ranges that it asked for" 0 "$HEADGATE" check --policy policy.yaml --isolate=best-effort "oci:$at/models/large:1" "${near[@]}"
expect "and one that is refused" 1 "$HEADGATE" check --policy policy.yaml --isolate=best-effort "oci:$at/models/large-bad:1" "${near[@]}"
says "as it is elsewhere" 'executes-code'

# fetched NAME: how often the first layer of that artifact was asked for, since the log was last emptied.
fetched() {
    local manifest
    manifest=$(jq -r '.manifests[0].digest' "layouts/$1/index.json")
    grep -c "GET /v2/models/$1/blobs/$(jq -r '.layers[0].digest' "layouts/$1/blobs/sha256/${manifest#sha256:}")" registry.log
}
if [ "$(fetched large)" -ge 2 ]; then ok "a large layer was asked for in ranges and as a whole"; else not_ok "a large layer was asked for in ranges and as a whole" "$(fetched large)"; fi
: >registry.log
begin=$(date +%s%N)
expect "where no rule looks at bytes" 0 "$HEADGATE" check --policy names.yaml "oci:$at/models/large:1" "${near[@]}"
took=$((($(date +%s%N) - begin) / 1000000))
if [ "$(fetched large)" -eq 0 ]; then ok "no layer is fetched"; else not_ok "no layer is fetched" "$(fetched large)"; fi
if [ "$took" -lt 3000 ]; then ok "and it takes no time ($took ms)"; else not_ok "and it takes no time" "$took ms"; fi
"$HEADGATE" check --policy names.yaml "oci:$at/models/large:1" "${near[@]}" --output json >out 2>err
says "what is not looked at is said" 'layer-contents'

expect "a model that the gate has judged" 0 "$HEADGATE" check --policy once.yaml "oci:$at/models/large:1" "${near[@]}"
expect "one that it has refused" 1 "$HEADGATE" check --policy once.yaml "oci:$at/models/pack-bad:1" "${near[@]}"
says "is not satisfied" 'attestation.not-satisfied'
expect "one that it has never seen" 1 "$HEADGATE" check --policy once.yaml "oci:$at/models/kit:1" "${near[@]}"
says "lacks a verdict" 'attestation.missing'
if [ "$(fetched large)$(fetched pack-bad)$(fetched kit)" = 000 ]; then ok "and no layer of them was fetched"; else not_ok "and no layer of them was fetched" "$(fetched large) $(fetched pack-bad) $(fetched kit)"; fi
