#include "advisories/ecosystems.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/advisory.hpp"

namespace headgate::advisories {
namespace {

// OSV schema, "Defined ecosystems": those whose packages have purls of their own type.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kEcosystems = {{
    {"PyPI", "pypi"},
    {"npm", "npm"},
    {"crates", "cargo"},   // which OSV calls by the name of its registry's host
    {"Go", "golang"},
    {"Maven", "maven"},
    {"NuGet", "nuget"},
    {"RubyGems", "gem"},
    {"Packagist", "composer"},
    {"GitHub Actions", "github"},
    {"Hex", "hex"},
    {"Pub", "pub"},
    {"SwiftURL", "swift"},
    {"CRAN", "cran"},
    {"Hackage", "hackage"},
    {"ConanCenter", "conan"},
}};

}  // namespace

std::string_view purl_type_of(std::string_view ecosystem) {
    const std::string_view name = ecosystem.substr(0, ecosystem.find_first_of(":."));
    for (const auto& [known, type] : kEcosystems) {
        if (known == name) return type;
    }
    return {};
}

std::string key_of_package(std::string_view ecosystem, std::string_view name, std::string_view purl) {
    const std::string_view type = purl_type_of(ecosystem);
    if (type.empty()) {
        const auto reference = parse_reference(purl);
        return reference.ok() ? advisory_key(*reference) : "";
    }
    std::string written(name);
    if (type == "maven") std::replace(written.begin(), written.end(), ':', '/');
    return advisory_key(type, written);
}

}  // namespace headgate::advisories
