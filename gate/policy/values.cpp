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

std::string name_of_type(const codec::Yaml& node) {
    switch (node.type) {
        case codec::Yaml::Type::null: return "nothing";
        case codec::Yaml::Type::sequence: return "a list";
        case codec::Yaml::Type::mapping: return "a mapping";
        case codec::Yaml::Type::scalar: return "the boolean " + node.text + "; quote it if the word is meant";
    }
    return "";
}

// "https://host/path", "host/path", "host:port": what a client could ask. A path on disk or a pattern is none.
bool is_place(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme != std::string_view::npos) {
        if (text.substr(0, scheme) != "https" && text.substr(0, scheme) != "http") return false;
        text.remove_prefix(scheme + 3);
    }
    const std::string_view host = text.substr(0, text.find('/'));
    const auto fits = [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'; };
    const bool named = scheme != std::string_view::npos || host == "localhost" || host.find_first_of(".:") != std::string_view::npos;
    return named && !host.empty() && (is_alnum(host.front()) || host.front() == '[') && std::all_of(host.begin(), host.end(), fits) &&
           text.find_first_of(" *?#") == std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> Loading::trust_names() const {
    std::vector<std::string_view> names = key_names();
    for (const TrustedIdentity& identity : policy.identities) names.emplace_back(identity.name);
    return names;
}

std::vector<std::string_view> Loading::key_names() const { return each(policy.keys, &TrustedKey::name); }
std::vector<std::string_view> Loading::root_names() const { return each(policy.roots, &TrustRoot::name); }
std::vector<std::string_view> Loading::rule_ids() const { return each(policy.rules, &Rule::id); }
std::vector<std::string_view> Loading::plugin_names() const { return each(policy.plugins, &PluginSpec::name); }
std::vector<std::string_view> Loading::tier_names() const { return each(policy.tiers, &Tier::name); }

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
    std::vector<std::string_view> meant;
    for (const codec::Yaml::Entry& entry : node.entries) {
        const auto known = std::find_if(keys.begin(), keys.end(), [&](const KeyDoc& doc) { return doc.key == entry.key; });
        if (known == keys.end()) {
            loading.mistakes.add(entry, "unknown key " + shown(entry.key) + " in " + std::string(what) + hint(entry.key, valid));
            meant.push_back(nearest(entry.key, valid).value_or(""));
        } else if (known->need == Need::not_yet) {
            loading.mistakes.add(entry, "'" + entry.key + "' is not supported yet by this version");
        }
    }
    for (const KeyDoc& doc : keys) {
        if (doc.need != Need::required || whole == Whole::partial || node.find(doc.key) != nullptr) continue;
        if (std::find(meant.begin(), meant.end(), doc.key) != meant.end()) continue;  // it is there, misspelled
        loading.mistakes.add(node, std::string(what) + " needs '" + std::string(doc.key) + "'");
    }
    return true;
}

std::optional<std::string> read_text(Loading& loading, const codec::Yaml& node) {
    if (!node.is_scalar() || node.boolean()) {
        loading.mistakes.add(node, "expected text, not " + name_of_type(node));
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
                                       std::span<const std::string_view> valid, std::string_view empty,
                                       std::string_view none) {
    std::vector<std::string> names = read_list(loading, node);
    for (const codec::Yaml* item : items_of(node)) {
        if (item->is_scalar() && !item->boolean()) known_name(loading, *item, what, trim(item->text), valid, none);
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
    if (!instant) loading.mistakes.add(node, "expected a time like \"2026-11-01\" or \"2026-11-01T00:00:00Z\", not " + shown(*text));
    return instant;
}

std::optional<std::int64_t> read_duration(Loading& loading, const codec::Yaml& node) {
    const auto text = read_text(loading, node);
    if (!text) return std::nullopt;
    const auto seconds = parse_duration(*text);
    if (!seconds || *seconds == 0) {
        loading.mistakes.add(node, "expected a duration like 90d (a number, 1 or more, and one of s, m, h, d), not " + shown(*text));
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

std::optional<std::int64_t> integer_of(const codec::Yaml& node) {
    const std::string_view digits = std::string_view(node.text).substr(node.text.starts_with('-') || node.text.starts_with('+') ? 1 : 0);
    return digits.size() > 1 && digits.starts_with('0') ? std::nullopt : node.integer();
}

std::vector<std::string> read_places(Loading& loading, const codec::Yaml& node) {
    std::vector<std::string> places = read_list(loading, node);
    for (const codec::Yaml* item : items_of(node)) {
        if (!item->is_scalar() || is_place(trim(item->text))) continue;
        loading.mistakes.add(*item, "expected a URL or host like https://pypi.acme.example/simple, not " + shown(trim(item->text)));
    }
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list: nothing could come from there");
    return places;
}

std::string read_file_name(Loading& loading, const codec::Yaml& node) {
    const std::string name = read_text(loading, node).value_or("");
    if (name.starts_with("-----BEGIN")) loading.mistakes.add(node, "expected the name of a file that holds this, not its content");
    return name;
}

// A word is compared as it is written, also where YAML takes it for a boolean.
std::optional<std::string> read_word(Loading& loading, const codec::Yaml& node) {
    return node.boolean() ? node.text : read_text(loading, node);
}

std::optional<Mode> read_mode(Loading& loading, const codec::Yaml& node) {
    const auto text = read_word(loading, node);
    if (!text || !known_name(loading, node, "mode", *text, kModes)) return std::nullopt;
    return parse_mode(*text);
}

std::optional<Severity> read_severity(Loading& loading, const codec::Yaml& node) {
    const auto text = read_word(loading, node);
    if (!text || !known_name(loading, node, "severity", *text, kSeverities)) return std::nullopt;
    return parse_severity(*text);
}

std::optional<std::string> read_choice(Loading& loading, const codec::Yaml& node, std::string_view what,
                                       std::span<const std::string_view> valid, std::string_view none) {
    auto text = read_word(loading, node);
    if (!text || !known_name(loading, node, what, *text, valid, none)) return std::nullopt;
    return text;
}

bool known_name(Loading& loading, const codec::Yaml& node, std::string_view what, std::string_view name,
                std::span<const std::string_view> valid, std::string_view none) {
    if (std::find(valid.begin(), valid.end(), name) != valid.end()) return true;
    loading.mistakes.add(node, "unknown " + std::string(what) + " " + shown(name) + hint(name, valid, none));
    return false;
}

}  // namespace headgate::policy
