// decide.cpp: the story of one request. Discover what to judge; read and hash every file once, in parallel; collect the
// evidence; judge it under the policy. Beyond `collect_all`, no artifact is touched any more.
#include "pipeline/decide.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "attest/attached.hpp"
#include "attest/evidence.hpp"
#include "attest/given_evidence.hpp"
#include "io/file_source.hpp"
#include "model/layers.hpp"
#include "pipeline/base_documents.hpp"
#include "pipeline/digest.hpp"
#include "pipeline/evaluate.hpp"
#include "pipeline/examine.hpp"
#include "pipeline/further_digests.hpp"
#include "pipeline/image_layers.hpp"
#include "pipeline/kind.hpp"
#include "pipeline/oci.hpp"
#include "pipeline/oci_contents.hpp"
#include "pipeline/pair_pass.hpp"
#include "pipeline/plugins.hpp"
#include "pipeline/registry_images.hpp"
#include "pipeline/tensor_data.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxEvidence = 16ULL << 20U;

struct Collected {
    Subject subject;
    Evidence evidence;
    std::vector<InnerSubject> inner;
    std::optional<Error> error;
    std::vector<JudgedFile> files;       // of plan.files, without signatures and attestations: for plugins
    std::vector<ResolvedMember> resolved = {};                      // images that its requirements name
    std::vector<std::vector<ResolvedMember>> resolved_inner = {};   // those of each inner manifest
    bool looked_up = false;              // at a registry: there are no files of it here
};

// Files given with --evidence: read once, offered to every subject.
Result<std::vector<attest::GivenEvidence>> read_given_evidence(const std::vector<std::string>& paths) {
    std::vector<attest::GivenEvidence> given;
    for (const std::string& path : paths) {
        if (TRY(io::path_type(path)) != io::Entry::Type::folder) {
            given.emplace_back(path, TRY(io::read_file(path, kMaxEvidence)));
            continue;
        }
        const auto folder = TRY(io::Directory::open(path));
        for (const io::Entry& entry : TRY(folder->walk(""))) {
            if (entry.type != io::Entry::Type::file) continue;
            given.emplace_back(path + "/" + entry.path,
                               TRY(io::read_file_beneath(TRY(folder->open_file(entry.path)), entry.path, kMaxEvidence)));
        }
    }
    return given;
}

InnerSubject inner_subject(const SubjectPlan& plan, FileOutcome& outcome) {
    InnerSubject inner{{}, std::move(outcome.manifest->facts)};
    inner.evidence.files.push_back(outcome.manifest->record);
    inner.evidence.files.back().sha256 = outcome.record.sha256;
    inner.subject.kind = outcome.manifest->format->kind;
    inner.subject.has_bytes = true;
    inner.subject.is_manifest = inner.subject.kind == Kind::container;
    inner.subject.digest.sha256 = outcome.record.sha256;
    name_by_path(inner.subject, display_path(plan, outcome.record.path));
    return inner;
}

