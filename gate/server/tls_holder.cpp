#include "server/tls_holder.hpp"

#include <algorithm>

#include "crypto/x509.hpp"
#include "io/file_source.hpp"

namespace headgate::server {
namespace {

constexpr std::int64_t kLookEvery = 60;            // seconds
constexpr std::int64_t kDay = 86'400, kNearEnd = 7 * kDay;
constexpr std::uint64_t kMaxChain = 1ULL << 20U;

// The first of a chain is the server's.
Result<crypto::Certificate> read_served(const std::string& path) {
    const Bytes pem = TRY(io::read_file(path, kMaxChain));
    std::vector<crypto::Certificate> chain = TRY(crypto::Certificate::list_from_pem(as_text(pem)));
    if (chain.empty()) return Error{ErrorCode::key, path + ": holds no certificate"};
    return std::move(chain.front());
}

}  // namespace

TlsHolder::TlsHolder(crypto::TlsContext::Files files, std::optional<io::CertificateFolder> own) : files_(std::move(files)), own_(std::move(own)) {
    if (!own_) return;
    files_.certificate = own_->certificate();
    files_.private_key = own_->private_key();
}

Result<void> TlsHolder::reload(Instant now) {
    if (files_.certificate.empty()) return {};
    looked_ = now;
    std::string unready;
    if (own_) {
        TRY_VOID(io::renew_certificates(*own_, now));
        const auto chains = io::served_chains_to_bundle(own_->certificate(), own_->bundle(), now);
        if (!chains.ok()) unready = "the certificate does not chain to the published bundle: " + chains.error().message;
    }
    auto context = TRY(crypto::TlsContext::load(files_));
    const auto certificate = read_served(files_.certificate);
    const std::scoped_lock lock(mutex_);
    served_.reset();
    if (certificate.ok()) served_ = Served{certificate->sha256(), certificate->not_before(), certificate->not_after()};
    context_ = std::move(context);
    unready_ = std::move(unready);
    return {};
}

bool TlsHolder::due(Instant now) { return own_ && (now < looked_ || now.seconds - looked_.seconds >= kLookEvery); }

std::optional<crypto::TlsContext> TlsHolder::current() const {
    const std::scoped_lock lock(mutex_);
    return context_;
}

std::string TlsHolder::unready() const {
    const std::scoped_lock lock(mutex_);
    return unready_;
}

std::vector<std::string> TlsHolder::news(Instant now) {
    std::optional<Served> served;
    {
        const std::scoped_lock lock(mutex_);
        served = served_;
    }
    std::vector<std::string> news;
    if (!served) return news;
    if (served->sha256 != told_) {
        news.push_back("served: sha256:" + served->sha256 + ", until " + format_instant(served->end));
        told_ = served->sha256;
        warned_.reset();
    }
    const std::int64_t left = served->end.seconds - now.seconds;
    const std::int64_t near_end = std::min(kNearEnd, (served->end.seconds - served->begin.seconds) / 3);
    if (left >= near_end) {
        warned_.reset();
    } else if (!warned_ || now < *warned_ || now.seconds - warned_->seconds >= kDay) {
        news.push_back((left <= 0 ? "has ended at " : "ends soon, and nobody has renewed it: ") + format_instant(served->end));
        warned_ = now;
    }
    return news;
}

std::string TlsHolder::metrics() const {
    const std::scoped_lock lock(mutex_);
    if (!served_) return {};
    return "# HELP headgate_tls_certificate_not_after_seconds When the certificate that is served ends, in seconds since 1970.\n"
           "# TYPE headgate_tls_certificate_not_after_seconds gauge\n"
           "headgate_tls_certificate_not_after_seconds " + std::to_string(served_->end.seconds) + "\n";
}

}  // namespace headgate::server
