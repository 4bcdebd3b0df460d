// How workloads are kept apart: the Pod Security Standards, the profile for what loads models, and what stands in the place of a digest.
#include <catch2/catch.hpp>

#include "checkers/contained.hpp"
#include "checkers/isolation.hpp"
#include "checkers/verified_mount.hpp"
#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;
using Role = WorkloadContainer::Role;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

WorkloadContainer container(const std::string& name, Role role = Role::regular) {
    WorkloadContainer one;
    one.where = {"pod.yaml", "spec.containers[0]", {}, 5};
    one.role = role;
    one.name = name;
    one.image = "registry.example/" + name + "@" + kDigest;
    return one;
}

/// A pod that restricted lets pass.
Workload honest() {
    Workload pod;
    pod.where = {"pod.yaml", "spec", {}, 4};
    pod.last_line = 20;
    pod.kind = "Pod";
    pod.name = "p";
    pod.security.run_as_non_root = true;
    pod.security.seccomp = "RuntimeDefault";
    pod.containers = {container("init", Role::init), container("main")};
    for (WorkloadContainer& one : pod.containers) {
        one.security.allow_privilege_escalation = false;
        one.security.drop = {"ALL"};
    }
    return pod;
}

std::string ids(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) text += (text.empty() ? "" : " ") + finding.id.substr(finding.id.find('.') + 1);
    return text;
}

template <typename Change>
std::string judged(bool restricted, const Change& change) {
    Workload pod = honest();
    change(pod);
    std::vector<Finding> findings;
    check_pod_security(pod, restricted, findings);
    return ids(findings);
}
template <typename Change>
std::string baseline(const Change& change) { return judged(false, change); }
template <typename Change>
std::string restricted(const Change& change) { return judged(true, change); }

/// One pod under settings of the checker.
struct PodBench {
    Settings settings = default_settings(isolation_checker());
    Evidence evidence;
    Policy policy;
    Subject subject;
    std::optional<std::vector<LoadedMember>> loaded;

    explicit PodBench(std::vector<std::string> loader) {
        settings.set("loader", std::move(loader));
        evidence.workloads = {honest()};
        subject.kind = Kind::container;
        subject.has_bytes = true;
    }
    Workload& pod() { return evidence.workloads[0]; }
    WorkloadContainer& main() { return pod().containers[1]; }
    CheckRun run() const {
        const CheckInput input{subject, evidence, settings, policy, pipeline::rule_data(), {}, nullptr, loaded ? &*loaded : nullptr};
        return isolation_checker().run(input);
    }
    std::string found() const { return ids(run().findings); }
};

}  // namespace

