#!/usr/bin/env bash
# `headgate k8s`: what it prints, Kubernetes' own types take, field by field; the kustomize folder is the same; certificates hold.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$root/tests/e2e/k8s_manifests
folder=$root/ci-templates/kubernetes
image=registry.example/headgate@sha256:$(printf 'a%.0s' {1..64})

manifests() { run "$HEADGATE" k8s manifests --image "$image" "$@"; cp "$scratch/out" "$scratch/manifests.yaml"; }
# as_json: the documents as one JSON array.
as_json() { "$PYTHON" -c 'import json, sys, yaml; json.dump([d for d in yaml.safe_load_all(open(sys.argv[1])) if d], sys.stdout)' "$scratch/manifests.yaml" >"$scratch/json"; }

expect "--image is needed" 4 "$HEADGATE" k8s manifests
expect "an image that is none" 4 "$HEADGATE" k8s manifests --image 'registry.example/headgate@sha256:...'
expect "a namespace that is none" 4 "$HEADGATE" k8s manifests --image "$image" --namespace 'A B'
expect "a bundle that is none" 2 "$HEADGATE" k8s manifests --image "$image" --ca-bundle "$here/run.sh"

if "$PYTHON" -c 'import yaml' 2>/dev/null; then
    manifests && as_json
    expect "unarmed, nothing is asked" 0 jq -e '[.[] | select(.kind == "ValidatingWebhookConfiguration") | .webhooks[].rules] == [[], []]' "$scratch/json"
    manifests --armed --mutate --namespace gate --exclude-namespace infra && as_json
    expect "armed, pods and ephemeral containers are asked about" 0 \
        jq -e '[.[] | select(.kind == "ValidatingWebhookConfiguration") | .webhooks[0].rules[].resources[]] | contains(["pods", "pods/ephemeralcontainers", "cronjobs", "inferenceservices", "jobsets"])' "$scratch/json"
    expect "and so are what controllers keep, and what KServe brings to nodes" 0 \
        jq -e '[.[] | select(.kind == "ValidatingWebhookConfiguration") | .webhooks[0].rules[].resources[]] | contains(["controllerrevisions", "localmodelnodes", "localmodelnamespacecaches", "trainedmodels", "clusterstoragecontainers"])' "$scratch/json"
    expect "the guard sees each way to change a namespace's labels" 0 \
        jq -e '[.[] | select(.kind == "ValidatingWebhookConfiguration") | .webhooks[1].rules[].resources] == [["namespaces", "namespaces/status", "namespaces/finalize"]]' "$scratch/json"
    expect "and fail closed" 0 jq -e 'all(.[] | select(.webhooks) | .webhooks[]; .failurePolicy == "Fail")' "$scratch/json"
    expect "namespaces that are not asked about" 0 \
        jq -e '[.[] | select(.kind == "ValidatingWebhookConfiguration") | .webhooks[0].namespaceSelector.matchExpressions[0].values] == [["gate", "kube-system", "infra"]]' "$scratch/json"
    expect "everything lies in one namespace" 0 jq -e '[.[].metadata.namespace | select(. != null)] | unique == ["gate"]' "$scratch/json"
    # Pod Security Standards, restricted: what the API server asks of it.
    expect "the pod is restricted" 0 jq -e '.[] | select(.kind == "Deployment") | .spec.template.spec |
        .securityContext.runAsNonRoot and .securityContext.seccompProfile.type == "RuntimeDefault" and .automountServiceAccountToken == false and
        all(.containers[]; .securityContext.allowPrivilegeEscalation == false and .securityContext.readOnlyRootFilesystem and .securityContext.capabilities.drop == ["ALL"])' "$scratch/json"
    # Each option of the container is one that the program has.
    mapfile -t words < <(jq -r '.[] | select(.kind == "Deployment") | .spec.template.spec.containers[0].args[] | select(startswith("--")) | split("=")[0]' "$scratch/json")
    run "$HEADGATE" serve --help
    unknown=
    for word in "${words[@]}"; do grep -q -- "$word" "$scratch/out" || unknown+="$word "; done
    if [ -z "$unknown" ] && [ "${#words[@]}" -gt 5 ]; then ok "serve knows the deployment's options"; else not_ok "serve knows the deployment's options" "$unknown"; fi
else
    skip "what the manifests say" "python3-yaml is absent"
fi

make_policy "$scratch/policy.yaml"
manifests --policy "$scratch/policy.yaml"
expect "the policy is in its ConfigMap, line by line" 0 \
    cmp "$scratch/policy.yaml" <(sed -n '/^  policy.yaml: /,/^---/p' "$scratch/manifests.yaml" | sed -e 1d -e '$d' -e 's/^    //')

# --- certificates
expect "certificates are made" 0 "$HEADGATE" k8s certificates "$scratch/tls"
expect "the API server would take them" 0 openssl verify -x509_strict -purpose sslserver -verify_hostname headgate.headgate-system.svc \
    -CAfile "$scratch/tls/ca.crt" "$scratch/tls/tls.crt"
