// advisory_match.hpp: whether what a manifest asks for is what a record is about.
//
// Four answers, since two of the ways not to know are different: a range may resolve to a version with the flaw, or to none; and of a
// version that nothing can compare, nobody knows. Neither is "no".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/advisory.hpp"
#include "model/fact.hpp"

namespace headgate::checkers {

enum class Affected { no, may_be, undecided, yes };

struct Match {
    Affected affected = Affected::no;
    std::string why;                     // undecided: one clause
    bool by_commit = false;              // undecided because only a commit or a repository is named
};

/// Of a record of the ecosystem. What comes from a repository is never the registry's package of that name: undecided.
Match match(const Requirement& requirement, const AffectedPackage& package);
/// Of a range of versions, as the ecosystem's manifests write it.
Match match_range(const Requirement& requirement, std::string_view ecosystem, std::string_view range);

}  // namespace headgate::checkers
