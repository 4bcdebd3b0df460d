// load_tiers.cpp: the section `tiers`: ordered, first match wins, the last matches everything.
#include <algorithm>

#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 2> kOrigins = {"recorded", "verified"};

void read_tier_name(Loading& loading, const Yaml& node, Tier& tier) {
    tier.name = read_name(loading, node).value_or("");
}
void read_match(Loading& loading, const Yaml& node, Tier& tier) {
    tier.match = read_patterns(loading, node);
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "a tier that matches nothing");
}

void read_signed_by(Loading& loading, const Yaml& node, Tier& tier) {
    tier.requires_signed_by = read_list(loading, node);
    if (node.is_sequence() && node.items.empty()) {
        loading.mistakes.add(node, "an empty list: nobody's signature would do, so the tier can never match");
    }
    for (const Yaml* item : items_of(node)) {
        if (item->is_scalar()) known_name(loading, *item, "trust name", item->text, loading.trust_names());
    }
}
void read_origin(Loading& loading, const Yaml& node, Tier& tier) {
    const auto text = read_text(loading, node);
    if (text && known_name(loading, node, "origin to require", *text, kOrigins)) {
        tier.requires_origin = parse_origin(*text);
    }
}

constexpr std::array<Field<Tier>, 2> kRequires = {{
    {"signed-by", Need::optional, read_signed_by},
    {"origin", Need::optional, read_origin},
}};

void read_requires(Loading& loading, const Yaml& node, Tier& tier) {
    read_fields(loading, node, "'requires' of a tier", kRequires, tier);
    if (node.is_mapping() && node.entries.empty()) loading.mistakes.add(node, "'requires' asks for nothing");
}

constexpr std::array<Field<Tier>, 3> kTier = {{
    {"tier", Need::required, read_tier_name},
    {"match", Need::required, read_match},
    {"requires", Need::optional, read_requires},
}};

bool matches_everything(const Tier& tier) {
    return !tier.requires_origin && tier.requires_signed_by.empty() &&
           std::any_of(tier.match.begin(), tier.match.end(),
                       [](const ReferencePattern& pattern) { return pattern.text() == "**"; });
}

}  // namespace

void read_tiers(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence() || node.items.empty()) return loading.mistakes.add(node, "expected a list of tiers");
    const Tier* covering = nullptr;
    policy.tiers.reserve(node.items.size());
    for (const Yaml& item : node.items) {
        Tier tier;
        tier.line = loading.mistakes.line_of(item);
        if (!read_fields(loading, item, "a tier", kTier, tier)) continue;
        for (const Tier& other : policy.tiers) {
            if (!tier.name.empty() && other.name == tier.name) {
                loading.mistakes.add(item, "tier '" + tier.name + "' is there already, at " + other.line);
            }
        }
        if (covering != nullptr) {
            loading.mistakes.add(item, "tier '" + tier.name + "' can never match: '" + covering->name + "' at " +
                                           covering->line + " matches everything");
        }
        policy.tiers.push_back(std::move(tier));
        if (covering == nullptr && matches_everything(policy.tiers.back())) covering = &policy.tiers.back();
    }
    if (covering == nullptr) {
        loading.mistakes.add(node.items.back(),
                             "the last tier must match everything: match: [\"**\"], nothing required");
    }
}

}  // namespace headgate::policy