// The layers of a model artifact, examined as the files of the folder that it unpacks to.
void collect_contents(SubjectPlan& layout, std::span<const formats::OciContent> contents, std::vector<FileOutcome>& outcomes, const Request& request,
                      const WhileHashing& looks, Collected& collected) {
    const std::vector<std::string> paths = content_paths(contents, collected.evidence);
    Plan plan;
    plan.subjects.push_back(unpacked(layout, contents, paths));
    std::vector<FileOutcome> files = std::move(examine_files(plan, request, looks).front());
    drop_layer_records(contents, collected.evidence);
    // From here on they are files of the subject: for plugins, and for whatever is read again.
    std::vector<std::size_t> blobs;
    for (const JudgedFile& file : collected.files) blobs.push_back(static_cast<std::size_t>(file.plan - layout.files.data()));
    layout.files.insert(layout.files.end(), plan.subjects.front().files.begin(), plan.subjects.front().files.end());
    for (std::size_t i = 0; i < blobs.size(); ++i) collected.files[i].plan = &layout.files[blobs[i]];
    for (std::size_t i = 0; i < files.size(); ++i) {
        collected.files.push_back({&layout.files[layout.files.size() - files.size() + i], files[i].record.sha256, files[i].stamp});
    }
    for (FileOutcome& file : files) {
        if (file.error && !collected.error) collected.error = file.error;
        for (std::size_t i = 0; i < contents.size(); ++i) {
            if (paths[i] != file.record.path) continue;
            check_packing(contents[i], paths[i], file.facts);
            if (contents[i].layer.digest == "sha256:" + file.record.sha256 || collected.error) continue;
            collected.error = Error{ErrorCode::io, contents[i].layer.path() + ": it is not what was hashed before"};
        }
        if (file.manifest) collected.inner.push_back(inner_subject(plan.subjects.front(), file));
        collected.evidence.merge(std::move(file.facts));
        collected.evidence.files.push_back(std::move(file.record));
        // To be compared with the base: whose file they are of is told no more.
        for (TensorRelation& relation : file.relations) outcomes.front().relations.push_back(std::move(relation));
    }
    std::sort(collected.evidence.files.begin(), collected.evidence.files.end(), [](const FileRecord& a, const FileRecord& b) { return a.path < b.path; });
    settle_tensor_data(collected.evidence);
}

// The layers of an image, read for what lies in them.
void collect_layers(const SubjectPlan& layout, std::span<const formats::OciDescriptor> layers, LayersWanted wanted, const Request& request, Collected& collected) {
    Plan plan;
    plan.subjects.push_back(layer_files(layout, layers, wanted));
    std::vector<FileOutcome> files = std::move(examine_files(plan, request, {}).front());
    for (FileOutcome& file : files) {
        if (file.error && !collected.error) collected.error = file.error;
        if (collected.error) return;
        for (const formats::OciDescriptor& layer : layers) {
            if (layer.path() != file.record.path) continue;
            if (layer.digest != "sha256:" + file.record.sha256) {
                // Which digest it has, was found before; that it has another one since, is ours.
                const bool known = std::any_of(collected.evidence.files.begin(), collected.evidence.files.end(), [&](const FileRecord& one) {
                    return one.path == file.record.path && one.sha256 == file.record.sha256;
                });
                if (!known) collected.error = Error{ErrorCode::io, layer.path() + ": it is not what was hashed before"};
            }
            take_layer(layer, {std::move(file.facts), file.record.examined}, collected.evidence);
        }
    }
    all_layers_taken(wanted, "blobs/sha256/" + collected.subject.digest.sha256, collected.evidence);
}

Collected collect_subject(const LoadedPolicy& loaded, SubjectPlan& plan, std::vector<FileOutcome>& outcomes,
                          const std::vector<attest::GivenEvidence>& given, const Request& request, const WhileHashing& looks) {
    Collected collected{plan.subject, plan.found, {}, {}, {}};
    collected.subject.is_manifest = plan.shape == SubjectPlan::Shape::manifest && plan.subject.kind == Kind::container;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        FileOutcome& outcome = outcomes[i];
        if (!outcome.record.evidence) collected.files.push_back({&plan.files[i], outcome.record.sha256, outcome.stamp});
        if (outcome.error && !collected.error) collected.error = outcome.error;
        if (outcome.manifest) collected.inner.push_back(inner_subject(plan, outcome));
        collected.evidence.merge(std::move(outcome.facts));
        collected.evidence.files.push_back(outcome.record);
    }
    if (collected.error || plan.shape == SubjectPlan::Shape::name) return collected;
    settle_tensor_data(collected.evidence);

    Attached attached;
    if (plan.shape == SubjectPlan::Shape::oci_layout) {
        std::vector<formats::OciContent> contents;
        std::vector<formats::OciDescriptor> layers;
        collected.error = read_oci_layout(plan, request.limits, collected.subject, collected.evidence, attached, contents, layers);
        if (!collected.error && !contents.empty()) collect_contents(plan, contents, outcomes, request, looks, collected);
        const LayersWanted wanted = layers_wanted(loaded.policy, collected.subject.kind == Kind::model);
        if (!collected.error && contents.empty() && wanted != LayersWanted::none && is_of_image(collected.evidence) && !collected.subject.digest.sha256.empty()) {
            collect_layers(plan, layers, wanted, request, collected);
        }
        if (collected.error) return collected;
    } else {
        if (plan.shape == SubjectPlan::Shape::file && !plan.kind_given) {
            collected.subject.kind = kind_by_content(plan, collected.evidence);
        }
        collected.subject.digest = digest_of(plan.subject.is_folder, collected.evidence.files);
    }
    check_statements_about(plan, collected.subject, collected.evidence);
    const std::vector<FileRecord> files = collected.evidence.files;
    attest::EvidenceTarget target{collected.subject, files, hash_further(plan, request, collected.error), read_whole(plan, collected.error)};
    for (const FileOutcome& outcome : outcomes) {
        if (!outcome.record.evidence && outcome.record.sha256 == collected.subject.digest.sha256) target.begins_as_envelope = outcome.begins_as_envelope;
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!plan.files[i].evidence) continue;
        attest::read_evidence(outcomes[i].content, {plan.files[i].path, {}, {}, {}}, target, loaded.trust,
                              request.now, collected.evidence);
    }
    attest::read_attached(attached, target, loaded.trust, {}, request.now, collected.evidence);
    for (const attest::GivenEvidence& evidence : given) evidence.read_about(target, loaded.trust, request.now, collected.evidence);
    return collected;
}

