// second_signal.hpp: what, beside its name, speaks against a package, as far as a lockfile records it. A near miss that may be honest
// by itself is none together with it.
#pragma once

#include <string>

#include "base/time.hpp"
#include "model/fact.hpp"

namespace headgate::checkers {

/// "it was published 3 days ago"; "" if nothing does.
std::string second_signal(const Requirement& requirement, Instant now);

}  // namespace headgate::checkers
