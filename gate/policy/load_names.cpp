// load_names.cpp: the sections `names` and `registries`, keyed by ecosystem (purl type, "oci" or "hf").
#include <algorithm>

#include "policy/fields.hpp"

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
            loading.mistakes.add(entry, "'" + entry.key + "' is there already");
            continue;
        }
        seen.push_back(name);
        read(std::move(name), entry.value);
    }
}

void add_patterns(Loading& loading, const Yaml& node, InternalNames& names, std::string_view suffix) {
    for (std::string& pattern : read_list(loading, node)) {
        if (!suffix.empty() && pattern.find('/') != std::string::npos) {
            loading.mistakes.add(node, "'" + pattern + "' has a '/'; expected the first part of the name alone");
        }
        names.patterns.push_back(pattern + std::string(suffix));
    }
}

void read_packages(Loading& loading, const Yaml& node, InternalNames& names) {
    add_patterns(loading, node, names, "");
}
void read_scopes(Loading& loading, const Yaml& node, InternalNames& names) {
    for (const Yaml* item : items_of(node)) {
        if (!item->text.starts_with('@')) loading.mistakes.add(*item, "expected an npm scope like '@acme'");
    }
    add_patterns(loading, node, names, "/*");
}
void read_organizations(Loading& loading, const Yaml& node, InternalNames& names) {
    add_patterns(loading, node, names, "/*");
}
void read_sources(Loading& loading, const Yaml& node, InternalNames& names) {
    names.sources = read_list(loading, node);
    for (const Yaml* item : items_of(node)) {
        if (item->text.find(' ') != std::string::npos) loading.mistakes.add(*item, "expected a URL or host");
    }
}

constexpr std::array<Field<InternalNames>, 2> kPackages = {{
    {"packages", Need::required, read_packages},
    {"index", Need::required, read_sources},
}};
constexpr std::array<Field<InternalNames>, 3> kNpm = {{
    {"scopes", Need::optional, read_scopes},
    {"packages", Need::optional, read_packages},
    {"registry", Need::required, read_sources},
}};
constexpr std::array<Field<InternalNames>, 2> kOci = {{
    {"repositories", Need::required, read_packages},
    {"registry", Need::required, read_sources},
}};
constexpr std::array<Field<InternalNames>, 1> kHf = {{
    {"organizations", Need::required, read_organizations},
}};

std::span<const Field<InternalNames>> fields_of(std::string_view ecosystem) {
    if (ecosystem == "npm") return kNpm;
    if (ecosystem == "oci") return kOci;
    if (ecosystem == "hf") return kHf;
    return kPackages;
}

void read_internal(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        InternalNames names;
        names.ecosystem = std::move(ecosystem);
        names.line = loading.mistakes.line_of(value);
        const std::string what = "names.internal." + names.ecosystem;
        if (!read_fields(loading, value, what, fields_of(names.ecosystem), names)) return;
        if (names.patterns.empty()) loading.mistakes.add(value, what + " protects no name");
        policy.internal.push_back(std::move(names));
    });
}

void read_protected(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        const auto text = read_text(loading, value);
        if (!text) return;
        ProtectedNames names;
        names.ecosystem = std::move(ecosystem);
        if (*text != "builtin") names.path = *text;  // a file adds to the built-in names
        policy.protected_names.push_back(std::move(names));
    });
}

constexpr std::array<Field<Policy>, 2> kNames = {{
    {"internal", Need::optional, read_internal},
    {"protected", Need::optional, read_protected},
}};

void read_mirrors(Loading& loading, const Yaml& node, RegistrySet& set) { set.urls = read_list(loading, node); }

constexpr std::array<Field<RegistrySet>, 1> kRegistry = {{{"mirrors", Need::required, read_mirrors}}};

}  // namespace

void read_names(Loading& loading, const Yaml& node, Policy& policy) {
    read_fields(loading, node, "names", kNames, policy);
}

void read_registries(Loading& loading, const Yaml& node, Policy& policy) {
    each_ecosystem(loading, node, [&](std::string ecosystem, const Yaml& value) {
        RegistrySet set;
        set.ecosystem = std::move(ecosystem);
        if (read_fields(loading, value, "registries." + set.ecosystem, kRegistry, set)) {
            policy.registries.push_back(std::move(set));
        }
    });
}

}  // namespace headgate::policy
