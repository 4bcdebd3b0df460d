// workload.hpp: what a pod's specification says about how it is kept apart from its node and its neighbours, and with what it loads its
// models. Facts of Kubernetes objects; what is absent differs from what is false, so such fields are optional.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/location.hpp"

namespace headgate {

/// `securityContext` of a pod or of a container; a field that only one of them has stays absent in the other.
struct SecurityContext {
    std::optional<bool> privileged = {};
    std::optional<bool> allow_privilege_escalation = {};
    std::optional<bool> run_as_non_root = {};
    std::optional<bool> read_only_root = {};
    std::optional<bool> host_process = {};       // windowsOptions
    std::optional<std::uint64_t> run_as_user = {};
    std::optional<std::string> seccomp = {};     // seccompProfile.type; "" when the profile is there without one
    std::optional<std::string> apparmor = {};    // appArmorProfile.type; the same
    std::optional<std::string> proc_mount = {};
    std::string selinux_type = {};               // seLinuxOptions; "" is as good as absent
    std::string selinux_user = {};
    std::string selinux_role = {};
    std::vector<std::string> add = {};           // capabilities
    std::vector<std::string> drop = {};
    friend bool operator==(const SecurityContext&, const SecurityContext&) = default;
};

struct WorkloadVolume {
    std::string name;
    std::vector<std::string> types;      // keys of its source as spelled: "hostPath", "image"; empty: none, which the API server makes an emptyDir
    std::string source;                  // hostPath.path, persistentVolumeClaim.claimName, image.reference, csi.driver; "" else
    bool read_only = false;              // as its source says; an image volume always is
    friend bool operator==(const WorkloadVolume&, const WorkloadVolume&) = default;
};

struct WorkloadMount {
    std::string volume;
    std::string path;
    bool read_only = false;
    std::string part;                    // subPath or subPathExpr: not the whole volume
    friend bool operator==(const WorkloadMount&, const WorkloadMount&) = default;
};

/// A variable of a container's environment.
struct WorkloadVariable {
    std::string name;                    // "*" for all of an `envFrom`
    std::optional<std::string> value;    // nullopt: not written in the specification
    std::string from;                    // "secretKeyRef", "configMapRef", ...; "" for a literal
    friend bool operator==(const WorkloadVariable&, const WorkloadVariable&) = default;
};

struct WorkloadContainer {
    enum class Role { regular, init, sidecar, ephemeral };
    Location where;
    Role role = Role::regular;           // sidecar: an init container whose restartPolicy is Always
    std::string name;
    std::string image;                   // as written
    SecurityContext security;
    std::vector<std::uint64_t> host_ports;       // other than 0
    std::vector<std::string> hosts;              // `host` of probes and lifecycle handlers
    std::vector<std::string> limits;             // keys of resources.limits
    std::vector<WorkloadVariable> environment;
    std::vector<std::string> words;              // of command, then args
    std::vector<WorkloadMount> mounts;
    std::vector<std::string> devices;            // volumeDevices: names of volumes
    friend bool operator==(const WorkloadContainer&, const WorkloadContainer&) = default;
};

struct Workload {
    Location where;                      // of the pod's specification: `member` ends with its path in the object
    std::string object;                  // path of the object that it is of, as in `member`; "" for the document itself
    std::uint64_t first_line = 1;        // of the document that the object stands in
    std::uint64_t last_line = 1;
    std::string kind;
    std::string name;                    // of the object
    std::string space;                   // namespace, as written
    std::string os;                      // os.name
    std::string runtime_class;
    std::string service_account;
    bool host_network = false;
    bool host_pid = false;
    bool host_ipc = false;
    bool shared_processes = false;       // shareProcessNamespace
    std::optional<bool> host_users;
    std::optional<bool> token;           // automountServiceAccountToken
    SecurityContext security;
    std::vector<std::string> sysctls;    // names
    std::vector<std::pair<std::string, std::string>> apparmor;   // annotations of the time before the field
    std::vector<std::pair<std::string, std::string>> labels;
    std::vector<WorkloadVolume> volumes;
    std::vector<WorkloadContainer> containers;   // init containers, containers, ephemeral ones, each in their order
    friend bool operator==(const Workload&, const Workload&) = default;
};

/// A NetworkPolicy of the same manifest.
struct NetworkFence {
    Location where;
    std::string name;
    std::string space;                   // namespace, as written
    std::vector<std::pair<std::string, std::string>> labels;     // podSelector.matchLabels; empty: every pod
    bool expressions = false;            // its selector has more than labels: whom it selects is not told here
    bool ingress = false;                // it is about traffic of that direction
    bool egress = false;
    bool opens_ingress = false;          // and allows some
    bool opens_egress = false;
    friend bool operator==(const NetworkFence&, const NetworkFence&) = default;
};

/// `what` stands in the pod's specification.
bool lies_in_pod(const Location& what, const Workload& workload);
/// The same of the object that the pod is of: with its annotations, and with its other pods where it has several.
bool lies_in_object(const Location& what, const Workload& workload);

}  // namespace headgate
