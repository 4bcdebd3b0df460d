// operators.hpp: the lists of operators below rules/operators: what each runtime brings itself, and what of that reaches beyond
// the model. An operator is spelled "runtime:domain.Name" ("onnx:com.microsoft.Gelu"), or "runtime:Name" where the runtime has no
// domains ("tensorflow:MatMul"); "runtime:domain.*" is all of a domain, without those below it.
//
// rules/operators/RUNTIME.txt    one operator a line, without the runtime
// rules/operators/dangerous.txt  one operator and a reason a line
// rules/operators/domains.txt    runtime:domain and who brings it, a line: that domain and all below it
//
// The runtime "onnx-function" or "tensorflow-function" is the same with a function that the model itself defines by that name. It
// goes without saying, unless some runtime brings an operator of that name and may run that: a dangerous one (and, for ONNX, an
// unlisted one of a domain in domains.txt) is a finding as if there were no function.
// Lines that begin with '#', and empty ones, say nothing.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/rule_data.hpp"

namespace headgate::checkers {

/// A finding for each operator that `allowed` (as in `allow-operators`) does not name and that is dangerous, or that no list of its
/// runtime has. A domain in `allowed` lets none of its dangerous ones through: those only by name. Error{policy} when a list cannot be read.
Result<void> check_operators(const Evidence& evidence, const std::vector<std::string>& allowed, const RuleData& data,
                             std::vector<Finding>& findings);

/// Why `pattern` can name no operator, "" when it can.
std::string problem_of_operator(const std::string& pattern, const RuleData* data);

}  // namespace headgate::checkers
