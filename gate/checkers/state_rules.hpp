// state_rules.hpp: what a pickle may name each by itself and not together. Some __setstate__ call methods of what their state holds,
// and an object of the state can have any attribute that the file gives it: such a call reaches every function and class that the
// profiles allow as a value. What opens a file when it is called must not be among them.
#pragma once

#include <vector>

#include "model/fact.hpp"
#include "model/finding.hpp"

namespace headgate::checkers {

std::vector<Finding> judge_states(const Evidence& evidence);

}  // namespace headgate::checkers
