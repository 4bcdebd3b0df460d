#include "pipeline/admission.hpp"

#include <algorithm>
#include <exception>
#include <set>

#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "intake/admitted_object.hpp"
#include "intake/named.hpp"
#include "pipeline/evaluate.hpp"
#include "pipeline/lapsed.hpp"

namespace headgate::pipeline {
namespace {

using Outcome = AdmissionJudgement::Outcome;

constexpr std::string_view kBlocked = "policy.blocked";
constexpr std::string_view kInvalidImage = "manifest.invalid-image";

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// Names come from the API server, which checked them; a direct caller may send anything, and gets no pattern to match by it.
Subject subject_of(const std::string& place, ByteView bytes) {
    Subject subject;
    const bool plain = place.size() <= 1024 && place.find("..") == std::string::npos && !has_control_characters(place);
    const std::string path = plain ? place : "-/-/-";
    subject.ref = "k8s:" + path;
    subject.reference.scheme = "file";
    subject.reference.name = "k8s/" + path;
    subject.reference.base = subject.reference.canonical = "file:k8s/" + path;
    subject.kind = Kind::container;
    subject.has_bytes = true;
    subject.is_manifest = true;
    subject.digest.sha256 = crypto::sha256_hex(bytes);
    return subject;
}

// A container's or a volume's image: what stands elsewhere (arguments, a model's URI) is not what a kubelet pulls.
bool is_pod_image(std::string_view path) {
    const bool container = path.ends_with("].image") && path.find("ontainers[") != std::string_view::npos;
    return container || (path.ends_with("].image.reference") && path.find("volumes[") != std::string_view::npos);
}

std::vector<AdmissionJudgement::Named> named_in(const Evidence& evidence, const std::vector<ResolvedMember>& resolved, const SubjectVerdict& verdict) {
    std::vector<AdmissionJudgement::Named> named;
    const std::size_t before = verdict.members.size() - std::min(verdict.members.size(), evidence.requirements.size());
    for (std::size_t i = 0; i < evidence.requirements.size(); ++i) {
        const Requirement& requirement = evidence.requirements[i];
        AdmissionJudgement::Named one;
        one.path = requirement.where.member;
        one.written = requirement.written;
        one.reference = requirement.reference.canonical;
        one.digest = requirement.reference.digest;
        one.image = requirement.reference.scheme == "oci" && !requirement.dynamic && is_pod_image(one.path);
        if (i < resolved.size() && resolved[i].image != nullptr && !resolved[i].image->subject.digest.sha256.empty()) {
            const std::string digest = "sha256:" + resolved[i].image->subject.digest.sha256;
            // One that is named by digest has no other: what says so was not looked at.
            one.resolved = one.digest.empty() || one.digest == digest;
            if (one.digest.empty()) one.digest = digest;
        }
        if (before + i < verdict.members.size()) one.allowed = verdict.members[before + i].decision == Decision::allow;
        named.push_back(std::move(one));
    }
    return named;
}

bool is_blocked(const SubjectVerdict& verdict) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const ReportedFinding& one) { return one.finding.id == kBlocked; }) ||
           std::any_of(verdict.members.begin(), verdict.members.end(), is_blocked);
}

// What is wrong with the object itself, beside the names in it: that it names what it named before excuses none of that.
bool fails_itself(const SubjectVerdict& verdict) {
    return std::any_of(verdict.rules.begin(), verdict.rules.end(), [](const RuleOutcome& one) {
        return one.mode == Mode::enforce && (one.result == RuleResult::fail || one.result == RuleResult::error);
    });
}

// When it was admitted, and when what it rests on was said anew since.
std::vector<Instant> moments_since(Instant since, Instant now, const std::vector<ResolvedMember>& resolved) {
    constexpr std::size_t kMost = 4;         // the latest
    std::set<Instant> said;
    for (const ResolvedMember& member : resolved) {
        if (member.image == nullptr) continue;
        for (const Statement& statement : member.image->evidence.statements) {
            if (statement.issued && *statement.issued > since.seconds && *statement.issued <= now.seconds) said.insert({*statement.issued});
            if (said.size() > kMost) said.erase(said.begin());
        }
    }
    std::vector<Instant> moments(said.begin(), said.end());
    moments.push_back(since);
    return moments;
}

constexpr std::string_view kOver = "the time allowed for the judgement is over";

bool is_over(const AdmissionContext& context) { return std::chrono::steady_clock::now() >= context.deadline; }

// What is answered is a denial, and so the verdict is none that lets in.
void overdue(AdmissionJudgement& judgement) {
    judgement.outcome = Outcome::overdue;
    judgement.reason = kOver;
    for (SubjectVerdict& subject : judgement.report.subjects) {
        if (subject.decision != Decision::allow) continue;
        subject.decision = Decision::error;
        subject.level = Level::none;
        subject.enforced = false;
        subject.error = judgement.reason;
    }
    conclude(judgement.report);
}

