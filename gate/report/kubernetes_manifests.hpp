// kubernetes_manifests.hpp: `headgate k8s manifests`: the files of ci-templates/kubernetes as one stream of YAML documents, with what the
// operator chose in the places that the files leave for it. The files are valid as they are, so that the kustomize folder and what is
// printed are one source.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace headgate::report {

struct ManifestTemplate {
    std::string_view path;               // below ci-templates/kubernetes: "base/service.yaml"
    std::string_view text;
};

struct ManifestOptions {
    std::string name_space = "headgate-system";
    std::string image;                   // with its digest, or at least a tag
    std::uint32_t replicas = 2;
    std::string failure_policy = "Fail"; // Fail | Ignore; of the reviews, never of the guard over namespaces
    std::vector<std::string> excluded;   // namespaces that are not asked about, besides its own and kube-system
    std::vector<std::string> skippable;  // namespaces that may bear the label that takes them out
    /// Name and content: the policy file first, as "policy.yaml", and what it names in the same folder. Empty: what the file has.
    std::vector<std::pair<std::string, std::string>> policy_files;
    std::string ca_bundle;               // PEM; "": none, for cert-manager's injector
    bool armed = false;                  // with the rules of the webhooks; else `rules: []`: they are asked nothing
    bool mutate = false;
    /// Of a gate on the node itself: "https://127.0.0.1:8443". Then only what the API server reads from a folder of its own
    /// (AdmissionConfiguration's staticManifestsDir, Kubernetes 1.37): by URL, and under names that end in .static.k8s.io.
    std::string static_url;
};

/// Error{usage} for a name that Kubernetes would not take, a file that no ConfigMap can hold; Error{internal} for templates without the
/// places to fill. `static_policy`: a ValidatingAdmissionPolicy (kubernetes_static_policy.hpp), "" without.
Result<std::string> write_manifests(std::span<const ManifestTemplate> templates, const ManifestOptions& options, std::string_view static_policy);

/// The namespaces that nobody is asked about: the gate's own, kube-system, and what the options add.
std::vector<std::string> excluded_namespaces(const ManifestOptions& options);

/// RFC 1123 label: what a namespace is called.
bool is_namespace_name(std::string_view name);

/// A list of names as YAML's flow sequence: `[a, "1"]`. The names are labels; what YAML would take for something else is quoted.
std::string yaml_names(std::span<const std::string> names);

}  // namespace headgate::report
