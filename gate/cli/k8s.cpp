// k8s.cpp: the table of `headgate k8s`.
#include "cli/k8s.hpp"

namespace headgate::cli {

int run_k8s(const Arguments& arguments) {
    CLI::App app("Kubernetes admission without a cluster.", "headgate k8s");
    const std::vector<Subcommand> subcommands = {k8s_test(app)};
    return run_subcommand(app, subcommands, arguments);
}

}  // namespace headgate::cli
