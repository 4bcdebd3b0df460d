#include "checkers/contained.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace headgate::checkers {
namespace {

/// Yes, no, or nobody here can tell.
enum class Selects { no, yes, may };

Selects selects(const NetworkFence& fence, const Workload& workload) {
    if (fence.where.path != workload.where.path || fence.space != workload.space) return Selects::no;
    for (const auto& label : fence.labels) {
        if (std::find(workload.labels.begin(), workload.labels.end(), label) == workload.labels.end()) return Selects::no;
    }
    return fence.expressions ? Selects::may : Selects::yes;
}

}  // namespace

bool are_usual_sandboxes(const std::vector<std::string>* names) {
    std::string all;
    if (names != nullptr) {
        for (const std::string& name : *names) all += (all.empty() ? "" : ",") + name;
    }
    return all == kUsualSandboxes;
}

bool has_runtime_class(const Workload& workload, std::span<const std::string> names) {
    const std::string& own = workload.runtime_class;
    return !own.empty() && std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return name.ends_with('*') ? own.starts_with(name.substr(0, name.size() - 1)) : own == name;
    });
}

FencedIn default_deny(const Workload& workload, std::span<const NetworkFence> fences) {
    FencedIn fenced;
    if (workload.host_network) return fenced;
    for (const NetworkFence& fence : fences) {
        if (selects(fence, workload) != Selects::yes) continue;
        fenced.ingress = fenced.ingress || (fence.ingress && !fence.opens_ingress);
        fenced.egress = fenced.egress || (fence.egress && !fence.opens_egress);
    }
    return fenced;
}

bool has_no_egress(const Workload& workload, std::span<const NetworkFence> fences) {
    const bool opened = std::any_of(fences.begin(), fences.end(), [&](const NetworkFence& fence) {
        return fence.egress && fence.opens_egress && selects(fence, workload) != Selects::no;
    });
    return !opened && default_deny(workload, fences).egress;
}

const WorkloadVolume* volume_of(const Workload& workload, std::string_view name) {
    const auto found = std::find_if(workload.volumes.begin(), workload.volumes.end(), [&](const WorkloadVolume& volume) { return volume.name == name; });
    return found == workload.volumes.end() ? nullptr : &*found;
}

bool is_by_digest(std::string_view image) {
    constexpr std::string_view kMark = "@sha256:";
    const std::size_t at = image.find('@');
    return at != std::string_view::npos && image.substr(at).starts_with(kMark) && is_lower_hex(image.substr(at + kMark.size()), 64);
}

}  // namespace headgate::checkers
