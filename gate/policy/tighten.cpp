#include "policy/tighten.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace headgate::policy {
namespace {

using Texts = std::vector<std::string>;

bool has(const Texts& list, std::string_view item) { return std::find(list.begin(), list.end(), item) != list.end(); }

// A list of patterns is cut to what both allow; a list of words to the words that both have.
Texts cut(const Texts& a, const Texts& b, bool patterns) {
    Texts both;
    const auto take = [&](const Texts& from, const Texts& by) {
        for (const std::string& item : from) {
            const bool held = std::any_of(by.begin(), by.end(), [&](const std::string& other) {
                return patterns ? covers(other, item) : other == item;
            });
            if (held && !has(both, item)) both.push_back(item);
        }
    };
    take(b, a);
    if (patterns) take(a, b);
    return both;
}

template <typename Item>
std::vector<Item> join(std::vector<Item> a, const std::vector<Item>& b) {
    for (const Item& item : b) {
        if (std::find(a.begin(), a.end(), item) == a.end()) a.push_back(item);
    }
    return a;
}

// Builders of both, each for those whom both let speak for it, at the level that both grant: the lower.
std::optional<SettingValue> cut(const std::vector<TrustedBuilder>& a, const std::vector<TrustedBuilder>& b) {
    std::vector<TrustedBuilder> both;
    for (const TrustedBuilder& other : b) {
        for (const TrustedBuilder& one : a) {
            if (one.id != other.id) continue;
            TrustedBuilder held{one.id, cut(one.signed_by, other.signed_by, false), std::min(one.level, other.level)};
            if (!held.signed_by.empty()) both.push_back(std::move(held));
        }
    }
    if (both.empty()) return std::nullopt;
    return both;
}

std::optional<SettingValue> fewer(const SettingSpec& spec, const SettingValue& a, const SettingValue& b) {
    if (const auto* texts = std::get_if<Texts>(&a)) {
        return cut(*texts, std::get<Texts>(b), spec.type == SettingType::patterns);
    }
    if (const auto* signers = std::get_if<SignerSet>(&a)) {
        const SignerSet& other = std::get<SignerSet>(b);
        SignerSet both{std::max(signers->at_least, other.at_least), cut(signers->of, other.of, false)};
        if (both.of.size() < both.at_least) return std::nullopt;
        return both;
    }
    if (const auto* builders = std::get_if<std::vector<TrustedBuilder>>(&a)) return cut(*builders, std::get<std::vector<TrustedBuilder>>(b));
    return std::nullopt;
}

std::optional<SettingValue> more(const SettingValue& a, const SettingValue& b) {
    if (const auto* texts = std::get_if<Texts>(&a)) return join(*texts, std::get<Texts>(b));
    if (const auto* conditions = std::get_if<std::vector<Condition>>(&a)) {
        return join(*conditions, std::get<std::vector<Condition>>(b));
    }
    return std::nullopt;
}

std::size_t place(const SettingSpec& spec, const SettingValue& value) {
    const std::string& word = std::get<std::string>(value);
    return static_cast<std::size_t>(std::find(spec.choices.begin(), spec.choices.end(), word) - spec.choices.begin());
}

bool below(const SettingValue& a, const SettingValue& b) {
    if (const auto* severity = std::get_if<Severity>(&a)) return *severity < std::get<Severity>(b);
    return std::get<std::int64_t>(a) < std::get<std::int64_t>(b);
}

std::string shown(const SettingValue* value) {
    if (value == nullptr) return "nothing asked for";
    if (const auto* flag = std::get_if<bool>(value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(value)) return *text;
    if (const auto* severity = std::get_if<Severity>(value)) return std::string(to_string(*severity));
    if (const auto* document = std::get_if<SettingDocument>(value)) return document->json;
    std::string list;
    const auto add = [&](std::string_view item) { list += (list.empty() ? "" : ", ") + std::string(item); };
    if (const auto* texts = std::get_if<Texts>(value)) {
        for (const std::string& text : *texts) add(text);
    } else if (const auto* signers = std::get_if<SignerSet>(value)) {
        for (const std::string& name : signers->of) add(name);
        list = std::to_string(signers->at_least) + " of " + list;
    } else if (const auto* conditions = std::get_if<std::vector<Condition>>(value)) {
        for (const Condition& condition : *conditions) {
            const bool equals = condition.op == Condition::Operator::equals;
            add(condition.pointer + (equals ? " equals '" : " matches '") + condition.operand + "'");
        }
    } else if (const auto* builders = std::get_if<std::vector<TrustedBuilder>>(value)) {
        for (const TrustedBuilder& builder : *builders) {
            std::string names;
            for (const std::string& name : builder.signed_by) names += (names.empty() ? "" : " or ") + name;
            add(builder.id + " by " + names + " at level " + std::to_string(builder.level));
        }
    }
    return list.empty() ? "an empty list" : list;
}

const SettingValue* value_of(const Rule& rule, std::string_view key) {
    const auto found = rule.settings.all().find(key);
    return found == rule.settings.all().end() ? nullptr : &found->second;
}

std::string duration_text(const SettingSpec& spec, const SettingValue* value) {
    if (value == nullptr || spec.type != SettingType::duration) return shown(value);
    return format_duration(std::get<std::int64_t>(*value));
}

// Which items of the child's list the parent does not allow: said by name.
std::string extra_items(const SettingSpec& spec, const SettingValue& parent, const SettingValue& child) {
    const auto* const above = std::get_if<Texts>(&parent);
    const auto* const below = std::get_if<Texts>(&child);
    if (above == nullptr || below == nullptr) return "";
    std::string list;
    for (const std::string& item : *below) {
        const bool held = std::any_of(above->begin(), above->end(), [&](const std::string& other) {
            return spec.type == SettingType::patterns ? covers(other, item) : other == item;
        });
        if (!held) list += (list.empty() ? "" : ", ") + item;
    }
    return list;
}

void compare_settings(const Rule& parent, const Rule& child, const Checker& checker, std::vector<Loosening>& found) {
    for (const SettingSpec& spec : checker.settings) {
        const SettingValue* const before = value_of(parent, spec.key);
        const SettingValue* const after = value_of(child, spec.key);
        if (before == nullptr && after == nullptr) continue;
        const auto wanted = stricter(spec, before, after);
        if (wanted && after != nullptr && *wanted == *after) continue;
        std::string what = "it is " + duration_text(spec, after) + ", and was " + duration_text(spec, before);
        if (before != nullptr && after != nullptr && spec.stricter == Stricter::fewer) {
            const std::string extra = extra_items(spec, *before, *after);
            if (!extra.empty()) what = extra + " is not in the list of the extended policy (" + shown(before) + ")";
        }
        found.push_back({"with." + std::string(spec.key), std::move(what), duration_text(spec, before), duration_text(spec, after)});
    }
}

std::string_view word(const std::optional<Mode>& mode) { return mode ? to_string(*mode) : "not asked"; }

void compare_tiers(const Rule& parent, const Rule& child, std::span<const Tier> tiers, std::vector<Loosening>& found) {
    std::map<std::pair<Mode, std::optional<Mode>>, std::vector<std::string>> alike;
    for (const Tier& tier : tiers) {
        const std::optional<Mode> before = mode_in(parent, tier.name);
        const std::optional<Mode> after = mode_in(child, tier.name);
        if (!before || (after && *after <= *before)) continue;  // the zero value is the strictest
        alike[{*before, after}].push_back(tier.name);
    }
    for (const auto& [change, names] : alike) {
        std::string list;
        for (const std::string& name : names) list += (list.empty() ? "'" : "', '") + name;
        found.push_back({change.second ? "mode" : "when.tiers",
                         (names.size() == 1 ? "in tier " : "in the tiers ") + list + "' it is " + std::string(word(change.second)) +
                             ", and was " + std::string(word(change.first)), {}, {}});
    }
}

}  // namespace

bool covers(std::string_view wide, std::string_view narrow) {
    if (wide == narrow || wide == "**") return true;
    const std::string_view literal = wide.substr(0, wide.find('*'));
    const bool whole_segments = literal.ends_with('/') || literal.ends_with(':');
    if (whole_segments && literal.size() + 2 == wide.size() && wide.ends_with("**")) return narrow.starts_with(literal);
    const std::vector<std::string_view> above = split(wide, '/');
    const std::vector<std::string_view> below = split(narrow, '/');
    for (std::size_t i = 0; i < above.size(); ++i) {
        if (above[i] == "**" && i + 1 == above.size()) return i < below.size();
        if (i >= below.size() || below[i].find("**") != std::string_view::npos) return false;
        if (above[i] == below[i] || above[i] == "*") continue;
        if (below[i].find('*') != std::string_view::npos || !glob_matches(above[i], below[i])) return false;
    }
    return above.size() == below.size();
}

std::optional<Mode> mode_in(const Rule& rule, std::string_view tier) {
    const auto& tiers = rule.when_tiers;
    if (!tiers.empty() && std::find(tiers.begin(), tiers.end(), tier) == tiers.end()) return std::nullopt;
    if (rule.mode_by_tier.empty()) return rule.mode;
    for (const auto& [name, mode] : rule.mode_by_tier) {
        if (name == tier) return mode;
    }
    return Mode::enforce;
}

std::optional<SettingValue> stricter(const SettingSpec& spec, const SettingValue* a, const SettingValue* b) {
    if (a == nullptr) return b == nullptr ? std::nullopt : std::optional(*b);
    if (b == nullptr || *a == *b) return *a;
    if (a->index() != b->index()) return std::nullopt;
    switch (spec.stricter) {
        case Stricter::fewer: return fewer(spec, *a, *b);
        case Stricter::more: return more(*a, *b);
        case Stricter::smaller: return below(*a, *b) ? *a : *b;
        case Stricter::larger: return below(*a, *b) ? *b : *a;
        case Stricter::on: return std::get<bool>(*a) || std::get<bool>(*b);
        case Stricter::off: return std::get<bool>(*a) && std::get<bool>(*b);
        case Stricter::earlier: return place(spec, *a) < place(spec, *b) ? *a : *b;
        case Stricter::fixed: return std::nullopt;
    }
    return std::nullopt;
}

std::vector<Loosening> loosenings(const Rule& parent, const Rule& child, const Checker& checker, std::span<const Tier> tiers) {
    std::vector<Loosening> found;
    for (const Kind kind : parent.kinds) {
        if (std::find(child.kinds.begin(), child.kinds.end(), kind) != child.kinds.end()) continue;
        found.push_back({"for", "it is no longer for a " + std::string(to_string(kind)), {}, {}});
    }
    compare_tiers(parent, child, tiers, found);
    if (parent.when_bytes != child.when_bytes && child.when_bytes) {
        found.push_back({"when.bytes", "where it applies by bytes and names is the extended policy's to say", {}, {}});
    }
    if (parent.severity && (!child.severity || *child.severity < *parent.severity)) {
        found.push_back({"severity", "it is below " + std::string(to_string(*parent.severity)), {}, {}});
    }
    if (!parent.severity && child.severity && *child.severity < Severity::critical) {
        found.push_back({"severity", "the extended policy shows what the checker says, which may be more; only critical is never less", {}, {}});
    }
    if (child.deny_at && (!parent.deny_at || *child.deny_at > *parent.deny_at)) {
        found.push_back({"deny-at", "findings below " + std::string(to_string(*child.deny_at)) + " would only warn, and " +
                                        (parent.deny_at ? "only those below " + std::string(to_string(*parent.deny_at)) : "none") +
                                        " did", {}, {}});
    }
    if (child.effective_on && (!parent.effective_on || *child.effective_on > *parent.effective_on)) {
        found.push_back({"effective-on", "it would take effect later", {}, {}});
    }
    if (child.network && !parent.network) {
        found.push_back({"network", "images would be looked up at their registry, and the extended policy asks no network", {}, {}});
    }
    if (parent.layers && !child.layers) {
        found.push_back({"layers", "what lies in the layers of images would no longer be judged", {}, {}});
    }
    compare_settings(parent, child, checker, found);
    return found;
}

bool asks_where_from(const Policy& policy) {
    return !policy.pack && std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& rule) { return rule.check == "registry"; });
}

