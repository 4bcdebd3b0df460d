// load_settings.cpp: `with` of a rule, typed by the checker's own table (model/settings.hpp), defaults filled in.
#include <algorithm>

#include "base/text.hpp"
#include "model/operand.hpp"
#include "policy/document.hpp"
#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

// Lists of names of the trust section, whatever the table calls them.
bool names_trust(const SettingSpec& spec) {
    return spec.type == SettingType::signers || spec.key == "any-of" || spec.key == "of" || spec.key == "signed-by";
}

std::vector<std::string> read_signer_names(Loading& loading, const Yaml& node) {
    return read_names_of(loading, node, "trust name", loading.trust_names(),
                         "nobody's signature would do, so the rule can never pass", kNoTrust);
}

void read_any_of(Loading& loading, const Yaml& node, SignerSet& set) { set.of = read_signer_names(loading, node); }
void read_of(Loading& loading, const Yaml& node, SignerSet& set) { set.of = read_signer_names(loading, node); }
void read_at_least(Loading& loading, const Yaml& node, SignerSet& set) {
    const auto count = integer_of(node);
    if (!count || *count < 1 || *count > 1000) {
        return loading.mistakes.add(node, "expected a number of signers, 1 or more, in plain decimal digits");
    }
    set.at_least = static_cast<std::uint32_t>(*count);
}

constexpr std::string_view kSignerForms = "expected { any-of: [...] } or { at-least: N, of: [...] }";

constexpr std::array<Field<SignerSet>, 3> kSigners = {{
    {{"any-of", Need::optional, Shape::list, "trust names, any of which will do"}, read_any_of},
    {{"of", Need::optional, Shape::list, "trust names, so many of which must have signed as at-least says"}, read_of},
    {{"at-least", Need::optional, Shape::integer, "how many, counted by distinct key material"}, read_at_least},
}};

// Settled when all of `node` (the choice itself, or the `with` it stands in) is read into `set`.
void settle_signers(Loading& loading, const Yaml& node, const SignerSet& set) {
    const bool any = node.find("any-of") != nullptr;
    const bool some = node.find("of") != nullptr;
    if (any == some || some != (node.find("at-least") != nullptr)) {
        loading.mistakes.add(node, std::string(kSignerForms));
    } else if (set.at_least > set.of.size() && !set.of.empty()) {
        loading.mistakes.add(node, "at least " + std::to_string(set.at_least) + " of " + std::to_string(set.of.size()) +
                                       " signers: the rule can never pass");
    }
}

std::optional<SettingValue> read_signers(Loading& loading, const Yaml& node) {
    SignerSet set;
    const Within here(loading, "-");
    if (!node.is_mapping()) {
        loading.mistakes.add(node, std::string(kSignerForms));
        return std::nullopt;
    }
    const std::size_t before = loading.mistakes.size();
    read_fields(loading, node, "a choice of signers", kSigners, set);
    if (loading.mistakes.size() == before) settle_signers(loading, node, set);
    return set;
}

// A setting `any-of` of type signers: the words of the choice stand in `with` itself, beside other settings.
bool stands_in_with(const SettingSpec& spec) { return spec.type == SettingType::signers && spec.key == "any-of"; }

bool gives_signers(const Yaml* with) {
    return with != nullptr && std::any_of(kSigners.begin(), kSigners.end(), [&](const Field<SignerSet>& field) {
        return with->find(field.key) != nullptr;
    });
}

SettingValue read_signers_in_with(Loading& loading, const Yaml& with) {
    SignerSet set;
    const std::size_t before = loading.mistakes.size();
    for (const Field<SignerSet>& field : kSigners) {
        if (const Yaml* value = with.find(field.key)) field.read(loading, *value, set);
    }
    if (loading.mistakes.size() == before) settle_signers(loading, with, set);
    return set;
}

bool is_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
    }
    return true;
}

void read_at(Loading& loading, const Yaml& node, Condition& condition) {
    condition.pointer = read_text(loading, node).value_or("");
    if (!is_pointer(condition.pointer)) {
        loading.mistakes.add(node, "expected a JSON Pointer like /configuration/0/name");
    }
}
void read_equals(Loading& loading, const Yaml& node, Condition& condition) {
    condition.op = Condition::Operator::equals;
    if (!node.is_scalar()) return loading.mistakes.add(node, "expected one value");
    condition.operand = equals_operand(node.text, node.quoted);
}
void read_matches(Loading& loading, const Yaml& node, Condition& condition) {
    condition.op = Condition::Operator::matches;
    condition.operand = read_text(loading, node).value_or("");
    const std::string problem = problem_of_regex(condition.operand);
    if (!problem.empty()) loading.mistakes.add(node, "regular expression: " + problem);
}

constexpr std::array<Field<Condition>, 3> kCondition = {{
    {{"at", Need::required, Shape::text, "JSON Pointer into the predicate"}, read_at},
    {{"equals", Need::optional, Shape::scalar, "the one value that it must have"}, read_equals},
    {{"matches", Need::optional, Shape::text, "RE2 over the whole value"}, read_matches},
}};

