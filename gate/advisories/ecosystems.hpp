// ecosystems.hpp: what databases of advisories call the ecosystems that purl types name.
#pragma once

#include <string>
#include <string_view>

namespace headgate::advisories {

/// "PyPI" -> "pypi", "Maven:https://host.example/maven" -> "maven"; "" for one of packages that no subject of Headgate is (Debian, Android).
std::string_view purl_type_of(std::string_view ecosystem);

/// The package's key (model/advisory.hpp), by ecosystem and name as OSV writes them ("org.group:artifact") or, where the ecosystem is none
/// of those, by its purl. "" when neither says one.
std::string key_of_package(std::string_view ecosystem, std::string_view name, std::string_view purl);

}  // namespace headgate::advisories
