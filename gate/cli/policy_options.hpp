// policy_options.hpp: which policy, and what must hold of it: for every command that loads one, and the server.
#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/parse.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {

/// --policy, --policy-sha256, --policy-signed-by.
void add_policy_options(CLI::App& app, std::string& policy, std::string& sha256, std::string& signed_by);

/// --advisories, --vex: what the operator brings to what is judged.
void add_advisory_options(CLI::App& app, pipeline::AdvisoryFiles& files);

/// Error{usage} for what is no SHA-256.
Result<pipeline::PolicyPin> make_pin(const std::string& sha256, const std::string& signed_by);

}  // namespace headgate::cli