// Tensors were compared while they were hashed; what the base has besides, and the documents, are compared here.
void compare_with_base(const BaseModel& base, const SubjectPlan& plan, std::vector<FileOutcome>& outcomes, Collected& collected) {
    if (collected.error || collected.subject.kind != Kind::model || !collected.subject.has_bytes) return;
    BaseComparison comparison{base.name(), base.digest(), {}, {}};
    for (FileOutcome& outcome : outcomes) {
        for (TensorRelation& relation : outcome.relations) comparison.tensors.push_back(std::move(relation));
    }
    for (TensorRelation& relation : absent_tensors(base, collected.evidence.tensors)) comparison.tensors.push_back(std::move(relation));
    auto differences = compare_documents(base, plan, collected.evidence.files);
    if (!differences.ok()) {
        collected.error = differences.error();
        return;
    }
    comparison.differences = std::move(differences).value();
    collected.evidence.comparisons.push_back(std::move(comparison));
}

// An image that is only named becomes what its registry has under that name.
void take_image(const ResolvedMember& known, const LoadedPolicy& loaded, const std::vector<attest::GivenEvidence>& given, Instant now,
                Collected& collected) {
    collected.error = known.error;
    if (known.image == nullptr) return;
    collected.looked_up = true;
    collected.subject = known.image->subject;
    collected.evidence.merge(Evidence(known.image->evidence));
    const std::vector<FileRecord> files = collected.evidence.files;
    const attest::EvidenceTarget target{collected.subject, files};
    for (const attest::GivenEvidence& evidence : given) evidence.read_about(target, loaded.trust, now, collected.evidence);
}

// Everything that is named anywhere is asked for together, and each of it once.
void look_up_images(const LoadedPolicy& loaded, const Request& request, const std::vector<attest::GivenEvidence>& given,
                    const Plan& plan, std::vector<Collected>& subjects) {
    if (request.registry == nullptr || request.names_only) return;
    ImageLookups lookups(loaded, request.registry.get(), request.now, request.deadline, request.isolation.get());
    const auto only_named = [](const Collected& one) {
        return !one.error && !one.subject.has_bytes && one.subject.reference.scheme == "oci";
    };
    for (const Collected& one : subjects) {
        const SubjectPlan& named = plan.subjects[static_cast<std::size_t>(&one - subjects.data())];
        if (only_named(one)) lookups.want(one.subject.reference, named.kind_given && named.subject.kind == Kind::model);
        lookups.want_members(one.evidence);
        for (const InnerSubject& inner : one.inner) lookups.want_members(inner.evidence);
    }
    lookups.run();
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        Collected& one = subjects[i];
        one.resolved = lookups.of_members(one.evidence);
        for (const InnerSubject& inner : one.inner) one.resolved_inner.push_back(lookups.of_members(inner.evidence));
        if (!only_named(one)) continue;
        const SubjectPlan& planned = plan.subjects[i];
        take_image(lookups.of(one.subject.reference), loaded, given, request.now, one);
        if (!one.looked_up) continue;
        check_stated_kind(planned.kind_given ? std::optional(planned.subject.kind) : std::nullopt, one.subject.kind, one.evidence);
        if (planned.kind_given && planned.subject.kind == Kind::model && one.subject.kind == Kind::container) one.subject.kind = Kind::model;
    }
}

