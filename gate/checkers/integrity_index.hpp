// integrity_index.hpp: the completeness of weights that are split over files: what the index says against what is there.
#pragma once

#include <vector>

#include "model/fact.hpp"

namespace headgate::checkers {

/// For each index: every file it names is there, inside the artifact; every tensor is in the file that it is said to be
/// in; the named files hold no tensor that the index does not mention. One finding per file and kind, with a count.
void check_tensor_indexes(const Evidence& evidence, std::vector<Finding>& findings);

}  // namespace headgate::checkers
