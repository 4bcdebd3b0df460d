#!/usr/bin/env bash
# `check --attach`: the verdict about an image lies in the image's layout as a referrer under the fallback tag, survives a registry,
# is found and verified there, and changes nothing else. docker-registry and skopeo are Debian's.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1

# Layouts: one image each; "both" holds two, "index" one below an index.
"$PYTHON" - "$root/tests/recipes" <<'PY' || exit 1
import json, sys
sys.path.insert(0, sys.argv[1])
import signed_images, supply_chain
for name in ("plain", "denied", "both", "index", "odd", "busy"):
    layout = signed_images.Layout(name)
    if name == "both":
        second = layout.manifest([layout.blob(b"second layer", signed_images.OCI + "layer.v1.tar")],
                                 layout.blob(json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64]}}).encode(),
                                             signed_images.OCI + "config.v1+json"))
        layout.list(second, **{"org.opencontainers.image.ref.name": "2.0"})
    if name == "index":
        layout.make_index()
    layout.index["x-tool"] = {"kept": [1.50, None]}
    layout.write()
PY
make_key gate.key
make_key other.key
make_model model.safetensors
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/images
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.whole
    for: [container]
    check: integrity
    why: What runs must be what the digest says.
  - id: model.safe-format
    for: [model]
    check: serialization
    with: { allow: [safetensors] }
    why: Loading this file can run code.
