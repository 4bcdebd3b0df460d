// load_trust.cpp: the sections `trust` and `blocked`.
#include <algorithm>

#include "base/encoding.hpp"
#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::string_view kDigestPrefix = "sha256:";
constexpr std::size_t kDigestDigits = 64;

void read_public_key(Loading& loading, const Yaml& node, TrustedKey& key) {
    key.path = read_text(loading, node).value_or("");
}
void read_not_before(Loading& loading, const Yaml& node, TrustedKey& key) {
    key.not_before = read_instant(loading, node);
}
void read_not_after(Loading& loading, const Yaml& node, TrustedKey& key) {
    key.not_after = read_instant(loading, node);
    if (key.not_before && key.not_after && *key.not_after <= *key.not_before) {
        loading.mistakes.add(node, "'not-after' is not later than 'not-before': the key can never match");
    }
}

constexpr std::array<Field<TrustedKey>, 3> kKey = {{
    {"public-key", Need::required, read_public_key},
    {"not-before", Need::optional, read_not_before},
    {"not-after", Need::optional, read_not_after},
}};

void read_keys(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_mapping()) return loading.mistakes.add(node, "expected names with a key each");
    for (const Yaml::Entry& entry : node.entries) {
        TrustedKey key;
        key.name = entry.key;
        key.line = loading.mistakes.line_of(entry.value);
        if (!is_name(entry.key)) {
            loading.mistakes.add(entry, "expected a name of letters, digits, '.', '_' and '-'");
        } else if (read_fields(loading, entry.value, "a trusted key", kKey, key)) {
            policy.keys.push_back(std::move(key));
        }
    }
}

constexpr std::array<Field<Policy>, 3> kTrust = {{
    {"keys", Need::optional, read_keys},
    {"identities", Need::not_yet},
    {"roots", Need::not_yet},
}};

void read_digest(Loading& loading, const Yaml& node, Blocked& blocked) {
    const auto text = read_text(loading, node);
    if (!text) return;
    if (!text->starts_with(kDigestPrefix) || !is_lower_hex(text->substr(kDigestPrefix.size()), kDigestDigits)) {
        return loading.mistakes.add(node, "expected sha256: and 64 lower-case hex digits");
    }
    blocked.digest = *text;
}
void read_reference(Loading& loading, const Yaml& node, Blocked& blocked) {
    if (!node.is_scalar()) return loading.mistakes.add(node, "expected one reference pattern");
    auto patterns = read_patterns(loading, node);
    if (!patterns.empty()) blocked.reference = std::move(patterns.front());
}
void read_signer(Loading& loading, const Yaml& node, Blocked& blocked) {
    const auto text = read_text(loading, node);
    if (text && known_name(loading, node, "trust name", *text, loading.trust_names())) blocked.signer = *text;
}
void read_why(Loading& loading, const Yaml& node, Blocked& blocked) {
    blocked.why = read_text(loading, node).value_or("");
}

constexpr std::array<Field<Blocked>, 4> kBlocked = {{
    {"digest", Need::optional, read_digest},
    {"reference", Need::optional, read_reference},
    {"signer", Need::optional, read_signer},
    {"why", Need::required, read_why},
}};

}  // namespace

void read_trust(Loading& loading, const Yaml& node, Policy& policy) {
    read_fields(loading, node, "trust", kTrust, policy);
}

void read_blocked(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence()) return loading.mistakes.add(node, "expected a list");
    for (const Yaml& item : node.items) {
        Blocked blocked;
        blocked.line = loading.mistakes.line_of(item);
        if (!read_fields(loading, item, "an entry of blocked", kBlocked, blocked)) continue;
        const auto targets = std::count_if(item.entries.begin(), item.entries.end(),
                                           [](const Yaml::Entry& entry) { return entry.key != "why"; });
        if (targets != 1) {
            loading.mistakes.add(item, "an entry of blocked names exactly one of 'digest', 'reference', 'signer'");
        }
        policy.blocked.push_back(std::move(blocked));
    }
}

}  // namespace headgate::policy
