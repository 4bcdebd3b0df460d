#include "checkers/verified_mount.hpp"

#include <algorithm>

#include "checkers/contained.hpp"

namespace headgate::checkers {
namespace {

constexpr std::size_t kMost = 100;       // volumes of a pod that nobody exceeds

}  // namespace

bool is_verified_first(const Workload& workload, std::string_view claim, std::span<const std::string> verifiers) {
    if (workload.containers.empty() || claim.empty()) return false;
    // Init containers stand first, in the order in which they run; a sidecar would run beside what it is to come before.
    const WorkloadContainer& first = workload.containers.front();
    const bool known = is_by_digest(first.image) && std::find(verifiers.begin(), verifiers.end(), first.image.substr(first.image.find('@') + 1)) != verifiers.end();
    if (first.role != WorkloadContainer::Role::init || !known) return false;
    // Another command, or a variable, could have it verify nothing.
    if (!first.words.empty() || !first.environment.empty()) return false;
    // Whatever else is mounted could be what it verifies, or what it is told by, or lie over the claim.
    if (first.mounts.size() != 1 || workload.volumes.size() > kMost) return false;
    const auto is_claim = [&](const WorkloadMount& mount) {
        const WorkloadVolume* volume = volume_of(workload, mount.volume);
        // A volume that is not there is refused by the API server; until then it may be anything.
        return volume == nullptr || (volume->source == claim && volume->types == std::vector<std::string>{"persistentVolumeClaim"});
    };
    const bool seen = std::any_of(first.mounts.begin(), first.mounts.end(), [&](const WorkloadMount& mount) {
        return mount.part.empty() && volume_of(workload, mount.volume) != nullptr && is_claim(mount);
    });
    if (!seen) return false;
    return std::none_of(workload.containers.begin() + 1, workload.containers.end(), [&](const WorkloadContainer& one) {
        const bool writes = std::any_of(one.mounts.begin(), one.mounts.end(), [&](const WorkloadMount& mount) {
            const WorkloadVolume* volume = volume_of(workload, mount.volume);
            return is_claim(mount) && !mount.read_only && !(volume != nullptr && volume->read_only);
        });
        return writes || !one.devices.empty();
    });
}

const Workload* pod_of(const Location& where, const Evidence& evidence) {
    const Workload* found = nullptr;
    for (const Workload& workload : evidence.workloads) {
        if (!lies_in_pod(where, workload)) continue;
        if (found != nullptr) return nullptr;
        found = &workload;
    }
    return found;
}

}  // namespace headgate::checkers
