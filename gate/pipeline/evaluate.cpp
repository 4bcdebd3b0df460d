#include "pipeline/evaluate.hpp"

#include <algorithm>

#include "checkers/all.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

// Who signed the subject itself. A statement about it, which may say FAILED, is no signature.
std::vector<std::string> signers_of(const Evidence& evidence) {
    std::vector<std::string> signers;
    for (const Signature& signature : evidence.signatures) {
        if (!signature.covers_subject) continue;
        signers.insert(signers.end(), signature.signers.begin(), signature.signers.end());
    }
    std::sort(signers.begin(), signers.end());
    signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
    return signers;
}

std::vector<std::string> unchecked_by_anyone(const Subject& subject) {
    if (!subject.has_bytes) return {"content"};
    switch (subject.kind) {
        case Kind::model: return {"behaviour", "training-data"};
        case Kind::dataset: return {"labels", "meaning"};
        case Kind::package: return {"behaviour", "code"};
        case Kind::container: return {"behaviour", "layer-contents"};
    }
    return {};
}

// A requirement of a manifest as a subject of its own: a name, asserted by the manifest.
Subject member_subject(const Subject& manifest, const Requirement& requirement) {
    Subject member;
    member.reference = requirement.reference;
    member.ref = requirement.reference.canonical;
    member.kind = manifest.kind;
    member.origin = requirement.integrity.empty() && requirement.reference.digest.empty() ? Origin::asserted
                                                                                           : Origin::recorded;
    member.named_at = requirement.where;
    return member;
}

SubjectVerdict judge_one(const LoadedPolicy& loaded, const Subject& subject, const Evidence& evidence, Instant now,
                         std::vector<SubjectVerdict> members) {
    const std::vector<std::string> signers = signers_of(evidence);
    const Tier* tier = policy::assign_tier(loaded.policy, subject, signers);
    policy::JudgeInput input{loaded.policy, subject, tier, evidence, {}, std::move(members),
                             coverage_of(subject, evidence)};
    for (const policy::Applicable& applicable : policy::applicable_rules(loaded.policy, subject, tier)) {
        policy::RuleRun run{applicable, {}};
        if (applicable.applies && !applicable.skipped) {
            const Checker* checker = checkers::find(applicable.rule->check);
            run.run = checker == nullptr
                          ? CheckRun::error("this build has no checker " + applicable.rule->check)
                          : checker->run({subject, evidence, applicable.rule->settings, loaded.policy, rule_data(), now});
        }
        input.runs.push_back(std::move(run));
    }
    return policy::judge(std::move(input));
}

}  // namespace

Coverage coverage_of(const Subject& subject, const Evidence& evidence) {
    Coverage coverage;
    for (const FileRecord& file : evidence.files) {
        coverage.bytes += file.size;
        if (file.examined) coverage.examined += file.size;
    }
    coverage.skipped = evidence.opaques;
    for (const FileRecord& file : evidence.files) {
        const bool explained = std::any_of(coverage.skipped.begin(), coverage.skipped.end(),
                                           [&](const Opaque& opaque) { return opaque.where.path == file.path; });
        if (!file.examined && !explained) {
            coverage.skipped.push_back({{file.path, {}, {}, {}}, "not every byte was understood", file.size});
        }
    }
    coverage.unchecked = unchecked_by_anyone(subject);
    return coverage;
}

SubjectVerdict evaluate(const LoadedPolicy& loaded, const Subject& subject, const Evidence& evidence,
                        std::span<const InnerSubject> inner, Instant now) {
    std::vector<SubjectVerdict> members;
    for (const InnerSubject& manifest : inner) {
        members.push_back(evaluate(loaded, manifest.subject, manifest.evidence, {}, now));
    }
    Evidence own;                        // the options of the manifest are shared, not copied for each member
    own.index_options = evidence.index_options;
    for (const Requirement& requirement : evidence.requirements) {
        own.requirements.assign(1, requirement);
        members.push_back(judge_one(loaded, member_subject(subject, requirement), own, now, {}));
    }
    return judge_one(loaded, subject, evidence, now, std::move(members));
}

}  // namespace headgate::pipeline
