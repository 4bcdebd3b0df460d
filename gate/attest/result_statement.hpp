// result_statement.hpp: the predicate `https://headgate.dev/result/v1`: everything that a verdict rests on. Private to
// attest/emit.cpp.
#pragma once

#include "attest/verdict.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

/// Decision, tier, rules, findings, members, coverage, what was not checked, tool version and data hashes. A member's `rules` is the
/// number of one of the lists in `memberRules`, counted from 0.
codec::Json result_predicate(const Report& report, const SubjectVerdict& verdict, const EmitOptions& options);

}  // namespace headgate::attest