struct CollectedAll {
    Plan plan;
    std::vector<Collected> subjects;
    std::set<std::string> given;         // names of files of evidence
};

CollectedAll collect_all(const LoadedPolicy& loaded, const Request& request) {
    CollectedAll all{discover(request), {}, {}};
    auto given = read_given_evidence(request.evidence);
    if (!given.ok()) {
        all.plan.errors.push_back(given.error());
        all.plan.subjects.clear();
        return all;
    }
    for (const attest::GivenEvidence& evidence : *given) all.given.insert(evidence.name());
    std::shared_ptr<const BaseModel> base;
    if (!request.compare_base.empty()) {
        auto opened = BaseModel::open(request.compare_base, request);
        if (!opened.ok()) {
            all.plan.errors.push_back(opened.error());
            all.plan.subjects.clear();
            return all;
        }
        base = std::move(opened).value();
    }
    const WhileHashing looks{asks_for_weights(loaded.policy), base.get()};
    auto outcomes = examine_files(all.plan, request, looks);
    for (std::size_t i = 0; i < all.plan.subjects.size(); ++i) {
        all.subjects.push_back(collect_subject(loaded, all.plan.subjects[i], outcomes[i], *given, request, looks));
        if (base) compare_with_base(*base, all.plan.subjects[i], outcomes[i], all.subjects.back());
    }
    look_up_images(loaded, request, *given, all.plan, all.subjects);
    return all;
}

// Keeps what was collected for as long as the process lives: to take it apart takes longer than to end.
struct Keeper {
    std::unique_ptr<CollectedAll>& collected;
    bool keeps;
    ~Keeper() {
        [[maybe_unused]] static const CollectedAll* kept = nullptr;
        if (keeps) kept = collected.release();
    }
};

// What plugins say about each subject: read while its files lie there, judged with the evidence.
std::vector<Evaluator::Answered> ask_about(const CollectedAll& collected, const LoadedPolicy& loaded, const Evaluator& evaluator,
                                           const Request& request) {
    std::vector<Evaluator::Answered> answered(collected.subjects.size());
    if (loaded.plugins.empty()) return answered;
    std::vector<PluginTarget> targets;
    std::vector<std::size_t> subjects;               // of each target
    for (std::size_t i = 0; i < collected.subjects.size(); ++i) {
        const Collected& one = collected.subjects[i];
        if (one.error || one.looked_up) continue;    // a plugin that was not asked could not decide
        targets.push_back({&one.subject, one.files, evaluator.questions(one.subject, one.evidence), {}});
        subjects.push_back(i);
        for (const InnerSubject& inner : one.inner) {
            PluginTarget target{&inner.subject, {}, evaluator.questions(inner.subject, inner.evidence), {}};
            for (const JudgedFile& file : one.files) {
                if (!inner.evidence.files.empty() && file.plan->path == inner.evidence.files.front().path) target.files.push_back(file);
            }
            targets.push_back(std::move(target));
            subjects.push_back(i);
        }
    }
    ask_plugins(loaded, request, targets);
    for (std::size_t at = 0; at < targets.size(); ++at) {
        Evaluator::Answered& of = answered[subjects[at]];
        const bool first = at == 0 || subjects[at] != subjects[at - 1];
        (first ? of.own : of.inner.emplace_back()) = std::move(targets[at].replies);
    }
    return answered;
}

