// fields.hpp: a section of a policy is a table of keys. An unknown key names the nearest valid one; a key of policy.md
// that this version cannot honour yet is refused, never ignored.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checker.hpp"
#include "model/policy.hpp"
#include "policy/mistakes.hpp"

namespace headgate::policy {

/// State of one load. Sections are read in the order of the table, so that rules find tiers and trust already there.
struct Loading {
    Mistakes mistakes;
    Policy policy;
    std::span<const Checker> checkers;

    std::vector<std::string_view> trust_names() const;
    std::vector<std::string_view> tier_names() const;
};

enum class Need { optional, required, not_yet };

template <typename Target>
struct Field {
    std::string_view key;
    Need need = Need::optional;
    void (*read)(Loading&, const codec::Yaml&, Target&) = nullptr;
};

/// Reads the mapping `node` by the table into `target`; false when it is no mapping. `what` names it in messages:
/// "a rule".
template <typename Target>
bool read_fields(Loading& loading, const codec::Yaml& node, std::string_view what,
                 std::span<const Field<Target>> fields, Target& target) {
    if (!node.is_mapping()) {
        loading.mistakes.add(node, std::string(what) + " is a mapping of keys to values");
        return false;
    }
    std::vector<std::string_view> keys;
    for (const Field<Target>& field : fields) {
        if (field.need != Need::not_yet) keys.push_back(field.key);
    }
    for (const codec::Yaml::Entry& entry : node.entries) {
        const Field<Target>* known = nullptr;
        for (const Field<Target>& field : fields) {
            if (field.key == entry.key) known = &field;
        }
        if (known == nullptr) {
            loading.mistakes.add(entry,
                                 "unknown key '" + entry.key + "' in " + std::string(what) + hint(entry.key, keys));
        } else if (known->need == Need::not_yet) {
            loading.mistakes.add(entry, "'" + entry.key + "' is not supported yet by this version");
        }
    }
    for (const Field<Target>& field : fields) {
        const codec::Yaml* value = node.find(field.key);
        if (value == nullptr) {
            if (field.need == Need::required) {
                loading.mistakes.add(node, std::string(what) + " needs '" + std::string(field.key) + "'");
            }
        } else if (field.need != Need::not_yet) {
            field.read(loading, *value, target);
        }
    }
    return true;
}

template <typename Target, std::size_t N>
bool read_fields(Loading& loading, const codec::Yaml& node, std::string_view what,
                 const std::array<Field<Target>, N>& fields, Target& target) {
    return read_fields(loading, node, what, std::span<const Field<Target>>(fields), target);
}

// Values. Each adds a mistake and returns nullopt (or an empty list) when the value is not of the kind asked for.

/// Not blank, no control or invisible characters; line ends at the end are cut, inside they become spaces.
std::optional<std::string> read_text(Loading& loading, const codec::Yaml& node);
/// A name: letters, digits, '.', '_', '-', beginning with a letter or digit.
std::optional<std::string> read_name(Loading& loading, const codec::Yaml& node);
bool is_name(std::string_view text);
/// A sequence of texts without repetition, or one text.
std::vector<std::string> read_list(Loading& loading, const codec::Yaml& node);
/// The items of read_list as nodes, for messages about one of them.
std::vector<const codec::Yaml*> items_of(const codec::Yaml& node);
std::vector<ReferencePattern> read_patterns(Loading& loading, const codec::Yaml& node);
std::optional<Instant> read_instant(Loading& loading, const codec::Yaml& node);
std::optional<Mode> read_mode(Loading& loading, const codec::Yaml& node);
std::optional<Severity> read_severity(Loading& loading, const codec::Yaml& node);
/// True if `name` is one of `valid`; else a mistake "unknown WHAT 'name'" with the nearest.
bool known_name(Loading& loading, const codec::Yaml& node, std::string_view what, std::string_view name,
                std::span<const std::string_view> valid);

// Sections, one file each.
void read_blocked(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_trust(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_tiers(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_names(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_registries(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_rules(Loading& loading, const codec::Yaml& node, Policy& policy);
/// `with` of a rule by its checker's table, defaults filled in. `node` may be nullptr: nothing was given.
void read_settings(Loading& loading, const codec::Yaml* node, const codec::Yaml& rule_node, const Checker& checker,
                   Settings& settings);

/// Why a regular expression is refused, "" when it is fine: RE2 must take it, and it may not hold ^ or $ (matching is
/// always over the whole value).
std::string problem_of_regex(std::string_view regex);

}  // namespace headgate::policy
