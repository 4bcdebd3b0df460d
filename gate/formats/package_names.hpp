// package_names.hpp: names and versions as file names of packages spell them, compared with what the package says of itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headgate::formats {

struct NameAndVersion {
    std::string name;
    std::string version;
};

/// "name-1.0-py3-none-any.whl", as pip splits it; nullopt when it is no name of a wheel.
std::optional<NameAndVersion> of_wheel(std::string_view file);
/// "name-1.0.tar.gz"; the version begins behind the last '-'.
std::optional<NameAndVersion> of_sdist(std::string_view file);
/// "name-1.0.0.tgz"; the version begins at the first '-' that a number of three parts follows.
std::optional<NameAndVersion> of_npm(std::string_view file);
/// "name-1.0.0", as of_npm.
std::optional<NameAndVersion> of_folder(std::string_view folder);

/// The same project to pip: PEP 503 names, PEP 440 versions.
bool same_on_pypi(const NameAndVersion& a, const NameAndVersion& b);

/// A field of the headers of METADATA or PKG-INFO (core metadata: RFC 822), the first of its name; "" when it is not there.
std::string_view metadata_field(std::string_view metadata, std::string_view name);

}  // namespace headgate::formats
