// combine.hpp: several policies that one extends, brought together: whatever one of them refuses, all of them refuse,
// among the kinds that it judges.
#pragma once

#include <span>

#include "model/checker.hpp"
#include "model/policy.hpp"
#include "policy/mistakes.hpp"

namespace headgate::policy {

/// Tightens `into` by `other`, which stands at `extension.line` in the list. What cannot be brought together is a mistake.
void combine(Policy& into, Policy other, const Extension& extension, std::span<const Checker> checkers, Mistakes& mistakes);

/// Adds a tier before the last one, of which it is a part: every rule for the last tier applies in it too, as strictly.
void insert_tier(Policy& policy, Tier tier);

}  // namespace headgate::policy
