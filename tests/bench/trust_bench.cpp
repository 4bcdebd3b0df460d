// trust_bench: how long one bundle takes, in this process: FILE ARTIFACT TRUSTED_ROOT IDENTITY ISSUER. Prints medians in milliseconds:
//   root    parse the trusted root (once a process)
//   cold    parse the bundle and verify it; no chain is known
//   cached  the same with the chain known
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

double median_of(const std::function<bool()>& once) {
    std::vector<double> times;
    for (int i = 0; i < kRuns; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (!once()) return -1;
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
    return times[kRuns / 2];
}

}  // namespace

int main(int count, char** words) {
    if (count != 6) return std::fputs("trust_bench FILE ARTIFACT TRUSTED_ROOT IDENTITY ISSUER\n", stderr), 4;
    const auto file = io::read_file(words[1], sigstore::kMaxBundle);
    const auto artifact = io::read_file(words[2], 1U << 30U);
    const auto root = io::read_file(words[3], sigstore::kMaxTrustedRoot);
    if (!file.ok() || !artifact.ok() || !root.ok()) return std::fputs("trust_bench: a file cannot be read\n", stderr), 2;
    sigstore::Request request;
    const double parsing = median_of([&] {
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
    const double cold = median_of([&] { return once(nullptr); });
    sigstore::ChainCache chains;
    const double cached = median_of([&] { return once(&chains); });
    if (parsing < 0 || cold < 0 || cached < 0) return std::fputs("trust_bench: it does not verify\n", stderr), 1;
    std::printf("root %.3f\ncold %.3f\ncached %.3f\n", parsing, cold, cached);
    return 0;
}
