// values.cpp: single values of a policy: text, names, lists, patterns, times.
#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

constexpr std::array<std::string_view, 3> kModes = {"enforce", "warn", "monitor"};
constexpr std::array<std::string_view, 5> kSeverities = {"critical", "high", "medium", "low", "info"};

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

std::vector<std::string_view> Loading::trust_names() const {
    std::vector<std::string_view> names;
    for (const TrustedKey& key : policy.keys) names.push_back(key.name);
    return names;
}

std::vector<std::string_view> Loading::tier_names() const {
    std::vector<std::string_view> names;
    for (const Tier& tier : policy.tiers) names.push_back(tier.name);
    return names;
}

std::optional<std::string> read_text(Loading& loading, const codec::Yaml& node) {
    if (!node.is_scalar() || node.boolean()) {
        loading.mistakes.add(node, "expected text" + std::string(node.boolean() ? "; quote it" : ""));
        return std::nullopt;
    }
    std::string text(trim(node.text));
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.empty()) {
        loading.mistakes.add(node, "expected text, not nothing");
        return std::nullopt;
    }
    if (has_control_characters(text)) {
        loading.mistakes.add(node, "a control or invisible character is not accepted");
        return std::nullopt;
    }
    return text;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 128 && is_alnum(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; });
}

std::optional<std::string> read_name(Loading& loading, const codec::Yaml& node) {
    auto text = read_text(loading, node);
    if (text && !is_name(*text)) {
        loading.mistakes.add(node, "expected a name of letters, digits, '.', '_' and '-'");
        return std::nullopt;
    }
    return text;
}

std::vector<const codec::Yaml*> items_of(const codec::Yaml& node) {
    std::vector<const codec::Yaml*> items;
    if (node.is_scalar()) items.push_back(&node);
    for (const codec::Yaml& item : node.items) items.push_back(&item);
    return items;
}

std::vector<std::string> read_list(Loading& loading, const codec::Yaml& node) {
    std::vector<std::string> list;
    if (!node.is_scalar() && !node.is_sequence()) {
        loading.mistakes.add(node, "expected a list of texts");
        return list;
    }
    std::unordered_set<std::string> seen;
    for (const codec::Yaml* item : items_of(node)) {
        auto text = read_text(loading, *item);
        if (!text) continue;
        if (!seen.insert(*text).second) {
            loading.mistakes.add(*item, "'" + *text + "' stands twice in this list");
            continue;
        }
        list.push_back(std::move(*text));
    }
    return list;
}

std::vector<ReferencePattern> read_patterns(Loading& loading, const codec::Yaml& node) {
    std::vector<ReferencePattern> patterns;
    for (const std::string& text : read_list(loading, node)) {
        auto pattern = ReferencePattern::compile(text);
        if (pattern.ok()) {
            patterns.push_back(std::move(pattern).value());
            continue;
        }
        for (const codec::Yaml* item : items_of(node)) {
            if (trim(item->text) == text) loading.mistakes.add(*item, pattern.error().message);
        }
    }
    return patterns;
}

std::optional<Instant> read_instant(Loading& loading, const codec::Yaml& node) {
    const auto text = read_text(loading, node);
    if (!text) return std::nullopt;
    const auto instant = parse_instant(*text);
    if (!instant) loading.mistakes.add(node, "expected a time like \"2026-11-01T00:00:00Z\", not '" + *text + "'");
    return instant;
}

std::optional<Mode> read_mode(Loading& loading, const codec::Yaml& node) {
    const auto text = read_text(loading, node);
    if (!text || !known_name(loading, node, "mode", *text, kModes)) return std::nullopt;
    return parse_mode(*text);
}

std::optional<Severity> read_severity(Loading& loading, const codec::Yaml& node) {
    const auto text = read_text(loading, node);
    if (!text || !known_name(loading, node, "severity", *text, kSeverities)) return std::nullopt;
    return parse_severity(*text);
}

bool known_name(Loading& loading, const codec::Yaml& node, std::string_view what, std::string_view name,
                std::span<const std::string_view> valid) {
    if (std::find(valid.begin(), valid.end(), name) != valid.end()) return true;
    loading.mistakes.add(node, "unknown " + std::string(what) + " '" + std::string(name) + "'" + hint(name, valid));
    return false;
}

}  // namespace headgate::policy
