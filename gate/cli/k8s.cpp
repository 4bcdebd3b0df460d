// k8s.cpp: `headgate k8s`: Headgate in a cluster.
#include "cli/k8s.hpp"

namespace headgate::cli {

int run_k8s(const Arguments& arguments) {
    CLI::App app("Headgate in a Kubernetes cluster: reviews without one, its manifests, its certificates.", "headgate k8s");
    const std::vector<Subcommand> subcommands = {k8s_test(app), k8s_manifests(app), k8s_certificates(app)};
    return run_subcommand(app, subcommands, arguments);
}

}  // namespace headgate::cli
