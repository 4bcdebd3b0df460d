// language.hpp: the keys of the policy language as data: what `policy schema`, the reference page and the tests that
// every key has an effect are made from. The rows are those that the loader reads by (fields.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checker.hpp"

namespace headgate::policy {

enum class Need { optional, required, not_yet };

/// What may stand behind a key.
enum class Shape {
    version,         // the number 1
    text,
    name,            // letters, digits, '.', '_', '-'
    flag,            // true | false
    integer,
    duration,        // "90d"
    instant,         // "2026-11-01" or RFC 3339
    digest,          // "sha256:<hex>"
    choice,          // one of `choices`
    list,            // texts, or one
    choices,         // some of `choices`, or one
    pattern,         // one reference pattern
    patterns,        // several, or one
    scalar,          // any one value
    section,         // a mapping by the section `nested`
    sections,        // a list of those
    named_sections,  // a mapping of names to those
    mode,            // a mode, or a mapping of tiers to modes
    subject_match,   // text | { prefix } | { regex }
    settings,        // `with`: by the checker's own table
    results,         // rule ids -> results
    ecosystems,      // ecosystem -> "builtin" or a file
    any,             // `value` of an override
};

struct KeyDoc {
    std::string_view key;
    Need need = Need::optional;
    Shape shape = Shape::text;
    std::string_view help;
    std::string_view fallback = {};                  // what holds without it; "" nothing
    std::span<const std::string_view> choices = {};
    std::string_view nested = {};                    // name of the section inside
};

struct Section {
    std::string_view name;                           // "policy", "rule", "waiver", ...
    std::string_view help;
    std::vector<KeyDoc> keys;
};

/// Every section of the language, "policy" (the top) first.
std::vector<Section> language();

/// JSON Schema (draft 2020-12) of a policy, for editors: completion, hover text, and what the loader checks without knowing
/// other parts of the file.
std::string json_schema(std::span<const Checker> checkers);

/// "on", "a subset of it", ...: which change of a value makes a rule stricter, as people read it.
std::string_view to_string(Stricter direction);
std::string_view to_string(SettingType type);

}  // namespace headgate::policy