TEST_CASE("pod security: baseline, each check and its benign twin") {
    CHECK(baseline([](Workload&) {}).empty());
    CHECK(baseline([](Workload& p) { p.host_network = p.host_pid = p.host_ipc = true; }) == "host-namespaces");
    CHECK(baseline([](Workload& p) { p.containers[0].security.privileged = true; }) == "privileged");
    CHECK(baseline([](Workload& p) { p.containers[0].security.privileged = false; }).empty());
    CHECK(baseline([](Workload& p) { p.containers[1].security.add = {"NET_RAW"}; }) == "capabilities");
    CHECK(baseline([](Workload& p) { p.containers[1].security.add = {"net_bind_service"}; }) == "capabilities");
    CHECK(baseline([](Workload& p) { p.containers[1].security.add = {"CHOWN", "SYS_CHROOT"}; }).empty());
    CHECK(baseline([](Workload& p) { p.volumes = {{"v", {"hostPath"}, "/etc", true}}; }) == "host-path");
    CHECK(baseline([](Workload& p) { p.volumes = {{"v", {"nfs"}, "", false}}; }).empty());
    CHECK(baseline([](Workload& p) { p.volumes = {{"v", {"HostPath"}, "", false}}; }) == "unknown-volume");
    CHECK(baseline([](Workload& p) { p.volumes = {{"v", {"emptyDir", "hostPath"}, "/", false}}; }) == "host-path");
    CHECK(baseline([](Workload& p) { p.volumes = {{"v", {}, "", false}}; }).empty());
    CHECK(baseline([](Workload& p) { p.containers[1].host_ports = {80}; }) == "host-port");
    CHECK(baseline([](Workload& p) { p.containers[1].hosts = {"10.0.0.1"}; }) == "probe-host");
    CHECK(baseline([](Workload& p) { p.security.apparmor = "Unconfined"; }) == "apparmor");
    CHECK(baseline([](Workload& p) { p.containers[1].security.apparmor = ""; }) == "apparmor");
    CHECK(baseline([](Workload& p) { p.security.apparmor = "Localhost"; }).empty());
    CHECK(baseline([](Workload& p) { p.apparmor = {{"container.apparmor.security.beta.kubernetes.io/x", "unconfined"}}; }) == "apparmor");
    CHECK(baseline([](Workload& p) { p.apparmor = {{"a", ""}, {"b", "runtime/default"}, {"c", "localhost/x"}}; }).empty());
    CHECK(baseline([](Workload& p) { p.security.selinux_type = "spc_t"; }) == "selinux");
    CHECK(baseline([](Workload& p) { p.containers[1].security.selinux_user = "u"; }) == "selinux");
    CHECK(baseline([](Workload& p) { p.security.selinux_role = "r"; }) == "selinux");
    CHECK(baseline([](Workload& p) { p.security.selinux_type = "container_engine_t"; }).empty());
    CHECK(baseline([](Workload& p) { p.containers[1].security.proc_mount = "Unmasked"; }) == "proc-mount");
    CHECK(baseline([](Workload& p) { p.containers[1].security.proc_mount = "Unmasked", p.host_users = false; }).empty());
    CHECK(baseline([](Workload& p) { p.containers[1].security.proc_mount = "Unmasked", p.host_users = true; }) == "proc-mount");
    CHECK(baseline([](Workload& p) { p.security.seccomp = "Unconfined"; }) == "seccomp");
    CHECK(baseline([](Workload& p) { p.security.seccomp.reset(); }).empty());
    CHECK(baseline([](Workload& p) { p.sysctls = {"kernel.msgmax"}; }) == "sysctl");
    CHECK(baseline([](Workload& p) { p.sysctls = {"net.ipv4.tcp_rmem", "net.ipv4.tcp_notsent_lowat"}; }).empty());
    CHECK(baseline([](Workload& p) { p.security.host_process = true; }) == "host-process");
    CHECK(baseline([](Workload& p) { p.containers[1].security.host_process = false; }).empty());
    CHECK(baseline([](Workload& p) { p.containers.clear(); }) == "no-container");
}

