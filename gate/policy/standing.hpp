// standing.hpp: what a policy asks alone of what a policy that extends it would let in.
//
// An allow needs an enforced rule that passed. Were any rule good enough for that, a policy could let in what the one that it
// extends refuses, by adding a rule that always passes. So each policy that is extended needs a pass of its own.
#pragma once

#include <functional>
#include <string_view>

#include "model/policy.hpp"
#include "model/subject.hpp"

namespace headgate::policy {

enum class Standing {
    nothing_passed,   // no rule that it enforces for this subject passed
    unmatched,        // it has no rule for this subject, and `on-unmatched` denies
    holds,
};

/// How `extended` stands to `subject`, which is in the tier named `tier` of the policy in force (one that the extended policy does
/// not know is its last). `passed`: whether the rule of that id passed.
Standing standing(const Policy& extended, const Subject& subject, std::string_view tier, Instant now,
                  const std::function<bool(std::string_view rule)>& passed);

}  // namespace headgate::policy
