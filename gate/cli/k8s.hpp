// k8s.hpp: the subcommands of `headgate k8s`, each in a file of its own.
#pragma once

#include "cli/policy.hpp"

namespace headgate::cli {

/// `headgate k8s test`: replays AdmissionReviews and manifests offline.
Subcommand k8s_test(CLI::App& parent);
/// `headgate k8s manifests`: prints what is installed.
Subcommand k8s_manifests(CLI::App& parent);
/// `headgate k8s certificates`: makes and renews an authority of one's own.
Subcommand k8s_certificates(CLI::App& parent);

}  // namespace headgate::cli
