// settings.hpp: a checker's settings: one table per checker (key, type, default, which direction is stricter), from
// which the policy loader, the JSON Schema, help and reference page are made.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/kinds.hpp"

namespace headgate {

enum class SettingType {
    flag,        // true | false
    text,        // scalar string
    text_list,   // sequence of strings, or one string
    integer,     // non-negative
    duration,    // "90d" -> seconds
    severity,    // critical | high | ...
    patterns,    // sequence of reference or URL patterns (text_list whose items must compile as globs)
    signers,     // { any-of: [..] } | { at-least: N, of: [..] }: names of the trust section
    conditions,  // [ { at: /pointer, equals: scalar | matches: regex } ]
    builders,    // [ { id: builder id, signed-by: names of the trust section, level: N } ]
    plugin,      // a name of the section `plugins`; stored as text
    document,    // a mapping that a plugin reads: its own schema says what may stand there
};

/// Which change of a value makes the rule stricter (used by `extends`).
enum class Stricter {
    fewer,       // lists: a subset
    more,        // lists: a superset
    smaller,     // numbers, durations
    larger,      // numbers, durations, severities
    on,          // true
    off,         // false
    earlier,     // choices, the strictest listed first
    fixed,       // neither: a child may only repeat it
};

struct SettingSpec {
    std::string_view key;
    SettingType type = SettingType::text;
    Stricter stricter = Stricter::fixed;
    bool required = false;
    std::string_view fallback;                       // as YAML would spell it; "" = none. Lists: comma separated
    std::string_view help;
    std::span<const std::string_view> choices = {};  // allowed words of text / text_list; empty: any
    std::string_view unit = {};                      // of numbers and durations: "days", "steps"; "" without
};

struct SignerSet {
    std::uint32_t at_least = 1;          // any-of = 1
    std::vector<std::string> of;
    friend bool operator==(const SignerSet&, const SignerSet&) = default;
};

struct Condition {
    std::string pointer;                 // JSON Pointer into the predicate
    enum class Operator { equals, matches } op = Operator::equals;
    std::string operand;                 // for equals: the scalar as text; for matches: RE2 over the whole value
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// A build platform that a policy believes, and from whom.
struct TrustedBuilder {
    std::string id;                      // builder.id of provenance; without "@ref" it is that of every release tag of it
    std::vector<std::string> signed_by;  // names of the trust section: who may speak for it, any of them
    std::int64_t level = 0;              // SLSA build level that it reaches, 0 to 4
    friend bool operator==(const TrustedBuilder&, const TrustedBuilder&) = default;
};

/// A mapping that somebody else reads.
struct SettingDocument {
    std::string json = "{}";             // JCS
    friend bool operator==(const SettingDocument&, const SettingDocument&) = default;
};

using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Severity, SignerSet,
                                  std::vector<Condition>, std::vector<TrustedBuilder>, SettingDocument>;

/// Values of one rule's `with`, defaults filled in: `get` of a key in the checker's table with a fallback always
/// succeeds. Asking for a key or type that the table does not have is a bug (assert).
class Settings {
  public:
    void set(std::string key, SettingValue value) { values_.insert_or_assign(std::move(key), std::move(value)); }
    bool has(std::string_view key) const { return values_.find(key) != values_.end(); }

    template <typename T>
    const T& get(std::string_view key) const {
        return std::get<T>(values_.find(key)->second);
    }
    template <typename T>
    const T* find(std::string_view key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? nullptr : std::get_if<T>(&found->second);
    }
    const std::map<std::string, SettingValue, std::less<>>& all() const { return values_; }

  private:
    std::map<std::string, SettingValue, std::less<>> values_;
};

}  // namespace headgate
