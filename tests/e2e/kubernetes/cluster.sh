# shellcheck shell=bash disable=SC2154
# cluster.sh: sourced after tests/lib.sh: a real API server of Kubernetes with its store, on loopback, without nodes: whatever is admitted is
# stored and runs nowhere.
#
# The server is built from the Go module k8s.io/kubernetes, whose own go.mod names its staging modules by path; apiserver/go.mod replaces
# them by the published ones. Once built it is kept in build/kubernetes.

# build_apiserver: sets $apiserver; says why not, and answers 1.
build_apiserver() {
    local module="$root/tests/e2e/kubernetes/apiserver" wanted have
    wanted=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' "$module/go.mod")
    command -v etcd >/dev/null || { echo "etcd is missing (Debian: etcd-server)"; return 1; }
    command -v kubectl >/dev/null || { echo "kubectl is missing (Debian: kubernetes-client)"; return 1; }
    command -v go >/dev/null || { echo "Go is missing"; return 1; }
    have=$(go env GOVERSION | sed -n 's/^go\([0-9]*\.[0-9]*\).*/\1/p')
    [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ] || { echo "Go $have is older than $wanted"; return 1; }
    apiserver="$root/build/kubernetes/kube-apiserver-$(sha256sum <"$module/go.sum" | cut -c1-12)"
    [ -x "$apiserver" ] && return 0
    mkdir -p "$root/build/kubernetes"
    (cd "$module" && GOFLAGS=-mod=readonly go build -o "$apiserver" k8s.io/kubernetes/cmd/kube-apiserver) >"$scratch/build.log" 2>&1 ||
        { echo "kube-apiserver does not build: $(tail -n 3 "$scratch/build.log")"; return 1; }
}

cluster_pids=()
stop_cluster() {
    local pid
    for pid in "${cluster_pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
    for pid in "${cluster_pids[@]}"; do wait "$pid" 2>/dev/null; done
    cluster_pids=()
}
cleanup_hooks+=(stop_cluster)

# start_cluster: sets $KUBECONFIG for kubectl, as an administrator.
start_cluster() {
    local store peer port token=an-administrator-of-this-test
    store=$(free_port) peer=$(free_port) port=$(free_port)
    etcd --data-dir "$scratch/etcd" --listen-client-urls "http://127.0.0.1:$store" --advertise-client-urls "http://127.0.0.1:$store" \
        --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
        --initial-cluster "default=http://127.0.0.1:$peer" >"$scratch/etcd.log" 2>&1 &
    cluster_pids+=($!)
    openssl genrsa -out "$scratch/accounts.key" 2048 2>/dev/null
    openssl rsa -in "$scratch/accounts.key" -pubout -out "$scratch/accounts.pub" 2>/dev/null
    echo "$token,administrator,1,system:masters" >"$scratch/tokens.csv"
    # Nobody makes service accounts or nodes here.
    "$apiserver" --etcd-servers "http://127.0.0.1:$store" --bind-address 127.0.0.1 --secure-port "$port" --cert-dir "$scratch/apiserver" \
        --service-account-issuer https://accounts.example --service-account-key-file "$scratch/accounts.pub" \
        --service-account-signing-key-file "$scratch/accounts.key" --service-cluster-ip-range 10.0.0.0/24 \
        --authorization-mode AlwaysAllow --token-auth-file "$scratch/tokens.csv" --disable-admission-plugins ServiceAccount \
        --advertise-address 127.0.0.1 --endpoint-reconciler-type none >"$scratch/apiserver.log" 2>&1 &
    cluster_pids+=($!)
    cat >"$scratch/kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: test
clusters: [ { name: test, cluster: { server: "https://127.0.0.1:$port", insecure-skip-tls-verify: true } } ]
users: [ { name: test, user: { token: $token } } ]
contexts: [ { name: test, context: { cluster: test, user: test, namespace: default } } ]
YAML
    export KUBECONFIG="$scratch/kubeconfig"
    for _ in {1..6}; do wait_for kubectl get --raw /readyz && return 0; done
    not_ok "the API server starts" "$(tail -n 5 "$scratch/apiserver.log" | cut -c1-400)"
    exit
}
