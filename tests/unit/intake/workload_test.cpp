// What pods say of their isolation, read strictly: every field, absent ones, and those of the wrong type.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Role = WorkloadContainer::Role;

namespace {

Parsed kubernetes(const std::string& text, std::string_view name = "pod.yaml") { return Parsed(name, text, {}, intake::format_of("Kubernetes")); }

const std::string kFull = R"(apiVersion: apps/v1
kind: Deployment
metadata: { name: llm, namespace: ml, annotations: { container.apparmor.security.beta.kubernetes.io/outer: unconfined } }
spec:
  template:
    metadata:
      labels: { app: llm }
      annotations: { container.apparmor.security.beta.kubernetes.io/main: unconfined, other: x }
    spec:
      hostNetwork: true
      hostPID: true
      hostIPC: true
      hostUsers: false
      shareProcessNamespace: true
      automountServiceAccountToken: false
      serviceAccountName: loader
      runtimeClassName: gvisor
      os: { name: linux }
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        seccompProfile: { type: RuntimeDefault }
        appArmorProfile: { type: Localhost }
        seLinuxOptions: { type: t, user: u, role: r }
        sysctls: [{ name: kernel.msgmax, value: "1" }]
        windowsOptions: { hostProcess: false }
      volumes:
      - { name: dev, hostPath: { path: /dev } }
      - { name: claim, persistentVolumeClaim: { claimName: models, readOnly: true } }
      - { name: image, image: { reference: "registry.example/m:1" } }
      - { name: none, emptyDir: null }
      - { name: odd, newThing: {} }
      initContainers:
      - { name: first, image: "registry.example/i:1" }
      - { name: beside, image: "registry.example/s:1", restartPolicy: Always }
      containers:
      - name: main
        image: "registry.example/app:1"
        command: [serve]
        args: [--trust-remote-code]
        securityContext:
          privileged: true
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          runAsUser: 0
          procMount: Unmasked
          capabilities: { add: [SYS_ADMIN], drop: [ALL] }
        ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81, hostPort: 0 }]
        livenessProbe: { httpGet: { host: 10.0.0.1, port: 80 } }
        lifecycle: { preStop: { tcpSocket: { host: 10.0.0.2, port: 80 } } }
        resources: { limits: { memory: 1Gi, nvidia.com/gpu: "1", cpu: null } }
        env:
        - { name: HF_HUB_OFFLINE, value: "1" }
        - { name: HF_TOKEN, valueFrom: { secretKeyRef: { name: s, key: k } } }
        - { name: EMPTY }
        envFrom: [{ prefix: X_, secretRef: { name: s } }]
        volumeMounts: [{ name: claim, mountPath: /m, readOnly: true, subPath: a }]
        volumeDevices: [{ name: block, devicePath: /dev/x }]
      ephemeralContainers: [{ name: debug, image: "registry.example/d:1" }]
)";

bool refused(const std::string& field) {
    const Parsed parsed = kubernetes("apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: c, image: a}]\n  " + field + "\n");
    return !parsed.understood && parsed.oracle();
}

}  // namespace

