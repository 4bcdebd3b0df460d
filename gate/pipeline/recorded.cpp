#include "pipeline/recorded.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "io/file_source.hpp"
#include "pipeline/evaluate.hpp"
#include "policy/policy.hpp"
#include "recording/recording.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxRecordings = recording::ReadLimits{}.bytes;

// Calls `work(i)` for each index below `count`, over `jobs` threads.
template <typename Work>
void spread(std::size_t count, unsigned jobs, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        constexpr std::size_t kAtOnce = 64;
        for (std::size_t from = next.fetch_add(kAtOnce); from < count; from = next.fetch_add(kAtOnce)) {
            for (std::size_t i = from; i < std::min(count, from + kAtOnce); ++i) work(i);
        }
    };
    const unsigned cores = jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : jobs;
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < cores && count > 64; ++i) helpers.emplace_back(run);
    run();
    for (std::thread& helper : helpers) helper.join();
}

// Lines of a large file, read on every core. nullopt when one does not read: then the whole is read again in order, for an
// error that counts from its beginning.
std::optional<std::vector<Recording>> read_in_parts(ByteView bytes) {
    constexpr std::size_t kWorthIt = 1U << 20U;
    const std::size_t parts = std::max(1U, std::thread::hardware_concurrency());
    if (bytes.size() < kWorthIt || parts < 2) return std::nullopt;
    const std::string_view text = as_text(bytes);
    std::vector<ByteView> pieces;
    std::size_t from = 0;
    for (std::size_t i = 1; i <= parts && from < text.size(); ++i) {
        const std::size_t wanted = i == parts ? text.size() : std::max(from, text.size() / parts * i);
        const std::size_t end = std::min(text.find('\n', wanted), text.size() - 1) + 1;
        pieces.push_back(bytes.subspan(from, end - from));
        from = end;
    }
    std::vector<std::optional<Result<std::vector<Recording>>>> read(pieces.size());
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < pieces.size(); ++i) helpers.emplace_back([&, i] { read[i] = recording::read(pieces[i]); });
    read[0] = recording::read(pieces[0]);
    for (std::thread& helper : helpers) helper.join();
    std::vector<Recording> all;
    for (auto& piece : read) {
        if (!piece->ok()) return std::nullopt;
        for (Recording& one : piece->value()) all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::string& path) {
    const Bytes bytes = TRY(io::read_file(path, kMaxRecordings));
    if (auto parts = read_in_parts(bytes)) return std::move(*parts);
    auto recorded = recording::read(bytes);
    if (!recorded.ok()) return Error{recorded.error().code, path + ": " + recorded.error().message};
    return recorded;
}

Report decide_recorded(const LoadedPolicy& loaded, std::vector<Recording> recorded, Instant now, unsigned jobs) {
    Report report = report_under(loaded);
    report.evaluated_at = now;
    std::unordered_set<std::string> names;
    for (const Recording& one : recorded) {
        add_advisory_names(one.subject, one.evidence, names);
        for (const InnerSubject& inner : one.inner) add_advisory_names(inner.subject, inner.evidence, names);
    }
    const BroughtAdvisories brought = bring_advisories(loaded, names, now, jobs);
    if (brought.error) report.errors.push_back(*brought.error);
    report.data = brought.sources;
    const Evaluator evaluator(loaded, now, brought.data);
    report.subjects.resize(recorded.size());
    spread(recorded.size(), jobs, [&](std::size_t i) {
        Recording& one = recorded[i];
        policy::name_signers(loaded.policy, now, one.evidence);
        for (InnerSubject& inner : one.inner) policy::name_signers(loaded.policy, now, inner.evidence);
        report.subjects[i] = evaluator.evaluate(one.subject, one.evidence, one.inner);
    });
    evaluator.report_exceptions(report);
    conclude(report);
    return report;
}

}  // namespace headgate::pipeline
