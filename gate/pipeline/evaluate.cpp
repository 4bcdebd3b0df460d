#include "pipeline/evaluate.hpp"

#include <algorithm>
#include <unordered_set>

#include "checkers/all.hpp"
#include "checkers/sources.hpp"
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

// Every URL that an installer may ask for a package; a bare name, and what names no source, comes from the public registry.
std::vector<std::string> sources_of(const Policy& policy, const Subject& subject, const Evidence& evidence) {
    if (subject.kind != Kind::package) return {};
    Requirement requirement;
    requirement.reference = subject.reference;
    requirement.url = subject.reference.source;
    if (subject.named_at && !evidence.requirements.empty()) requirement = evidence.requirements.front();
    std::vector<std::string> sources;
    for (const checkers::Source& source : checkers::possible_sources(requirement, evidence)) {
        const auto known = checkers::public_registries(policy, checkers::ecosystem_of(requirement.reference));
        sources.push_back(!source.url.empty() || known.empty() ? source.url : known.front());
    }
    return sources;
}

void collect_waivers(const SubjectVerdict& verdict, std::vector<ExceptionNote>& used) {
    for (const ExceptionNote& note : verdict.waivers) {
        if (std::find(used.begin(), used.end(), note) == used.end()) used.push_back(note);
    }
    for (const SubjectVerdict& member : verdict.members) collect_waivers(member, used);
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

Evaluator::Evaluator(const LoadedPolicy& loaded, Instant now)
    : policy_(policy::in_force(loaded.policy, now)), waivers_(policy_, now), now_(now) {}

SubjectVerdict Evaluator::judge_one(const Subject& subject, const Evidence& evidence, std::vector<SubjectVerdict> members) const {
    const std::vector<std::string> signers = signers_of(evidence);
    const Tier* tier = policy::assign_tier(policy_, subject, signers);
    policy::JudgeInput input{policy_, subject, tier, evidence, {}, std::move(members), coverage_of(subject, evidence),
                             now_,    &waivers_, {}};
    input.sources = sources_of(policy_, subject, evidence);
    for (const policy::Applicable& applicable : policy::applicable_rules(policy_, subject, tier)) {
        policy::RuleRun run{applicable, {}};
        if (applicable.applies && !applicable.skipped) {
            const Checker* checker = checkers::find(applicable.rule->check);
            run.run = checker == nullptr
                          ? CheckRun::error("this build has no checker " + applicable.rule->check)
                          : checker->run({subject, evidence, applicable.rule->settings, policy_, rule_data(), now_});
        }
        input.runs.push_back(std::move(run));
    }
    return policy::judge(std::move(input));
}

SubjectVerdict Evaluator::evaluate(const Subject& subject, const Evidence& evidence, std::span<const InnerSubject> inner) const {
    std::vector<SubjectVerdict> members;
    for (const InnerSubject& manifest : inner) members.push_back(evaluate(manifest.subject, manifest.evidence, {}));
    Evidence own;                        // the options of the manifest are shared, not copied for each member
    own.index_options = evidence.index_options;
    for (const Requirement& requirement : evidence.requirements) {
        own.requirements.assign(1, requirement);
        members.push_back(judge_one(member_subject(subject, requirement), own, {}));
    }
    return judge_one(subject, evidence, std::move(members));
}

void Evaluator::report_exceptions(Report& report) const {
    for (const SubjectVerdict& subject : report.subjects) collect_waivers(subject, report.used_waivers);
    std::unordered_set<std::string> used;
    for (const ExceptionNote& note : report.used_waivers) used.insert(note.line);
    for (const Waiver* waiver : waivers_.holding()) {
        if (!used.contains(waiver->line)) report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
    }
    for (const Waiver* waiver : waivers_.unsigned_ones()) {
        report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
        report.unused_waivers.back().reason = "not signed by whom 'waiver-limits.signed-by' names, and so ignored";
    }
    for (const Waiver* waiver : waivers_.early()) {
        report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
        report.unused_waivers.back().reason = "created on " + format_instant(waiver->created) + ", and ignored until then";
    }
    for (const Waiver* waiver : waivers_.expired()) report.expired_waivers.push_back(policy::note_of(*waiver, now_, ""));
    for (const Override& entry : policy_.overrides) {
        (now_ < entry.expires ? report.overrides : report.expired_overrides).push_back(policy::note_of(entry));
    }
}

}  // namespace headgate::pipeline