TEST_CASE("workload: every field") {
    const Parsed parsed = kubernetes(kFull);
    CHECK(parsed.understood);
    REQUIRE(parsed.facts.workloads.size() == 1);
    const Workload& pod = parsed.facts.workloads[0];
    CHECK(pod.where.member == "spec.template.spec");
    CHECK(pod.kind == "Deployment");
    CHECK(pod.name == "llm");
    CHECK(pod.space == "ml");
    CHECK(pod.labels == std::vector<std::pair<std::string, std::string>>{{"app", "llm"}});
    REQUIRE(pod.apparmor.size() == 1);               // of the pod, not of what makes it
    CHECK(pod.apparmor[0].first.ends_with("/main"));
    CHECK((pod.host_network && pod.host_pid && pod.host_ipc && pod.shared_processes));
    CHECK(pod.host_users == false);
    CHECK(pod.token == false);
    CHECK(pod.service_account == "loader");
    CHECK(pod.runtime_class == "gvisor");
    CHECK(pod.os == "linux");
    SecurityContext expected;
    expected.run_as_non_root = true;
    expected.run_as_user = 1000;
    expected.seccomp = "RuntimeDefault";
    expected.apparmor = "Localhost";
    expected.selinux_type = "t", expected.selinux_user = "u", expected.selinux_role = "r";
    expected.host_process = false;
    CHECK(pod.security == expected);
    CHECK(pod.sysctls == std::vector<std::string>{"kernel.msgmax"});
    CHECK(pod.volumes == std::vector<WorkloadVolume>{{"dev", {"hostPath"}, "/dev", false}, {"claim", {"persistentVolumeClaim"}, "models", true},
                                                     {"image", {"image"}, "registry.example/m:1", true}, {"none", {}, "", false}, {"odd", {"newThing"}, "", false}});
    REQUIRE(pod.containers.size() == 4);
    CHECK(pod.containers[0].role == Role::init);
    CHECK(pod.containers[1].role == Role::sidecar);
    CHECK(pod.containers[3].role == Role::ephemeral);
    const WorkloadContainer& main = pod.containers[2];
    CHECK(main.role == Role::regular);
    CHECK(main.where.member == "spec.template.spec.containers[0]");
    CHECK(main.image == "registry.example/app:1");
    CHECK(main.words == std::vector<std::string>{"serve", "--trust-remote-code"});
    CHECK(main.security.privileged == true);
    CHECK(main.security.allow_privilege_escalation == false);
    CHECK(main.security.read_only_root == true);
    CHECK(main.security.run_as_user == 0U);
    CHECK_FALSE(main.security.run_as_non_root);
    CHECK(main.security.proc_mount == "Unmasked");
    CHECK(main.security.add == std::vector<std::string>{"SYS_ADMIN"});
    CHECK(main.security.drop == std::vector<std::string>{"ALL"});
    CHECK(main.host_ports == std::vector<std::uint64_t>{8080});
    CHECK(main.hosts == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
    CHECK(main.limits == std::vector<std::string>{"memory", "nvidia.com/gpu"});
    CHECK(main.environment == std::vector<WorkloadVariable>{{"HF_HUB_OFFLINE", "1", ""}, {"HF_TOKEN", std::nullopt, "secretKeyRef"}, {"EMPTY", "", ""}, {"X_*", std::nullopt, "secretRef"}});
    CHECK(main.mounts == std::vector<WorkloadMount>{{"claim", "/m", true, "a"}});
    CHECK(main.devices == std::vector<std::string>{"block"});
    CHECK(intake::every_prefix("pod.yaml", kFull, intake::format_of("Kubernetes")));
}

TEST_CASE("workload: a field of another type is never passed over, and its benign twin") {
    for (const std::string field : {"hostNetwork: \"false\"", "hostPID: yes", "hostIPC: 1", "hostUsers: []", "os: linux", "securityContext: [1]", "securityContext: {runAsNonRoot: \"true\"}",
                                    "securityContext: {runAsUser: 00}", "securityContext: {runAsUser: 0x0}", "securityContext: {runAsUser: -1}", "securityContext: {runAsUser: 1e3}",
                                    "securityContext: {seccompProfile: RuntimeDefault}", "securityContext: {sysctls: {name: x}}", "volumes: {a: b}", "volumes: [x]",
                                    "volumes: [{name: v, hostPath: /dev}]", "runtimeClassName: [gvisor]", "initContainers: [{name: i, image: b, securityContext: {privileged: \"true\"}}]",
                                    "initContainers: [{name: i, image: b, env: {A: b}}]", "initContainers: [{name: i, image: b, ports: [{hostPort: many}]}]",
                                    "initContainers: [{name: i, image: b, securityContext: {capabilities: {drop: ALL}}}]", "securityContext: !reset {runAsNonRoot: true}",
                                    "hostNetwork: !custom true"}) {
        CAPTURE(field);
        CHECK(refused(field));
    }
    for (const std::string field : {"hostNetwork: false", "hostPID: null", "securityContext: {}", "securityContext: {runAsUser: 0}", "volumes: []", "volumes: [{name: v}]", "unknownField: [x]"}) {
        CAPTURE(field);
        CHECK_FALSE(refused(field));
    }
    const std::string json = R"({"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"c","image":"a","securityContext":{"runAsUser":0,"privileged":true}}]}})";
    const Parsed parsed = kubernetes(json, "pod.json");
    CHECK(parsed.understood);
    REQUIRE(parsed.facts.workloads.size() == 1);
    CHECK(parsed.facts.workloads[0].containers[0].security.run_as_user == 0U);
    CHECK(parsed.facts.workloads[0].containers[0].security.privileged == true);
}

