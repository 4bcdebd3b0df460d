// tighten.hpp: which of two values is stricter. `extends` stands on it: a child may only tighten (policy.md, "extends").
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/checker.hpp"
#include "model/policy.hpp"

namespace headgate::policy {

/// The value that is at least as strict as both, by the setting's direction: lists are cut or joined, of numbers the
/// stricter is taken. nullptr stands for a setting that is not given, which asks for nothing. nullopt: there is none
/// ("fixed" values that differ, signers of whom none is left).
std::optional<SettingValue> stricter(const SettingSpec& spec, const SettingValue* a, const SettingValue* b);

struct Loosening {
    std::string key;     // "mode", "with.allow", ...
    std::string what;    // "safetensors is not in the list of the extended policy (gguf)"
    std::string was;     // of a setting: the two values; "" of other keys
    std::string is;
};

/// Everything in which `child` asks for less than `parent`, the same rule before. `tiers`: of the policy as it is now.
std::vector<Loosening> loosenings(const Rule& parent, const Rule& child, const Checker& checker, std::span<const Tier> tiers);

/// Makes `rule` at least as strict as `other`, which has the same id and checker. Answers what stands in the way, "" when
/// nothing does.
std::string tighten(Rule& rule, const Rule& other, const Checker& checker, std::span<const Tier> tiers);

/// Everything that the pattern `narrow` matches, `wide` matches too. Told by whole segments of the texts, so that false may also
/// mean that it cannot be told.
bool covers(std::string_view wide, std::string_view narrow);

/// The rule's mode in a tier; nullopt when it is not for this tier.
std::optional<Mode> mode_in(const Rule& rule, std::string_view tier);

/// A policy, no pack, whose rules ask where things come from: a mirror that somebody adds would loosen them.
bool asks_where_from(const Policy& policy);

}  // namespace headgate::policy