TEST_CASE("pod security: restricted, each check and its benign twin") {
    CHECK(restricted([](Workload&) {}).empty());
    CHECK(restricted([](Workload& p) { p.host_pid = true; }) == "host-namespaces");
    CHECK(restricted([](Workload& p) { p.volumes = {{"v", {"nfs"}, "", false}}; }) == "volume-type");
    CHECK(restricted([](Workload& p) { p.volumes = {{"v", {"hostPath"}, "/", false}}; }) == "host-path");
    CHECK(restricted([](Workload& p) { p.volumes = {{"v", {"image"}, "x", true}, {"w", {"csi"}, "", false}, {"x", {}, "", false}}; }).empty());
    CHECK(restricted([](Workload& p) { p.containers[0].security.allow_privilege_escalation.reset(); }) == "privilege-escalation");
    CHECK(restricted([](Workload& p) { p.containers[0].security.allow_privilege_escalation = true; }) == "privilege-escalation");
    CHECK(restricted([](Workload& p) { p.security.run_as_non_root.reset(); }) == "run-as-non-root run-as-non-root");
    CHECK(restricted([](Workload& p) { p.security.run_as_non_root.reset(), p.containers[0].security.run_as_non_root = p.containers[1].security.run_as_non_root = true; }).empty());
    CHECK(restricted([](Workload& p) { p.containers[1].security.run_as_non_root = false; }) == "run-as-non-root");
    // The pod may not say so even where each container says otherwise.
    CHECK(restricted([](Workload& p) { p.security.run_as_non_root = false, p.containers[0].security.run_as_non_root = p.containers[1].security.run_as_non_root = true; }) == "run-as-non-root");
    CHECK(restricted([](Workload& p) { p.security.run_as_user = 0; }) == "run-as-root");
    CHECK(restricted([](Workload& p) { p.containers[1].security.run_as_user = 0; }) == "run-as-root");
    CHECK(restricted([](Workload& p) { p.security.run_as_user = 1000; }).empty());
    CHECK(restricted([](Workload& p) { p.host_users = false, p.security.run_as_user = 0, p.security.run_as_non_root = false; }).empty());
    CHECK(restricted([](Workload& p) { p.host_users = false, p.containers[1].security.proc_mount = "Unmasked"; }) == "proc-mount");
    CHECK(restricted([](Workload& p) { p.security.seccomp.reset(); }) == "seccomp seccomp");
    CHECK(restricted([](Workload& p) { p.security.seccomp.reset(), p.containers[0].security.seccomp = p.containers[1].security.seccomp = "Localhost"; }).empty());
    CHECK(restricted([](Workload& p) { p.containers[1].security.seccomp = "Unconfined"; }) == "seccomp");
    CHECK(restricted([](Workload& p) { p.containers[1].security.drop = {"all"}; }) == "capabilities");
    CHECK(restricted([](Workload& p) { p.containers[1].security.add = {"CHOWN"}; }) == "capabilities");
    CHECK(restricted([](Workload& p) { p.containers[1].security.add = {"NET_BIND_SERVICE"}; }).empty());
}

TEST_CASE("pod security: of Windows restricted does not ask what only Linux has") {
    const auto bare = [](Workload& p) {
        p.os = "windows";
        p.security.seccomp.reset();
        for (WorkloadContainer& one : p.containers) one.security = {};
    };
    CHECK(restricted(bare).empty());
    CHECK(restricted([&](Workload& p) { bare(p), p.os = "Windows"; }).find("capabilities") != std::string::npos);
    CHECK(restricted([&](Workload& p) { bare(p), p.security.run_as_non_root.reset(); }) == "run-as-non-root run-as-non-root");
    CHECK(restricted([&](Workload& p) { bare(p), p.security.host_process = true; }) == "host-process");
    CHECK(baseline([&](Workload& p) { bare(p), p.containers[1].security.add = {"SYS_ADMIN"}; }) == "capabilities");
}

TEST_CASE("isolation: every pod of a manifest, and nothing that is no manifest of Kubernetes") {
    PodBench bench({});
    CHECK(bench.run().status == RunStatus::complete);
    CHECK(bench.found().empty());
    bench.evidence.workloads.push_back(honest());
    bench.evidence.workloads[1].host_ipc = true;
    CHECK(bench.found() == "host-namespaces");
    bench.evidence.workloads.clear();
    CHECK(bench.run().status == RunStatus::skipped);
    bench.evidence.formats = {{{"pod.yaml", {}, {}, {}}, "manifest:Kubernetes", true, false}};
    CHECK(bench.run().status == RunStatus::complete);
    bench.evidence.workloads = {honest()};
    bench.subject.named_at = Location{"pod.yaml", "spec.containers[0].image", {}, 5};
    CHECK(bench.run().status == RunStatus::skipped);
}

