// advisory.hpp: is a package known to be malicious or flawed?
#pragma once

#include <optional>

#include "model/checker.hpp"

namespace headgate::checkers {

const Checker& advisory_checker();

/// What a wheel (PEP 427) or sdist (PEP 625) says in its file's name that it is; nullopt for everything else.
std::optional<Reference> package_in_name(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::checkers
