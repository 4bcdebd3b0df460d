// kubernetes_static_policy.hpp: what of a policy the API server can hold by itself, as a ValidatingAdmissionPolicy in CEL: images by digest,
// from known registries, in every place where a Pod or a template of one names them (containers of all three kinds, image volumes). It holds
// while the gate is down, and refuses nothing that the gate would admit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/policy.hpp"

namespace headgate::report {

struct StaticPart {
    bool digest = false;                             // every image by SHA-256
    std::optional<std::vector<std::string>> places;  // hosts, each perhaps with a path; nullopt: anywhere
    std::vector<std::string> left_out;               // rules about names of images that CEL does not hold, and why
};

/// Only rules that enforce for every container, now, and that nothing loosens: no tier, day, waiver or override stands beside them.
StaticPart static_part(const Policy& policy);

struct StaticPolicyOptions {
    std::string name = "headgate";                   // of the objects; a static manifest's ends in .static.k8s.io
    std::vector<std::string> excluded;               // namespaces, the gate's own among them
    bool armed = false;                              // it denies; else it warns
};

/// The policy and its binding as two YAML documents; "" where nothing of the policy can be said so.
std::string static_admission_policy(const StaticPart& part, const StaticPolicyOptions& options);

}  // namespace headgate::report
