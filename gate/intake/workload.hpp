// workload.hpp: a pod's specification -> Workload, and a NetworkPolicy -> NetworkFence (model/workload.hpp). A field of a type that the
// API server would not take is an Opaque and never passed over: `hostNetwork: "false"` is refused there, and nobody knows what else reads it.
//
// Fields are told by their exact spelling, as the API server tells them: "HostNetwork" is none. What it does not know either, it drops.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "codec/tree.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

/// Of which object the pod is, and where that stands.
struct WorkloadOwner {
    const codec::Tree* object = nullptr;     // with `kind` and `metadata`
    const codec::Tree* metadata = nullptr;   // of the pod: the template's, or that of the object itself; may be nullptr
    std::string path;                        // of the object in its document
    std::pair<std::uint32_t, std::uint32_t> lines = {1, 1};   // first and last of its document
};

/// First and last line of everything in the tree.
std::pair<std::uint32_t, std::uint32_t> lines_of(const codec::Tree& document);

/// Appends to Evidence::workloads. `path`: of the specification, in the document. False, with an Opaque, when some of it was not
/// understood; what was, is there all the same.
bool read_workload(const codec::Tree& spec, const std::string& path, const WorkloadOwner& owner, IntakeContext& context);

/// Appends to Evidence::fences. The same answer.
bool read_network_policy(const codec::Tree& object, const std::string& path, IntakeContext& context);

}  // namespace headgate::intake::kubernetes
