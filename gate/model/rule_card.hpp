// rule_card.hpp: what a verdict says about a rule besides its result: written once a rule, and shared by every verdict.
#pragma once

#include <string>
#include <vector>

namespace headgate {

struct RuleCard {
    std::string id;
    std::string check;
    std::string policy_line;             // "baseline.yaml:12"
    std::vector<std::string> controls;   // "OWASP-LLM03", ...
    std::string why;
    std::string fix;                     // may be ""
};

/// Of every rule of a policy, in its order.
using RuleCards = std::vector<RuleCard>;

}  // namespace headgate
