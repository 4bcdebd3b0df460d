// drift.hpp: does a lockfile still hold what the manifest beside it asks for? Part of the checker `integrity`. Private to checkers/.
#pragma once

#include <vector>

#include "model/checker.hpp"

namespace headgate::checkers {

/// Compares what is locked (Evidence::requirements) with what is asked for (Evidence::declared: by the manifest, and by what the lockfile
/// says of the manifest that it was made from), as package managers do when they are told to change no lockfile. What cannot be told from
/// the files, such as an entry for another platform, is no difference.
void check_drift(const Evidence& evidence, std::vector<Finding>& findings);

}  // namespace headgate::checkers