TEST_CASE("loader profile: each part and its benign twin") {
    const auto both = [](const std::string& part, const auto& heal, const std::string& expected) {
        CAPTURE(part);
        PodBench bench({part});
        CHECK(bench.found() == expected);
        heal(bench);
        CHECK(bench.found().empty());
    };
    both("read-only-root", [](PodBench& b) { for (auto& one : b.pod().containers) one.security.read_only_root = true; }, "writable-root writable-root");
    both("no-token", [](PodBench& b) { b.pod().token = false; }, "token");
    both("limits", [](PodBench& b) { for (auto& one : b.pod().containers) one.limits = {"memory", "ephemeral-storage"}; }, "no-limits no-limits");
    both("offline", [](PodBench& b) { b.main().environment = {{"HF_HUB_OFFLINE", "1", ""}, {"TRANSFORMERS_OFFLINE", "1", ""}, {"WDS_SECURE", "1", ""}}; }, "online online online");
    both("sandbox", [](PodBench& b) { b.pod().runtime_class = "kata-qemu"; }, "no-sandbox");
    both("own-users", [](PodBench& b) { b.pod().host_users = false; }, "host-users");
    both("network-policy", [](PodBench& b) { b.evidence.fences = {{{"pod.yaml", {}, {}, 30}, "deny", "", {}, false, true, true, false, false}}; }, "open-network");
    PodBench images({"image-digest"});
    CHECK(images.found().empty());
    for (const std::string& image : std::vector<std::string>{"registry.example/a:1", "registry.example/a@sha256:00", "registry.example/a@md5:" + std::string(64, 'a')}) {
        images.main().image = image;
        CHECK(images.found() == "image-not-by-digest");
    }
}

TEST_CASE("loader profile: models are read from where nobody writes") {
    PodBench bench({"read-only-model"});
    bench.pod().volumes = {{"m", {"persistentVolumeClaim"}, "models", false}, {"s", {"emptyDir"}, "", false}, {"i", {"image"}, "registry.example/m@" + kDigest, true}};
    bench.main().mounts = {{"m", "/models", true, ""}, {"s", "/tmp", false, ""}, {"i", "/image", false, ""}};
    CHECK(bench.found().empty());
    bench.main().mounts[0].read_only = false;
    CHECK(bench.found() == "model-writable");
    bench.pod().volumes[0].read_only = true;
    CHECK(bench.found().empty());
    bench.pod().containers[0].mounts = {{"s", "/download", false, ""}};
    CHECK(bench.found() == "model-writable");
    bench.main().mounts[1].read_only = true;
    CHECK(bench.found().empty());
    bench.pod().volumes[2].source = "registry.example/m:1";
    CHECK(bench.found() == "model-writable");
}

TEST_CASE("loader profile: keys and sandboxes by what the pod loads") {
    PodBench bench({"no-secrets", "sandbox"});
    bench.main().environment = {{"HF_TOKEN", std::nullopt, "secretKeyRef"}, {"PORT", "80", ""}};
    CHECK(bench.found() == "secret no-sandbox");     // not known: the worst
    bench.loaded.emplace();
    CHECK(bench.found() == "secret no-sandbox");     // and so is nothing
    bench.loaded->push_back({{"pod.yaml", "spec.volumes[0].image.reference", {}, 8}, Level::admit, false});
    CHECK(bench.found().empty());
    bench.loaded->front().may_hold_pickles = true;
    CHECK(bench.found() == "no-sandbox");
    bench.loaded->push_back({{"pod.yaml", "spec.containers[0].args[1]", {}, 6}, Level::names, true});
    CHECK(bench.found() == "secret no-sandbox");
    // Of another document of the same file.
    bench.loaded->back().where.line = 30;
    bench.loaded->front().may_hold_pickles = false;
    CHECK(bench.found().empty());
    bench.loaded->front().level = Level::none;
    bench.pod().runtime_class = "gvisor-not";
    CHECK(bench.found() == "secret no-sandbox");
}

