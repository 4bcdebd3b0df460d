// fields.hpp: a section of a policy is a table of keys. The table reads the section, names the nearest key of an unknown
// one, and says what each key is for: the JSON Schema and the reference page are made from the same rows (language.hpp).
// A key of policy.md that this version cannot honour yet is refused, never ignored.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checker.hpp"
#include "model/policy.hpp"
#include "policy/language.hpp"
#include "policy/mistakes.hpp"

namespace headgate::policy {

/// What is said where a trust name is asked for and there is none.
inline constexpr std::string_view kNoTrust = "trust.keys and trust.identities define none";

/// What `member` is of each item of a list: the names that are defined there. They live as long as the list.
template <typename Items, typename Item, typename Text>
std::vector<std::string_view> each(const Items& items, Text Item::* member) {
    std::vector<std::string_view> found;
    found.reserve(items.size());
    for (const Item& item : items) found.emplace_back(item.*member);
    return found;
}

/// State of one load. Sections are read in the order of the table, so that rules find tiers and trust already there.
struct Loading {
    Mistakes mistakes;
    Policy policy;                       // begins as `base`, when there is one
    std::span<const Checker> checkers;
    const RuleData* data = nullptr;      // nullptr: words that are data are not checked
    const Policy* base = nullptr;        // what the extended policies come to; nullptr for a policy of its own
    std::string at;                      // dotted path of the mapping being read, ending in '.', for `origins`; "-": none

