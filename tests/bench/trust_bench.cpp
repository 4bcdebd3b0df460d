// trust_bench: how long one bundle takes, in this process: FILE ARTIFACT TRUSTED_ROOT IDENTITY ISSUER. Prints milliseconds, the
// median of the wall clock and the mean of the processor's time, which other programs on the machine do not lengthen much:
//   root    parse the trusted root (once a process)
//   cold    parse the bundle and verify it; no chain is known
//   cached  the same with the chain known
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "io/file_source.hpp"
#include "sigstore/chain_cache.hpp"
#include "sigstore/verify.hpp"

using namespace headgate;

namespace {

constexpr int kRuns = 201;

struct Figures {
    double wall = -1;                    // -1 if it failed once
    double processor = -1;
};

double processor_milliseconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3; };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

Figures measure(const std::function<bool()>& once) {
    std::vector<double> times;
    const double before = processor_milliseconds();
    for (int i = 0; i < kRuns; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (!once()) return {};
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    const double spent = processor_milliseconds() - before;
    std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
    return {times[kRuns / 2], spent / kRuns};
}

}  // namespace

int main(int count, char** words) {
    if (count != 6) return std::fputs("trust_bench FILE ARTIFACT TRUSTED_ROOT IDENTITY ISSUER\n", stderr), 4;
    const auto file = io::read_file(words[1], sigstore::kMaxBundle);
    const auto artifact = io::read_file(words[2], 1U << 30U);
    const auto root = io::read_file(words[3], sigstore::kMaxTrustedRoot);
    if (!file.ok() || !artifact.ok() || !root.ok()) return std::fputs("trust_bench: a file cannot be read\n", stderr), 2;
    sigstore::Request request;
    const Figures parsing = measure([&] {
        auto parsed = sigstore::parse_trusted_root(*root);
        if (!parsed.ok()) return false;
        request.trust.roots = {std::move(*parsed)};
        return true;
    });
    request.artifact = sigstore::Artifact::of_bytes(*artifact);
    request.now = Instant{4'000'000'000};
    const auto once = [&](sigstore::ChainCache* chains) {
        request.chains = chains;
        const auto bundle = sigstore::parse_bundle(*file);
        if (!bundle.ok()) return false;
        const auto verified = sigstore::verify_bundle(*bundle, request);
        return verified.ok() && sigstore::matches(*verified->identity, words[4], words[5]);
    };
    const Figures cold = measure([&] { return once(nullptr); });
    sigstore::ChainCache chains;
    const Figures cached = measure([&] { return once(&chains); });
    if (parsing.wall < 0 || cold.wall < 0 || cached.wall < 0) return std::fputs("trust_bench: it does not verify\n", stderr), 1;
    std::printf("root %.3f %.3f\ncold %.3f %.3f\ncached %.3f %.3f\n", parsing.wall, parsing.processor, cold.wall, cold.processor, cached.wall,
                cached.processor);
    return 0;
}
