// values.cpp: single values of a policy: text, names, lists, patterns, times.
#include <algorithm>
#include <unordered_set>

#include "base/encoding.hpp"
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
    for (const TrustedIdentity& identity : policy.identities) names.push_back(identity.name);
    return names;
}

std::vector<std::string_view> Loading::key_names() const {
    std::vector<std::string_view> names;
    for (const TrustedKey& key : policy.keys) names.push_back(key.name);
    return names;
}

std::vector<std::string_view> Loading::root_names() const {
    std::vector<std::string_view> names;
    for (const TrustRoot& root : policy.roots) names.push_back(root.name);
    return names;
}

std::vector<std::string_view> Loading::rule_ids() const {
    std::vector<std::string_view> names;
    for (const Rule& rule : policy.rules) names.push_back(rule.id);
    return names;
}

std::vector<std::string_view> Loading::tier_names() const {
    std::vector<std::string_view> names;
    for (const Tier& tier : policy.tiers) names.push_back(tier.name);
    return names;
}

bool check_keys(Loading& loading, const codec::Yaml& node, std::string_view what, std::span<const KeyDoc> keys,
                Whole whole) {
    if (!node.is_mapping()) {
        loading.mistakes.add(node, std::string(what) + " is a mapping of keys to values");
        return false;
    }
    std::vector<std::string_view> valid;
    for (const KeyDoc& doc : keys) {
        if (doc.need != Need::not_yet) valid.push_back(doc.key);
    }
    for (const codec::Yaml::Entry& entry : node.entries) {
        const auto known = std::find_if(keys.begin(), keys.end(), [&](const KeyDoc& doc) { return doc.key == entry.key; });
        if (known == keys.end()) {
            loading.mistakes.add(entry, "unknown key '" + entry.key + "' in " + std::string(what) + hint(entry.key, valid));
        } else if (known->need == Need::not_yet) {
            loading.mistakes.add(entry, "'" + entry.key + "' is not supported yet by this version");
        }
    }
    for (const KeyDoc& doc : keys) {
        if (doc.need != Need::required || whole == Whole::partial || node.find(doc.key) != nullptr) continue;
        loading.mistakes.add(node, std::string(what) + " needs '" + std::string(doc.key) + "'");
    }
    return true;
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

std::vector<std::string> read_names_of(Loading& loading, const codec::Yaml& node, std::string_view what,
                                       std::span<const std::string_view> valid, std::string_view empty) {
    std::vector<std::string> names = read_list(loading, node);
    for (const codec::Yaml* item : items_of(node)) {
        if (item->is_scalar()) known_name(loading, *item, what, trim(item->text), valid);
    }
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list: " + std::string(empty));
    return names;
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

std::optional<std::int64_t> read_duration(Loading& loading, const codec::Yaml& node) {
    const auto text = read_text(loading, node);
    if (!text) return std::nullopt;
    const auto seconds = parse_duration(*text);
    if (!seconds || *seconds == 0) {
        loading.mistakes.add(node, "expected a duration like 90d: a number and one of s, m, h, d");
        return std::nullopt;
    }
    return seconds;
}

std::optional<std::string> read_digest(Loading& loading, const codec::Yaml& node) {
    constexpr std::string_view kPrefix = "sha256:";
    constexpr std::size_t kDigits = 64;
    auto text = read_text(loading, node);
    if (text && (!text->starts_with(kPrefix) || !is_lower_hex(text->substr(kPrefix.size()), kDigits))) {
        loading.mistakes.add(node, "expected sha256: and 64 lower-case hex digits");
        return std::nullopt;
    }
    return text;
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

std::optional<std::string> read_choice(Loading& loading, const codec::Yaml& node, std::string_view what,
                                       std::span<const std::string_view> valid) {
    auto text = read_text(loading, node);
    if (!text || !known_name(loading, node, what, *text, valid)) return std::nullopt;
    return text;
}

bool known_name(Loading& loading, const codec::Yaml& node, std::string_view what, std::string_view name,
                std::span<const std::string_view> valid) {
    if (std::find(valid.begin(), valid.end(), name) != valid.end()) return true;
    loading.mistakes.add(node, "unknown " + std::string(what) + " '" + std::string(name) + "'" + hint(name, valid));
    return false;
}

}  // namespace headgate::policy
