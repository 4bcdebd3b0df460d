// range.hpp: which versions somebody asks for, or is warned of, as intervals; and how two such sets lie to each other.
//
// Intervals are drawn generously: what a range says beyond its ends ("!=", how pre-releases are taken) makes none of them smaller. So
// that two sets do not meet is certain, and that they do is not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::versions {

struct Bound {
    std::string version;
    bool inclusive = true;
    friend bool operator==(const Bound&, const Bound&) = default;
};

/// nullopt: without end on that side.
struct Interval {
    std::optional<Bound> low;
    std::optional<Bound> high;
    friend bool operator==(const Interval&, const Interval&) = default;
};

/// What a requirement of the ecosystem allows, as its manifests write it (Requirement::range): pypi (also the ^ and ~ of poetry),
/// npm, cargo, gem, composer, maven, nuget, and tags of actions ("v4", "v4.1") under github. nullopt: not understood.
std::optional<std::vector<Interval>> parse_range(std::string_view ecosystem, std::string_view text);

enum class Overlap {
    none,      // no version that is wanted is in the set
    some,      // they meet
    whole,     // every version that is wanted is in the set
    unknown,   // versions that nothing can compare
};

/// `wanted` against `set`, both of versions of the ecosystem.
Overlap overlap(std::string_view ecosystem, std::span<const Interval> wanted, std::span<const Interval> set);

// One file each.
std::optional<std::vector<Interval>> parse_pypi_range(std::string_view text);
/// Spaces between the parts that must all hold, "||" between those of which one will do.
std::optional<std::vector<Interval>> parse_npm_range(std::string_view text);
std::optional<std::vector<Interval>> parse_cargo_range(std::string_view text);
std::optional<std::vector<Interval>> parse_gem_range(std::string_view text);
std::optional<std::vector<Interval>> parse_composer_range(std::string_view text);
/// "[1.0,2.0)", "(,1.0],[1.2,)". `bare_is_least`: "1.0" alone is the least that will do (NuGet), not a wish (Maven).
std::optional<std::vector<Interval>> parse_bracket_range(std::string_view text, bool bare_is_least);

}  // namespace headgate::versions
