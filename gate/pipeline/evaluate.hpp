// evaluate.hpp: subject and evidence -> verdict: tier, rules, checkers, judge. No file is touched here.
#pragma once

#include "model/recording.hpp"
#include "pipeline/plan.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {

/// One policy at one moment: overrides applied, waivers sorted. Made once for a run, and used for each of its subjects.
class Evaluator {
  public:
    Evaluator(const LoadedPolicy& loaded, Instant now);

    /// Judges one subject and, where a manifest names others, each of its members; manifests inside it are members too.
    SubjectVerdict evaluate(const Subject& subject, const Evidence& evidence, std::span<const InnerSubject> inner) const;

    /// What was used, what was not, what has ended: into the report, whose subjects are judged.
    void report_exceptions(Report& report) const;

  private:
    SubjectVerdict judge_one(const Subject& subject, const Evidence& evidence, std::vector<SubjectVerdict> members) const;

    Policy policy_;
    policy::WaiverBook waivers_;
    Instant now_;
};

/// Bytes of the subject, how many of them were understood, and what no checker looks at.
Coverage coverage_of(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::pipeline