cp "$scratch/tls/tls.crt" "$scratch/before.crt"
expect "a second time" 0 "$HEADGATE" k8s certificates "$scratch/tls"
expect "nothing was due" 0 cmp "$scratch/before.crt" "$scratch/tls/tls.crt"
expect "--renew renews nothing before it is due" 0 "$HEADGATE" k8s certificates --renew "$scratch/tls"
says "and says until when" 'the authority is as it was, until 20.*; the certificate is as it was, until 20'
expect "nor does it change the certificate" 0 cmp "$scratch/before.crt" "$scratch/tls/tls.crt"
expect "with names of its own" 0 "$HEADGATE" k8s certificates --namespace elsewhere --name more.example --name 10.0.0.1 "$scratch/named"
cp "$scratch/named/tls.crt" "$scratch/before.crt"
expect "which need not be said again" 0 "$HEADGATE" k8s certificates --renew --output secret "$scratch/named"
expect "and nothing is issued" 0 cmp "$scratch/before.crt" "$scratch/named/tls.crt"
expect "nor if some of them are" 0 "$HEADGATE" k8s certificates --renew --name more.example "$scratch/named"
expect "still nothing" 0 cmp "$scratch/before.crt" "$scratch/named/tls.crt"
expect "the Secret is of its namespace" 0 bash -c "'$HEADGATE' k8s certificates --renew --output secret '$scratch/named' | grep -qx '  namespace: elsewhere'"
expect "a name is added" 0 "$HEADGATE" k8s certificates --renew --name added.example "$scratch/named"
for name in added.example more.example headgate.elsewhere.svc; do
    expect "to the others: $name" 0 openssl verify -verify_hostname "$name" -CAfile "$scratch/named/ca.crt" "$scratch/named/tls.crt"
done
expect "to the others: an address" 0 openssl verify -verify_ip 10.0.0.1 -CAfile "$scratch/named/ca.crt" "$scratch/named/tls.crt"
cp -r "$scratch/tls" "$scratch/other"
rm "$scratch/other/tls.key"
expect "it makes anew what is broken" 0 "$HEADGATE" k8s certificates --renew --output secret "$scratch/other"
cp "$scratch/out" "$scratch/secret.yaml"
expect "as the Secret for kubectl" 0 "$PYTHON" -c 'import base64, sys, yaml
secret = yaml.safe_load(open(sys.argv[1]))
assert secret["metadata"] == {"name": "headgate-tls", "namespace": "headgate-system"} and secret["type"] == "kubernetes.io/tls"
for name in ("tls.crt", "tls.key"): assert base64.b64decode(secret["data"][name]) == open(sys.argv[2] + "/" + name, "rb").read()' "$scratch/secret.yaml" "$scratch/other"
expect "under the same authority" 0 openssl verify -CAfile "$scratch/tls/ca.crt" "$scratch/other/tls.crt"
rm "$scratch/other/ca.key"
expect "and never under another" 2 "$HEADGATE" k8s certificates --renew --name more.example "$scratch/other"
expect "which stays away" 1 test -e "$scratch/other/ca.key"
expect "a bundle of them is printed" 0 "$HEADGATE" k8s manifests --image "$image" --ca-bundle "$scratch/tls/ca.crt" --static https://127.0.0.1:8443
cat "$scratch/tls/ca.crt" "$scratch/tls/ca.key" >"$scratch/both.pem"
expect "a private key is never published" 2 "$HEADGATE" k8s manifests --image "$image" --ca-bundle "$scratch/both.pem"

# --- Kubernetes' own types, strictly
if command -v go >/dev/null && (cd "$here/decode" && timeout 250 go build -o "$scratch/decode" . 2>"$scratch/go.log"); then
    takes() { expect "Kubernetes takes $1" 0 bash -c "\"$scratch/decode\" <\"$2\""; }
    for options in "" "--armed --mutate" "--armed --failure-policy Ignore --skip-namespace sandbox" "--armed --ca-bundle $scratch/tls/ca.crt --static https://127.0.0.1:8443"; do
        # shellcheck disable=SC2086
        manifests $options
        takes "manifests ${options%% --ca*}" "$scratch/manifests.yaml"
    done
    for file in "$folder"/base/*.yaml "$folder"/overlays/armed/*.yaml; do
        [ "$(basename "$file")" = kustomization.yaml ] || takes "${file#"$folder"/}" "$file"
    done
    sed 's/failurePolicy/failurePolicyy/' "$folder/overlays/armed/validatingwebhook.yaml" >"$scratch/typo.yaml"
    expect "a field that is misspelt is seen" 1 bash -c "\"$scratch/decode\" <\"$scratch/typo.yaml\""
else
    skip "Kubernetes' types take the manifests" "go, or the module k8s.io/api, is not to be had here"
fi

if command -v kubectl >/dev/null; then
    expect "kustomize builds the base" 0 kubectl kustomize "$folder/base"
    says "with its deployment" '^kind: Deployment$'
else
    skip "kustomize builds the folder" "kubectl is absent"
fi