TEST_CASE("loader profile: flags and variables that let a model run code") {
    PodBench bench({"offline"});
    std::vector<WorkloadVariable> offline = {{"HF_HUB_OFFLINE", "1", ""}, {"TRANSFORMERS_OFFLINE", "1", ""}, {"WDS_SECURE", "1", ""}};
    bench.main().environment = offline;
    for (const std::string word : {"--trust-remote-code", "--trust_remote_code=true", "vllm serve m --trust-remote-code", "--trust-remote-code=$(X)"}) {
        bench.main().words = {word};
        CHECK(bench.found() == "unsafe-loading");
    }
    for (const std::string word : {"--no-trust-remote-code", "--trust-remote-code=false", "--model"}) {
        bench.main().words = {word};
        CHECK(bench.found().empty());
    }
    bench.main().environment.push_back({"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "0", ""});
    CHECK(bench.found().empty());
    bench.main().environment.back().value = "1";
    CHECK(bench.found() == "unsafe-loading");
    bench.main().environment.back() = {"HF_HUB_OFFLINE", "0", ""};   // the last of a name counts
    CHECK(bench.found() == "online");
}

TEST_CASE("loader profile: what is shared, and devices") {
    PodBench bench({"no-sharing", "no-devices"});
    CHECK(bench.found().empty());
    bench.pod().shared_processes = true;
    CHECK(bench.found() == "shared");
    bench.pod().shared_processes = false;
    bench.pod().volumes = {{"s", {"emptyDir"}, "", false}, {"k", {"secret"}, "", false}};
    bench.pod().containers.push_back(container("proxy", Role::sidecar));
    bench.main().mounts = bench.pod().containers[2].mounts = {{"s", "/s", false, ""}};
    CHECK(bench.found().empty());
    bench.pod().containers[2].mounts.push_back({"k", "/k", true, ""});
    CHECK(bench.found() == "shared");
    bench.pod().volumes = {};
    for (const std::string path : {"/dev", "//dev/nvidia0", "/./dev/", "/x/../dev", "/"}) {
        bench.pod().volumes = {{"d", {"hostPath"}, path, false}};
        CHECK(bench.found().find("device") != std::string::npos);
    }
    bench.pod().volumes = {};
    bench.main().environment = {{"NVIDIA_VISIBLE_DEVICES", "all", ""}};
    CHECK(bench.found() == "device");
    bench.main().limits = {"nvidia.com/gpu"};
    CHECK(bench.found().empty());
}

TEST_CASE("loader profile: for all pods, or for those that load something") {
    PodBench bench({"own-users"});
    bench.settings.set("loader-for", std::string("loading"));
    CHECK(bench.found().empty());
    Requirement model;
    model.reference = parse_reference("hf:acme/m@main").value();
    model.where = {"pod.yaml", "metadata.annotations.x", {}, 3};
    bench.evidence.requirements = {model};
    CHECK(bench.found() == "host-users");
    bench.evidence.requirements[0].where.line = 30;
    CHECK(bench.found().empty());
    bench.pod().volumes = {{"i", {"image"}, "x", true}};
    CHECK(bench.found() == "host-users");
}

TEST_CASE("network policies: who is surely selected, and what they leave open") {
    Workload pod = honest();
    pod.labels = {{"app", "x"}};
    const Location where{"pod.yaml", {}, {}, 30};
    const NetworkFence deny{where, "deny", "", {{"app", "x"}}, false, true, true, false, false};
    CHECK(has_no_egress(pod, {{deny}}));
    NetworkFence other = deny;
    other.labels = {{"app", "y"}};
    CHECK_FALSE(has_no_egress(pod, {{other}}));
    other = deny, other.space = "elsewhere";
    CHECK_FALSE(has_no_egress(pod, {{other}}));
    other = deny, other.expressions = true;
    CHECK_FALSE(has_no_egress(pod, {{other}}));
    other = deny, other.egress = false;
    CHECK_FALSE(has_no_egress(pod, {{other}}));
    // One that may select it opens what another denies.
    other = deny, other.expressions = true, other.opens_egress = true;
    CHECK_FALSE(has_no_egress(pod, std::vector<NetworkFence>{deny, other}));
    CHECK(default_deny(pod, std::vector<NetworkFence>{deny, other}).egress);
    pod.host_network = true;
    CHECK_FALSE(has_no_egress(pod, {{deny}}));
}

TEST_CASE("settings that could never do anything are refused") {
    const Checker& checker = isolation_checker();
    Settings settings = default_settings(checker);
    // What holds anyway may be written out.
    for (const std::string_view key : {"loader-for", "runtime-classes", "network-policy"}) CHECK(checker.problem(settings, key, nullptr).empty());
    settings.set("loader-for", std::string("loading"));
    settings.set("runtime-classes", std::vector<std::string>{"gvisor"});
    settings.set("network-policy", std::string("assumed"));
    for (const std::string_view key : {"loader-for", "runtime-classes", "network-policy"}) CHECK_FALSE(checker.problem(settings, key, nullptr).empty());
    settings.set("loader", std::vector<std::string>{"sandbox", "network-policy"});
    for (const std::string_view key : {"level", "loader", "loader-for", "runtime-classes", "network-policy"}) CHECK(checker.problem(settings, key, nullptr).empty());
    const Checker& integrity = integrity_checker();
    settings = default_settings(integrity);
    for (const std::string_view key : {"verifiers", "runtime-classes"}) CHECK(integrity.problem(settings, key, nullptr).empty());
    settings.set("verifiers", std::vector<std::string>{kDigest});
    settings.set("runtime-classes", std::vector<std::string>{"kata"});
    for (const std::string_view key : {"verifiers", "runtime-classes"}) CHECK_FALSE(integrity.problem(settings, key, nullptr).empty());
    settings.set("verifiers", std::vector<std::string>{});
    settings.set("accept", std::vector<std::string>{"verifier-init", "contained"});
    CHECK_FALSE(integrity.problem(settings, "accept", nullptr).empty());
    settings.set("verifiers", std::vector<std::string>{"headgate:latest"});
    CHECK_FALSE(integrity.problem(settings, "verifiers", nullptr).empty());
    settings.set("verifiers", std::vector<std::string>{kDigest});
    for (const std::string_view key : {"accept", "verifiers", "runtime-classes", "images"}) CHECK(integrity.problem(settings, key, nullptr).empty());
}

namespace {

/// A pod that verifies the claim `models` first and then reads it.
Workload verified() {
    Workload pod = honest();
    pod.volumes = {{"m", {"persistentVolumeClaim"}, "models", false}, {"s", {"emptyDir"}, "", false}};
    for (WorkloadContainer& one : pod.containers) one.mounts = {{"m", "/models", true, ""}};
    return pod;
}
template <typename Change>
bool accepted(const Change& change) {
    Workload pod = verified();
    change(pod);
    return is_verified_first(pod, "models", std::vector<std::string>{kDigest});
}

}  // namespace

TEST_CASE("verifier: the first init container, by its digest, over what is only read afterwards") {
    CHECK(accepted([](Workload&) {}));
    CHECK(accepted([](Workload& p) { p.containers[1].mounts.push_back({"s", "/tmp", false, ""}); }));
    CHECK_FALSE(accepted([](Workload& p) { p.volumes[0].source = "others"; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers.clear(); }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].role = Role::sidecar; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].words = {"true"}; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].environment = {{"HEADGATE_POLICY", "/x", ""}}; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].mounts[0].part = "empty"; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].mounts.clear(); }));
}

