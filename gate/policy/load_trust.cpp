// load_trust.cpp: the sections `trust` and `blocked`.
#include <algorithm>

#include "model/x509_subject.hpp"
#include "policy/fields.hpp"
#include "policy/regex.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

// A name of the section means one thing: nobody may put another key under it.
bool is_new(Loading& loading, const Yaml::Entry& entry, const Policy& policy) {
    if (!is_name(entry.key)) {
        loading.mistakes.add(entry, "expected a name of letters, digits, '.', '_' and '-'");
        return false;
    }
    const auto refuse = [&](const std::string& line) {
        loading.mistakes.add(entry, "trust name '" + entry.key + "' is there already, at " + line);
        return false;
    };
    for (const TrustedKey& key : policy.keys) {
        if (key.name == entry.key) return refuse(key.line);
    }
    for (const TrustedIdentity& identity : policy.identities) {
        if (identity.name == entry.key) return refuse(identity.line);
    }
    for (const TrustRoot& root : policy.roots) {
        if (root.name == entry.key) return refuse(root.line);
    }
    return true;
}

// Reads each "name: { ... }" of a mapping into a new element of `list`.
template <typename Item, std::size_t N>
void read_named(Loading& loading, const Yaml& node, Policy& policy, std::string_view group, std::string_view what,
                const std::array<Field<Item>, N>& fields, std::vector<Item>& list) {
    if (!node.is_mapping()) {
        return loading.mistakes.add(node, "expected names, each with what " + std::string(what) + " holds: NAME: { " +
                                              std::string(fields.front().key) + ": ... }");
    }
    for (const Yaml::Entry& entry : node.entries) {
        if (!is_new(loading, entry, policy)) continue;
        const Within here(loading, "trust." + std::string(group) + "." + entry.key + ".");
        Item item;
        item.name = entry.key;
        item.line = loading.mistakes.line_of(entry.value);
        if (read_fields(loading, entry.value, what, fields, item)) list.push_back(std::move(item));
    }
}

// --- keys ----------------------------------------------------------------------------------------------------------

void read_public_key(Loading& loading, const Yaml& node, TrustedKey& key) {
    key.path = read_file_name(loading, node);
    key.place = loading.mistakes.place_of(node);
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
    {{"public-key", Need::required, Shape::text, "PEM file, relative to the policy"}, read_public_key},
    {{"not-before", Need::optional, Shape::instant, "signatures before it do not count"}, read_not_before},
    {{"not-after", Need::optional, Shape::instant, "signatures after it do not count"}, read_not_after},
}};

void read_keys(Loading& loading, const Yaml& node, Policy& policy) {
    read_named(loading, node, policy, "keys", "a trusted key", kKey, policy.keys);
}

// --- roots ---------------------------------------------------------------------------------------------------------

constexpr const char* kOneForm = "a root has one of 'trusted-root', 'certificates', 'notation'";

void add_file(Loading& loading, const Yaml& node, std::string_view store, TrustRoot& root) {
    root.files.push_back({std::string(store), read_file_name(loading, node), {}, loading.mistakes.place_of(node)});
}
void read_trusted_root(Loading& loading, const Yaml& node, TrustRoot& root) {
    root.form = TrustRoot::Form::trusted_root;
    add_file(loading, node, "", root);
}
void read_certificates(Loading& loading, const Yaml& node, TrustRoot& root) {
    if (!root.files.empty()) return loading.mistakes.add(node, kOneForm);
    root.form = TrustRoot::Form::certificates;
    add_file(loading, node, "", root);
}

constexpr std::array<Field<TrustRoot>, 3> kNotation = {{
    {{"ca", Need::optional, Shape::text, "PEM file: where chains of signatures of the scheme notary.x509 may end"},
     [](Loading& loading, const Yaml& node, TrustRoot& root) { add_file(loading, node, "ca", root); }},
    {{"signing-authority", Need::optional, Shape::text, "the same for notary.x509.signingAuthority: services that state the time of signing"},
     [](Loading& loading, const Yaml& node, TrustRoot& root) { add_file(loading, node, "signing-authority", root); }},
    {{"tsa", Need::optional, Shape::text, "PEM file: where timestamps may end; with it a signature below 'ca' needs one"},
     [](Loading& loading, const Yaml& node, TrustRoot& root) { add_file(loading, node, "tsa", root); }},
}};