void judge(const LoadedPolicy& loaded, const Subject& subject, ByteView bytes, Evidence& evidence, bool understood, const AdmissionContext& context,
           StageClock& clock, AdmissionJudgement& judgement) {
    FileRecord record;
    record.path = intake::kObjectPath;
    record.size = bytes.size();
    record.sha256 = subject.digest.sha256;
    record.examined = understood;
    evidence.files.push_back(std::move(record));

    judgement.report = report_under(loaded);
    judgement.report.policy_pinned = true;           // a review cannot bring a policy
    judgement.report.evaluated_at = context.now;
    std::unordered_set<std::string> names;
    if (loaded.advisories == nullptr && !loaded.advisory_files.empty()) add_advisory_names(subject, evidence, names);
    const BroughtAdvisories brought = bring_advisories(loaded, names, context.now, 1);
    if (brought.error) judgement.report.errors.push_back(*brought.error);
    judgement.report.data = brought.sources;

    const std::vector<ResolvedMember> resolved = resolve_members(loaded, evidence, context.registry, context.now, context.deadline, context.isolation);
    clock.lap(AdmissionStage::resolve);
    const Evaluator evaluator(loaded, context.now, brought.data);
    judgement.report.subjects.push_back(evaluator.evaluate(subject, evidence, {}, nullptr, resolved));
    evaluator.report_overrides(judgement.report);
    conclude(judgement.report);
    judgement.judged = true;
    judgement.named = named_in(evidence, resolved, judgement.report.subjects.front());
    if (judgement.report.decision == Decision::deny && context.admitted_since) {
        if (const auto since = context.admitted_since(judgement.named)) {
            for (const Instant moment : moments_since(*since, context.now, resolved)) {
                const SubjectVerdict then = Evaluator(loaded, moment, brought.data).evaluate(subject, evidence, {}, nullptr, resolved);
                judgement.lapsed = judgement.lapsed || only_lapsed(judgement.report.subjects.front(), then);
            }
        }
    }
    clock.lap(AdmissionStage::judge);

    // Late is never right: whoever asked may have gone on without the answer.
    if (is_over(context)) return overdue(judgement);
    const bool invalid = !understood || std::any_of(evidence.findings.begin(), evidence.findings.end(), [](const Finding& one) { return one.id == kInvalidImage; });
    switch (judgement.report.decision) {
        case Decision::allow: judgement.outcome = Outcome::allowed; break;
        case Decision::deny: judgement.outcome = invalid ? Outcome::refused : Outcome::denied; break;
        case Decision::error: judgement.outcome = Outcome::undecided; break;
    }
}

AdmissionJudgement judge_review(const LoadedPolicy& loaded, const intake::AdmissionReview& review, const AdmissionContext& context) {
    AdmissionJudgement judgement;
    judgement.outcome = Outcome::refused;
    if (!review.problem.empty()) {
        judgement.reason = "the review cannot be understood: " + review.problem;
        return judgement;
    }
    using Question = intake::AdmittedObject::Question;
    StageClock clock(judgement.stages);
    const intake::IsOver nobody_waits = [&context] { return is_over(context); };
    intake::AdmittedObject object = intake::admitted_object(review, context.limits, nobody_waits);
    judgement.reason = object.reason;
    switch (object.question) {
        case Question::refuse: return judgement;
        case Question::not_asked:
        case Question::names_nothing:
            judgement.outcome = Outcome::allowed;
            judgement.object = std::move(object.tree);
            return judgement;
        case Question::judge: break;
    }
    const Subject subject = subject_of(or_dash(review.name_space) + "/" + review.kind.name + "/" + or_dash(review.name), review.object);
    clock.lap(AdmissionStage::extract);
    if (is_over(context)) {
        // What was not read to its end is judged by nobody: not even what it names is known.
        judgement.report = report_under(loaded);
        judgement.report.policy_pinned = true;
        judgement.report.evaluated_at = context.now;
        SubjectVerdict& unread = judgement.report.subjects.emplace_back();
        unread.subject = subject;
        unread.decision = Decision::error;
        unread.error = kOver;
        overdue(judgement);
        judgement.object = std::move(object.tree);
        return judgement;
    }
    judge(loaded, subject, review.object, object.evidence, object.understood, context, clock, judgement);

    const SubjectVerdict& verdict = judgement.report.subjects.front();
    const bool held_back = judgement.outcome != Outcome::allowed && !is_blocked(verdict) && !fails_itself(verdict);
    // A registry that kept it waiting to the end is no reason against what was there before: within what is left until the caller gives up.
    const intake::IsOver nobody_waits_longer = [&context] { return std::chrono::steady_clock::now() >= context.deadline + std::chrono::milliseconds(200); };
    if (held_back && loaded.policy.defaults.on_unchanged == OnUnchanged::admit && intake::names_only_what_it_did(review, object, context.limits, nobody_waits_longer)) {
        judgement.outcome = Outcome::allowed;
        judgement.reason.clear();
        judgement.exception = "it names only what it named before, each by digest (defaults.on-unchanged: admit)";
    }
    judgement.controlled = object.controlled;
    judgement.object = std::move(object.tree);
    return judgement;
}

AdmissionJudgement judge_reference(const LoadedPolicy& loaded, const std::string& reference, const AdmissionContext& context) {
    AdmissionJudgement judgement;
    Evidence evidence;
    intake::IntakeContext reading{context.limits, evidence, "key"};
    reading.format("Kubernetes");
    const bool understood = intake::record_image(reference, {"key", "", {}, 1U}, "somebody", reading) && evidence.requirements.size() == 1;
    StageClock clock(judgement.stages);
    judge(loaded, subject_of("-/-/-", as_bytes(reference)), as_bytes(reference), evidence, understood, context, clock, judgement);
    return judgement;
}

// Whatever escapes a judgement is one that could not be made.
template <typename Judge>
AdmissionJudgement caught(const Judge& judge_it) {
    AdmissionJudgement failed;
    try {
        return judge_it();
    } catch (const std::exception& exception) {
        failed.reason = std::string("the judgement failed: ") + exception.what();
    } catch (...) {
        failed.reason = "the judgement failed";
    }
    return failed;
}

}  // namespace

AdmissionJudgement judge_admission(const LoadedPolicy& loaded, const intake::AdmissionReview& review, const AdmissionContext& context) {
    return caught([&] { return judge_review(loaded, review, context); });
}

AdmissionJudgement judge_image(const LoadedPolicy& loaded, const std::string& reference, const AdmissionContext& context) {
    return caught([&] { return judge_reference(loaded, reference, context); });
}

}  // namespace headgate::pipeline
