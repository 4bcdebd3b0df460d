// load_tiers.cpp: the section `tiers`: ordered, first match wins, the last matches everything.
#include <algorithm>

#include "policy/combine.hpp"
#include "policy/fields.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 2> kOrigins = {"recorded", "verified"};

void read_tier_name(Loading& loading, const Yaml& node, Tier& tier) {
    tier.name = read_name(loading, node).value_or("");
}
void read_match(Loading& loading, const Yaml& node, Tier& tier) {
    tier.match = read_patterns(loading, node);
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list: the tier can never match");
}

void read_signed_by(Loading& loading, const Yaml& node, Tier& tier) {
    tier.requires_signed_by = read_names_of(loading, node, "trust name", loading.trust_names(),
                                            "nobody's signature would do, so the tier can never match", kNoTrust);
}
void read_origin(Loading& loading, const Yaml& node, Tier& tier) {
    if (const auto text = read_choice(loading, node, "origin to require", kOrigins)) tier.requires_origin = parse_origin(*text);
}

constexpr std::array<Field<Tier>, 2> kRequires = {{
    {{"signed-by", Need::optional, Shape::list, "trust names, any of which must have signed exactly the subject"}, read_signed_by},
    {{"origin", Need::optional, Shape::choice, "how Headgate must know the name, at least", {}, kOrigins}, read_origin},
}};

void read_requires(Loading& loading, const Yaml& node, Tier& tier) {
    read_fields(loading, node, "'requires' of a tier", kRequires, tier);
    if (node.is_mapping() && node.entries.empty()) loading.mistakes.add(node, "'requires' asks for nothing");
}

constexpr std::array<Field<Tier>, 3> kTier = {{
    {{"tier", Need::required, Shape::name, "its name"}, read_tier_name},
    {{"match", Need::required, Shape::patterns, "reference patterns, any of which must match"}, read_match},
    {{"requires", Need::optional, Shape::section, "what must hold, or the next tier is tried", {}, {}, "requires"}, read_requires},
}};

bool matches_everything(const Tier& tier) {
    return !tier.requires_origin && tier.requires_signed_by.empty() &&
           std::any_of(tier.match.begin(), tier.match.end(),
                       [](const ReferencePattern& pattern) { return pattern.text() == "**"; });
}

const Tier* find(const std::vector<Tier>& tiers, std::string_view name) {
    for (const Tier& tier : tiers) {
        if (tier.name == name) return &tier;
    }
    return nullptr;
}

bool asks_no_more(const Tier& earlier, const Tier& tier) {
    const auto demanded = [&](const std::string& name) {
        return std::find(earlier.requires_signed_by.begin(), earlier.requires_signed_by.end(), name) != earlier.requires_signed_by.end();
    };
    const bool origin = !earlier.requires_origin || (tier.requires_origin && *earlier.requires_origin <= *tier.requires_origin);
    const bool signer = earlier.requires_signed_by.empty() ||
                        (!tier.requires_signed_by.empty() &&
                         std::all_of(tier.requires_signed_by.begin(), tier.requires_signed_by.end(), demanded));
    return origin && signer;
}

// What an earlier tier matches whole, and for no more than this one asks, never gets here.
void check_reachable(Loading& loading, const Yaml& item, const Tier& tier, const std::vector<Tier>& earlier) {
    for (const Tier& other : earlier) {
        const auto taken = [&](const ReferencePattern& pattern) {
            return std::any_of(other.match.begin(), other.match.end(),
                               [&](const ReferencePattern& wide) { return covers(wide.text(), pattern.text()); });
        };
        if (tier.match.empty() || !asks_no_more(other, tier) || !std::all_of(tier.match.begin(), tier.match.end(), taken)) continue;
        return loading.mistakes.add(item, "tier '" + tier.name + "' can never match: '" + other.name + "' at " + other.line + " matches " +
                                              (matches_everything(other) ? "everything" : "whatever it matches; put this one first, or leave it out"));
    }
}

std::vector<Tier> read_list_of_tiers(Loading& loading, const Yaml& node) {
    std::vector<Tier> tiers;
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        Tier tier;
        tier.line = loading.mistakes.line_of(item);
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, item, "a tier", kTier, tier)) continue;
        if (const Tier* other = find(tiers, tier.name); other != nullptr && !tier.name.empty()) {
            loading.mistakes.add(item, "tier '" + tier.name + "' is there already, at " + other->line);
        }
        if (loading.mistakes.size() == before) check_reachable(loading, item, tier, tiers);
        tiers.push_back(std::move(tier));
    }
    return tiers;
}

bool same(const Tier& a, const Tier& b) {
    const auto text = [](const ReferencePattern& left, const ReferencePattern& right) { return left.text() == right.text(); };
    return std::equal(a.match.begin(), a.match.end(), b.match.begin(), b.match.end(), text) &&
           a.requires_origin == b.requires_origin && a.requires_signed_by == b.requires_signed_by;
}

// A child's own tiers are carved out of what the extended policy's last tier matches, and every rule for that one applies
// in them too, so that a subject is asked no less than before.
void add_tiers_of_child(Loading& loading, const Yaml& node, std::vector<Tier> tiers, Policy& policy) {
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        const Yaml& item = node.items[std::min(i, node.items.size() - 1)];
        if (const Tier* known = find(policy.tiers, tiers[i].name)) {
            if (!same(*known, tiers[i])) {
                loading.mistakes.add(item, "tier '" + tiers[i].name + "' is defined otherwise at " + known->line +
                                               " in an extended policy; its tiers come first and stay as they are");
            }
        } else if (matches_everything(tiers[i])) {
            loading.mistakes.add(item, "tier '" + tiers[i].name + "' matches everything, as '" + policy.tiers.back().name +
                                           "' at " + policy.tiers.back().line + " does; leave it out");
        } else {
            check_reachable(loading, item, tiers[i], std::vector<Tier>(policy.tiers.begin(), policy.tiers.end() - 1));
            insert_tier(policy, std::move(tiers[i]));
        }
    }
}

}  // namespace

void read_tiers(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence() || node.items.empty()) {
        return loading.mistakes.add(node, "expected a list of tiers, the last of them { tier: NAME, match: [\"**\"] }");
    }
    const std::size_t before = loading.mistakes.size();
    std::vector<Tier> tiers = read_list_of_tiers(loading, node);
    if (loading.base != nullptr) return add_tiers_of_child(loading, node, std::move(tiers), policy);
    policy.tiers = std::move(tiers);
    if (loading.mistakes.size() != before) return;
    if (policy.tiers.empty() || !std::any_of(policy.tiers.begin(), policy.tiers.end(), matches_everything)) {
        loading.mistakes.add(node.items.back(),
                             "the last tier must match everything: match: [\"**\"], nothing required");
    }
}

std::vector<Section> sections_of_tiers() {
    return {section_of("tier", "how far something is trusted by where it comes from", kTier),
            section_of("requires", "what must hold for a tier", kRequires)};
}

}  // namespace headgate::policy
