// load_rules.cpp: the section `rules`. What can never run, never match or never decide is refused.
#include <algorithm>

#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 4> kKinds = {"model", "dataset", "package", "container"};

// A rule while it is read: what only the whole can settle is kept as nodes.
struct Draft {
    Rule rule;
    const Yaml* with = nullptr;
    const Yaml* kinds = nullptr;
    const Yaml* when_bytes = nullptr;
    const Yaml* mode = nullptr;
};

void read_id(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_name(loading, node);
    if (!text) return;
    const bool lower = std::none_of(text->begin(), text->end(),
                                    [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!lower) return loading.mistakes.add(node, "expected an id like 'model.safe-format': lower case, '.' and '-'");
    draft.rule.id = *text;
}

void read_for(Loading& loading, const Yaml& node, Draft& draft) {
    draft.kinds = &node;
    read_list(loading, node);
    for (const Yaml* item : items_of(node)) {
        if (item->is_scalar() && known_name(loading, *item, "kind", item->text, kKinds)) {
            draft.rule.kinds.push_back(*parse_kind(item->text));
        }
    }
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "a rule for no kind can never match");
}

void read_check(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_text(loading, node);
    if (!text) return;
    std::vector<std::string_view> names;
    for (const Checker& checker : loading.checkers) names.push_back(checker.id);
    if (!known_name(loading, node, "checker", *text, names)) return;
    draft.rule.check = *text;
}

void read_when_tiers(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.when_tiers = read_list(loading, node);
    for (const Yaml* item : items_of(node)) {
        if (item->is_scalar()) known_name(loading, *item, "tier", item->text, loading.tier_names());
    }
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "a rule for no tier can never match");
}

void read_when_bytes(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.when_bytes = node.boolean();
    draft.when_bytes = &node;
    if (!node.boolean()) loading.mistakes.add(node, "expected true or false");
}

constexpr std::array<Field<Draft>, 2> kWhen = {{
    {"tiers", Need::optional, read_when_tiers},
    {"bytes", Need::optional, read_when_bytes},
}};

void read_when(Loading& loading, const Yaml& node, Draft& draft) {
    read_fields(loading, node, "'when' of a rule", kWhen, draft);
    if (node.is_mapping() && node.entries.empty()) loading.mistakes.add(node, "'when' asks for nothing");
}

void read_rule_mode(Loading& loading, const Yaml& node, Draft& draft) {
    draft.mode = &node;
    if (!node.is_mapping()) {
        draft.rule.mode = read_mode(loading, node).value_or(Mode::enforce);
        return;
    }
    draft.rule.mode = Mode::enforce;  // of a tier that the map does not name
    if (node.entries.empty()) loading.mistakes.add(node, "expected a mode for each tier");
    for (const Yaml::Entry& entry : node.entries) {
        Yaml key;
        key.line = entry.key_line;
        key.column = entry.key_column;
        if (!known_name(loading, key, "tier", entry.key, loading.tier_names())) continue;
        if (const auto mode = read_mode(loading, entry.value)) draft.rule.mode_by_tier.emplace_back(entry.key, *mode);
    }
}

void keep_with(Loading&, const Yaml& node, Draft& draft) { draft.with = &node; }
void read_rule_severity(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.severity = read_severity(loading, node);
}
void read_deny_at(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.deny_at = read_severity(loading, node);
    if (draft.rule.deny_at == Severity::info) {
        loading.mistakes.add(node, "expected critical, high, medium or low");
    }
    if (draft.rule.severity) {
        loading.mistakes.add(node, "'severity' makes all findings equal, so 'deny-at' could not tell them apart; "
                                   "leave out one of them");
    }
}
void read_controls(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.controls = read_list(loading, node);
}
void read_why(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.why = read_text(loading, node).value_or("");
}
void read_fix(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.fix = read_text(loading, node).value_or("");
}

constexpr std::array<Field<Draft>, 13> kRule = {{
    {"id", Need::required, read_id},
    {"for", Need::required, read_for},
    {"check", Need::required, read_check},
    {"when", Need::optional, read_when},
    {"mode", Need::optional, read_rule_mode},
    {"with", Need::optional, keep_with},
    {"severity", Need::optional, read_rule_severity},
    {"deny-at", Need::optional, read_deny_at},
    {"controls", Need::optional, read_controls},
    {"why", Need::required, read_why},
    {"fix", Need::optional, read_fix},
    {"effective-on", Need::not_yet},
    {"cap", Need::not_yet},
}};

void settle_checker(Loading& loading, const Yaml& node, const Checker& checker, Draft& draft) {
    for (const Kind kind : draft.rule.kinds) {
        if (std::find(checker.kinds.begin(), checker.kinds.end(), kind) != checker.kinds.end()) continue;
        loading.mistakes.add(*draft.kinds, "checker '" + std::string(checker.id) + "' does not look at a " +
                                               std::string(to_string(kind)) + ": the rule can never match it");
    }
    if (checker.needs_bytes) {
        if (draft.rule.when_bytes == false) {
            loading.mistakes.add(*draft.when_bytes,
                                 "checker '" + std::string(checker.id) + "' needs bytes: the rule can never run");
        }
        draft.rule.when_bytes = true;
    }
    read_settings(loading, draft.with, node, checker, draft.rule.settings);
}

void settle_modes(Loading& loading, const Draft& draft) {
    const std::vector<std::string>& tiers = draft.rule.when_tiers;
    for (const auto& [tier, mode] : draft.rule.mode_by_tier) {
        if (!tiers.empty() && std::find(tiers.begin(), tiers.end(), tier) == tiers.end()) {
            loading.mistakes.add(*draft.mode, "a mode for tier '" + tier +
                                                  "', where the rule can never match: 'when' names other tiers");
        }
    }
}

}  // namespace

void read_rules(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence() || node.items.empty()) {
        return loading.mistakes.add(node, "expected a list of rules; without one nothing is admitted");
    }
    for (const Yaml& item : node.items) {
        Draft draft;
        draft.rule.line = loading.mistakes.line_of(item);
        draft.rule.mode = policy.defaults.mode;
        if (!read_fields(loading, item, "a rule", kRule, draft)) continue;
        for (const Rule& other : policy.rules) {
            if (!draft.rule.id.empty() && other.id == draft.rule.id) {
                loading.mistakes.add(item, "rule '" + other.id + "' is there already, at " + other.line);
            }
        }
        for (const Checker& checker : loading.checkers) {
            if (checker.id == draft.rule.check) settle_checker(loading, item, checker, draft);
        }
        settle_modes(loading, draft);
        policy.rules.push_back(std::move(draft.rule));
    }
}

}  // namespace headgate::policy