// Locations inside a subject become paths as the person gave them; those in files of evidence are so already, and those in an image of a
// registry are no paths here.
void print_paths(const SubjectPlan& plan, const std::set<std::string>& given, SubjectVerdict& verdict) {
    if (plan.shape == SubjectPlan::Shape::name) return;
    const bool elsewhere = verdict.subject.named_at && verdict.subject.has_bytes;
    for (ReportedFinding& reported : verdict.findings) {
        std::string& path = reported.finding.where.path;
        const auto own = [&] { return std::any_of(plan.files.begin(), plan.files.end(), [&](const FilePlan& file) { return file.path == path; }); };
        if (own() || !(elsewhere || given.contains(path))) path = display_path(plan, path);
    }
    if (elsewhere) return;
    for (Opaque& skipped : verdict.coverage.skipped) skipped.where.path = display_path(plan, skipped.where.path);
    for (SubjectVerdict& member : verdict.members) {
        if (member.subject.named_at) member.subject.named_at->path = display_path(plan, member.subject.named_at->path);
        print_paths(plan, given, member);
    }
}

// Of all that is known, what is about something that was collected.
BroughtAdvisories bring_for(const LoadedPolicy& loaded, const std::vector<Collected>& subjects, const Request& request) {
    std::unordered_set<std::string> names;
    const bool read_by_name = loaded.advisories == nullptr && !loaded.advisory_files.empty();
    for (const Collected& subject : subjects) {
        if (!read_by_name) break;
        add_advisory_names(subject.subject, subject.evidence, names);
        for (const InnerSubject& inner : subject.inner) add_advisory_names(inner.subject, inner.evidence, names);
    }
    return bring_advisories(loaded, names, request.now, request.jobs);
}

// The policy, or a file that it names and does not pin: whoever wrote what is judged could have written it.
bool policy_lies_inside(const LoadedPolicy& loaded, const Request& request) {
    std::vector<std::string> paths;
    if (!loaded.path.empty()) paths.push_back(loaded.path);
    for (const NamedFile& file : loaded.files) {
        if (!file.pinned) paths.push_back(file.path);
    }
    for (const Request::Argument& argument : request.arguments) {
        const auto real = io::real_path(argument.text.empty() ? "." : argument.text);
        if (!real.ok()) continue;
        if (std::any_of(paths.begin(), paths.end(), [&](const std::string& path) { return io::is_below(path, *real); })) return true;
    }
    return false;
}

}  // namespace

ParsingPlace parsing_place(const Request& request) { return {request.isolation.get(), request.deadline}; }

Report report_under(const LoadedPolicy& loaded) {
    Report report;
    report.policy_name = loaded.policy.name;
    report.policy_revision = loaded.policy.revision;
    report.policy_owner = loaded.policy.owner;
    report.policy_uri = loaded.policy.uri;
    report.policy_digest = loaded.policy.digest;
    return report;
}

Report decide(const LoadedPolicy& loaded, const Request& request) {
    Report report = report_under(loaded);
    report.policy_pinned = loaded.pinned || !policy_lies_inside(loaded, request);
    report.evaluated_at = request.now;

    auto owned = std::make_unique<CollectedAll>(collect_all(loaded, request));
    CollectedAll& collected = *owned;
    const Keeper keeper{owned, request.ends_soon};
    report.errors = std::move(collected.plan.errors);
    report.outside_files = collected.plan.outside_files;
    report.empty_arguments = collected.plan.empty_arguments;

    const BroughtAdvisories brought = bring_for(loaded, collected.subjects, request);
    if (brought.error) report.errors.push_back(*brought.error);
    report.data = brought.sources;
    const Evaluator evaluator(loaded, request.now, brought.data, request.jobs);
    const auto answered = ask_about(collected, loaded, evaluator, request);

    // Beyond this point no artifact is touched: only evidence, and what plugins found, is judged.
    for (std::size_t i = 0; i < collected.subjects.size(); ++i) {
        const Collected& subject = collected.subjects[i];
        SubjectVerdict verdict;
        if (subject.error) {
            verdict.subject = subject.subject;
            verdict.decision = Decision::error;
            verdict.error = subject.error->message;
        } else {
            verdict = evaluator.evaluate(subject.subject, subject.evidence, subject.inner, &answered[i], subject.resolved, subject.resolved_inner);
        }
        print_paths(collected.plan.subjects[i], collected.given, verdict);
        report.subjects.push_back(std::move(verdict));
    }
    evaluator.report_exceptions(report);
    conclude(report);
    return report;
}