std::optional<SettingValue> read_conditions(Loading& loading, const Yaml& node) {
    if (!node.is_sequence()) {
        loading.mistakes.add(node, "expected a list of { at: /pointer, equals: value } or { at: ..., matches: regex }");
        return std::nullopt;
    }
    std::vector<Condition> conditions;
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        Condition condition;
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, item, "a condition", kCondition, condition)) continue;
        if (loading.mistakes.size() == before && (item.find("equals") != nullptr) == (item.find("matches") != nullptr)) {
            loading.mistakes.add(item, "a condition has exactly one of 'equals', 'matches'");
        }
        conditions.push_back(std::move(condition));
    }
    return conditions;
}

void read_builder_id(Loading& loading, const Yaml& node, TrustedBuilder& builder) {
    builder.id = read_text(loading, node).value_or("");
    const bool uri = builder.id.find(':') != std::string::npos && builder.id.find_first_of(" *") == std::string::npos;
    if (!builder.id.empty() && !uri) loading.mistakes.add(node, "expected the exact URI of a builder, like https://ci.example/builder");
}
void read_builder_signers(Loading& loading, const Yaml& node, TrustedBuilder& builder) {
    builder.signed_by = read_signer_names(loading, node);
}
void read_level(Loading& loading, const Yaml& node, TrustedBuilder& builder) {
    const auto level = integer_of(node);
    if (!level || *level < 0 || *level > 4) return loading.mistakes.add(node, "expected a SLSA build level, 0 to 4");
    builder.level = *level;
}

constexpr std::array<Field<TrustedBuilder>, 3> kBuilder = {{
    {{"id", Need::required, Shape::text, "builder.id of the provenance; without @ref that of every release tag of it"}, read_builder_id},
    {{"signed-by", Need::required, Shape::list, "trust names, any of which may speak for this builder"}, read_builder_signers},
    {{"level", Need::optional, Shape::integer, "SLSA build level that it reaches"}, read_level},
}};

std::optional<SettingValue> read_builders(Loading& loading, const Yaml& node) {
    if (!node.is_sequence() || node.items.empty()) {
        loading.mistakes.add(node, "expected a list of { id: URI, signed-by: [names], level: N }");
        return std::nullopt;
    }
    std::vector<TrustedBuilder> builders;
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        TrustedBuilder builder;
        if (!read_fields(loading, item, "a builder", kBuilder, builder)) continue;
        const auto same = [&](const TrustedBuilder& other) { return other.id == builder.id; };
        if (std::any_of(builders.begin(), builders.end(), same)) loading.mistakes.add(item, shown(builder.id) + " stands twice in this list");
        builders.push_back(std::move(builder));
    }
    return builders;
}

bool is_choice(Loading& loading, const Yaml& node, const SettingSpec& spec, std::string_view word) {
    if (spec.choices.empty() || std::find(spec.choices.begin(), spec.choices.end(), word) != spec.choices.end()) return true;
    loading.mistakes.add(node, "'" + std::string(spec.key) + "' cannot be " + shown(word) + hint(word, spec.choices));
    return false;
}

std::optional<SettingValue> read_text_list(Loading& loading, const Yaml& node, const SettingSpec& spec) {
    if (names_trust(spec)) return read_signer_names(loading, node);
    for (const Yaml* item : items_of(node)) {
        if (item->is_scalar() && !item->boolean()) is_choice(loading, *item, spec, item->text);
    }
    return read_list(loading, node);
}

std::optional<SettingValue> read_pattern_texts(Loading& loading, const Yaml& node) {
    std::vector<std::string> texts;
    for (const ReferencePattern& pattern : read_patterns(loading, node)) texts.push_back(pattern.text());
    return texts;
}

std::optional<SettingValue> read_plugin_name(Loading& loading, const Yaml& node) {
    auto name = read_choice(loading, node, "plugin", loading.plugin_names(), "the section 'plugins' names none");
    if (!name) return std::nullopt;
    return std::move(*name);
}

std::optional<SettingValue> read_value(Loading& loading, const Yaml& node, const SettingSpec& spec) {
    switch (spec.type) {
        case SettingType::flag: {
            if (const auto flag = node.boolean()) return *flag;
            loading.mistakes.add(node, "expected true or false");
            return std::nullopt;
        }
        case SettingType::text: {
            auto text = spec.choices.empty() || !node.boolean() ? read_text(loading, node) : std::optional(node.text);
            if (!text || !is_choice(loading, node, spec, *text)) return std::nullopt;
            return std::move(*text);
        }
        case SettingType::text_list: return read_text_list(loading, node, spec);
        case SettingType::integer: {
            const auto number = integer_of(node);
            if (number && *number >= 0) return *number;
            loading.mistakes.add(node, "expected a number, 0 or more, in plain decimal digits");
            return std::nullopt;
        }
        case SettingType::duration: {
            const auto seconds = read_duration(loading, node);
            if (!seconds) return std::nullopt;
            return *seconds;
        }
        case SettingType::severity: {
            const auto severity = read_severity(loading, node);
            if (!severity) return std::nullopt;
            return *severity;
        }
        case SettingType::patterns: return read_pattern_texts(loading, node);
        case SettingType::signers: return read_signers(loading, node);
        case SettingType::conditions: return read_conditions(loading, node);
        case SettingType::builders: return read_builders(loading, node);
        case SettingType::plugin: return read_plugin_name(loading, node);
        case SettingType::document: {
            auto document = read_document(loading, node);
            if (!document) return std::nullopt;
            return std::move(*document);
        }
    }
    return std::nullopt;
}