void read_notation(Loading& loading, const Yaml& node, TrustRoot& root) {
    if (!root.files.empty()) return loading.mistakes.add(node, kOneForm);
    root.form = TrustRoot::Form::notation;
    const std::size_t before = loading.mistakes.size();
    if (!read_fields(loading, node, "'notation' of a root", kNotation, root) || loading.mistakes.size() != before) return;
    if (node.find("ca") == nullptr && node.find("signing-authority") == nullptr) {
        loading.mistakes.add(node, "says nothing about who may issue; name 'ca' or 'signing-authority'");
    }
}

constexpr std::array<Field<TrustRoot>, 3> kRoot = {{
    {{"trusted-root", Need::optional, Shape::text, "Sigstore TrustedRoot JSON file, relative to the policy"}, read_trusted_root},
    {{"certificates", Need::optional, Shape::text, "PEM file of root certificates, relative to the policy"}, read_certificates},
    {{"notation", Need::optional, Shape::section, "trust stores for Notary Project signatures of images", {}, {}, "notation"}, read_notation},
}};

void read_roots(Loading& loading, const Yaml& node, Policy& policy) {
    const std::size_t before = policy.roots.size();
    read_named(loading, node, policy, "roots", "a root", kRoot, policy.roots);
    for (std::size_t i = before; i < policy.roots.size(); ++i) {
        const Yaml* value = node.find(policy.roots[i].name);
        if (policy.roots[i].files.empty() && value->entries.empty()) loading.mistakes.add(*value, kOneForm);
    }
}

// --- identities ----------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 14> kClaims = {
    "build-config-digest", "build-config-uri",    "build-signer-digest", "build-signer-uri",   "build-trigger",
    "run-invocation-uri",  "runner-environment",  "source-digest",       "source-owner-id",    "source-owner-uri",
    "source-ref",          "source-repository",   "source-repository-id", "source-visibility"};

void read_issuer(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    identity.issuer = read_text(loading, node).value_or("");
}

// "https://" and a host behind it.
bool names_host(std::string_view url) {
    constexpr std::string_view kScheme = "https://";
    if (!url.starts_with(kScheme)) return false;
    const std::string_view host = url.substr(kScheme.size(), url.find_first_of("/?#", kScheme.size()) - kScheme.size());
    const auto of_host = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._:[]").find(c) != std::string_view::npos;
    };
    return !host.empty() && std::all_of(host.begin(), host.end(), of_host);
}

// Sigstore's certificates name an OIDC issuer; those of an authority may name only who issued them.
void check_issuer(Loading& loading, const Yaml& node, const TrustedIdentity& identity) {
    const auto root = std::find_if(loading.policy.roots.begin(), loading.policy.roots.end(),
                                   [&](const TrustRoot& one) { return one.name == identity.root; });
    if (identity.issuer.empty() || root == loading.policy.roots.end()) return;
    const bool url = names_host(identity.issuer);
    const bool name = root->form == TrustRoot::Form::certificates && identity.issuer.find("://") == std::string::npos &&
                      identity.issuer.find('=') != std::string::npos;
    if ((url || name) && identity.issuer.find('*') == std::string::npos) return;
    loading.mistakes.add(node, std::string("expected the exact URL of the issuer, https://...") +
                                   (root->form == TrustRoot::Form::certificates
                                        ? ", or the distinguished name of who issued the certificate, CN=Acme CA,O=Acme" : ""));
}
// Who takes two strangers who have nothing in common asks for nobody.
template <typename Takes>
std::string anybody_problem(const Takes& takes) {
    std::string taken;
    std::size_t count = 0;
    for (const std::string_view stranger : strangers()) {
        if (!takes(stranger) || ++count > 2) continue;
        taken += (taken.empty() ? "'" : " and '") + std::string(stranger) + "'";
    }
    return count < 2 ? "" : "it takes anybody, such as " + taken + "; write out whose repository, project or domain it is for";
}

