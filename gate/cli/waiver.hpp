// waiver.hpp: what the subcommands of `headgate waiver` share.
#pragma once

#include <string>
#include <vector>

#include "cli/policy.hpp"
#include "model/policy.hpp"

namespace headgate::cli {

Subcommand waiver_add(CLI::App& parent);
Subcommand waiver_generate(CLI::App& parent);

/// `prefix` and the first number that no waiver of the policy has yet: "WVR-2026-003".
std::string next_id(const Policy& policy, const std::string& prefix);

/// Adds waivers to a policy file, comments untouched. What comes out must load as a policy, or nothing is written.
Result<void> write_waivers(const std::string& path, const std::vector<Waiver>& waivers);

}  // namespace headgate::cli