// The checker's own default, spelled as YAML would; a list that has none is empty.
std::optional<SettingValue> fallback_of(const SettingSpec& spec) {
    switch (spec.type) {
        case SettingType::text_list:
        case SettingType::patterns: {
            std::vector<std::string> list;
            for (const std::string_view item : split(spec.fallback, ',')) {
                if (!trim(item).empty()) list.emplace_back(trim(item));
            }
            return list;
        }
        case SettingType::conditions: return std::vector<Condition>{};
        case SettingType::document: return SettingDocument{};
        case SettingType::signers:
        case SettingType::plugin:
        case SettingType::builders: return std::nullopt;
        default: break;
    }
    if (spec.fallback.empty()) return std::nullopt;
    switch (spec.type) {
        case SettingType::flag: return spec.fallback == "true";
        case SettingType::integer: {
            Yaml number;
            number.type = Yaml::Type::scalar;
            number.text = spec.fallback;
            return number.integer().value_or(0);
        }
        case SettingType::duration: return parse_duration(spec.fallback).value_or(0);
        case SettingType::severity: return parse_severity(spec.fallback).value_or(Severity::critical);
        default: return std::string(spec.fallback);
    }
}

void keep_place(Loading& loading, const SettingSpec& spec, const Yaml& node) {
    if (spec.type != SettingType::signers || loading.at == "-") return;
    loading.policy.signer_places[loading.at + "with." + std::string(spec.key)] = loading.mistakes.place_of(node);
}

// Says of each key what is wrong with it; the settings that misspelled ones are taken for.
std::vector<std::string_view> check_setting_names(Loading& loading, const Yaml* node, const Checker& checker) {
    std::vector<std::string_view> keys;
    std::vector<std::string_view> meant;
    for (const SettingSpec& spec : checker.settings) {
        keys.push_back(spec.key);
        if (stands_in_with(spec)) keys.insert(keys.end(), {"at-least", "of"});
    }
    if (node == nullptr) return meant;
    for (const Yaml::Entry& entry : node->entries) {
        if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
        const std::string checker_name = "of checker '" + std::string(checker.id) + "'";
        loading.mistakes.add(entry, "unknown setting " + shown(entry.key) + " " + checker_name +
                                        hint(entry.key, keys, "it has none"));
        meant.push_back(nearest(entry.key, keys).value_or(""));
    }
    return meant;
}

}  // namespace

void read_settings(Loading& loading, const Yaml* node, const Yaml& rule_node, const Checker& checker,
                   Settings& settings) {
    if (node != nullptr && !node->is_mapping()) {
        return loading.mistakes.add(*node, "'with' is a mapping of settings to values: with: { SETTING: VALUE }");
    }
    const std::vector<std::string_view> meant = check_setting_names(loading, node, checker);
    const std::size_t before = loading.mistakes.size();
    for (const SettingSpec& spec : checker.settings) {
        if (stands_in_with(spec) && gives_signers(node)) {
            loading.note("with." + std::string(spec.key), *node);
            keep_place(loading, spec, *node);
            settings.set(std::string(spec.key), read_signers_in_with(loading, *node));
            continue;
        }
        const Yaml* value = node == nullptr ? nullptr : node->find(spec.key);
        if (value == nullptr && settings.has(spec.key)) continue;  // said by an extended policy
        if (value == nullptr && spec.required) {
            if (std::find(meant.begin(), meant.end(), spec.key) != meant.end()) continue;
            loading.mistakes.add(rule_node, "checker '" + std::string(checker.id) + "' needs the setting '" +
                                                std::string(spec.key) + "' in 'with'");
            continue;
        }
        if (value != nullptr) {
            loading.note("with." + std::string(spec.key), *value);
            keep_place(loading, spec, *value);
        }
        auto read = value == nullptr ? fallback_of(spec) : read_value(loading, *value, spec);
        if (read) settings.set(std::string(spec.key), std::move(*read));
    }
    if (checker.complete != nullptr) checker.complete(settings);
    if (node == nullptr || checker.problem == nullptr || loading.mistakes.size() != before) return;
    for (const Yaml::Entry& entry : node->entries) {
        const std::string problem = checker.problem(settings, entry.key, loading.data);
        if (!problem.empty()) loading.mistakes.add(entry.value, problem);
    }
}

}  // namespace headgate::policy
