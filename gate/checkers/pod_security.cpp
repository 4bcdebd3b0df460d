// Pod Security Standards: each check names the fields that it reads; the order is that of the standard's page. An absent field and an
// empty one differ only where the standard says so.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/isolation.hpp"

namespace headgate::checkers {
namespace {

using std::string_view;

constexpr std::array<string_view, 13> kDefaultCapabilities = {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
                                                              "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"};
constexpr std::array<string_view, 4> kSelinuxTypes = {"container_t", "container_init_t", "container_kvm_t", "container_engine_t"};
constexpr std::array<string_view, 14> kSafeSysctls = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_rmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem"};
constexpr std::array<string_view, 9> kPlainVolumes = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"};
constexpr std::array<string_view, 21> kOtherVolumes = {
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume", "cinder", "cephfs", "flocker",
    "fc", "azureFile", "azureDisk", "vsphereVolume", "quobyte", "portworxVolume", "photonPersistentDisk", "scaleIO", "storageos"};

template <std::size_t N>
bool is_one_of(const std::array<string_view, N>& words, string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Standard {
  public:
    Standard(const Workload& pod, bool restricted, std::vector<Finding>& findings)
        : pod_(pod), restricted_(restricted), windows_(pod.os == "windows"), own_users_(pod.host_users == false), findings_(findings) {}

    void check() {
        if (pod_.containers.empty()) add("isolation.no-container", Severity::high, "there is no container in it, so nothing can be said of how it is isolated", pod_.where);
        host_namespaces();
        volumes();
        sysctls();
        security(pod_.security, "the pod", pod_.where);
        for (const auto& [key, value] : pod_.apparmor) {
            const bool kept = value.empty() || value == "runtime/default" || value.starts_with("localhost/");
            if (!kept) add("isolation.apparmor", Severity::high, "the annotation " + key + " is " + value, pod_.where);
        }
        for (const WorkloadContainer& container : pod_.containers) of_container(container);
    }

  private:
    void add(std::string id, Severity severity, const std::string& what, const Location& where) {
        const std::string name = pod_.kind + (pod_.name.empty() ? "" : " " + pod_.name);
        findings_.push_back({std::move(id), severity, name + ": " + what, where, {}, {}});
    }

    void host_namespaces() {
        std::string named;
        for (const auto& [is_set, key] : {std::pair(pod_.host_network, "hostNetwork"), std::pair(pod_.host_pid, "hostPID"), std::pair(pod_.host_ipc, "hostIPC")}) {
            if (is_set) named += (named.empty() ? "" : ", ") + std::string(key);
        }
        if (!named.empty()) add("isolation.host-namespaces", Severity::high, "it shares namespaces with its node: " + named, pod_.where);
    }

    void volumes() {
        for (const WorkloadVolume& volume : pod_.volumes) {
            for (const std::string& type : volume.types) {
                const std::string shown = "volume " + volume.name + " is of type " + type;
                if (!is_one_of(kPlainVolumes, type) && !is_one_of(kOtherVolumes, type)) {
                    add("isolation.unknown-volume", Severity::high, shown + ", which is none that is known", pod_.where);
                } else if (type == "hostPath") {
                    add("isolation.host-path", Severity::high, "volume " + volume.name + " is the node's " + volume.source, pod_.where);
                } else if (restricted_ && !is_one_of(kPlainVolumes, type)) {
                    add("isolation.volume-type", Severity::medium, shown, pod_.where);
                }
            }
        }
    }

    void sysctls() {
        for (const std::string& name : pod_.sysctls) {
            if (!is_one_of(kSafeSysctls, name)) add("isolation.sysctl", Severity::high, "it sets " + name, pod_.where);
        }
    }

    /// What pod and container have in common, and may say badly.
    void security(const SecurityContext& context, const std::string& who, const Location& where) {
        if (context.host_process == true) add("isolation.host-process", Severity::critical, who + " is a process of the node (windowsOptions.hostProcess)", where);
        const bool type_kept = context.selinux_type.empty() || is_one_of(kSelinuxTypes, context.selinux_type);
        if (!type_kept || !context.selinux_user.empty() || !context.selinux_role.empty()) {
            add("isolation.selinux", Severity::high, who + " has SELinux options of its own: " + (type_kept ? "a user or role" : "the type " + context.selinux_type), where);
        }
        if (context.apparmor && !is_profile(*context.apparmor)) add("isolation.apparmor", Severity::high, who + " asks for the AppArmor profile \"" + *context.apparmor + "\"", where);
        // Of Windows restricted asks nothing here, and has baseline ask nothing either.
        const bool asked = !(restricted_ && windows_);
        if (asked && context.seccomp && !is_profile(*context.seccomp)) add("isolation.seccomp", Severity::high, who + " asks for the seccomp profile \"" + *context.seccomp + "\"", where);
        if (!restricted_ || own_users_) return;
        if (context.run_as_non_root == false) add("isolation.run-as-non-root", Severity::medium, who + " says that it may run as root (runAsNonRoot: false)", where);
        if (context.run_as_user == 0U) add("isolation.run-as-root", Severity::medium, who + " runs as user 0", where);
    }
    static bool is_profile(string_view type) { return type == "RuntimeDefault" || type == "Localhost"; }

    void of_container(const WorkloadContainer& container) {
        const SecurityContext& context = container.security;
        const std::string who = "container " + container.name;
        if (context.privileged == true) add("isolation.privileged", Severity::critical, who + " is privileged", container.where);
        for (const std::uint64_t port : container.host_ports) add("isolation.host-port", Severity::medium, who + " takes the node's port " + std::to_string(port), container.where);
        for (const std::string& host : container.hosts) add("isolation.probe-host", Severity::medium, who + " has the kubelet ask the host " + host, container.where);
        const bool relaxed = own_users_ && !restricted_;
        if (context.proc_mount && *context.proc_mount != "Default" && !relaxed) add("isolation.proc-mount", Severity::high, who + " has /proc as " + *context.proc_mount, container.where);
        security(context, who, container.where);
        capabilities(container, who);
        if (!restricted_) return;
        if (!windows_ && context.allow_privilege_escalation != false) {
            add("isolation.privilege-escalation", Severity::medium, who + " does not say allowPrivilegeEscalation: false", container.where);
        }
        if (!own_users_ && !context.run_as_non_root && pod_.security.run_as_non_root != true) {
            add("isolation.run-as-non-root", Severity::medium, "neither the pod nor " + who + " says runAsNonRoot: true", container.where);
        }
        const bool by_pod = pod_.security.seccomp && is_profile(*pod_.security.seccomp);
        if (!windows_ && !context.seccomp && !by_pod) add("isolation.seccomp", Severity::medium, "neither the pod nor " + who + " names a seccomp profile", container.where);
    }

    void capabilities(const WorkloadContainer& container, const std::string& who) {
        if (restricted_ && windows_) return;
        const SecurityContext& context = container.security;
        std::string added;
        for (const std::string& one : context.add) {
            const bool kept = restricted_ ? one == "NET_BIND_SERVICE" : is_one_of(kDefaultCapabilities, one);
            if (!kept) added += (added.empty() ? "" : ", ") + one;
        }
        if (!added.empty()) add("isolation.capabilities", Severity::high, who + " adds capabilities: " + added, container.where);
        const bool dropped = std::find(context.drop.begin(), context.drop.end(), "ALL") != context.drop.end();
        if (restricted_ && !dropped) add("isolation.capabilities", Severity::medium, who + " does not drop ALL capabilities", container.where);
    }

    const Workload& pod_;
    const bool restricted_;
    const bool windows_;
    const bool own_users_;               // hostUsers: false, so that its root is none on the node
    std::vector<Finding>& findings_;
};

}  // namespace

void check_pod_security(const Workload& workload, bool restricted, std::vector<Finding>& findings) { Standard(workload, restricted, findings).check(); }

}  // namespace headgate::checkers