void read_prefix(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    identity.match = TrustedIdentity::Match::prefix;
    identity.subject = read_text(loading, node).value_or("");
    if (identity.subject.find('*') != std::string::npos) {
        loading.mistakes.add(node, "a prefix is taken literally, and '*' would be part of it; leave it out, or use regex");
    }
    const std::string problem = anybody_problem([&](std::string_view stranger) { return !identity.subject.empty() && stranger.starts_with(identity.subject); });
    if (!problem.empty()) loading.mistakes.add(node, "prefix: " + problem);
}
void read_regex(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    identity.match = TrustedIdentity::Match::regex;
    identity.subject = read_text(loading, node).value_or("");
    const std::string problem = problem_of_regex(identity.subject);
    if (!problem.empty()) return loading.mistakes.add(node, "regular expression: " + problem);
    if (regex_matches_nothing_at_all(identity.subject)) {
        return loading.mistakes.add(node, "regular expression: it takes any subject, also an empty one; name whom it is for");
    }
    const std::string wide = anybody_problem([&](std::string_view stranger) { return regex_takes(identity.subject, stranger); });
    if (!wide.empty()) loading.mistakes.add(node, "regular expression: " + wide);
}

constexpr std::array<Field<TrustedIdentity>, 2> kSubjectMatch = {{
    {{"prefix", Need::optional, Shape::text, "what the subject begins with, literally"}, read_prefix},
    {{"regex", Need::optional, Shape::text, "RE2 over the whole subject"}, read_regex},
}};

void read_subject(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    if (!node.is_mapping()) {
        identity.match = TrustedIdentity::Match::exact;
        identity.subject = read_text(loading, node).value_or("");
        if (identity.subject.find('*') != std::string::npos) {
            loading.mistakes.add(node, "an exact subject has no '*'; use { prefix: ... } or { regex: ... }");
        }
        return;
    }
    const std::size_t before = loading.mistakes.size();
    read_fields(loading, node, "'subject' of an identity", kSubjectMatch, identity);
    if (node.entries.size() != 1 && loading.mistakes.size() == before) loading.mistakes.add(node, "expected text, { prefix: ... } or { regex: ... }");
}
void read_claims(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    if (!node.is_mapping() || node.entries.empty()) return loading.mistakes.add(node, "expected claims with a value each: { source-repository: ... }");
    for (const Yaml::Entry& entry : node.entries) {
        Yaml key;
        key.line = entry.key_line;
        key.column = entry.key_column;
        if (!known_name(loading, key, "claim", entry.key, kClaims)) continue;
        identity.claims.emplace_back(entry.key, read_text(loading, entry.value).value_or(""));
    }
}
void read_root(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    identity.root = read_choice(loading, node, "root", loading.root_names(), "trust.roots defines none").value_or("");
}

void read_x509_subject(Loading& loading, const Yaml& node, TrustedIdentity& identity) {
    identity.match = TrustedIdentity::Match::attributes;
    identity.subject = read_text(loading, node).value_or("");
    identity.claims.clear();
    const auto attributes = parse_x509_subject(identity.subject);
    if (!attributes.ok()) return loading.mistakes.add(node, attributes.error().message);
    for (const auto& [name, value] : *attributes) identity.claims.emplace_back(x509_claim(name), value);
}

// Which keys go with which kind of root.
void check_form(Loading& loading, const Yaml& node, const TrustedIdentity& identity) {
    const auto root = std::find_if(loading.policy.roots.begin(), loading.policy.roots.end(), [&](const TrustRoot& one) { return one.name == identity.root; });
    const bool notation = root != loading.policy.roots.end() && root->form == TrustRoot::Form::notation;
    if (root == loading.policy.roots.end() && node.find("x509-subject") != nullptr) return;
    for (const char* key : {"issuer", "subject", "claims", "x509-subject"}) {
        const bool is_attributes = std::string_view(key) == "x509-subject";
        const Yaml* const value = node.find(key);
        if (value == nullptr && notation == is_attributes && std::string_view(key) != "claims") {
            loading.mistakes.add(node, "a trusted identity" + std::string(notation ? " under a root of Notation" : "") + " needs '" + key + "'");
        }
        if (value == nullptr || notation == is_attributes) continue;
        loading.mistakes.add(*value, notation ? "'" + std::string(key) + "' is not for identities under a root of Notation; expected 'x509-subject'"
                                              : std::string("'x509-subject' is for identities under a root of Notation (trust.roots: NAME: { notation: ... })"));
    }
}

constexpr std::array<Field<TrustedIdentity>, 5> kIdentity = {{
    {{"issuer", Need::optional, Shape::text, "OIDC issuer of the certificate, exact; of a certificate that names none, the distinguished name of whoever issued it (RFC 2253)"}, read_issuer},
    {{"subject", Need::optional, Shape::subject_match, "the certificate's SAN (its distinguished name where it has none): text (exact), { prefix } or { regex }", {}, {}, "subject-match"}, read_subject},
    {{"claims", Need::optional, Shape::named_sections, "further extensions of the certificate, exact: source-repository, runner-environment, ...", {}, kClaims, "claim"}, read_claims},
    {{"x509-subject", Need::optional, Shape::text, "instead of issuer and subject, under a root of Notation: attributes that the certificate's subject must have, C=US, ST=WA, O=Acme and more"}, read_x509_subject},
    {{"root", Need::required, Shape::name, "which root its chain must end in: a name of trust.roots"}, read_root},
}};