TEST_CASE("workload: every pod, of own kinds, lists, reviews and other kinds, and no patch") {
    const std::string pod = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"hostPID\":true,\"containers\":[{\"name\":\"c\",\"image\":\"a\"}]}}";
    const Parsed list = kubernetes("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + pod + "," + pod + "]}", "x.json");
    REQUIRE(list.facts.workloads.size() == 2);
    CHECK(list.facts.workloads[1].object == "items[1]");
    CHECK(list.facts.workloads[1].where.member == "items[1].spec");
    CHECK(kubernetes("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"object\":" + pod + "}}", "x.json").facts.workloads.size() == 1);
    const Parsed other = kubernetes("apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: r}\nspec:\n  head:\n    template:\n      metadata: {labels: {a: b}}\n      spec: {hostPID: true, containers: [{name: h, image: a}]}\n"
                                    "  workers:\n  - template: {spec: {containers: [{name: w, image: a}]}}\n");
    REQUIRE(other.facts.workloads.size() == 2);
    for (const Workload& workload : other.facts.workloads) {
        CHECK(workload.name == "r");
        CHECK(workload.host_pid == (workload.where.member == "spec.head.template.spec"));
        CHECK(workload.labels.empty() == !workload.host_pid);
    }
    CHECK(kubernetes("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n    spec: {containers: [{name: c, image: a}]}\n").facts.workloads.empty());
    CHECK(kubernetes("apiVersion: v1\nkind: ConfigMap\ndata: {x: y}\n").facts.workloads.empty());
}

TEST_CASE("workload: what is named is of its own pod, though two documents have the same paths") {
    const std::string one = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: \"a:1\"}]\n";
    const Parsed parsed = kubernetes(one + "---\n" + one);
    REQUIRE(parsed.facts.workloads.size() == 2);
    REQUIRE(parsed.facts.requirements.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 2; ++j) CHECK(lies_in_pod(parsed.facts.requirements[i].where, parsed.facts.workloads[j]) == (i == j));
    }
    Location annotation = parsed.facts.requirements[0].where;
    annotation.member = "metadata.annotations.x";
    CHECK_FALSE(lies_in_pod(annotation, parsed.facts.workloads[0]));
    CHECK(lies_in_object(annotation, parsed.facts.workloads[0]));
    Workload review = parsed.facts.workloads[0];     // as an AdmissionReview has it
    review.object = "request.object";
    review.where.member = "request.object spec";
    annotation.member = "request.object spec.containers[0].image";
    CHECK(lies_in_pod(annotation, review));
    annotation.member = "request.object metadata.annotations.x";
    CHECK_FALSE(lies_in_pod(annotation, review));
    CHECK(lies_in_object(annotation, review));
    annotation.member = "specx";
    CHECK_FALSE(lies_in_pod(annotation, parsed.facts.workloads[0]));
}

TEST_CASE("network policies") {
    const auto fence = [](const std::string& spec) {
        const Parsed parsed = kubernetes("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n, namespace: ml}\nspec: " + spec + "\n");
        CHECK(parsed.oracle());
        REQUIRE(parsed.facts.fences.size() == 1);
        return parsed.facts.fences[0];
    };
    const NetworkFence deny = fence("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    CHECK(deny.space == "ml");
    CHECK((deny.ingress && deny.egress && !deny.opens_ingress && !deny.opens_egress && !deny.expressions && deny.labels.empty()));
    const NetworkFence ingress = fence("{podSelector: {matchLabels: {a: b}}}");
    CHECK((ingress.ingress && !ingress.egress && ingress.labels.size() == 1));
    const NetworkFence open = fence("{podSelector: {matchExpressions: [{key: a, operator: Exists}]}, egress: [{}]}");
    CHECK((open.egress && open.opens_egress && open.expressions));
    CHECK(fence("{policyTypes: [Egress]}").expressions);
}
