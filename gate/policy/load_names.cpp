// load_names.cpp: the sections `names` and `registries`, keyed by ecosystem (purl type, "oci" or "hf").
#include <algorithm>

#include "base/text.hpp"
#include "policy/fields.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 12> kEcosystems = {"pypi",  "npm",   "cargo", "crates", "gem", "golang",
                                                          "maven", "nuget", "conda", "hf",     "oci", "composer"};

// The purl type is the name inside; "crates" is what people say.
std::string ecosystem_name(const std::string& written) { return written == "crates" ? "cargo" : written; }

// Calls `read` for each entry with a known ecosystem.
template <typename Read>
void each_ecosystem(Loading& loading, const Yaml& node, const Read& read) {
    if (!node.is_mapping()) return loading.mistakes.add(node, "expected ecosystems: pypi, npm, oci, hf, ...");
    std::vector<std::string> seen;
    for (const Yaml::Entry& entry : node.entries) {
        Yaml key;  // known_name wants a place
        key.line = entry.key_line;
        key.column = entry.key_column;
        if (!known_name(loading, key, "ecosystem", entry.key, kEcosystems)) continue;
        std::string name = ecosystem_name(entry.key);
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
            loading.mistakes.add(entry, "'" + entry.key + "' is '" + name + "', which is there already");
            continue;
        }
        seen.push_back(name);
        read(std::move(name), entry.value);
    }
}

void add_patterns(Loading& loading, const Yaml& node, InternalNames& names, std::string_view suffix) {
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list protects no name; leave it out");
    for (std::string& pattern : read_list(loading, node)) {
        if (!suffix.empty() && pattern.find('/') != std::string::npos) {
            loading.mistakes.add(node, "'" + pattern + "' has a '/'; expected the first part of the name alone");
        }
        names.patterns.push_back(pattern + std::string(suffix));
    }
}

void read_packages(Loading& loading, const Yaml& node, InternalNames& names) {
    for (const Yaml* item : items_of(node)) {
        const std::string_view text = item->text;
        if (names.ecosystem == "oci" && ascii_lower(text) != text) {
            loading.mistakes.add(*item, "image repositories are lower case: nothing could match '" + std::string(text) + "'");
        }
        if (text.starts_with("pkg:") || (names.ecosystem == "pypi" && text.find('/') != std::string_view::npos)) {
            loading.mistakes.add(*item, "expected the name alone, like 'acme-*', not '" + std::string(text) + "'");
        }
    }
    add_patterns(loading, node, names, "");
}
void read_scopes(Loading& loading, const Yaml& node, InternalNames& names) {
    for (const Yaml* item : items_of(node)) {
        if (!item->text.starts_with('@')) loading.mistakes.add(*item, "expected an npm scope like '@acme'");
        if (ascii_lower(item->text) != item->text) loading.mistakes.add(*item, "npm scopes are lower case: nothing could match '" + item->text + "'");
    }
    add_patterns(loading, node, names, "/*");
}
void read_organizations(Loading& loading, const Yaml& node, InternalNames& names) {
    add_patterns(loading, node, names, "/*");
}
// Of an image, the place is its host alone: a path behind it would never match.
void expect_hosts(Loading& loading, const Yaml& node, std::string_view ecosystem) {
    if (ecosystem != "oci") return;
    for (const Yaml* item : items_of(node)) {
        std::string_view host = trim(item->text);
        if (const std::size_t scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
        while (host.ends_with('/')) host.remove_suffix(1);
        if (host.find('/') == std::string_view::npos) continue;
        loading.mistakes.add(*item, "for images, expected a host without a path: nothing could match it; to allow one path, write a "
                                    "pattern like oci:host/path/** under 'allow' of a rule that asks 'registry'");
    }
}

void read_sources(Loading& loading, const Yaml& node, InternalNames& names) {
    names.sources = read_places(loading, node);
    for (const Yaml* item : items_of(node)) {
        if (ascii_lower(trim(item->text)).starts_with("http://")) {
            loading.mistakes.add(*item, "what comes over http can be replaced on the way; use https");
        }
    }
    expect_hosts(loading, node, names.ecosystem);
}

constexpr std::array<Field<InternalNames>, 2> kPackages = {{
    {{"packages", Need::required, Shape::list, "names that are internal; '*' within a name"}, read_packages},
    {{"index", Need::required, Shape::list, "URLs or hosts that may serve them"}, read_sources},
}};
constexpr std::array<Field<InternalNames>, 3> kNpm = {{
    {{"scopes", Need::optional, Shape::list, "npm scopes that are internal: '@acme'"}, read_scopes},
    {{"packages", Need::optional, Shape::list, "names without scope that are internal"}, read_packages},
    {{"registry", Need::required, Shape::list, "URLs or hosts that may serve them"}, read_sources},
}};
constexpr std::array<Field<InternalNames>, 2> kOci = {{
    {{"repositories", Need::required, Shape::list, "image repositories that are internal: acme/**"}, read_packages},
    {{"registry", Need::required, Shape::list, "hosts that may serve them"}, read_sources},
}};
constexpr std::array<Field<InternalNames>, 1> kHf = {{
    {{"organizations", Need::required, Shape::list, "hub organisations that are internal"}, read_organizations},
}};

std::span<const Field<InternalNames>> fields_of(std::string_view ecosystem) {
    if (ecosystem == "npm") return kNpm;
    if (ecosystem == "oci") return kOci;
    if (ecosystem == "hf") return kHf;
    return kPackages;
}

// A child adds names to what the extended policy protects; who may serve them is not its to say.
void add_internal(Loading& loading, const Yaml& value, InternalNames names, Policy& policy) {
    for (InternalNames& known : policy.internal) {
        if (known.ecosystem != names.ecosystem) continue;
        if (known.sources != names.sources) {
            loading.mistakes.add(value, "names.internal." + names.ecosystem + " of the extended policy, at " + known.line +
                                            ", is served from elsewhere; a child may add names, not sources");
        }
        for (std::string& pattern : names.patterns) {
            const bool there = std::find(known.patterns.begin(), known.patterns.end(), pattern) != known.patterns.end();
            if (!there) known.patterns.push_back(std::move(pattern));
        }
        return;
    }
    names.vouched = loading.base == nullptr || loading.base->pack;
    policy.internal.push_back(std::move(names));
}

void read_internal(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        InternalNames names;
        names.ecosystem = std::move(ecosystem);
        names.line = loading.mistakes.line_of(value);
        const std::string what = "names.internal." + names.ecosystem;
        const Within here(loading, what + ".");
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, value, what, fields_of(names.ecosystem), names)) return;
        if (names.patterns.empty() && loading.mistakes.size() == before) loading.mistakes.add(value, what + " protects no name");
        add_internal(loading, value, std::move(names), policy);
    });
}