TEST_CASE("H-02: a container that is named as the verifier is none") {
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].name = "model-validation", p.containers[0].image = "registry.example/evil@sha256:" + std::string(64, 'b'); }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[0].name = "model-validation", p.containers[0].image = "registry.example/headgate:latest"; }));
    CHECK(accepted([](Workload& p) { p.containers[0].name = "anything"; }));
}

TEST_CASE("H-04: a verifier behind another container, or over what others can write to, is none") {
    CHECK_FALSE(accepted([](Workload& p) { p.containers.insert(p.containers.begin(), container("before", Role::init)), p.containers[0].image = "registry.example/other:1"; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[1].mounts[0].read_only = false; }));
    CHECK(accepted([](Workload& p) { p.containers[1].mounts[0].read_only = false, p.volumes[0].read_only = true; }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers.push_back(container("debug", Role::ephemeral)), p.containers[2].mounts = {{"m", "/m", false, ""}}; }));
    // The same claim by another volume.
    CHECK_FALSE(accepted([](Workload& p) { p.volumes.push_back({"n", {"persistentVolumeClaim"}, "models", false}), p.containers[1].mounts.push_back({"n", "/n", false, ""}); }));
    CHECK_FALSE(accepted([](Workload& p) { p.containers[1].devices = {"m"}; }));
    // Something else at the place where the verifier looks, over the claim, or over its own program.
    CHECK_FALSE(accepted([](Workload& p) { p.volumes.push_back({"n", {"persistentVolumeClaim"}, "good", false}), p.containers[0].mounts.push_back({"n", "/model", true, ""}); }));
    CHECK_FALSE(accepted([](Workload& p) { p.volumes.push_back({"c", {"configMap"}, "", false}), p.containers[0].mounts.push_back({"c", "/usr/local/bin", true, ""}); }));
}

