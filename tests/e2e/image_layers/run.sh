#!/usr/bin/env bash
# Models, pickles and wheels in the layers of images, good and bad: in layouts, and in Debian's docker-registry; images that are models
# (modelcars), in all the ways in which a pod gets them; layers that nobody asks for.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

"$PYTHON" "$root/tests/recipes/image_layers.py" layouts >cases || { not_ok "the images are made" ""; exit; }
if [ "$(wc -l <cases)" -ge 49 ]; then ok "all cases were made"; else not_ok "all cases were made" "$(cat cases)"; fi
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/layers
defaults: { layers: true }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.whole
    for: [container]
    check: integrity
    with: { images: tag }
    network: allow
    why: What runs must be what the digest says.
  - id: container.layers
    for: [container]
    check: serialization
    network: allow
    why: Whatever loads a model in an image runs nothing that it brings.
  - id: container.packages
    for: [container]
    check: content
    network: allow
    why: What an image installs does nothing by itself.
  - id: model.format
    for: [model]
    check: serialization
    network: allow
    why: A model runs no code when it is loaded.
YAML
cat >names.yaml <<'YAML'
headgate: 1
policy: team/names
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.whole
    for: [container]
    check: integrity
    with: { images: tag }
    network: allow
    why: What runs must be what the digest says.
YAML
sed 's/^    network: allow$//; s/check: integrity/&\n    layers: false\n    network: allow/' policy.yaml >apart.yaml

# judged NAME CODE SAID REFERENCE [OPTION...]
judged() {
    local name=$1 code=$2 said=$3
    shift 3
    expect "$name" "$code" "$HEADGATE" check --policy policy.yaml "$@"
    [ -z "$said" ] || says "$name: says why" "$said"
}
while IFS='|' read -r name code said options; do
    # shellcheck disable=SC2086
    judged "$name" "$code" "$said" "oci-layout:layouts/$name" $options
done <cases
expect "where no rule asks for layers, they are not read" 0 "$HEADGATE" check --policy names.yaml --output json oci-layout:layouts/pickle
says "which is said" 'layer-contents'
expect "where one does, they are" 0 "$HEADGATE" check --policy policy.yaml --output json oci-layout:layouts/python
if grep -q 'layer-contents' out; then not_ok "and nothing else is said" "$(cat out)"; else ok "and nothing else is said"; fi
expect "a finding says where it lies" 1 "$HEADGATE" check --policy policy.yaml oci-layout:layouts/pickle
says "the layer and the path in it" 'blobs/sha256/[0-9a-f]*.*opt/model/weights.pkl'
expect "by processes of their own" "0|2" "$HEADGATE" check --policy policy.yaml --isolate=best-effort oci-layout:layouts/python-gzip
expect "what is refused, they refuse" "1|2" "$HEADGATE" check --policy policy.yaml --isolate=best-effort oci-layout:layouts/pickle-zstd
"$HEADGATE" facts --policy names.yaml oci-layout:layouts/python >facts.json 2>err
if grep -q 'oci-layers' facts.json; then not_ok "facts that nobody asked for are none" "$(head -c 600 facts.json)"; else ok "facts that nobody asked for are none"; fi

command -v docker-registry >/dev/null || { skip "layers in docker-registry" "docker-registry is not installed"; exit; }
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
at=127.0.0.1:$port
cat >registry.yml <<YAML
version: 0.1
log: { level: error, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $scratch/registry } }
http: { addr: "$at" }
YAML
docker-registry serve registry.yml >registry.log 2>&1 &
registry=$!
stop_registry() { kill "$registry" 2>/dev/null; wait "$registry" 2>/dev/null; }
cleanup_hooks+=(stop_registry)
wait_for curl -sS "http://$at/v2/" || { not_ok "docker-registry starts" "$(cat registry.log)"; exit; }
grep -v '^digest-lies' cases >pushed
mapfile -t names < <(cut -d'|' -f1 pushed)
expect "the images are pushed" 0 "$PYTHON" "$root/tests/recipes/image_layers.py" push "http://$at" layouts "${names[@]}"
near=(--registry-plain-http "$at" --registry-allow-private "$at")
while IFS='|' read -r name code said options; do
    # shellcheck disable=SC2086
    judged "$name in a registry" "$code" "$said" "oci:$at/models/$name:1" $options "${near[@]}"
done <pushed

# digest_of NAME, and how often a layer of it was asked for since the log was last emptied.
digest_of() { jq -r '.manifests[0].digest' "layouts/$1/index.json"; }
fetched() {
    local manifest
    manifest=$(digest_of "$1")
    grep -c "GET /v2/models/$1/blobs/$(jq -r '.layers[0].digest' "layouts/$1/blobs/sha256/${manifest#sha256:}")" registry.log
}
if [ "$(fetched pickle)" -ge 1 ]; then ok "a layer was asked for"; else not_ok "a layer was asked for" "$(fetched pickle)"; fi
: >registry.log
expect "where no rule asks for layers" 0 "$HEADGATE" check --policy names.yaml "oci:$at/models/pickle:1" "${near[@]}"
if [ "$(fetched pickle)" -eq 0 ]; then ok "none is fetched"; else not_ok "none is fetched" "$(fetched pickle)"; fi
expect "a rule that asks for them and not for the network" 1 "$HEADGATE" check --policy apart.yaml "oci:$at/models/python:1" "${near[@]}"
says "is not satisfied" 'layers-not-read'
expect "parsed by a process of its own" 1 "$HEADGATE" check --policy policy.yaml --isolate=best-effort "oci:$at/models/pickle-gzip:1" "${near[@]}"
says "for the same reason" 'executes-code'

# A model as an image, in each way in which a pod gets it.
# of_pod FORM NAME: a file that names that image so.
of_pod() {
    local reference app
    reference=$at/models/$2@$(digest_of "$2")
    app=$at/models/python@$(digest_of python)
    case $1 in
        storage) cat <<YAML
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: { name: m }
spec: { predictor: { model: { modelFormat: { name: onnx }, storageUri: "oci+modelcar://$reference" } } }
YAML
            ;;
        volume) cat <<YAML
apiVersion: v1
kind: Pod
metadata: { name: m }
spec:
  containers: [ { name: app, image: "$app" } ]
  volumes: [ { name: model, image: { reference: "$reference" } } ]
YAML
            ;;
        modelcar) cat <<YAML
apiVersion: v1
kind: Pod
metadata: { name: m }
spec:
  containers: [ { name: app, image: "$app" }, { name: modelcar, image: "$reference" } ]
YAML
            ;;
    esac
}
for form in storage volume modelcar; do
    of_pod "$form" modelcar >"$form.yaml"
    expect "a model as an image, by $form" 0 "$HEADGATE" check --policy policy.yaml "$form.yaml" "${near[@]}"
    of_pod "$form" modelcar-bad >"$form.yaml"
    expect "a bad one, by $form" 1 "$HEADGATE" check --policy policy.yaml "$form.yaml" "${near[@]}"
    says "is told, by $form" 'executes-code'
    of_pod "$form" modelcar-code >"$form.yaml"
    expect "one with code, by $form" 1 "$HEADGATE" check --policy policy.yaml "$form.yaml" "${near[@]}"
    says "is told so, by $form" 'code-file'
    of_pod "$form" modelcar >"$form.yaml"
    expect "where no rule is for models, by $form" 1 "$HEADGATE" check --policy names.yaml "$form.yaml" "${near[@]}"
    says "nothing was asked, by $form" 'policy.unmatched'
done