void read_protected(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        const auto text = read_text(loading, value);
        if (!text) return;
        ProtectedNames names;
        names.ecosystem = std::move(ecosystem);
        names.place = loading.mistakes.place_of(value);
        if (*text != "builtin") names.path = read_file_name(loading, value);  // a file adds to the built-in names
        loading.note("protected." + names.ecosystem, value);
        policy.protected_names.push_back(std::move(names));
    });
}

constexpr std::array<Field<Policy>, 2> kNames = {{
    {{"internal", Need::optional, Shape::named_sections, "names per ecosystem that dependency confusion must not take", {}, kEcosystems, "internal"}, read_internal},
    {{"protected", Need::optional, Shape::ecosystems, "popular names per ecosystem that typosquats imitate: builtin, or a file that adds to them", "builtin", kEcosystems}, read_protected},
}};

void read_mirrors(Loading& loading, const Yaml& node, RegistrySet& set) {
    set.urls = read_places(loading, node);
    expect_hosts(loading, node, set.ecosystem);
}

constexpr std::array<Field<RegistrySet>, 1> kRegistry = {{{{"mirrors", Need::required, Shape::list, "URLs or hosts that count as the public registry"}, read_mirrors}}};

}  // namespace

void read_names(Loading& loading, const Yaml& node, Policy& policy) {
    const Within here(loading, "names.");
    read_fields(loading, node, "names", kNames, policy);
}

void read_registries(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        RegistrySet set;
        set.ecosystem = std::move(ecosystem);
        const std::string what = "registries." + set.ecosystem;
        for (const RegistrySet& known : policy.registries) {
            if (known.ecosystem != set.ecosystem) continue;
            return loading.mistakes.add(value, what + " is set by the extended policy; a mirror more would loosen it");
        }
        if (loading.base != nullptr && asks_where_from(*loading.base)) {
            return loading.mistakes.add(value, what + ": the extended policy " + loading.base->label +
                                                   " names no mirror; a mirror would loosen its rules, so name it there");
        }
        const Within here(loading, what + ".");
        if (read_fields(loading, value, what, kRegistry, set)) policy.registries.push_back(std::move(set));
    });
}

std::vector<Section> sections_of_names() {
    std::vector<KeyDoc> internal(kPackages.begin(), kPackages.end());
    for (const auto& more : {std::vector<KeyDoc>(kNpm.begin(), kNpm.end()), std::vector<KeyDoc>(kOci.begin(), kOci.end()),
                             std::vector<KeyDoc>(kHf.begin(), kHf.end())}) {
        for (KeyDoc doc : more) {
            const auto there = std::find_if(internal.begin(), internal.end(), [&](const KeyDoc& key) { return key.key == doc.key; });
            if (there == internal.end()) internal.push_back(doc);
        }
    }
    for (KeyDoc& doc : internal) doc.need = Need::optional;  // which ones are needed depends on the ecosystem
    return {section_of("names", "names that others must not take", kNames),
            {"internal", "names of one ecosystem that are internal", std::move(internal)},
            section_of("registry", "what stands for a public registry", kRegistry)};
}

}  // namespace headgate::policy
