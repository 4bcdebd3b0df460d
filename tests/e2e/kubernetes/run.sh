#!/usr/bin/env bash
# The webhook before a real API server: what kubectl is told, and what is stored, of objects that the policy refuses and admits. Building
# the API server takes a quarter of an hour once, so this runs only where HEADGATE_KUBERNETES is set.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
# shellcheck source=cluster.sh
. "$root/tests/e2e/kubernetes/cluster.sh"

if [ -z "${HEADGATE_KUBERNETES:-}" ]; then
    skip "a real API server" "HEADGATE_KUBERNETES is not set (it builds kube-apiserver, which takes a quarter of an hour)"
    exit
fi
if ! why=$(build_apiserver); then
    skip "a real API server" "$why"
    exit
fi
build_apiserver >/dev/null
start_cluster

# --- what `headgate k8s manifests` prints is what this server takes: its fields, its CEL
"$HEADGATE" k8s manifests --image "registry.example/headgate@sha256:$(printf 0%.0s {1..64})" >"$scratch/install.yaml" 2>/dev/null
expect "the manifests are taken, unarmed" 0 kubectl apply -f "$scratch/install.yaml"
expect "nothing is refused by what is not armed" 0 kubectl create configmap free --from-literal a=b
make_key "$scratch/ca.key"
openssl req -x509 -key "$scratch/ca.key" -subj /CN=ca -days 2 -out "$scratch/ca.crt" 2>/dev/null
"$HEADGATE" k8s manifests --armed --mutate --ca-bundle "$scratch/ca.crt" --image "registry.example/headgate@sha256:$(printf 0%.0s {1..64})" >"$scratch/armed.yaml" 2>/dev/null
expect "and armed" 0 kubectl apply --dry-run=server -f "$scratch/armed.yaml"
expect "and they go again" 0 kubectl delete --wait=false -f "$scratch/install.yaml"

# --- the webhook: a policy that takes images of one registry by digest, and models by commit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=headgate \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/tls.key" -out "$scratch/tls.crt" 2>/dev/null
cat >"$scratch/policy.yaml" <<'YAML'
headgate: 1
policy: team/cluster
extends: [ "builtin:kubernetes" ]
registries: { oci: { mirrors: [registry.example] } }
YAML
start_server --admission --mutate --policy "$scratch/policy.yaml" --tls-cert "$scratch/tls.crt" --tls-key "$scratch/tls.key"

rule() { printf '{ operations: [CREATE, UPDATE], apiGroups: ["%s"], apiVersions: ["*"], resources: [%s] }' "$1" "$2"; }
kubectl create -f - >/dev/null <<YAML
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: inferenceservices.serving.kserve.io }
spec:
  group: serving.kserve.io
  names: { kind: InferenceService, plural: inferenceservices, singular: inferenceservice }
  scope: Namespaced
  versions:
    - name: v1beta1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: headgate }
webhooks:
  - name: validate.headgate.dev
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    timeoutSeconds: 10
    clientConfig: { url: "https://$url/v1/validate", caBundle: "$(base64 -w0 <"$scratch/tls.crt")" }
    rules:
      - $(rule "" "pods, pods/ephemeralcontainers, replicationcontrollers, podtemplates")
      - $(rule apps "deployments, replicasets, statefulsets, daemonsets")
      - $(rule batch "jobs, cronjobs")
      - $(rule serving.kserve.io "inferenceservices")
YAML

digest=sha256:$(printf 'an image' | sha256sum | cut -d' ' -f1)
good="registry.example/team/app@$digest"
bad="registry.example/team/app:latest"
commit=$(printf 'a commit' | sha1sum | cut -d' ' -f1)

