// evaluate.hpp: subject and evidence -> verdict: tier, rules, checkers, judge. No file is touched here.
#pragma once

#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Judges one subject and, where a manifest names others, each of its members.
SubjectVerdict evaluate(const LoadedPolicy& loaded, const Subject& subject, const Evidence& evidence, Instant now);

/// Bytes of the subject, how many of them were understood, and what no checker looks at.
Coverage coverage_of(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::pipeline
