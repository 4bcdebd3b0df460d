#!/usr/bin/env bash
# Images that the public cosign signed with a key, in a registry on loopback, and saved as a layout: headgate verifies them, and
# refuses what cosign refuses. Its 1750 packages take minutes to build: it is used where it is on the PATH, and built only where
# HEADGATE_PEER_SECONDS says how long that may take. docker-registry and skopeo are Debian's.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
version=v2.6.5

# find_cosign VERSION: leaves $cosign, or $reason.
find_cosign() {
    cosign=$(type -P cosign) && return 0
    cosign="$root/build/go/$1/cosign"
    [ -x "$cosign" ] && return 0
    [ -n "${HEADGATE_PEER_SECONDS:-}" ] || { reason="it is not on the PATH, and HEADGATE_PEER_SECONDS, which would build it, is not set"; return 1; }
    command -v go >/dev/null || { reason="go is not installed"; return 1; }
    limit=$HEADGATE_PEER_SECONDS run env GOBIN="$root/build/go/$1" GOFLAGS="-mod=mod -trimpath" GOTOOLCHAIN=local go install "github.com/sigstore/cosign/v2/cmd/cosign@$1"
    [ -x "$cosign" ] && return 0
    if [ "$status" -eq 124 ]; then reason="it was not built in $HEADGATE_PEER_SECONDS seconds"; else reason="go install: $(tail -n 1 "$scratch/err")"; fi
    return 1
}
find_cosign "$version" || { skip "images signed by cosign" "$reason"; exit; }
for tool in docker-registry skopeo; do
    command -v "$tool" >/dev/null || { skip "images signed by cosign" "$tool is not installed"; exit; }
done
cd "$scratch" || exit 1

start_registry ""

export COSIGN_PASSWORD="" COSIGN_YES=true
for name in release other; do expect "cosign makes the key $name" 0 "$cosign" generate-key-pair --output-key-prefix "$name"; done
"$PYTHON" "$root/tests/recipes/supply_chain.py" oci-layout image
digest=$(jq -r '.manifests[0].digest' image/index.json)
repository="$at/acme/app"
expect "the image is pushed" 0 skopeo copy --dest-tls-verify=false --preserve-digests oci:image:1.0 "docker://$repository:1.0"
echo '{"result":"PASSED"}' >predicate.json
expect "cosign signs it" 0 "$cosign" sign --key release.key --tlog-upload=false --allow-http-registry -a env=prod "$repository@$digest"
expect "cosign attests about it" 0 "$cosign" attest --key release.key --tlog-upload=false --allow-http-registry --predicate predicate.json \
    --type https://in-toto.io/attestation/test-result/v0.1 "$repository@$digest"
expect "cosign saves it" 0 "$cosign" save --allow-http-registry --dir saved "$repository@$digest"

both() { # NAME CODE OPTIONS-OF-COSIGN -- OPTIONS-OF-HEADGATE
    local name=$1 code=$2 theirs=()
    shift 2
    while [ "$1" != -- ]; do theirs+=("$1"); shift; done
    shift
    expect "$name: cosign" "$code" "$cosign" verify --insecure-ignore-tlog=true --local-image "${theirs[@]}" saved
    expect "$name: headgate" "$code" "$HEADGATE" verify image "saved@$digest" "$@"
}
both "signed by the key" 0 --key release.pub -- --key release.pub
both "signed by another key" 1 --key other.pub -- --key other.pub
both "with its annotation" 0 --key release.pub -a env=prod -- --key release.pub --annotation env=prod
both "with another annotation" 1 --key release.pub -a env=dev -- --key release.pub --annotation env=dev
expect "attested by the key" 0 "$HEADGATE" verify image "saved@$digest" --key release.pub --predicate-type https://in-toto.io/attestation/test-result/v0.1
expect "attested by another key" 1 "$HEADGATE" verify image "saved@$digest" --key other.pub --predicate-type https://in-toto.io/attestation/test-result/v0.1
expect "attested with another predicate" 1 "$HEADGATE" verify image "saved@$digest" --key release.pub --predicate-type https://slsa.dev/provenance/v1
expect "the reference that cosign signed" 0 "$HEADGATE" verify image "saved@$digest" --key release.pub --reference "$repository"
expect "another reference" 1 "$HEADGATE" verify image "saved@$digest" --key release.pub --reference "$at/acme/other"
