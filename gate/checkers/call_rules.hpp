// call_rules.hpp: allowed names that call or look up what their arguments say: what these arguments have to be (models.md
// 2.2, rule 9). A name without a rule may get anything; every name in its arguments is an import and judged as such.
#pragma once

#include <string>

#include "model/fact.hpp"

namespace headgate::checkers {

/// One clause that says which argument is not allowed, "" when all are. For Call::How::persistent too.
std::string argument_problem(const Call& call);

}  // namespace headgate::checkers
