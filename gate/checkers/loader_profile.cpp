// The profile for pods that load models: what the Pod Security Standards do not ask, one function for each name of the setting `loader`.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/contained.hpp"
#include "checkers/isolation.hpp"
#include "model/store_scheme.hpp"

namespace headgate::checkers {
namespace {

using std::string_view;
using Role = WorkloadContainer::Role;

constexpr std::array<string_view, 13> kKeys = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACEHUB_API_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                               "AWS_SESSION_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "AZURE_STORAGE_CONNECTION_STRING",
                                               "AZURE_STORAGE_SAS_TOKEN", "WANDB_API_KEY"};
// Libraries that load models read these, and take "1" for yes.
constexpr std::array<string_view, 3> kMustBeOne = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "WDS_SECURE"};
constexpr std::array<string_view, 3> kMustNotBe = {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "RAY_DATA_WEBDATASET_ALLOW_UNSAFE_DESERIALIZATION", "TRUST_REMOTE_CODE"};
constexpr std::array<string_view, 6> kOfThePod = {"configMap", "secret", "downwardAPI", "projected", "emptyDir", "ephemeral"};

bool is_key(string_view name) { return std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end(); }
bool is_off(string_view value) { return value.empty() || value == "0" || value == "false" || value == "False"; }

/// `/dev` of a node or something in it, or what holds it.
bool leads_to_devices(string_view path) {
    std::vector<string_view> parts;
    for (const string_view part : split(path, '/')) {
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    return parts.empty() || parts[0] == "dev";
}

bool holds_secrets(const Workload& pod, const WorkloadContainer& container) {
    const bool by_variable = std::any_of(container.environment.begin(), container.environment.end(), [](const WorkloadVariable& variable) {
        return variable.from == "secretKeyRef" || variable.from == "secretRef" || is_key(variable.name);
    });
    return by_variable || std::any_of(container.mounts.begin(), container.mounts.end(), [&](const WorkloadMount& mount) {
        const WorkloadVolume* volume = volume_of(pod, mount.volume);
        return volume != nullptr && std::any_of(volume->types.begin(), volume->types.end(), [](const std::string& type) { return type == "secret" || type == "projected"; });
    });
}

/// An emptyDir; so is a volume without a source.
bool is_scratch(const WorkloadVolume& volume) { return volume.types.empty() || volume.types[0] == "emptyDir"; }

class Profile {
  public:
    Profile(const CheckInput& input, const Workload& pod, std::vector<Finding>& findings) : input_(input), pod_(pod), findings_(findings) {}

    void check() {
        if (input_.settings.get<std::string>("loader-for") == "loading" && !loads_something()) return;
        struct Part {
            string_view name;
            void (Profile::*check)();
        };
        constexpr std::array<Part, 12> kParts = {{{"read-only-root", &Profile::read_only_root}, {"no-token", &Profile::no_token}, {"limits", &Profile::limits},
                                                  {"image-digest", &Profile::image_digest}, {"read-only-model", &Profile::read_only_model}, {"no-secrets", &Profile::no_secrets},
                                                  {"offline", &Profile::offline}, {"sandbox", &Profile::sandbox}, {"network-policy", &Profile::network_policy},
                                                  {"no-sharing", &Profile::no_sharing}, {"own-users", &Profile::own_users}, {"no-devices", &Profile::no_devices}}};
        const auto& asked = input_.settings.get<std::vector<std::string>>("loader");
        for (const Part& part : kParts) {
            if (std::find(asked.begin(), asked.end(), part.name) != asked.end()) (this->*part.check)();
        }
    }

  private:
    void add(std::string id, Severity severity, const std::string& what, const Location& where) {
        const std::string name = pod_.kind + (pod_.name.empty() ? "" : " " + pod_.name);
        findings_.push_back({std::move(id), severity, name + ": " + what, where, {}, {}});
    }
    static std::string who(const WorkloadContainer& container) { return "container " + container.name; }

    bool loads_something() const {
        const auto& named = input_.evidence.requirements;
        const bool by_name = std::any_of(named.begin(), named.end(), [&](const Requirement& one) {
            const std::string& scheme = one.reference.scheme;
            return (scheme == "hf" || scheme == "hf-dataset" || is_store_scheme(scheme)) && lies_in_object(one.where, pod_);
        });
        return by_name || std::any_of(pod_.volumes.begin(), pod_.volumes.end(), [](const WorkloadVolume& volume) {
            return std::find(volume.types.begin(), volume.types.end(), "image") != volume.types.end();
        });
    }

    /// Everything that it loads is known, was judged by its bytes and admitted.
    bool all_admitted(bool or_pickles) const {
        if (input_.loaded == nullptr) return false;
        bool any = false;
        for (const LoadedMember& member : *input_.loaded) {
            if (!lies_in_object(member.where, pod_)) continue;
            if (member.level != Level::admit || (member.may_hold_pickles && !or_pickles)) return false;
            any = true;
        }
        return any;
    }

    void read_only_root() {
        for (const WorkloadContainer& one : pod_.containers) {
            if (one.security.read_only_root != true) add("isolation.writable-root", Severity::medium, who(one) + " can write to its root file system", one.where);
        }
    }

    void no_token() {
        if (pod_.token != false) add("isolation.token", Severity::medium, "it is given a token for the cluster's API (automountServiceAccountToken is not false)", pod_.where);
    }

    void limits() {
        for (const WorkloadContainer& one : pod_.containers) {
            if (one.role == Role::ephemeral) continue;   // which can have none
            std::string missing;
            for (const string_view key : {"memory", "ephemeral-storage"}) {
                if (std::find(one.limits.begin(), one.limits.end(), key) == one.limits.end()) missing += (missing.empty() ? "" : ", ") + std::string(key);
            }
            if (!missing.empty()) add("isolation.no-limits", Severity::low, who(one) + " has no limit of " + missing, one.where);
        }
    }

    void image_digest() {
        for (const WorkloadContainer& one : pod_.containers) {
            if (!is_by_digest(one.image)) add("isolation.image-not-by-digest", Severity::medium, who(one) + " runs " + one.image + ", which is no image by digest", one.where);
        }
    }

    /// What comes from outside the pod, or from an init container, is read and not written; an image that is a volume has a digest.
    void read_only_model() {
        for (const WorkloadVolume& volume : pod_.volumes) {
            const bool image = std::find(volume.types.begin(), volume.types.end(), "image") != volume.types.end();
            if (image && !is_by_digest(volume.source)) add("isolation.model-writable", Severity::medium, "volume " + volume.name + " is the image " + volume.source + ", without a digest", pod_.where);
        }
        for (const WorkloadContainer& one : pod_.containers) {
            if (one.role == Role::init) continue;        // it has ended when the model is loaded
            for (const WorkloadMount& mount : one.mounts) {
                const WorkloadVolume* volume = volume_of(pod_, mount.volume);
                if (mount.read_only || (volume != nullptr && volume->read_only)) continue;
                if (volume == nullptr || !is_of_the_pod(*volume) || (is_scratch(*volume) && is_filled(*volume))) {
                    add("isolation.model-writable", Severity::medium, who(one) + " can write to " + mount.volume + " at " + mount.path, one.where);
                }
            }
            for (const std::string& device : one.devices) add("isolation.model-writable", Severity::medium, who(one) + " has the volume " + device + " as a device", one.where);
        }
    }
    static bool is_of_the_pod(const WorkloadVolume& volume) {
        return std::all_of(volume.types.begin(), volume.types.end(), [](const std::string& type) { return std::find(kOfThePod.begin(), kOfThePod.end(), type) != kOfThePod.end(); });
    }
    bool is_filled(const WorkloadVolume& volume) const {
        return std::any_of(pod_.containers.begin(), pod_.containers.end(), [&](const WorkloadContainer& one) {
            return one.role == Role::init && std::any_of(one.mounts.begin(), one.mounts.end(), [&](const WorkloadMount& mount) { return mount.volume == volume.name && !mount.read_only; });
        });
    }

    void no_secrets() {
        if (all_admitted(true)) return;
        for (const WorkloadContainer& one : pod_.containers) {
            for (const WorkloadVariable& variable : one.environment) {
                if (!is_key(variable.name) && variable.from != "secretRef") continue;
                const std::string what = variable.from == "secretRef" ? "a whole secret" : variable.name;
                add("isolation.secret", Severity::high, who(one) + " has " + what + " in its environment, and what it loads is not admitted by its bytes", one.where);
            }
        }
    }

    void offline() {
        for (const WorkloadContainer& one : pod_.containers) {
            for (const WorkloadVariable& variable : one.environment) {
                const bool unsafe = std::find(kMustNotBe.begin(), kMustNotBe.end(), variable.name) != kMustNotBe.end();
                if (unsafe && (!variable.value || !is_off(*variable.value))) add("isolation.unsafe-loading", Severity::high, who(one) + " sets " + variable.name, one.where);
            }
            if (std::any_of(one.words.begin(), one.words.end(), trusts_remote_code)) add("isolation.unsafe-loading", Severity::high, who(one) + " runs code that comes with the model (trust-remote-code)", one.where);
            if (one.role != Role::regular) continue;
            for (const string_view name : kMustBeOne) {
                // The last of a name is the one that counts.
                const auto set = std::find_if(one.environment.rbegin(), one.environment.rend(), [&](const WorkloadVariable& variable) { return variable.name == name; });
                if (set == one.environment.rend() || set->value != "1") add("isolation.online", Severity::medium, who(one) + " does not set " + std::string(name) + " to 1", one.where);
            }
        }
    }
    static bool trusts_remote_code(const std::string& word) {
        for (const string_view flag : {"trust-remote-code", "trust_remote_code"}) {
            for (std::size_t at = word.find(flag); at != std::string::npos; at = word.find(flag, at + 1)) {
                const string_view behind = string_view(word).substr(at + flag.size());
                const bool denied = behind == "=false" || behind == "=False" || behind == "=0" || behind.starts_with("=False ") || behind.starts_with("=false ");
                const bool negated = at >= 3 && string_view(word).substr(at - 3, 3) == "no-";
                if (!denied && !negated) return true;
            }
        }
        return false;
    }

    void sandbox() {
        if (all_admitted(false) || has_runtime_class(pod_, input_.settings.get<std::vector<std::string>>("runtime-classes"))) return;
        const std::string runs = pod_.runtime_class.empty() ? "no runtime class" : "the runtime class " + pod_.runtime_class;
        add("isolation.no-sandbox", Severity::high, "it has " + runs + ", and what it loads is not admitted by its bytes, or may hold pickles", pod_.where);
    }

    void network_policy() {
        if (pod_.host_network) return add("isolation.open-network", Severity::medium, "it is in its node's network, which no NetworkPolicy is about", pod_.where);
        if (input_.settings.get<std::string>("network-policy") == "assumed") return;
        const FencedIn fenced = default_deny(pod_, input_.evidence.fences);
        if (fenced.ingress && fenced.egress) return;
        const std::string open = fenced.ingress ? "egress" : fenced.egress ? "ingress" : "ingress and egress";
        add("isolation.open-network", Severity::medium, "no NetworkPolicy of the same manifest denies its " + open + " by default", pod_.where);
    }

    void no_sharing() {
        if (pod_.shared_processes) add("isolation.shared", Severity::medium, "its containers see each other's processes (shareProcessNamespace)", pod_.where);
        for (const WorkloadVolume& volume : pod_.volumes) {
            if (!is_scratch(volume)) continue;
            std::size_t users = 0;
            const WorkloadContainer* holder = nullptr;
            for (const WorkloadContainer& one : pod_.containers) {
                const bool mounts = std::any_of(one.mounts.begin(), one.mounts.end(), [&](const WorkloadMount& mount) { return mount.volume == volume.name; });
                if (one.role == Role::init || !mounts) continue;
                ++users;
                if (holder == nullptr && holds_secrets(pod_, one)) holder = &one;
            }
            if (users > 1 && holder != nullptr) add("isolation.shared", Severity::medium, "the volume " + volume.name + " is shared with " + who(*holder) + ", which holds secrets", holder->where);
        }
    }

    void own_users() {
        if (pod_.host_users != false) add("isolation.host-users", Severity::low, "its users are those of its node (hostUsers is not false)", pod_.where);
    }

    void no_devices() {
        for (const WorkloadVolume& volume : pod_.volumes) {
            const bool of_node = std::find(volume.types.begin(), volume.types.end(), "hostPath") != volume.types.end();
            if (of_node && leads_to_devices(volume.source)) add("isolation.device", Severity::high, "volume " + volume.name + " has the node's devices: " + volume.source, pod_.where);
        }
        for (const WorkloadContainer& one : pod_.containers) {
            const bool granted = std::any_of(one.limits.begin(), one.limits.end(), [](const std::string& limit) { return limit.starts_with("nvidia.com/"); });
            for (const WorkloadVariable& variable : one.environment) {
                const bool none = variable.value && (variable.value->empty() || *variable.value == "none" || *variable.value == "void");
                if (variable.name == "NVIDIA_VISIBLE_DEVICES" && !none && !granted) add("isolation.device", Severity::medium, who(one) + " takes GPUs that no limit of it names (NVIDIA_VISIBLE_DEVICES)", one.where);
            }
        }
    }

    const CheckInput& input_;
    const Workload& pod_;
    std::vector<Finding>& findings_;
};

}  // namespace

void check_loader(const CheckInput& input, const Workload& workload, std::vector<Finding>& findings) { Profile(input, workload, findings).check(); }

}  // namespace headgate::checkers