std::string tighten(Rule& rule, const Rule& other, const Checker& checker, std::span<const Tier> tiers) {
    if (rule.check != other.check) return "one asks the checker '" + rule.check + "', the other '" + other.check + "'";
    if (rule.when_bytes != other.when_bytes) return "'when.bytes' differs";
    std::vector<std::pair<std::string, Mode>> modes;
    Texts where;
    for (const Tier& tier : tiers) {
        const std::optional<Mode> a = mode_in(rule, tier.name);
        const std::optional<Mode> b = mode_in(other, tier.name);
        if (!a && !b) continue;
        where.push_back(tier.name);
        modes.emplace_back(tier.name, a && b ? std::min(*a, *b) : a.value_or(b.value_or(Mode::enforce)));
    }
    rule.when_tiers = where.size() == tiers.size() ? Texts{} : std::move(where);
    const bool alike = std::all_of(modes.begin(), modes.end(), [&](const auto& mode) { return mode.second == modes.front().second; });
    rule.mode = alike && !modes.empty() ? modes.front().second : Mode::enforce;
    rule.mode_by_tier = alike ? std::vector<std::pair<std::string, Mode>>{} : std::move(modes);
    rule.kinds = join(std::move(rule.kinds), other.kinds);
    rule.controls = join(std::move(rule.controls), other.controls);
    if (rule.severity.has_value() != other.severity.has_value() && (rule.severity ? *rule.severity : *other.severity) < Severity::critical) {
        return "one says how severe its findings are, the other leaves it to the checker";
    }
    if (other.severity && (!rule.severity || *rule.severity < *other.severity)) rule.severity = other.severity;
    if (!other.deny_at || (rule.deny_at && *other.deny_at < *rule.deny_at)) rule.deny_at = other.deny_at;
    if (rule.severity) rule.deny_at.reset();
    if (!other.effective_on || (rule.effective_on && *other.effective_on < *rule.effective_on)) rule.effective_on = other.effective_on;
    rule.cap_restricted = rule.cap_restricted || other.cap_restricted;
    rule.network = rule.network && other.network;
    rule.layers = rule.layers || other.layers;
    for (const SettingSpec& spec : checker.settings) {
        const SettingValue* const a = value_of(rule, spec.key);
        const SettingValue* const b = value_of(other, spec.key);
        if (a == nullptr && b == nullptr) continue;
        auto value = stricter(spec, a, b);
        if (!value) return "the settings '" + std::string(spec.key) + "' (" + shown(a) + "; " + shown(b) + ") leave nothing";
        rule.settings.set(std::string(spec.key), std::move(*value));
    }
    if (rule.line != other.line) rule.line += ", " + other.line;
    return "";
}

}  // namespace headgate::policy
