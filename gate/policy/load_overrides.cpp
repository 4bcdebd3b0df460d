// load_overrides.cpp: the list `overrides`: loosenings of an extended policy, each with a reason, an owner and an end.
#include <algorithm>

#include "policy/fields.hpp"
#include "policy/policy.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

struct Draft {
    Override entry;
    const Yaml* key = nullptr;
    const Yaml* value = nullptr;
};

void read_rule(Loading& loading, const Yaml& node, Draft& draft) {
    draft.entry.rule = read_choice(loading, node, "rule", loading.rule_ids()).value_or("");
}
void read_key(Loading& loading, const Yaml& node, Draft& draft) {
    draft.key = &node;
    draft.entry.key = read_text(loading, node).value_or("");
}
void keep_value(Loading&, const Yaml& node, Draft& draft) { draft.value = &node; }
void read_reason(Loading& loading, const Yaml& node, Draft& draft) {
    draft.entry.reason = read_text(loading, node).value_or("");
}
void read_owner(Loading& loading, const Yaml& node, Draft& draft) {
    draft.entry.owner = read_text(loading, node).value_or("");
}
void read_expires(Loading& loading, const Yaml& node, Draft& draft) {
    if (const auto instant = read_instant(loading, node)) draft.entry.expires = *instant;
}

constexpr std::array<Field<Draft>, 6> kOverride = {{
    {{"rule", Need::required, Shape::name, "id of the rule of an extended policy"}, read_rule},
    {{"key", Need::required, Shape::text, "mode, for, when, severity, deny-at, effective-on, network, layers, or with.KEY"}, read_key},
    {{"value", Need::required, Shape::any, "what the key becomes"}, keep_value},
    {{"reason", Need::required, Shape::text, "why"}, read_reason},
    {{"owner", Need::required, Shape::text, "who answers for it"}, read_owner},
    {{"expires", Need::required, Shape::instant, "from then on the extended policy holds again"}, read_expires},
}};

std::string spelled(const Yaml& node) {
    if (node.is_scalar()) return node.text;
    std::string text;
    for (const Yaml& item : node.items) text += (text.empty() ? "" : ", ") + spelled(item);
    for (const Yaml::Entry& entry : node.entries) text += (text.empty() ? "" : ", ") + entry.key + ": " + spelled(entry.value);
    return text;
}

// Of lists of texts only what is in them counts.
bool same_setting(const SettingValue& a, const SettingValue& b) {
    const auto* const list = std::get_if<std::vector<std::string>>(&a);
    const auto* const other = std::get_if<std::vector<std::string>>(&b);
    if (list == nullptr || other == nullptr) return a == b;
    return list->size() == other->size() && std::is_permutation(list->begin(), list->end(), other->begin());
}

bool same_settings(const Settings& a, const Settings& b) {
    return std::equal(a.all().begin(), a.all().end(), b.all().begin(), b.all().end(), [](const auto& left, const auto& right) {
        return left.first == right.first && same_setting(left.second, right.second);
    });
}

bool same_value(const Rule& a, const Rule& b) {
    return a.kinds == b.kinds && a.when_tiers == b.when_tiers && a.when_bytes == b.when_bytes && a.mode == b.mode &&
           a.mode_by_tier == b.mode_by_tier && a.severity == b.severity && a.deny_at == b.deny_at &&
           a.effective_on == b.effective_on && a.network == b.network && a.layers == b.layers && same_settings(a.settings, b.settings);
}

bool only_tightens(const Loading& loading, const Rule& rule, const Rule& values) {
    for (const Checker& checker : loading.checkers) {
        if (checker.id == rule.check) return loosenings(rule, values, checker, loading.policy.tiers).empty();
    }
    return false;
}

void settle(Loading& loading, const Yaml& item, Draft& draft, Policy& policy) {
    const auto rule = std::find_if(policy.rules.begin(), policy.rules.end(),
                                   [&](const Rule& one) { return one.id == draft.entry.rule; });
    if (rule == policy.rules.end() || draft.key == nullptr || draft.value == nullptr) return;
    const bool inherited = std::any_of(loading.base->rules.begin(), loading.base->rules.end(),
                                       [&](const Rule& one) { return one.id == rule->id; });
    if (!inherited) {
        return loading.mistakes.add(item, "rule '" + rule->id + "' is of this file, at " + rule->line + "; change it there");
    }
    for (const Override& other : policy.overrides) {
        if (other.rule == draft.entry.rule && other.key == draft.entry.key) {
            loading.mistakes.add(item, "'" + other.key + "' of rule '" + other.rule + "' is overridden already, at " + other.line);
        }
    }
    draft.entry.values = *rule;
    read_rule_key(loading, draft.entry.key, *draft.key, *draft.value, draft.entry.values);
    if (!loading.mistakes.empty()) return;
    if (same_value(*rule, draft.entry.values)) {
        return loading.mistakes.add(item, "the override changes nothing: '" + draft.entry.key + "' is so already");
    }
    if (only_tightens(loading, *rule, draft.entry.values)) {
        return loading.mistakes.add(item, "the override only tightens '" + draft.entry.key + "' of rule '" + rule->id +
                                              "', which needs no exception; write it under 'rules'");
    }
    draft.entry.value_text = spelled(*draft.value);
    policy.overrides.push_back(std::move(draft.entry));
}

void apply(const Override& entry, Rule& rule) {
    const Rule& values = entry.values;
    if (entry.key == "for") rule.kinds = values.kinds;
    if (entry.key == "mode") rule.mode = values.mode, rule.mode_by_tier = values.mode_by_tier;
    if (entry.key == "when") rule.when_tiers = values.when_tiers, rule.when_bytes = values.when_bytes;
    if (entry.key == "severity") rule.severity = values.severity, rule.deny_at = values.deny_at;
    if (entry.key == "deny-at") rule.deny_at = values.deny_at;
    if (entry.key == "effective-on") rule.effective_on = values.effective_on;
    if (entry.key == "network") rule.network = values.network;
    if (entry.key == "layers") rule.layers = values.layers;
    if (!entry.key.starts_with("with.")) return;
    const auto value = values.settings.all().find(entry.key.substr(5));
    if (value != values.settings.all().end()) rule.settings.set(value->first, value->second);
}

}  // namespace

void read_overrides(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence()) return loading.mistakes.add(node, "expected a list of { rule: ..., key: ..., value: ..., ... }");
    if (loading.base == nullptr) {
        return loading.mistakes.add(node, "there is nothing to override: this policy extends none");
    }
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        Draft draft;
        draft.entry.line = loading.mistakes.line_of(item);
        if (read_fields(loading, item, "an override", kOverride, draft)) settle(loading, item, draft, policy);
    }
}

std::shared_ptr<const RuleCards> cards_of(const Policy& policy) {
    if (policy.cards != nullptr) return policy.cards;
    RuleCards cards;
    for (const Rule& rule : policy.rules) cards.push_back({rule.id, rule.check, rule.line, rule.controls, rule.why, rule.fix});
    return std::make_shared<const RuleCards>(std::move(cards));
}

Policy in_force(const Policy& policy, Instant now) {
    Policy result = policy;
    for (const Override& entry : policy.overrides) {
        if (now >= entry.expires) continue;
        for (Rule& rule : result.rules) {
            if (rule.id == entry.rule) apply(entry, rule);
        }
    }
    result.cards = nullptr;                  // the overrides are in them
    result.cards = cards_of(result);
    return result;
}

std::vector<Section> sections_of_overrides() {
    return {section_of("override", "a loosening of an extended policy, with a reason and an end", kOverride)};
}

}  // namespace headgate::policy