void conclude(Report& report) {
    report.decision = policy::worst(report.subjects);
    const bool denied = !report.subjects.empty() && report.decision == Decision::deny;
    if (!report.errors.empty() && !denied) report.decision = Decision::error;
    if (report.exit_code() == 3) report.decision = Decision{};  // an argument without a subject: nothing was let in
}

void merge(Report& into, Report other) {
    const auto append = [](auto& list, auto& more) {
        for (auto& item : more) list.push_back(std::move(item));
    };
    const auto unite = [](std::vector<ExceptionNote>& list, std::vector<ExceptionNote>& more) {
        for (ExceptionNote& note : more) {
            if (std::find(list.begin(), list.end(), note) == list.end()) list.push_back(std::move(note));
        }
    };
    append(into.subjects, other.subjects);
    append(into.errors, other.errors);
    into.outside_files += other.outside_files;
    into.empty_arguments += other.empty_arguments;
    into.policy_pinned = into.policy_pinned && other.policy_pinned;
    unite(into.used_waivers, other.used_waivers);
    unite(into.unused_waivers, other.unused_waivers);
    unite(into.expired_waivers, other.expired_waivers);
    unite(into.overrides, other.overrides);
    unite(into.expired_overrides, other.expired_overrides);
    for (DataSource& source : other.data) {
        if (std::find(into.data.begin(), into.data.end(), source) == into.data.end()) into.data.push_back(std::move(source));
    }
    std::erase_if(into.unused_waivers, [&](const ExceptionNote& unused) {
        return std::any_of(into.used_waivers.begin(), into.used_waivers.end(),
                           [&](const ExceptionNote& used) { return used.line == unused.line; });
    });
}

namespace {

Result<std::vector<SubjectEvidence>> evidence_of(CollectedAll collected) {
    if (!collected.plan.errors.empty()) return collected.plan.errors.front();
    std::vector<SubjectEvidence> subjects;
    for (Collected& subject : collected.subjects) {
        if (subject.error) return *subject.error;
        subjects.push_back({std::move(subject.subject), std::move(subject.evidence), std::move(subject.inner)});
    }
    return subjects;
}

}  // namespace

Result<std::vector<SubjectEvidence>> collect(const LoadedPolicy& loaded, const Request& request) {
    return evidence_of(collect_all(loaded, request));
}

Result<JudgedEvidence> decide_and_keep(const LoadedPolicy& loaded, const Request& request) {
    CollectedAll collected = collect_all(loaded, request);
    JudgedEvidence judged{report_under(loaded), {}};
    judged.report.evaluated_at = request.now;
    const BroughtAdvisories brought = bring_for(loaded, collected.subjects, request);
    if (brought.error) return *brought.error;
    judged.report.data = brought.sources;
    const Evaluator evaluator(loaded, request.now, brought.data, request.jobs);
    const auto answered = ask_about(collected, loaded, evaluator, request);
    for (std::size_t i = 0; i < collected.subjects.size(); ++i) {
        const Collected& one = collected.subjects[i];
        if (one.error) continue;         // said below
        judged.report.subjects.push_back(
            evaluator.evaluate(one.subject, one.evidence, one.inner, &answered[i], one.resolved, one.resolved_inner));
    }
    judged.evidence = TRY(evidence_of(std::move(collected)));
    evaluator.report_exceptions(judged.report);
    conclude(judged.report);
    return judged;
}

}  // namespace headgate::pipeline
