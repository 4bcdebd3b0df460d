#include "pipeline/examine.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "formats/tar_layer.hpp"
#include "io/file_source.hpp"
#include "pipeline/beside.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/package_lists.hpp"
#include "pipeline/pair_pass.hpp"
#include "pipeline/tensor_pass.hpp"
#include "sigstore/pae.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxEvidence = 16ULL << 20U;
constexpr std::uint64_t kMaxIncludes = 32;

// A file whose size or structure exceeds what its reader takes: the file's fault.
void too_large(const std::string& path, std::uint64_t limit, FileOutcome& outcome) {
    outcome.facts.findings.push_back({"file.unscannable", Severity::high,
                                      path + " is larger than " + std::to_string(limit) + " bytes",
                                      {path, {}, {}, {}},
                                      "What cannot be read within the limits cannot be judged.",
                                      "Split it, or check that it is what it claims to be."});
    outcome.facts.opaques.push_back({{path, {}, {}, {}}, "larger than its reader takes", outcome.record.size});
}

// What was parsed, or whose fault it is that nothing was. A source that could not be read says so itself.
void take(Result<Parsed> parsed, const io::FileSource& source, FileOutcome& outcome) {
    if (parsed.ok()) {
        outcome.facts = std::move(parsed->facts);
        outcome.record.examined = parsed->yes;
    } else if (!source.failure()) {
        outcome.error = parsed.error();
    }
}

bool is_package(const Evidence& facts) {
    return std::any_of(facts.formats.begin(), facts.formats.end(), [](const FormatFact& fact) {
        return fact.format == "wheel" || fact.format == "sdist" || fact.format == "npm-package" || fact.format == "crate";
    });
}

// `path` as seen from `folder`, without "." and without ".." behind a name. A path from the root of the disk stays one.
std::string joined(std::string_view folder, std::string_view path) {
    if (path.starts_with('/')) return std::string(path);
    std::vector<std::string_view> parts;
    for (const std::string_view from : {folder, path}) {
        for (const std::string_view part : split(from, '/')) {
            if (part.empty() || part == ".") continue;
            if (part == ".." && !parts.empty() && parts.back() != "..") {
                parts.pop_back();
            } else {
                parts.push_back(part);
            }
        }
    }
    std::string whole;
    for (const std::string_view part : parts) whole += (whole.empty() ? "" : "/") + std::string(part);
    return whole;
}

// The manifest and everything it includes, each file once, beneath the manifest's own folder.
void read_manifest(const intake::ManifestFormat& format, const FilePlan& file, io::FileSource& source,
                   const Limits& limits, const ParsingPlace& place, FileOutcome& outcome) {
    if (source.size() > kMaxManifest) return too_large(file.path, kMaxManifest, outcome);
    take(place.parse({ParseOrder::Task::manifest, file.path, &format, limits}, source), source, outcome);
    if (outcome.error || source.failure()) return;
    read_beside(format, file, limits, place, outcome);
    if (outcome.error) return;

    std::vector<std::string> seen = {file.path};
    for (std::size_t i = 0; i < outcome.facts.includes.size(); ++i) {
        const Include include = outcome.facts.includes[i];
        const std::string path = joined(parent_path(include.where.path), include.path);
        if (std::find(seen.begin(), seen.end(), path) != seen.end()) continue;
        seen.push_back(path);
        auto descriptor = file.root->open_file(joined(parent_path(file.open_path), path));
        auto included = descriptor.ok() ? io::read_file_beneath(std::move(descriptor).value(), path, kMaxManifest)
                                        : Result<Bytes>(descriptor.error());
        if (!included.ok() || seen.size() > kMaxIncludes) {
            outcome.facts.opaques.push_back(
                {include.where, "includes " + include.path + ", which cannot be read here", 0});
            continue;
        }
        outcome.facts.members.push_back({include.where, path, included->size(), crypto::sha256_hex(*included)});
        auto parsed = place.parse({ParseOrder::Task::manifest, path, intake::included_format(&format, path), limits}, *included);
        if (!parsed.ok()) {
            outcome.error = parsed.error();
            return;
        }
        if (!parsed->yes) outcome.record.examined = false;
        outcome.facts.merge(std::move(parsed->facts));
    }
}

}  // namespace

