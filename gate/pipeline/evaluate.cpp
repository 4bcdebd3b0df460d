#include "pipeline/evaluate.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <set>
#include <thread>
#include <unordered_set>

#include "checkers/all.hpp"
#include "checkers/signature.hpp"
#include "checkers/sources.hpp"
#include "model/layers.hpp"
#include "model/store_scheme.hpp"
#include "pipeline/layered_evidence.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

// Who signed the subject itself, with all of its files. A statement about it, which may say FAILED, is no signature.
std::vector<std::string> signers_of(const Evidence& evidence) {
    std::vector<std::string> signers;
    for (const Signature& signature : evidence.signatures) {
        if (!signature.covers_subject || !checkers::leaves_out_only_documentation(evidence, signature)) continue;
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

// A manifest may name things of several kinds; what a reference does not tell is of the manifest's kind.
Kind kind_of_member(const Subject& manifest, const Reference& reference) {
    if (reference.scheme == "hf" || is_store_scheme(reference.scheme)) return Kind::model;
    if (reference.scheme == "hf-dataset") return Kind::dataset;
    if (reference.scheme == "oci") return Kind::container;
    if (reference.scheme == "pkg") return Kind::package;
    return manifest.kind;
}

// A requirement of a manifest as a subject of its own: a name, asserted by the manifest.
Subject member_subject(const Subject& manifest, const Requirement& requirement) {
    Subject member;
    member.reference = requirement.reference;
    member.ref = requirement.reference.canonical;
    member.kind = kind_of_member(manifest, requirement.reference);
    const bool bound = checkers::has_strong_hash(requirement) || !requirement.reference.digest.empty();
    member.origin = bound ? Origin::recorded : Origin::asserted;
    member.named_at = requirement.where;
    return member;
}

// Every URL that an installer may ask for a package; a bare name, and what names no source, comes from the public registry.
std::vector<std::string> sources_of(const Policy& policy, const Subject& subject, const Evidence& evidence) {
    if (subject.kind != Kind::package) return {};
    std::optional<Requirement> named;
    const bool is_member = subject.named_at && !evidence.requirements.empty();
    if (!is_member) {
        named.emplace();
        named->reference = subject.reference;
        named->url = subject.reference.source;
    }
    const Requirement& requirement = is_member ? evidence.requirements.front() : *named;
    std::vector<std::string> sources;
    for (const checkers::Source& source : checkers::possible_sources(requirement, evidence)) {
        const auto known = checkers::public_registries(policy, checkers::ecosystem_of(requirement.reference));
        sources.push_back(!source.url.empty() || known.empty() ? source.url : known.front());
    }
    return sources;
}

// An image that a container of a Kubernetes object is made of; a volume or a storage URI may hold a model.
bool runs(const Requirement& requirement) { return requirement.where.member.ends_with(".image"); }

constexpr std::string_view kPlugin = "plugin";
constexpr std::string_view kNotLookedUp = "the policy wants it looked up at its registry (network: allow), and no registry was asked";

// What the workloads of a manifest load. Its members are names: what their bytes hold, nobody has looked at.
std::vector<LoadedMember> loaded_by(const Evidence& evidence, const std::vector<SubjectVerdict>& members) {
    std::vector<LoadedMember> loaded;
    if (evidence.workloads.empty()) return loaded;
    for (const SubjectVerdict& member : members) {
        const bool loads = member.subject.kind == Kind::model || member.subject.kind == Kind::dataset;
        if (loads && member.subject.named_at) loaded.push_back({*member.subject.named_at, member.level});
    }
    return loaded;
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

Evaluator::Evaluator(std::shared_ptr<const PreparedPolicy> prepared, Instant now, std::shared_ptr<const AdvisoryData> advisories, unsigned jobs)
    : prepared_(std::move(prepared)),
      policy_(prepared_->policy()),
      now_(now),
      advisories_(std::move(advisories)),
      jobs_(jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : jobs) {
    assert(prepared_->holds_at(now));
}

Evaluator::Evaluator(const LoadedPolicy& loaded, Instant now, std::shared_ptr<const AdvisoryData> advisories, unsigned jobs)
    : Evaluator(prepare(loaded, now), now, std::move(advisories), jobs) {}

CheckRun Evaluator::ask(const Policy& policy, const Rule& rule, const Subject& subject, const Evidence& evidence, const Tier* tier,
                        const PluginReplies* replies, const std::vector<LoadedMember>& loaded) const {
    const Checker* const checker = checkers::find(rule.check);
    if (checker == nullptr) return CheckRun::error("this build has no checker " + rule.check);
    if (replies != nullptr && rule.check == kPlugin) {
        const auto reply = replies->find(question_of(rule, tier == nullptr ? "" : tier->name));
        return reply == replies->end() ? CheckRun::error("the plugin was not asked") : run_of(reply->second, rule);
    }
    return checker->run({subject, evidence, rule.settings, policy, rule_data(), now_, advisories_.get(), &loaded});
}

SubjectVerdict Evaluator::judge_extended(const PreparedPolicy::Extended& extended, const Subject& subject, const Evidence& collected,
                                         std::span<const policy::RuleRun> known, const PluginReplies* replies,
                                         const std::vector<LoadedMember>& loaded) const {
    const Policy& policy = extended.policy;
    const Tier* const tier = policy::assign_tier(policy, subject, signers_of(collected));
    const auto applicable = policy::applicable_rules(policy, subject, tier);
    const LayeredEvidence layered(subject, collected, applicable);
    const Evidence& evidence = layered.whole();
    policy::JudgeInput input{policy, subject, tier, evidence, {}, {}, coverage_of(subject, evidence), now_, &prepared_->waivers(), {}};
    layered.note_unchecked(input.coverage);
    input.sources = sources_of(policy, subject, evidence);
    for (std::size_t i = 0; i < applicable.size(); ++i) {
        policy::RuleRun run{applicable[i], {}};
        if (run.applicable.applies && !run.applicable.skipped) {
            const policy::RuleRun* const done = extended.same[i] ? &known[*extended.same[i]] : nullptr;
            const bool ran = done != nullptr && done->applicable.applies && !done->applicable.skipped;
            run.run = ran ? done->run : ask(policy, policy.rules[i], subject, layered.of(policy.rules[i]), tier, replies, loaded);
        }
        input.runs.push_back(std::move(run));
    }
    return policy::judge(std::move(input));
}

SubjectVerdict Evaluator::judge_one(Subject judged, const Evidence& collected, std::vector<SubjectVerdict> members,
                                    const PluginReplies* replies) const {
    const Tier* const tier = policy::assign_tier(policy_, judged, signers_of(collected));
    const auto rules = policy::applicable_rules(policy_, judged, tier);
    const LayeredEvidence layered(judged, collected, rules);
    const Evidence& evidence = layered.whole();
    const std::vector<LoadedMember> loaded = loaded_by(evidence, members);
    policy::JudgeInput input{policy_, std::move(judged), tier, evidence, {}, std::move(members), {}, now_, &prepared_->waivers(), {}};
    const Subject& subject = input.subject;
    input.coverage = coverage_of(subject, evidence);
    layered.note_unchecked(input.coverage);
    input.sources = sources_of(policy_, subject, evidence);
    input.runs.reserve(policy_.rules.size());
    for (const policy::Applicable& applicable : rules) {
        policy::RuleRun& run = input.runs.emplace_back();
        run.applicable = applicable;
        if (applicable.applies && !applicable.skipped) run.run = ask(policy_, *applicable.rule, subject, layered.of(*applicable.rule), tier, replies, loaded);
    }
    for (const PreparedPolicy::Extended& extended : prepared_->extended()) {
        input.extended.push_back({extended.label, judge_extended(extended, subject, collected, input.runs, replies, loaded)});
    }
    return policy::judge(std::move(input));
}

std::vector<PluginQuestion> Evaluator::questions(const Subject& subject, const Evidence& evidence) const {
    std::set<PluginQuestion> asked;
    const auto collect = [&](const Policy& policy) {
        const Tier* const tier = policy::assign_tier(policy, subject, signers_of(evidence));
        for (const policy::Applicable& applicable : policy::applicable_rules(policy, subject, tier)) {
            const bool asks = applicable.applies && !applicable.skipped && applicable.rule->check == kPlugin;
            if (asks) asked.insert(question_of(*applicable.rule, tier == nullptr ? "" : tier->name));
        }
    };
    if (!subject.has_bytes) return {};
    collect(policy_);
    for (const PreparedPolicy::Extended& extended : prepared_->extended()) collect(extended.policy);
    return {asked.begin(), asked.end()};
}

SubjectVerdict Evaluator::undecided(Subject subject, std::string why) const {
    SubjectVerdict verdict;
    const Tier* const tier = policy::assign_tier(policy_, subject, {});
    if (tier != nullptr) {
        verdict.tier = tier->name;
        verdict.tier_line = tier->line;
    }
    verdict.subject = std::move(subject);
    verdict.decision = Decision::error;
    verdict.error = std::move(why);
    return verdict;
}

std::optional<SubjectVerdict> Evaluator::judge_image(const Subject& subject, const Evidence& evidence, std::size_t index,
                                                     std::span<const ResolvedMember> resolved, const ModelPlaces& models) const {
    const Requirement& requirement = evidence.requirements[index];
    if (!prepared_->asks_registry() || !asks_registry_for(policy_, requirement.reference)) return std::nullopt;
    Subject member = member_subject(subject, requirement);
    if (!names_an_image(requirement)) {
        Evidence own;
        own.requirements.assign(1, requirement);
        own.index_options = evidence.index_options;
        SubjectVerdict by_name = judge_one(member, own, {}, nullptr);
        if (by_name.decision != Decision::allow) return by_name;
        return undecided(std::move(member), "the policy wants it looked up at its registry (network: allow), and its name is not known until it is built");
    }
    if (index < resolved.size() && resolved[index].error) return undecided(std::move(member), resolved[index].error->message);
    if (index >= resolved.size() || resolved[index].image == nullptr) return undecided(std::move(member), std::string(kNotLookedUp));
    const Recording& image = *resolved[index].image;
    // Called as it is written, so that its pin is judged as it is; what is judged besides is what it led to.
    member.origin = image.subject.origin;
    member.kind = image.subject.kind;                // as its manifest says, whatever the name promises
    member.digest = image.subject.digest;
    member.has_bytes = image.subject.has_bytes;
    member.is_folder = image.subject.is_folder;
    Evidence own = image.evidence;
    own.requirements.assign(1, requirement);
    own.index_options = evidence.index_options;
    if (runs(requirement)) check_stated_kind(Kind::container, member.kind, own);
    member.named_as_image = member.kind != Kind::container && !ModelPlaces::located(requirement);
    member.named_as_model = member.kind == Kind::dataset && models.named(requirement);
    if (member.kind == Kind::container && models.named(requirement)) {
        member.kind = Kind::model;
        return judge_modelcar(std::move(member), own, {}, nullptr);
    }
    return judge_one(std::move(member), own, {}, nullptr);
}

// An image in the place of a model is both: judged as what runs, and as the model that lies in it.
SubjectVerdict Evaluator::judge_modelcar(Subject model, const Evidence& evidence, std::vector<SubjectVerdict> members, const PluginReplies* replies) const {
    Subject image = model;
    image.kind = Kind::container;
    members.push_back(judge_one(std::move(image), evidence, {}, replies));
    return judge_one(std::move(model), evidence, std::move(members), replies);
}

// Members know nothing of each other: a large lockfile is judged in parts, over all cores.
void Evaluator::judge_requirements(const Subject& subject, const Evidence& evidence, std::span<const ResolvedMember> resolved,
                                   std::vector<SubjectVerdict>& members) const {
    constexpr std::size_t kPart = 128;
    const std::size_t before = members.size();
    const std::size_t count = evidence.requirements.size();
    members.resize(before + count);
    const ModelPlaces models(evidence);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        Evidence own;                    // the options of the manifest are shared, not copied for each member
        own.index_options = evidence.index_options;
        own.workloads = evidence.workloads;
        own.fences = evidence.fences;
        RuleOutcomes last;               // and so are outcomes, as long as they are the same
        for (std::size_t begin = next.fetch_add(kPart); begin < count; begin = next.fetch_add(kPart)) {
            for (std::size_t i = begin; i < std::min(begin + kPart, count); ++i) {
                SubjectVerdict& member = members[before + i];
                if (auto image = judge_image(subject, evidence, i, resolved, models)) {
                    member = std::move(*image);
                    continue;
                }
                own.requirements.assign(1, evidence.requirements[i]);
                member = judge_one(member_subject(subject, evidence.requirements[i]), own, {}, nullptr);
                if (member.rules == last) member.rules = last;
                else last = member.rules;
            }
        }
    };
    const std::size_t parts = (count + kPart - 1) / kPart;
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < std::min<std::size_t>(jobs_, parts); ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
}

SubjectVerdict Evaluator::evaluate(const Subject& subject, const Evidence& evidence, std::span<const InnerSubject> inner,
                                   const Answered* answered, std::span<const ResolvedMember> resolved,
                                   std::span<const std::vector<ResolvedMember>> resolved_inner) const {
    const bool only_named = !subject.has_bytes && subject.reference.scheme == "oci";
    if (only_named && prepared_->asks_registry() && asks_registry_for(policy_, subject.reference)) return undecided(subject, std::string(kNotLookedUp));
    std::vector<SubjectVerdict> members;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        const InnerSubject& manifest = inner[i];
        const bool asked = answered != nullptr && i < answered->inner.size();
        const Answered of_it{asked ? answered->inner[i] : PluginReplies{}, {}};
        const std::span<const ResolvedMember> known = i < resolved_inner.size() ? std::span<const ResolvedMember>(resolved_inner[i])
                                                                                : std::span<const ResolvedMember>();
        members.push_back(evaluate(manifest.subject, manifest.evidence, {}, answered == nullptr ? nullptr : &of_it, known));
    }
    judge_requirements(subject, evidence, resolved, members);
    if (subject.kind == Kind::model && subject.has_bytes && is_of_image(evidence)) {
        return judge_modelcar(subject, evidence, std::move(members), answered == nullptr ? nullptr : &answered->own);
    }
    return judge_one(subject, evidence, std::move(members), answered == nullptr ? nullptr : &answered->own);
}

void Evaluator::report_exceptions(Report& report) const {
    for (const SubjectVerdict& subject : report.subjects) collect_waivers(subject, report.used_waivers);
    std::unordered_set<std::string> used;
    for (const ExceptionNote& note : report.used_waivers) used.insert(note.line);
    for (const Waiver* waiver : prepared_->waivers().holding()) {
        if (!used.contains(waiver->line)) report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
    }
    for (const Waiver* waiver : prepared_->waivers().unsigned_ones()) {
        report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
        report.unused_waivers.back().reason = "not signed by whom 'waiver-limits.signed-by' names, and so ignored";
    }
    for (const Waiver* waiver : prepared_->waivers().early()) {
        report.unused_waivers.push_back(policy::note_of(*waiver, now_, ""));
        report.unused_waivers.back().reason = "created on " + format_instant(waiver->created) + ", and ignored until then";
    }
    for (const Waiver* waiver : prepared_->waivers().expired()) report.expired_waivers.push_back(policy::note_of(*waiver, now_, ""));
    report_overrides(report);
    for (const Override& entry : policy_.overrides) {
        if (now_ >= entry.expires) report.expired_overrides.push_back(policy::note_of(entry));
    }
}

void Evaluator::report_overrides(Report& report) const {
    for (const Override& entry : policy_.overrides) {
        if (now_ < entry.expires) report.overrides.push_back(policy::note_of(entry));
    }
}

}  // namespace headgate::pipeline
