// cvss.hpp: how bad a flaw is, from the vector that a record states.
#pragma once

#include <optional>
#include <string_view>

#include "model/kinds.hpp"

namespace headgate::advisories {

/// Base score of a CVSS vector, 0.0 to 10.0; nullopt when it is no vector of version 3.0, 3.1 or 4.0 with all base metrics.
///
/// Version 3: the formula of the specification. Version 4: the score of the vector's macrovector, without the interpolation inside
/// it: never below the specification's own score, and above it by less than one macrovector, so that what this calls medium is not high.
std::optional<double> cvss_score(std::string_view vector);

/// The bands of CVSS: 9.0 critical, 7.0 high, 4.0 medium, else low.
Severity severity_of_score(double score);

/// "CRITICAL", "HIGH", "MODERATE" or "MEDIUM", "LOW", in any case; nullopt for other words.
std::optional<Severity> severity_of_word(std::string_view word);

}  // namespace headgate::advisories