    std::vector<std::string_view> trust_names() const;
    std::vector<std::string_view> key_names() const;
    std::vector<std::string_view> root_names() const;
    std::vector<std::string_view> tier_names() const;
    std::vector<std::string_view> rule_ids() const;
    std::vector<std::string_view> plugin_names() const;
    /// Remembers where a value stands.
    void note(std::string_view key, const codec::Yaml& node) {
        if (at != "-") policy.origins[at + std::string(key)] = mistakes.line_of(node);
    }
};

/// The dotted path while one mapping is read; the old one afterwards.
class Within {
  public:
    Within(Loading& loading, std::string at) : loading_(loading), old_(std::move(loading.at)) {
        loading.at = old_ == "-" ? "-" : std::move(at);
    }
    ~Within() { loading_.at = std::move(old_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

  private:
    Loading& loading_;
    std::string old_;
};

template <typename Target>
struct Field : KeyDoc {
    void (*read)(Loading&, const codec::Yaml&, Target&) = nullptr;
};

/// `partial`: what an extended policy said already need not be said again, so no key is missed.
enum class Whole { yes, partial };

/// Says of each key of `node` that the table does not have what was expected; false when `node` is no mapping.
bool check_keys(Loading& loading, const codec::Yaml& node, std::string_view what, std::span<const KeyDoc> keys, Whole whole);

/// Reads the mapping `node` by the table into `target`; false when it is no mapping. `what` names it in messages:
/// "a rule".
template <typename Target>
bool read_fields(Loading& loading, const codec::Yaml& node, std::string_view what,
                 std::span<const Field<Target>> fields, Target& target, Whole whole = Whole::yes) {
    const std::vector<KeyDoc> keys(fields.begin(), fields.end());
    if (!check_keys(loading, node, what, keys, whole)) return false;
    for (const Field<Target>& field : fields) {
        const codec::Yaml* value = node.find(field.key);
        if (value == nullptr || field.need == Need::not_yet) continue;
        loading.note(field.key, *value);
        field.read(loading, *value, target);
    }
    return true;
}

template <typename Target, std::size_t N>
bool read_fields(Loading& loading, const codec::Yaml& node, std::string_view what,
                 const std::array<Field<Target>, N>& fields, Target& target, Whole whole = Whole::yes) {
    return read_fields(loading, node, what, std::span<const Field<Target>>(fields), target, whole);
}

template <typename Target, std::size_t N>
Section section_of(std::string_view name, std::string_view help, const std::array<Field<Target>, N>& fields) {
    return {name, help, std::vector<KeyDoc>(fields.begin(), fields.end())};
}

// Values. Each adds a mistake and returns nullopt (or an empty list) when the value is not of the kind asked for.

/// Not blank, no control or invisible characters; line ends at the end are cut, inside they become spaces.
std::optional<std::string> read_text(Loading& loading, const codec::Yaml& node);
/// A name: letters, digits, '.', '_', '-', beginning with a letter or digit.
std::optional<std::string> read_name(Loading& loading, const codec::Yaml& node);
bool is_name(std::string_view text);
/// A sequence of texts without repetition, or one text.
std::vector<std::string> read_list(Loading& loading, const codec::Yaml& node);
/// A list of names out of `valid`; none of them is a mistake, `empty` says what it would mean; `none`: as in known_name.
std::vector<std::string> read_names_of(Loading& loading, const codec::Yaml& node, std::string_view what,
                                       std::span<const std::string_view> valid, std::string_view empty,
                                       std::string_view none = "none is defined");
/// The items of read_list as nodes, for messages about one of them.
std::vector<const codec::Yaml*> items_of(const codec::Yaml& node);
std::vector<ReferencePattern> read_patterns(Loading& loading, const codec::Yaml& node);
std::optional<Instant> read_instant(Loading& loading, const codec::Yaml& node);
/// Seconds, more than none.
std::optional<std::int64_t> read_duration(Loading& loading, const codec::Yaml& node);
/// A decimal number; with a leading zero other readers of YAML take it for octal, so that is none.
std::optional<std::int64_t> integer_of(const codec::Yaml& node);
/// URLs or hosts, at least one, each of which a client could ask.
std::vector<std::string> read_places(Loading& loading, const codec::Yaml& node);
/// A file that the policy names, relative to it.
std::string read_file_name(Loading& loading, const codec::Yaml& node);
/// "sha256:<64 hex>".
std::optional<std::string> read_digest(Loading& loading, const codec::Yaml& node);
std::optional<Mode> read_mode(Loading& loading, const codec::Yaml& node);
std::optional<Severity> read_severity(Loading& loading, const codec::Yaml& node);
/// One of `valid`; else a mistake that names the nearest. `none`: as in known_name.
std::optional<std::string> read_choice(Loading& loading, const codec::Yaml& node, std::string_view what,
                                       std::span<const std::string_view> valid, std::string_view none = "none is defined");
/// True if `name` is one of `valid`; else a mistake "unknown WHAT 'name'" with the nearest. `none`: what is said when there
/// is no valid one at all.
bool known_name(Loading& loading, const codec::Yaml& node, std::string_view what, std::string_view name,
                std::span<const std::string_view> valid, std::string_view none = "none is defined");

// Sections, one file each, and their rows.
void read_extends(Loading& loading, const codec::Yaml& node, std::vector<Extension>& extensions);
void read_blocked(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_trust(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_tiers(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_names(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_registries(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_plugins(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_rules(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_overrides(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_waivers(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_waiver_limits(Loading& loading, const codec::Yaml& node, Policy& policy);
void read_tests(Loading& loading, const codec::Yaml& node, Policy& policy);
std::vector<Section> sections_of_extends();
std::vector<Section> sections_of_trust();
std::vector<Section> sections_of_tiers();
std::vector<Section> sections_of_names();
std::vector<Section> sections_of_plugins();
std::vector<Section> sections_of_rules();
std::vector<Section> sections_of_overrides();
std::vector<Section> sections_of_waivers();
std::vector<Section> sections_of_tests();

/// `with` of a rule by its checker's table, defaults filled in where `settings` has nothing yet. `node` may be nullptr:
/// nothing was given.
void read_settings(Loading& loading, const codec::Yaml* node, const codec::Yaml& rule_node, const Checker& checker,
                   Settings& settings);

/// One key of a rule as an override writes it ("mode", "with.KEY"), read into `values`.
void read_rule_key(Loading& loading, std::string_view key, const codec::Yaml& key_node, const codec::Yaml& value,
                   Rule& values);

/// Why a regular expression is refused, "" when it is fine: RE2 must take it, and it may not hold ^ or $ (matching is
/// always over the whole value).
std::string problem_of_regex(std::string_view regex);
/// True if the whole expression takes the empty text too: as a demand it asks for nothing.
bool regex_matches_nothing_at_all(std::string_view regex);

}  // namespace headgate::policy
