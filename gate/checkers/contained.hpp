// contained.hpp: what in a pod keeps apart what it loads: a runtime that is a sandbox, a network that leads nowhere, mounts that cannot
// be written. Private to checkers/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact.hpp"

namespace headgate::checkers {

/// Runtime classes that are sandboxes unless a policy names its own: the default of the setting `runtime-classes`.
inline constexpr std::string_view kUsualSandboxes = "gvisor,kata*";
bool are_usual_sandboxes(const std::vector<std::string>* names);

/// One of the names, of which one that ends in '*' stands for all that begin so.
bool has_runtime_class(const Workload& workload, std::span<const std::string> names);

struct FencedIn {
    bool ingress = false;
    bool egress = false;
};
/// Which traffic of the pod a NetworkPolicy of the same manifest denies by default: one in its namespace that surely selects it, is about
/// the direction, and allows nothing. Of a pod in its node's network, none.
FencedIn default_deny(const Workload& workload, std::span<const NetworkFence> fences);
/// The same, and no other NetworkPolicy of the manifest may let something out of it again. What others in the cluster do is not known.
bool has_no_egress(const Workload& workload, std::span<const NetworkFence> fences);

const WorkloadVolume* volume_of(const Workload& workload, std::string_view name);
/// An image or a reference of one with "@sha256:" and 64 lower-case hex digits at its end.
bool is_by_digest(std::string_view image);

}  // namespace headgate::checkers
