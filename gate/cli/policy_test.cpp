// policy_test.cpp: `headgate policy test`: the tests inside a policy file.
#include "pipeline/policy_tests.hpp"

#include <cstdio>

#include "base/text.hpp"
#include "cli/policy.hpp"

namespace headgate::cli {

Subcommand policy_test(CLI::App& parent) {
    auto choice = std::make_shared<PolicyChoice>();
    CLI::App* app = parent.add_subcommand("test", "run the tests inside a policy; exit 1 when one comes out otherwise");
    choice->add_to(*app, true);
    auto brought = std::make_shared<pipeline::AdvisoryFiles>();
    add_advisory_options(*app, *brought);
    return {app, [choice, brought]() -> Result<int> {
        pipeline::LoadedPolicy loaded = TRY(choice->load());
        loaded.advisory_files = *brought;
        if (loaded.policy.tests.empty()) {
            return Error{ErrorCode::usage, choice->policy + ": has no 'tests'; write some, so that a change that breaks it is seen"};
        }
        std::size_t failed = 0;
        const auto outcomes = pipeline::run_policy_tests(loaded, TRY(choice->time()));
        for (const pipeline::TestOutcome& outcome : outcomes) {
            std::printf("%s  %s\n", outcome.problems.empty() ? "ok    " : "not ok", escape_terminal(outcome.name).c_str());
            for (const std::string& problem : outcome.problems) {
                std::printf("        %s: %s\n", escape_terminal(outcome.line).c_str(), escape_terminal(problem).c_str());
            }
            failed += outcome.problems.empty() ? 0U : 1U;
        }
        std::printf("%zu passed, %zu failed  (policy %s)\n", outcomes.size() - failed, failed, escape_terminal(loaded.policy.name).c_str());
        return failed == 0 ? kAllow : kDeny;
    }};
}

}  // namespace headgate::cli
