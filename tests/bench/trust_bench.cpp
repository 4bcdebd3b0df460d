// trust_bench: how long one bundle takes, in this process: FILE ARTIFACT TRUSTED_ROOT IDENTITY ISSUER. Prints milliseconds, the
// median of the wall clock and the mean of the processor's time, which other programs on the machine do not lengthen much:
//   root    parse the trusted root (once a process)
//   cold    parse the bundle and verify it; no chain is known
//   cached  the same with the chain known
//   floor   a yardstick for the machine: what OpenSSL alone takes for the signatures of such a bundle, with keys already read: two of
//           P-384 (the chain) and four of P-256 (SCT, log entry, checkpoint, artifact)
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

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

// One signature of this curve, verified.
class Signature {
  public:
    Signature(const char* curve, const char* hash) : key_(EVP_EC_gen(curve)), hash_(EVP_get_digestbyname(hash)) {
        std::size_t length = bytes_.size();
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        good_ = EVP_DigestSignInit(context, nullptr, hash_, nullptr, key_) == 1 &&
                EVP_DigestSign(context, bytes_.data(), &length, kText.data(), kText.size()) == 1;
        bytes_.resize(length);
        EVP_MD_CTX_free(context);
    }
    Signature(const Signature&) = delete;
    Signature& operator=(const Signature&) = delete;
    ~Signature() { EVP_PKEY_free(key_); }
    bool verify() const {
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        const bool verified = good_ && EVP_DigestVerifyInit(context, nullptr, hash_, nullptr, key_) == 1 &&
                              EVP_DigestVerify(context, bytes_.data(), bytes_.size(), kText.data(), kText.size()) == 1;
        EVP_MD_CTX_free(context);
        return verified;
    }

  private:
    static constexpr std::array<unsigned char, 4> kText = {'t', 'e', 'x', 't'};
    EVP_PKEY* key_;
    const EVP_MD* hash_;
    std::vector<unsigned char> bytes_ = std::vector<unsigned char>(256);
    bool good_ = false;
};

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
    const Signature p384("P-384", "SHA384"), p256("P-256", "SHA256");
    const Figures floor = measure([&] {
        for (int i = 0; i < 2; ++i) if (!p384.verify()) return false;
        for (int i = 0; i < 4; ++i) if (!p256.verify()) return false;
        return true;
    });
    if (parsing.wall < 0 || cold.wall < 0 || cached.wall < 0 || floor.wall < 0) return std::fputs("trust_bench: it does not verify\n", stderr), 1;
    for (const auto& [name, figures] : {std::pair("root", parsing), {"cold", cold}, {"cached", cached}, {"floor", floor}}) {
        std::printf("%s %.3f %.3f\n", name, figures.wall, figures.processor);
    }
    return 0;
}
