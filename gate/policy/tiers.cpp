// tiers.cpp: which tier a subject is in, and which rules apply to it there (policy.md, "Origin").
#include <algorithm>

#include "policy/policy.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

bool holds(const Tier& tier, const Subject& subject, std::span<const std::string> signers) {
    if (tier.requires_origin && subject.origin < *tier.requires_origin) return false;
    if (tier.requires_signed_by.empty()) return true;
    return std::any_of(tier.requires_signed_by.begin(), tier.requires_signed_by.end(), [&](const std::string& name) {
        return std::find(signers.begin(), signers.end(), name) != signers.end();
    });
}

bool asks_what_is_attached(std::string_view check) { return check == "signature" || check == "attestation" || check == "provenance"; }

bool asks_about_the_name(std::string_view check) { return check == "registry" || check == "namespace" || check == "typosquat" || check == "integrity"; }

// A registry that answers a name with something of another kind takes nothing from what was asked about the name.
bool is_for_what_is_named(const Rule& rule, const Subject& subject) {
    const auto is_for = [&](Kind kind) { return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end(); };
    return asks_about_the_name(rule.check) && ((subject.named_as_image && is_for(Kind::container)) || (subject.named_as_model && is_for(Kind::model)));
}

}  // namespace

const Tier* assign_tier(const Policy& policy, const Subject& subject, std::span<const std::string> signers) {
    for (const Tier& tier : policy.tiers) {
        const bool matches = std::any_of(tier.match.begin(), tier.match.end(), [&](const ReferencePattern& pattern) {
            return pattern.matches(subject.reference);
        });
        if (matches && holds(tier, subject, signers)) return &tier;
    }
    return nullptr;
}

std::vector<Applicable> applicable_rules(const Policy& policy, const Subject& subject, const Tier* tier) {
    std::vector<Applicable> result;
    result.reserve(policy.rules.size());
    const Tier* last = policy.tiers.empty() ? nullptr : &policy.tiers.back();
    const bool by_assertion = tier != nullptr && tier != last && subject.origin == Origin::asserted;
    for (const Rule& rule : policy.rules) {
        Applicable applicable{&rule, false, false, rule.mode, false};
        const bool of_kind = std::find(rule.kinds.begin(), rule.kinds.end(), subject.kind) != rule.kinds.end();
        applicable.by_name = !of_kind && is_for_what_is_named(rule, subject);
        const bool kind = of_kind || applicable.by_name;
        const bool only_names = rule.when_bytes == false && subject.has_bytes;
        // What such a rule asks of an image, its registry holds; a manifest lies in none, and each image that it names is asked.
        const bool of_images = subject.is_manifest && rule.network && asks_what_is_attached(rule.check);
        if (kind && !only_names && !of_images && tier != nullptr) {
            std::optional<Mode> mode = mode_in(rule, tier->name);
            if (by_assertion) {
                const std::optional<Mode> there = mode_in(rule, last->name);
                if (there) mode = mode ? std::min(*mode, *there) : *there;  // the zero value is the strictest
            }
            applicable.applies = mode.has_value();
            if (mode) applicable.mode = *mode;
        }
        applicable.skipped = applicable.applies && rule.when_bytes == true && !subject.has_bytes;
        result.push_back(applicable);
    }
    return result;
}

}  // namespace headgate::policy
