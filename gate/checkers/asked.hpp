// asked.hpp: what two files say about one package, compared: names, versions, ranges and places as their ecosystems take them for the
// same. Private to checkers/.
#pragma once

#include <string>
#include <string_view>

#include "model/fact.hpp"

namespace headgate::checkers {

/// Ecosystem and name, folded where the ecosystem takes several spellings for one.
std::string name_of(const Requirement& requirement);
/// One of the things that its markers say, which are parted by "; ".
bool has_marker(const Requirement& requirement, std::string_view wanted);
/// It is installed on some machines only, as its markers say.
bool has_condition(const Requirement& requirement);
/// An environment of hatch, which keeps no lockfile.
bool is_of_hatch(const Requirement& requirement);

/// "1.0" and "1.0.0" of PyPI; "1.2.3" is also "1.2.3+cu118" there.
bool same_version(std::string_view ecosystem, std::string_view asked, std::string_view locked);
/// The same versions of the same place; true where one of them does not say.
bool asks_the_same(const Requirement& a, const Requirement& b);
/// A name with what is asked of it, for people.
std::string shown(const Requirement& requirement);

/// `url` leads to the repository or file `asked`, in whatever spelling, or to an archive of that repository.
bool is_at(std::string_view url, std::string_view asked);

}  // namespace headgate::checkers
