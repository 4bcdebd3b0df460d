// trace.hpp: why a subject is in its tier, and why a rule's waivers did not help: for `headgate why`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace headgate::policy {

struct TierStep {
    std::string tier;
    std::string line;
    bool won = false;
    std::string reason;          // "matches hf:acme/**", "no pattern matches", "not signed by acme-release", ...
};

/// Every tier up to the one that the subject is in.
std::vector<TierStep> trace_tiers(const Policy& policy, const Subject& subject, std::span<const std::string> signers);

struct WaiverStep {
    std::string id;
    std::string line;
    std::string reason;          // why it was used, or why not
};

/// Every waiver of the policy for this rule that is about this subject or could be taken to be.
std::vector<WaiverStep> trace_waivers(const Policy& policy, const Rule& rule, const SubjectVerdict& verdict, Instant now);

}  // namespace headgate::policy
