// order.hpp: which of two versions of a package is the newer, by the rules of its ecosystem. One file a rule.
//
// nullopt is an answer: one of the two is no version of that ecosystem, or nobody has written down how they are ordered. Whoever asks
// must not take it for "not newer".
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace headgate::versions {

using Order = std::optional<std::strong_ordering>;

/// `ecosystem` is a purl type: pypi, npm, cargo, golang, maven, nuget, gem, composer, github, hex, pub, swift.
Order compare(std::string_view ecosystem, std::string_view a, std::string_view b);
bool has_order(std::string_view ecosystem);
/// Spellings of one version: letter by letter, or by the rules of the ecosystem.
bool is_same(std::string_view ecosystem, std::string_view a, std::string_view b);

/// PEP 440. Without the versions of the time before it ("2004d").
Order compare_pep440(std::string_view a, std::string_view b);
/// Semantic Versioning 2.0, and what its users write besides: a leading "v", one or two numbers ("v4"), leading zeros. Go's
/// pseudo-versions and "+incompatible" are such versions.
Order compare_semver(std::string_view a, std::string_view b);
/// Maven's ComparableVersion: every text is a version.
Order compare_maven(std::string_view a, std::string_view b);
/// NuGet: up to four numbers, labels without regard to case, no metadata.
Order compare_nuget(std::string_view a, std::string_view b);
/// Gem::Version.
Order compare_gem(std::string_view a, std::string_view b);
/// Composer: up to four numbers and a stability. Branches ("dev-main", "2.x-dev") have no place in it.
Order compare_composer(std::string_view a, std::string_view b);

}  // namespace headgate::versions
