// evaluate.hpp: subject and evidence -> verdict: tier, rules, checkers, judge. No file is touched here.
#pragma once

#include "model/recording.hpp"
#include "pipeline/plan.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {

/// One policy at one moment, with those that it extends: overrides applied, waivers sorted. What enters must have passed all of
/// them, each alone, with the exceptions that are written down: so whatever an extending policy adds, it loosens nothing. Made once for a run, and used for each of its subjects.
class Evaluator {
  public:
    Evaluator(const LoadedPolicy& loaded, Instant now);

    /// Judges one subject and, where a manifest names others, each of its members; manifests inside it are members too.
    SubjectVerdict evaluate(const Subject& subject, const Evidence& evidence, std::span<const InnerSubject> inner) const;

    /// What was used, what was not, what has ended: into the report, whose subjects are judged.
    void report_exceptions(Report& report) const;

  private:
    /// A policy that the policy extends, in force, and for each of its rules the one of `policy_` that asks the very same.
    struct Extended {
        std::string label;
        Policy policy;
        std::vector<std::optional<std::size_t>> same;
    };

    SubjectVerdict judge_one(const Subject& subject, const Evidence& evidence, std::vector<SubjectVerdict> members) const;
    /// `known`: runs of the rules of `policy_`, in their order.
    SubjectVerdict judge_extended(const Extended& extended, const Subject& subject, const Evidence& evidence,
                                  std::span<const policy::RuleRun> known) const;
    CheckRun ask(const Policy& policy, const Rule& rule, const Subject& subject, const Evidence& evidence) const;

    Policy policy_;
    std::vector<Extended> extended_;     // without packs, which leave sources and mirrors open: their standing is asked by the judge
    policy::WaiverBook waivers_;
    Instant now_;
};

/// Bytes of the subject, how many of them were understood, and what no checker looks at.
Coverage coverage_of(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::pipeline
