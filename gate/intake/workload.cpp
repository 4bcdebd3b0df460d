#include "intake/workload.hpp"

#include <algorithm>
#include <array>

#include "base/redact.hpp"
#include "intake/workload_fields.hpp"

namespace headgate::intake::kubernetes {
namespace {

using codec::Tree;

constexpr std::string_view kApparmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

class PodReader : public WorkloadFields {
  public:
    using WorkloadFields::WorkloadFields;

    Workload pod(const Tree& spec, const std::string& path) {
        Workload pod;
        pod.where = at(spec, path);
        pod.host_network = flag(spec, "hostNetwork", path).value_or(false);
        pod.host_pid = flag(spec, "hostPID", path).value_or(false);
        pod.host_ipc = flag(spec, "hostIPC", path).value_or(false);
        pod.shared_processes = flag(spec, "shareProcessNamespace", path).value_or(false);
        pod.host_users = flag(spec, "hostUsers", path);
        pod.token = flag(spec, "automountServiceAccountToken", path);
        pod.runtime_class = text_or_nothing(spec, "runtimeClassName", path);
        pod.service_account = text_or_nothing(spec, "serviceAccountName", path);
        if (pod.service_account.empty()) pod.service_account = text_or_nothing(spec, "serviceAccount", path);
        if (const Tree* os = table(spec, "os", path)) pod.os = text_or_nothing(*os, "name", path_to(path, "os"));
        if (const Tree* security = table(spec, "securityContext", path)) {
            const std::string here = path_to(path, "securityContext");
            pod.security = context(*security, here);
            each(*security, "sysctls", here, [&](const Tree& one, const std::string& place) { pod.sysctls.push_back(text_or_nothing(one, "name", place)); });
        }
        each(spec, "volumes", path, [&](const Tree& one, const std::string& here) { pod.volumes.push_back(volume(one, here)); });
        for (const std::string_view key : {"initContainers", "containers", "ephemeralContainers"}) {
            each(spec, key, path, [&](const Tree& one, const std::string& here) { pod.containers.push_back(container(one, key, here)); });
        }
        return pod;
    }

  private:
    SecurityContext context(const Tree& one, const std::string& path) {
        SecurityContext security;
        security.privileged = flag(one, "privileged", path);
        security.allow_privilege_escalation = flag(one, "allowPrivilegeEscalation", path);
        security.run_as_non_root = flag(one, "runAsNonRoot", path);
        security.read_only_root = flag(one, "readOnlyRootFilesystem", path);
        security.run_as_user = number(one, "runAsUser", path);
        security.proc_mount = text(one, "procMount", path);
        security.seccomp = profile(one, "seccompProfile", path);
        security.apparmor = profile(one, "appArmorProfile", path);
        if (const Tree* windows = table(one, "windowsOptions", path)) security.host_process = flag(*windows, "hostProcess", path_to(path, "windowsOptions"));
        if (const Tree* selinux = table(one, "seLinuxOptions", path)) {
            const std::string here = path_to(path, "seLinuxOptions");
            security.selinux_type = text_or_nothing(*selinux, "type", here);
            security.selinux_user = text_or_nothing(*selinux, "user", here);
            security.selinux_role = text_or_nothing(*selinux, "role", here);
        }
        if (const Tree* capabilities = table(one, "capabilities", path)) {
            security.add = texts(*capabilities, "add", path_to(path, "capabilities"));
            security.drop = texts(*capabilities, "drop", path_to(path, "capabilities"));
        }
        return security;
    }

    std::optional<std::string> profile(const Tree& in, std::string_view key, const std::string& path) {
        const Tree* found = table(in, key, path);
        return found == nullptr ? std::nullopt : std::optional(text_or_nothing(*found, "type", path_to(path, key)));
    }

    WorkloadVolume volume(const Tree& one, const std::string& path) {
        struct Source {
            std::string_view type;
            std::string_view key;        // of what it names
        };
        constexpr std::array<Source, 4> kSources = {{{"hostPath", "path"}, {"persistentVolumeClaim", "claimName"}, {"image", "reference"}, {"csi", "driver"}}};
        WorkloadVolume volume;
        volume.name = text_or_nothing(one, "name", path);
        for (const Tree::Entry& entry : one.entries) {
            if (entry.key == "name" || entry.value.type == Tree::Type::null) continue;
            volume.types.push_back(entry.key);
            const Tree* source = table(one, entry.key, path);
            if (source == nullptr) continue;
            const std::string here = path_to(path, entry.key);
            for (const Source& known : kSources) {
                if (known.type == entry.key) volume.source = text_or_nothing(*source, known.key, here);
            }
            if (entry.key == "persistentVolumeClaim" || entry.key == "csi") volume.read_only = flag(*source, "readOnly", here).value_or(false);
            if (entry.key != "image") continue;
            volume.source = redacted_image(volume.source);
            volume.read_only = true;
        }
        return volume;
    }