# object KIND IMAGE NAME: a manifest on stdout.
pod_spec() { printf '{ containers: [ { name: main, image: "%s" } ]%s }' "$1" "${2:-}"; }
object() {
    local spec
    spec=$(pod_spec "$2")
    case $1 in
        Pod) printf 'apiVersion: v1\nkind: Pod\nmetadata: { name: %s }\nspec: %s\n' "$3" "$spec" ;;
        Deployment)
            printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: %s }\nspec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: %s } }\n' \
                "$3" "$spec" ;;
        CronJob)
            printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: %s }\nspec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { spec: %s } } } }\n' \
                "$3" "$(pod_spec "$2" ', restartPolicy: Never')" ;;
        InferenceService)
            printf 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: %s }\nspec: { predictor: { model: { modelFormat: { name: huggingface }, storageUri: "%s" } } }\n' \
                "$3" "$2" ;;
        volume)
            printf 'apiVersion: v1\nkind: Pod\nmetadata: { name: %s }\nspec: { containers: [ { name: main, image: "%s" } ], volumes: [ { name: model, image: { reference: "%s" } } ] }\n' \
                "$3" "$good" "$2" ;;
    esac
}
# admitted|refused NAME KIND IMAGE
admitted() {
    object "$2" "$3" "$4" >"$scratch/object.yaml"
    expect "$1" 0 kubectl create -f "$scratch/object.yaml"
}
refused() {
    object "$2" "$3" "$4" >"$scratch/object.yaml"
    expect "$1" 1 kubectl create -f "$scratch/object.yaml" &&
        says "$1: and it says who refused, and what" 'admission webhook "validate\.headgate\.dev" denied the request: .*'"${5:-team/app}"
}

for kind in Pod Deployment CronJob; do
    admitted "a $kind whose image is named by digest comes in" "$kind" "$good" "good-${kind,,}"
    refused "a $kind whose image is named by tag does not" "$kind" "$bad" "bad-${kind,,}"
done
admitted "an InferenceService whose model is pinned to a commit comes in" InferenceService "hf://google-bert/bert-base-uncased:$commit" good-model
refused "one whose model is not pinned does not" InferenceService "hf://google-bert/bert-base-uncased" bad-model bert-base-uncased
admitted "an image volume by digest comes in" volume "$good" good-volume
refused "an image volume by tag does not" volume "$bad" bad-volume

# --- an ephemeral container, through the sub-resource by which kubectl debug adds one
add_ephemeral() {
    kubectl get --raw /api/v1/namespaces/default/pods/good-pod |
        jq --arg image "$1" --arg name "$2" '.spec.ephemeralContainers += [{name: $name, image: $image}]' >"$scratch/ephemeral.json"
    run kubectl replace --raw /api/v1/namespaces/default/pods/good-pod/ephemeralcontainers -f "$scratch/ephemeral.json"
}
add_ephemeral "$bad" bad
if [ "$status" -ne 0 ]; then ok "an ephemeral container by tag is refused"; else not_ok "an ephemeral container by tag is refused" "it was added"; fi
says "and it says why" 'denied the request'
add_ephemeral "$good" good
if [ "$status" -eq 0 ]; then ok "one by digest is added"; else not_ok "one by digest is added" "$(cat "$scratch/err")"; fi

# --- what is there stays as it is while it goes
expect "an admitted Deployment can be scaled" 0 kubectl scale deployment good-deployment --replicas 3
expect "and deleted" 0 kubectl delete deployment good-deployment --wait=false
run kubectl get pods,deployments,cronjobs,inferenceservices -o name
if [ "$status" -eq 0 ] && ! grep -q bad- "$scratch/out"; then ok "nothing that was refused is there"; else not_ok "nothing that was refused is there" "$(cat "$scratch/out")"; fi
object Pod "$bad" dry >"$scratch/object.yaml"
expect "a dry run is told the same" 1 kubectl create --dry-run=server -f "$scratch/object.yaml"

# --- without the webhook nothing comes in
stop_server
object Pod "$good" orphan >"$scratch/object.yaml"
expect "while the gate is down nothing comes in" 1 kubectl create -f "$scratch/object.yaml"
says "and the API server says why" 'failed calling webhook'
