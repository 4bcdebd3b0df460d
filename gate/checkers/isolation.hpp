// isolation.hpp: how a workload of Kubernetes is kept apart from its node and its neighbours. The parts of the checker, one file each.
// Private to checkers/.
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

const Checker& isolation_checker();

/// Pod Security Standards as the API server judges them (k8s.io/pod-security-admission, version "latest" of 1.37): baseline, or with
/// `restricted` that too, where a check of restricted takes the place of the same of baseline. Beyond them: a volume of a type that no
/// API server knows, and a pod without containers, which it refuses elsewhere.
void check_pod_security(const Workload& workload, bool restricted, std::vector<Finding>& findings);

/// What the profile for pods that load models asks, by the names of the setting `loader`.
void check_loader(const CheckInput& input, const Workload& workload, std::vector<Finding>& findings);

}  // namespace headgate::checkers
