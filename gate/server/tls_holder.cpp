#include "server/tls_holder.hpp"

namespace headgate::server {
namespace {

constexpr std::int64_t kLookEvery = 60;            // seconds

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
    const std::scoped_lock lock(mutex_);
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

}  // namespace headgate::server
