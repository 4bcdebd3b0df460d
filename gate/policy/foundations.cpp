#include "policy/foundations.hpp"

#include <algorithm>

#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

const Tier* tier_of(const Policy& foundation, std::string_view name) {
    const auto found = std::find_if(foundation.tiers.begin(), foundation.tiers.end(), [&](const Tier& tier) { return tier.name == name; });
    if (found != foundation.tiers.end()) return &*found;
    return foundation.tiers.empty() ? nullptr : &foundation.tiers.back();
}

}  // namespace

Standing standing(const Policy& foundation, const Subject& subject, std::string_view tier, Instant now,
                  const std::function<bool(std::string_view)>& passed) {
    bool matched = false;
    for (const Applicable& applicable : applicable_rules(foundation, subject, tier_of(foundation, tier))) {
        if (!applicable.applies) continue;
        matched = true;
        const Rule& rule = *applicable.rule;
        const bool enforces = !applicable.skipped && applicable.mode == Mode::enforce && !(rule.effective_on && now < *rule.effective_on);
        if (enforces && passed(rule.id)) return Standing::holds;
    }
    if (matched) return Standing::nothing_passed;
    return foundation.defaults.on_unmatched == OnTrouble::warn ? Standing::holds : Standing::unmatched;
}

}  // namespace headgate::policy
