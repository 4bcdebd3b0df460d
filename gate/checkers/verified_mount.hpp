// verified_mount.hpp: a pod that verifies the volume with its model before anything loads it. Part of the checker `integrity`. Private to
// checkers/.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/fact.hpp"

namespace headgate::checkers {

/// The pod's first init container is one of the verifiers, by the digest of its image and by nothing else (its name says nothing: the
/// author of the pod chooses it); it runs its image's own command, with no variables; it mounts the whole of `claim`; and no other
/// container, init or ephemeral ones among them, can write to that claim, by whatever volume, or has a volume as a device.
///
/// What is downloaded when a container runs is in no claim, so no verifier has seen it.
bool is_verified_first(const Workload& workload, std::string_view claim, std::span<const std::string> verifiers);

/// The one pod whose specification `where` stands in; nullptr: none, or nobody can tell which.
const Workload* pod_of(const Location& where, const Evidence& evidence);

}  // namespace headgate::checkers