YAML
sed 's/policy: .*/policy: team\/strict\ntrust: { keys: { release: { public-key: other.key.pub } } }/; s/check: integrity/check: signature\n    with: { any-of: [release] }/' policy.yaml >strict.yaml
vsa=https://slsa.dev/verification_summary/v1
check=("$HEADGATE" check --policy policy.yaml)
image() { jq -r --arg tag "$2" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' "$1/index.json"; }
attached() { jq -r --arg tag "sha256-${2#sha256:}" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' "$1/index.json"; }
blob() { cat "$1/blobs/sha256/${2#sha256:}"; }
# found NAME LAYOUT DIGEST COUNT: as many VSA bundles about that image that the gate signed.
found() {
    local list manifest layer
    list=$(attached "$2" "$3")
    same "$1: the list has them all" "$4" "$(blob "$2" "$list" | jq '.manifests | length')"
    for manifest in $(blob "$2" "$list" | jq -r '.manifests[].digest'); do
        layer=$(blob "$2" "$manifest" | jq -r '.layers[0].digest')
        blob "$2" "$layer" >bundle.json
        expect "$1: the gate's signature" 0 "$HEADGATE" verify bundle bundle.json --digest "$3" --key gate.key.pub
        same "$1: the summary of a verification" $vsa "$(jq -r '.dsseEnvelope.payload | @base64d | fromjson.predicateType' bundle.json)"
        same "$1: its subject" "$3" "$(blob "$2" "$manifest" | jq -r '.subject.digest')"
    done
}

digest=$(image plain 1.0)
before=$(jq -S 'del(.manifests[1:])' plain/index.json)
expect "a verdict is attached" 0 "${check[@]}" oci-layout:plain:1.0 --attach --key gate.key
says "and said so" 'attached to oci-layout:plain:1.0: sha256:[0-9a-f]{64} about sha256:'
found "plain" plain "$digest" 1
same "nothing else in index.json has changed" "$before" "$(jq -S 'del(.manifests[1:])' plain/index.json)"
same "its annotations name the predicate" $vsa \
    "$(blob plain "$(attached plain "$digest")" | jq -r '.manifests[0].annotations["dev.sigstore.bundle.predicateType"]')"
expect "the layout is as good as before" 0 "${check[@]}" oci-layout:plain:1.0
expect "verify image finds it" 0 "$HEADGATE" verify image plain:1.0 --predicate-type $vsa --key gate.key.pub
expect "and not under another key" 1 "$HEADGATE" verify image plain:1.0 --predicate-type $vsa --key other.key.pub
expect "a later verdict is attached beside it" 0 "${check[@]}" oci-layout:plain --attach --key gate.key --attest beside.jsonl
found "twice" plain "$digest" 2
tail -n 1 beside.jsonl >beside.json
expect "and written to a file too" 0 "$HEADGATE" verify bundle beside.json --digest "$digest" --key gate.key.pub
expect "the layout is still as good" 0 "${check[@]}" oci-layout:plain

# Several images in one run: each gets its own.
expect "two images and a model" 0 "${check[@]}" oci-layout:both:1.0 oci-layout:both:2.0 model.safetensors --attach --key gate.key
says "what has no layout is named" 'not attached: the verdicts about 1 other subjects'
found "the first of both" both "$(image both 1.0)" 1
found "the second of both" both "$(image both 2.0)" 1
expect "an image index" 0 "${check[@]}" oci-layout:index --attach --key gate.key
found "an image index" index "$(image index 1.0)" 1

# A denial is attached as what it is.
expect "a denied image" 1 "$HEADGATE" check --policy strict.yaml oci-layout:denied --attach --key gate.key
found "denied" denied "$(image denied 1.0)" 1
same "it says FAILED" FAILED "$(jq -r '.dsseEnvelope.payload | @base64d | fromjson.predicate.verificationResult' bundle.json)"

# At the same time, by many: nothing is lost (a run that sees the layout change under it may say so and attach nothing).
for i in 1 2 3 4 5 6; do
    "${check[@]}" oci-layout:busy --attach --key gate.key >"busy.$i.out" 2>"busy.$i.err" </dev/null &
    writers+=($!)
done
wait "${writers[@]}"
count=$(cat busy.*.err | grep -c '^headgate: attached to')
found "busy" busy "$(image busy 1.0)" "$count"
expect "busy: the layout is whole" 0 "${check[@]}" oci-layout:busy

# Refusals.
expect "without a key" 4 "${check[@]}" oci-layout:odd --attach
says "which is asked for" '--attach goes together with --key'
expect "at another time" 4 "${check[@]}" oci-layout:odd --attach --key gate.key --at 2026-11-23T10:00:00Z
expect "nothing that has a layout" 4 "${check[@]}" model.safetensors --attach --key gate.key
says "is said" 'no subject is an image of a layout'
jq -c --arg tag "sha256-$(image odd 1.0 | cut -d: -f2)" '.manifests += [.manifests[0] | .annotations["org.opencontainers.image.ref.name"] = $tag]' odd/index.json >odd.json
cp odd.json odd/index.json
expect "the fallback tag is an image" "1|2" "${check[@]}" oci-layout:odd:1.0 --attach --key gate.key
says "why nothing is attached" 'what is no application/vnd.oci.image.index'
if cmp -s odd.json odd/index.json; then ok "and index.json is as it was"; else not_ok "and index.json is as it was" "it changed"; fi

# Through a registry and back.
for tool in docker-registry skopeo; do
    command -v "$tool" >/dev/null || { skip "through a registry" "$tool is not installed"; exit; }
done
start_registry ""
tag=sha256-${digest#sha256:}
copy=(skopeo --insecure-policy copy --all --quiet)
expect "the image is pushed" 0 "${copy[@]}" --dest-tls-verify=false oci:plain:1.0 "docker://$at/team/app:1.0"
# By hand, as a registry client does it: skopeo writes lists anew, without their entries' types.
registry_url=http://$at/v2/team/app
push_blob() { # push_blob LAYOUT DIGEST
    local location
    location=$(curl -fsS -X POST -D - -o /dev/null "$registry_url/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    blob "$1" "$2" | curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary @- "$location&digest=$2"
}
push_manifest() { # push_manifest LAYOUT DIGEST NAME
    local type
    type=$(blob "$1" "$2" | jq -r .mediaType)
    blob "$1" "$2" | curl -fsS -X PUT -H "Content-Type: $type" --data-binary @- "$registry_url/manifests/$3"
}
push_attached() {
    local list manifest part
    list=$(attached plain "$digest")
    for manifest in $(blob plain "$list" | jq -r '.manifests[].digest'); do
        for part in $(blob plain "$manifest" | jq -r '.config.digest, .layers[].digest'); do push_blob plain "$part" || return 1; done
        push_manifest plain "$manifest" "$manifest" || return 1
    done
    push_manifest plain "$list" "$tag"
}
if push_attached 2>push.err; then ok "what is attached is pushed"; else not_ok "what is attached is pushed" "$(cat push.err)"; fi
expect "the registry has the list" 0 curl -fsS -H 'Accept: application/vnd.oci.image.index.v1+json' "$registry_url/manifests/$tag"
cp out listed.json
if cmp -s listed.json <(blob plain "$(attached plain "$digest")"); then ok "byte for byte"; else not_ok "byte for byte" "the list differs"; fi
expect "the image is pulled" 0 "${copy[@]}" --src-tls-verify=false "docker://$at/team/app:1.0" oci:pulled:1.0
expect "what is attached is pulled" 0 "${copy[@]}" --src-tls-verify=false "docker://$at/team/app:$tag" "oci:pulled:$tag"
same "the image is the same" "$digest" "$(image pulled 1.0)"
expect "verify image finds it there" 0 "$HEADGATE" verify image pulled:1.0 --predicate-type $vsa --key gate.key.pub
found "pulled" pulled "$digest" 2
expect "and another verdict joins them" 0 "${check[@]}" oci-layout:pulled:1.0 --attach --key gate.key
found "joined" pulled "$digest" 3
