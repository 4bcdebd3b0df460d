// judge_options.hpp: the options that every judging command shares (check, facts, ...), and the request they make.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/parse.hpp"
#include "cli/policy_options.hpp"
#include "cli/registry_options.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {

struct JudgeOptions {
    std::vector<std::string> subjects;
    std::string policy = "builtin:baseline";
    std::string policy_sha256;
    std::string policy_signed_by;
    std::string as;
    std::string kind;
    std::vector<std::string> profiles;
    std::vector<std::string> evidence;
    std::string compare_base;
    pipeline::AdvisoryFiles advisories;
    RegistryArguments registry;
    std::string at;
    unsigned jobs = 0;
    bool names_only = false;
    std::string isolate = "off";         // or "required", "best-effort"
    std::shared_ptr<const pipeline::Isolation> isolation = {};
};

void add_judge_options(CLI::App& app, JudgeOptions& options);

/// Starts what --isolate asks for. Before anything else is done: workers are copies of this process as it is then. Error{io} where
/// they cannot be contained; with best-effort, stderr says what this kernel lacks.
Result<void> start_isolation(JudgeOptions& options);

/// The policy that was asked for, with profiles applied.
Result<pipeline::LoadedPolicy> load(const JudgeOptions& options);

/// Arguments ("-" reads a list from stdin, one subject a line), time, kind, and the registry where the policy wants one asked. Error{usage}
/// for what does not fit.
Result<pipeline::Request> make_request(const JudgeOptions& options, const Policy& policy);

}  // namespace headgate::cli
