#include "policy/standing.hpp"

#include <algorithm>

#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

const Tier* tier_of(const Policy& extended, std::string_view name) {
    const auto found = std::find_if(extended.tiers.begin(), extended.tiers.end(), [&](const Tier& tier) { return tier.name == name; });
    if (found != extended.tiers.end()) return &*found;
    return extended.tiers.empty() ? nullptr : &extended.tiers.back();
}

}  // namespace

Standing standing(const Policy& extended, const Subject& subject, std::string_view tier, Instant now,
                  const std::function<bool(std::string_view)>& passed) {
    bool matched = false;
    for (const Applicable& applicable : applicable_rules(extended, subject, tier_of(extended, tier))) {
        if (!applicable.applies || applicable.by_name) continue;
        matched = true;
        const Rule& rule = *applicable.rule;
        const bool enforces = !applicable.skipped && applicable.mode == Mode::enforce && !(rule.effective_on && now < *rule.effective_on);
        if (enforces && passed(rule.id)) return Standing::holds;
    }
    if (matched) return Standing::nothing_passed;
    return extended.defaults.on_unmatched == OnTrouble::warn ? Standing::holds : Standing::unmatched;
}

}  // namespace headgate::policy
