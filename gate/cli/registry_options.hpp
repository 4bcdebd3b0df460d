// registry_options.hpp: how registries are reached: for every command that may look images up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/parse.hpp"
#include "io/registry.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {

struct RegistryArguments {
    std::string config;
    std::string ca;
    std::vector<std::string> plain_http;
    std::vector<std::string> private_hosts;
    std::vector<std::string> token_services;
    std::vector<std::string> mirrors;                // HOST=PREFIX
    bool offline = false;

    /// Error{usage} for what does not fit, {not_found, io} for a file that was named and is not there.
    Result<io::RegistryOptions> options() const;
    /// What was named that would be read.
    std::vector<std::pair<std::string, std::string>> files() const;
};

/// --registry-*.
void add_registry_options(CLI::App& app, RegistryArguments& arguments);
/// --offline.
void add_offline_option(CLI::App& app, RegistryArguments& arguments);

Result<std::shared_ptr<io::Registry>> open_registry(const RegistryArguments& arguments);

/// nullptr with --offline.
Result<std::shared_ptr<pipeline::RegistryImages>> open_images(const RegistryArguments& arguments);

/// Gives the request its registry, if the policy wants images looked up and nobody forbids it.
Result<void> bring_registry(const RegistryArguments& arguments, const Policy& policy, pipeline::Request& request);

}  // namespace headgate::cli