void read_identities(Loading& loading, const Yaml& node, Policy& policy) {
    const std::size_t before = policy.identities.size();
    read_named(loading, node, policy, "identities", "a trusted identity", kIdentity, policy.identities);
    for (std::size_t i = before; i < policy.identities.size(); ++i) {
        const Yaml* const value = node.find(policy.identities[i].name);
        if (value != nullptr) check_form(loading, *value, policy.identities[i]);
        const Yaml* const issuer = value == nullptr ? nullptr : value->find("issuer");
        if (issuer != nullptr) check_issuer(loading, *issuer, policy.identities[i]);
    }
}

// Roots before the identities that name them.
constexpr std::array<Field<Policy>, 3> kTrust = {{
    {{"keys", Need::optional, Shape::named_sections, "public keys", {}, {}, "key"}, read_keys},
    {{"roots", Need::optional, Shape::named_sections, "where certificate chains must end", {}, {}, "root"}, read_roots},
    {{"identities", Need::optional, Shape::named_sections, "whom a certificate must name", {}, {}, "identity"}, read_identities},
}};

// --- blocked -------------------------------------------------------------------------------------------------------

void read_blocked_digest(Loading& loading, const Yaml& node, Blocked& blocked) {
    blocked.digest = read_digest(loading, node).value_or("");
}
void read_reference(Loading& loading, const Yaml& node, Blocked& blocked) {
    if (!node.is_scalar()) return loading.mistakes.add(node, "expected one reference pattern");
    auto patterns = read_patterns(loading, node);
    if (!patterns.empty()) blocked.reference = std::move(patterns.front());
}
void read_signer(Loading& loading, const Yaml& node, Blocked& blocked) {
    blocked.signer = read_choice(loading, node, "trust name", loading.trust_names(), kNoTrust).value_or("");
}
void read_why(Loading& loading, const Yaml& node, Blocked& blocked) {
    blocked.why = read_text(loading, node).value_or("");
}

constexpr std::array<Field<Blocked>, 4> kBlocked = {{
    {{"digest", Need::optional, Shape::digest, "SHA-256 of a file, a folder, a file in a folder, a member of a wheel, or what a manifest states"}, read_blocked_digest},
    {{"reference", Need::optional, Shape::pattern, "names: hf:org/**, pkg:pypi/name, oci:host/repo"}, read_reference},
    {{"signer", Need::optional, Shape::name, "a trust name: what it signed is refused"}, read_signer},
    {{"why", Need::required, Shape::text, "the reason, as people read it"}, read_why},
}};

}  // namespace

void read_trust(Loading& loading, const Yaml& node, Policy& policy) {
    const Within here(loading, "trust.");
    read_fields(loading, node, "trust", kTrust, policy);
}

void read_blocked(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence()) {
        return loading.mistakes.add(node, "expected a list of { digest: ..., why: ... }, with 'reference' or 'signer' instead of 'digest'");
    }
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        Blocked blocked;
        blocked.line = loading.mistakes.line_of(item);
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, item, "an entry of blocked", kBlocked, blocked)) continue;
        const auto targets = std::count_if(item.entries.begin(), item.entries.end(),
                                           [](const Yaml::Entry& entry) { return entry.key != "why"; });
        if (targets != 1 && loading.mistakes.size() == before) {
            loading.mistakes.add(item, "an entry of blocked names exactly one of 'digest', 'reference', 'signer'");
        }
        policy.blocked.push_back(std::move(blocked));
    }
}

std::vector<Section> sections_of_trust() {
    return {section_of("trust", "whose signatures count", kTrust),
            section_of("key", "a public key", kKey),
            section_of("root", "where certificate chains must end", kRoot),
            section_of("notation", "trust stores for Notary Project signatures", kNotation),
            section_of("identity", "whom a certificate must name", kIdentity),
            section_of("subject-match", "how a certificate's subject is compared", kSubjectMatch),
            section_of("blocked", "what never enters", kBlocked)};
}

}  // namespace headgate::policy
