#include "pipeline/recorded.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "io/file_source.hpp"
#include "pipeline/evaluate.hpp"
#include "policy/policy.hpp"
#include "recording/recording.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxRecordings = 256ULL << 20U;

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

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::string& path) {
    const Bytes bytes = TRY(io::read_file(path, kMaxRecordings));
    auto recorded = recording::read(bytes);
    if (!recorded.ok()) return Error{recorded.error().code, path + ": " + recorded.error().message};
    return recorded;
}

Report decide_recorded(const LoadedPolicy& loaded, std::vector<Recording> recorded, Instant now, unsigned jobs) {
    Report report = report_under(loaded);
    report.evaluated_at = now;
    const Evaluator evaluator(loaded, now);
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
