// policy_tests.hpp: the `tests` of a policy, run.
#pragma once

#include <string>
#include <vector>

#include "pipeline/decide.hpp"

namespace headgate::pipeline {

struct TestOutcome {
    std::string name;
    std::string line;                    // in the policy
    std::vector<std::string> problems;   // what came out otherwise; empty: as expected
};

/// Runs every test of the policy, at `now` where it names no time. Subjects and recordings are looked for below the policy's
/// folder.
std::vector<TestOutcome> run_policy_tests(const LoadedPolicy& loaded, Instant now);

}  // namespace headgate::pipeline