TEST_CASE("integrity: what the pod does stands in the place of a digest where the policy accepts it") {
    Bench bench(integrity_checker());
    bench.settings.set("verifiers", std::vector<std::string>{kDigest});
    bench.evidence.workloads = {verified()};
    const auto judge = [&](const std::string& reference, const std::string& member) {
        Requirement model;
        model.reference = parse_reference(reference).value();
        model.where = {"pod.yaml", member, {}, 6};
        Subject subject;
        subject.kind = Kind::model;
        subject.reference = model.reference;
        subject.named_at = model.where;
        Evidence evidence;
        evidence.requirements = {model};
        evidence.workloads = bench.evidence.workloads;
        evidence.fences = bench.evidence.fences;
        return integrity_checker().run({subject, evidence, bench.settings, bench.policy, pipeline::rule_data(), {}});
    };
    const std::string claim = "pvc://models/llama", place = "spec.containers[0].args[0]";
    CHECK_FALSE(judge(claim, place).findings.empty());
    bench.settings.set("accept", std::vector<std::string>{"verifier-init"});
    const CheckRun run = judge(claim, place);
    CHECK(run.findings.empty());
    CHECK_FALSE(run.remarks.empty());                                       // it is said all the same
    CHECK_FALSE(judge("pvc://others/llama", place).findings.empty());
    CHECK_FALSE(judge("s3://models/llama", place).findings.empty());        // what is downloaded, no verifier has seen
    CHECK_FALSE(judge("hf:acme/llama@main", place).findings.empty());
    CHECK_FALSE(judge(claim, "metadata.annotations.x").findings.empty());   // not of this pod
    bench.settings.set("accept", std::vector<std::string>{"contained"});
    CHECK_FALSE(judge("s3://models/llama", place).findings.empty());
    bench.evidence.workloads[0].runtime_class = "gvisor";
    CHECK_FALSE(judge("s3://models/llama", place).findings.empty());
    bench.evidence.fences = {{{"pod.yaml", {}, {}, 30}, "deny", "", {}, false, false, true, false, false}};
    CHECK(judge("s3://models/llama", place).findings.empty());
    bench.evidence.workloads[0].containers[1].security.privileged = true;
    CHECK_FALSE(judge("s3://models/llama", place).findings.empty());
}