    WorkloadContainer container(const Tree& one, std::string_view key, const std::string& path) {
        using Role = WorkloadContainer::Role;
        WorkloadContainer container;
        container.where = at(one, path);
        container.name = text_or_nothing(one, "name", path);
        container.image = redacted_image(text_or_nothing(one, "image", path));
        const std::string restart = text_or_nothing(one, "restartPolicy", path);
        if (key == "initContainers") container.role = restart == "Always" ? Role::sidecar : Role::init;
        if (key == "ephemeralContainers") container.role = Role::ephemeral;
        if (const Tree* security = table(one, "securityContext", path)) container.security = context(*security, path_to(path, "securityContext"));
        each(one, "ports", path, [&](const Tree& port, const std::string& here) {
            const auto number_of = number(port, "hostPort", here);
            if (number_of.value_or(0) != 0) container.host_ports.push_back(*number_of);
        });
        handlers(one, path, container.hosts);
        if (const Tree* resources = table(one, "resources", path)) {
            if (const Tree* limits = table(*resources, "limits", path_to(path, "resources"))) {
                for (const Tree::Entry& limit : limits->entries) {
                    if (limit.value.type != Tree::Type::null) container.limits.push_back(limit.key);
                }
            }
        }
        environment(one, path, container.environment);
        for (const std::string_view words : {"command", "args"}) {
            for (std::string& word : texts(one, words, path)) container.words.push_back(std::move(word));
        }
        each(one, "volumeMounts", path, [&](const Tree& mount, const std::string& here) {
            WorkloadMount read{text_or_nothing(mount, "name", here), text_or_nothing(mount, "mountPath", here), flag(mount, "readOnly", here).value_or(false),
                               text_or_nothing(mount, "subPath", here)};
            if (read.part.empty()) read.part = text_or_nothing(mount, "subPathExpr", here);
            container.mounts.push_back(std::move(read));
        });
        each(one, "volumeDevices", path, [&](const Tree& device, const std::string& here) { container.devices.push_back(text_or_nothing(device, "name", here)); });
        return container;
    }

    /// `host` of what the kubelet asks, or lets the container ask.
    void handlers(const Tree& one, const std::string& path, std::vector<std::string>& hosts) {
        const auto handler = [&](const Tree& in, std::string_view key, const std::string& above) {
            const Tree* found = table(in, key, above);
            if (found == nullptr) return;
            for (const std::string_view way : {"httpGet", "tcpSocket"}) {
                const Tree* asked = table(*found, way, path_to(above, key));
                if (asked == nullptr) continue;
                std::string host = text_or_nothing(*asked, "host", path_to(path_to(above, key), way));
                if (!host.empty()) hosts.push_back(std::move(host));
            }
        };
        for (const std::string_view key : {"livenessProbe", "readinessProbe", "startupProbe"}) handler(one, key, path);
        if (const Tree* lifecycle = table(one, "lifecycle", path)) {
            for (const std::string_view key : {"postStart", "preStop"}) handler(*lifecycle, key, path_to(path, "lifecycle"));
        }
    }

