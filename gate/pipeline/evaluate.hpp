// evaluate.hpp: subject and evidence -> verdict: tier, rules, checkers, judge. No file is touched here.
#pragma once

#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// A manifest inside an artifact, as a subject of its own.
struct InnerSubject {
    Subject subject;
    Evidence evidence;
};

/// Judges one subject and, where a manifest names others, each of its members; manifests inside it are members too.
SubjectVerdict evaluate(const LoadedPolicy& loaded, const Subject& subject, const Evidence& evidence,
                        std::span<const InnerSubject> inner, Instant now);

/// Bytes of the subject, how many of them were understood, and what no checker looks at.
Coverage coverage_of(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::pipeline