FileOutcome examine_file(const SubjectPlan& subject, const FilePlan& file, const Limits& limits, const ParsingPlace& place,
                         const WhileHashing& looks, const io::Progress& progress) {
    FileOutcome outcome;
    outcome.record.path = file.path;
    outcome.record.evidence = file.evidence;
    auto descriptor = file.root->open_file(file.open_path);
    if (!descriptor.ok()) {
        outcome.error = descriptor.error();
        return outcome;
    }
    auto opened = io::FileSource::open(std::move(descriptor).value(), display_path(subject, file.path));
    if (!opened.ok()) {
        outcome.error = opened.error();
        return outcome;
    }
    io::FileSource& source = **opened;
    outcome.record.size = source.size();
    if (const auto head = source.view(0, std::min<std::uint64_t>(source.size(), sigstore::kPaePrefix.size()))) {
        outcome.begins_as_envelope = sigstore::begins_as_envelope(*head);
    }

    if (file.evidence) {
        const auto bytes = source.size() > kMaxEvidence ? std::nullopt : source.all();
        if (bytes) outcome.content.assign(bytes->begin(), bytes->end());
        if (!bytes && !source.failure()) too_large(file.path, kMaxEvidence, outcome);
        outcome.record.examined = bytes.has_value();
    } else if (subject.shape == SubjectPlan::Shape::manifest) {
        read_manifest(*subject.manifest, file, source, limits, place, outcome);
    } else if (subject.shape != SubjectPlan::Shape::oci_layout) {
        take(place.parse({file.task, file.path, nullptr, is_of_layer(file.task) ? formats::layer_limits() : limits}, source), source, outcome);
        // Lists of the operator's that cannot be read are no fault of a package.
        if (!outcome.error && is_package(outcome.facts)) {
            if (const auto lists = package_lists_problem(); !lists.ok()) outcome.error = lists.error();
        }
        const bool alone = subject.shape == SubjectPlan::Shape::file;
        const intake::ManifestFormat* inner = alone ? subject.manifest : subject.shape == SubjectPlan::Shape::folder ? intake::find_manifest(file.path) : nullptr;
        if (inner == nullptr && !alone && file.path.ends_with(".py") && source.size() <= kMaxManifest) {
            if (const auto bytes = source.all()) inner = intake::script_format(file.path, *bytes);
        }
        if (inner != nullptr) {
            FileOutcome read;
            read.record = outcome.record;
            read_manifest(*inner, file, source, limits, place, read);
            if (read.error && !outcome.error) outcome.error = read.error;
            outcome.manifest = InnerManifest{inner, read.record, std::move(read.facts)};
        }
    }

    if (outcome.error) return outcome;
    TensorPass values(looks.statistics ? std::span<Tensor>(outcome.facts.tensors) : std::span<Tensor>());
    PairPass pairs(outcome.facts.tensors, looks.base);
    io::Listener listener;
    if (!values.empty() || !pairs.empty()) {
        listener = [&](std::uint64_t offset, ByteView bytes) {
            values.take(offset, bytes);
            pairs.take(offset, bytes);
        };
    }
    auto digest = source.failure() ? Result<crypto::Sha256Digest>(*source.failure()) : source.hash(progress, listener);
    if (!digest.ok()) {
        outcome.error = digest.error();
        return outcome;
    }
    outcome.record.sha256 = to_hex(*digest);
    outcome.stamp = source.stamp();
    auto relations = pairs.finish();
    if (relations.ok()) {
        outcome.relations = std::move(relations).value();
    } else {
        outcome.error = relations.error();
    }
    if (!file.stated_sha256.empty()) {
        const bool matches = file.stated_sha256 == outcome.record.sha256;
        outcome.facts.digest_claims.push_back({{file.path, {}, {}, {}},
                                               file.path,
                                               matches ? DigestClaim::Outcome::matches : DigestClaim::Outcome::differs});
    }
    return outcome;
}

bool asks_for_weights(const Policy& policy) {
    const auto asks = [](const Policy& one) {
        return std::any_of(one.rules.begin(), one.rules.end(), [](const Rule& rule) { return rule.check == "weights"; });
    };
    return asks(policy) || std::any_of(policy.extended.begin(), policy.extended.end(), [&](const auto& one) { return asks(*one); });
}

std::vector<std::vector<FileOutcome>> examine_files(const Plan& plan, const Request& request, const WhileHashing& looks) {
    struct Task {
        std::size_t subject, file;
    };
    std::vector<Task> tasks;
    std::vector<std::vector<FileOutcome>> outcomes(plan.subjects.size());
    for (std::size_t i = 0; i < plan.subjects.size(); ++i) {
        outcomes[i].resize(plan.subjects[i].files.size());
        for (std::size_t j = 0; j < plan.subjects[i].files.size(); ++j) tasks.push_back({i, j});
    }

    std::atomic<std::size_t> next{0};
    std::atomic<std::uint64_t> done{0};
    const auto over = [&] { return request.deadline && std::chrono::steady_clock::now() >= *request.deadline; };
    const auto work = [&] {
        for (std::size_t at = next++; at < tasks.size(); at = next++) {
            const SubjectPlan& subject = plan.subjects[tasks[at].subject];
            if (over()) {
                outcomes[tasks[at].subject][tasks[at].file].error = {ErrorCode::deadline, "the time allowed for the judgement is over"};
                continue;
            }
            outcomes[tasks[at].subject][tasks[at].file] =
                examine_file(subject, subject.files[tasks[at].file], request.limits, parsing_place(request), looks, [&](std::uint64_t bytes) {
                    const std::uint64_t so_far = done += bytes;
                    if (request.progress) request.progress(so_far, tasks.size());
                    return !over();
                });
        }
    };
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t wanted = std::min<std::size_t>(request.jobs == 0 ? cores : request.jobs, tasks.size());
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    return outcomes;
}

}  // namespace headgate::pipeline
