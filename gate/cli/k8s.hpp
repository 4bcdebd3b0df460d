// k8s.hpp: `headgate k8s`: one file a subcommand.
#pragma once

#include "cli/policy.hpp"

namespace headgate::cli {

/// `headgate k8s test`: replays AdmissionReviews and manifests offline.
Subcommand k8s_test(CLI::App& parent);

}  // namespace headgate::cli