    void environment(const Tree& one, const std::string& path, std::vector<WorkloadVariable>& variables) {
        each(one, "env", path, [&](const Tree& variable, const std::string& here) {
            WorkloadVariable read{text_or_nothing(variable, "name", here), text(variable, "value", here), {}};
            if (const Tree* from = table(variable, "valueFrom", here)) read.from = first_key(*from);
            if (!read.value && read.from.empty()) read.value = std::string();
            variables.push_back(std::move(read));
        });
        each(one, "envFrom", path, [&](const Tree& from, const std::string& here) {
            const std::string prefix = text_or_nothing(from, "prefix", here);
            variables.push_back({prefix + "*", std::nullopt, from.find("secretRef") != nullptr ? "secretRef" : "configMapRef"});
        });
    }
    static std::string first_key(const Tree& in) {
        for (const Tree::Entry& entry : in.entries) {
            if (entry.value.type != Tree::Type::null) return entry.key;
        }
        return "nothing";
    }
};

std::string plain_text_at(const Tree& in, std::string_view key) {
    const Tree* found = in.find(key);
    return found != nullptr && found->is_text() ? found->text : std::string();
}

}  // namespace

std::pair<std::uint32_t, std::uint32_t> lines_of(const Tree& root) {
    std::pair<std::uint32_t, std::uint32_t> lines{std::max(root.line, 1U), std::max(root.line, 1U)};
    std::vector<const Tree*> walk = {&root};
    while (!walk.empty()) {
        const Tree& node = *walk.back();
        walk.pop_back();
        lines.first = std::min(lines.first, std::max(node.line, 1U));
        lines.second = std::max(lines.second, node.line);
        for (const Tree& item : node.items) walk.push_back(&item);
        for (const Tree::Entry& entry : node.entries) walk.push_back(&entry.value);
    }
    return lines;
}

bool read_workload(const Tree& spec, const std::string& path, const WorkloadOwner& owner, IntakeContext& context) {
    if (!context.room()) return false;
    PodReader reader(context);
    Workload workload = reader.pod(spec, path);
    workload.object = reader.at(*owner.object, owner.path).member;
    workload.first_line = std::uint64_t{owner.lines.first} + context.lines_before;
    workload.last_line = std::uint64_t{owner.lines.second} + context.lines_before;
    workload.kind = plain_text_at(*owner.object, "kind");
    if (const Tree* metadata = reader.table(*owner.object, "metadata", owner.path)) {
        workload.name = plain_text_at(*metadata, "name");
        workload.space = plain_text_at(*metadata, "namespace");
    }
    if (owner.metadata != nullptr && owner.metadata->is_table()) {
        const std::string above = WorkloadFields::path_to(owner.path, "metadata");
        workload.labels = reader.pairs(*owner.metadata, "labels", above);
        for (auto& annotation : reader.pairs(*owner.metadata, "annotations", above)) {
            if (annotation.first.starts_with(kApparmorAnnotation)) workload.apparmor.push_back(std::move(annotation));
        }
    }
    context.evidence.workloads.push_back(std::move(workload));
    return reader.understood();
}

bool read_network_policy(const Tree& object, const std::string& path, IntakeContext& context) {
    if (!context.room()) return false;
    WorkloadFields reader(context);
    NetworkFence fence;
    fence.where = reader.at(object, path);
    if (const Tree* metadata = reader.table(object, "metadata", path)) {
        fence.name = plain_text_at(*metadata, "name");
        fence.space = plain_text_at(*metadata, "namespace");
    }
    const Tree* spec = reader.table(object, "spec", path);
    if (spec == nullptr) return reader.understood();
    const std::string here = WorkloadFields::path_to(path, "spec");
    // Without a selector it selects nothing that is known here; an empty one is every pod.
    const Tree* selector = reader.table(*spec, "podSelector", here);
    fence.expressions = selector == nullptr;
    if (selector != nullptr) {
        fence.labels = reader.pairs(*selector, "matchLabels", WorkloadFields::path_to(here, "podSelector"));
        for (const Tree::Entry& entry : selector->entries) {
            const bool nothing = entry.value.type == Tree::Type::null || (entry.value.is_array() && entry.value.items.empty());
            if (entry.key != "matchLabels" && !nothing) fence.expressions = true;
        }
    }
    const Tree* ingress = reader.list(*spec, "ingress", here);
    const Tree* egress = reader.list(*spec, "egress", here);
    fence.opens_ingress = ingress != nullptr && !ingress->items.empty();
    fence.opens_egress = egress != nullptr && !egress->items.empty();
    const std::vector<std::string> types = reader.texts(*spec, "policyTypes", here);
    const auto names = [&](std::string_view type) { return std::find(types.begin(), types.end(), type) != types.end(); };
    // Where it does not say: always ingress, and egress if it has rules of it.
    fence.ingress = types.empty() || names("Ingress");
    fence.egress = types.empty() ? fence.opens_egress : names("Egress");
    context.evidence.fences.push_back(std::move(fence));
    return reader.understood();
}

}  // namespace headgate::intake::kubernetes
