// policy.hpp: the subcommands of `headgate policy`: each declares its options below one app and says what it does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/parse.hpp"
#include "cli/policy_options.hpp"
#include "io/clock.hpp"

namespace headgate::cli {

struct Subcommand {
    CLI::App* app = nullptr;
    std::function<Result<int>()> run;    // called when `app` was parsed
};

/// The policy that a subcommand works on: a file or pack as its first word, and the pins.
struct PolicyChoice {
    std::string policy = "builtin:baseline";
    std::string sha256;
    std::string signed_by;
    std::string at;

    void add_to(CLI::App& app, bool with_time);
    Result<pipeline::LoadedPolicy> load() const;
    /// --at, or now.
    Result<Instant> time() const;
};

/// Parses the arguments of a command that only has subcommands, and runs the one that was asked for. Answers the exit code.
int run_subcommand(CLI::App& app, const std::vector<Subcommand>& subcommands, const Arguments& arguments);

Subcommand policy_lint(CLI::App& parent);
Subcommand policy_show(CLI::App& parent);
Subcommand policy_schema(CLI::App& parent);
Subcommand policy_sign(CLI::App& parent);
Subcommand policy_test(CLI::App& parent);
Subcommand policy_diff(CLI::App& parent);
Subcommand policy_ways_in(CLI::App& parent);

/// An instant as options write it. Error{usage} names the option.
Result<Instant> parse_time(const std::string& option, const std::string& text);

}  // namespace headgate::cli
