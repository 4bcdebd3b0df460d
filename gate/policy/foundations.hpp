// foundations.hpp: what a policy at the root of `extends` asks alone, before anything was added to it.
//
// An allow needs an enforced rule that passed. Were any rule good enough for that, a policy could let in what the one that it
// extends refuses, by adding a rule that always passes. So each foundation needs a pass of its own.
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

/// How `foundation` stands to `subject`, which is in the tier named `tier` of the policy in force (one that the foundation does
/// not know is its last). `passed`: whether the rule of that id passed.
Standing standing(const Policy& foundation, const Subject& subject, std::string_view tier, Instant now,
                  const std::function<bool(std::string_view rule)>& passed);

}  // namespace headgate::policy
