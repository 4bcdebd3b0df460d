// evaluate.hpp: subject and evidence -> verdict: tier, rules, checkers, judge. No file is touched here.
#pragma once

#include <memory>

#include "model/advisory.hpp"
#include "model/checker.hpp"
#include "model/recording.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/plugins.hpp"
#include "pipeline/prepared_policy.hpp"
#include "pipeline/registry_images.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {

/// One policy at one moment, with those that it extends: overrides applied, waivers sorted. What enters must have passed all of
/// them, each alone, with the exceptions that are written down: so whatever an extending policy adds, it loosens nothing. Made once for a run, and used for each of its subjects.
class Evaluator {
  public:
    /// `advisories`: what the operator brought; nullptr: nothing. `jobs`: threads over which the members of one manifest are judged; 0
    /// as many as cores.
    Evaluator(const LoadedPolicy& loaded, Instant now, std::shared_ptr<const AdvisoryData> advisories = nullptr, unsigned jobs = 1);
    /// `prepared` holds at `now`.
    Evaluator(std::shared_ptr<const PreparedPolicy> prepared, Instant now, std::shared_ptr<const AdvisoryData> advisories, unsigned jobs);

    /// What plugins are asked about a subject that is there in bytes: by the rules that apply to it, of this policy and of those that
    /// it extends.
    std::vector<PluginQuestion> questions(const Subject& subject, const Evidence& evidence) const;

    /// What plugins answered about a subject, and about the manifests inside it, in their order.
    struct Answered {
        PluginReplies own;
        std::vector<PluginReplies> inner;
    };

    /// Judges one subject and, where a manifest names others, each of its members; manifests inside it are members too. Without
    /// `answered` (recorded evidence) rules that ask a plugin could not decide.
    /// `resolved`: what is known of the image of each requirement, in their order; `resolved_inner`: the same of each inner manifest.
    /// An image that a rule wants looked up (`network: allow`) and that is only a name could not be decided.
    SubjectVerdict evaluate(const Subject& subject, const Evidence& evidence, std::span<const InnerSubject> inner,
                            const Answered* answered = nullptr, std::span<const ResolvedMember> resolved = {},
                            std::span<const std::vector<ResolvedMember>> resolved_inner = {}) const;

    /// What was used, what was not, what has ended: into the report, whose subjects are judged.
    void report_exceptions(Report& report) const;
    /// Of these, the overrides that hold: what an attestation needs.
    void report_overrides(Report& report) const;

  private:
    void judge_requirements(const Subject& subject, const Evidence& evidence, std::span<const ResolvedMember> resolved,
                            std::vector<SubjectVerdict>& members) const;
    /// A requirement that names an image which a rule wants looked up; nullopt: it is judged by its name.
    std::optional<SubjectVerdict> judge_image(const Subject& subject, const Evidence& evidence, std::size_t index,
                                              std::span<const ResolvedMember> resolved, const ModelPlaces& models) const;
    SubjectVerdict judge_modelcar(Subject model, const Evidence& evidence, std::vector<SubjectVerdict> members, const PluginReplies* replies) const;
    SubjectVerdict undecided(Subject subject, std::string why) const;
    SubjectVerdict judge_one(Subject judged, const Evidence& evidence, std::vector<SubjectVerdict> members,
                             const PluginReplies* replies) const;
    /// `known`: runs of the rules of `policy_`, in their order.
    SubjectVerdict judge_extended(const PreparedPolicy::Extended& extended, const Subject& subject, const Evidence& evidence,
                                  std::span<const policy::RuleRun> known, const PluginReplies* replies,
                                  const std::vector<LoadedMember>& loaded) const;
    CheckRun ask(const Policy& policy, const Rule& rule, const Subject& subject, const Evidence& evidence, const Tier* tier,
                 const PluginReplies* replies, const std::vector<LoadedMember>& loaded) const;

    std::shared_ptr<const PreparedPolicy> prepared_;
    const Policy& policy_;               // its policy, in force
    Instant now_;
    std::shared_ptr<const AdvisoryData> advisories_;
    unsigned jobs_;
};

/// Bytes of the subject, how many of them were understood, and what no checker looks at.
Coverage coverage_of(const Subject& subject, const Evidence& evidence);

}  // namespace headgate::pipeline
