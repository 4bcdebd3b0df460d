#include "io/certificate_folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "crypto/self_made_ca.hpp"
#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "io/folder_lock.hpp"

namespace headgate::io {
namespace {

constexpr std::uint64_t kMaxFile = 256ULL << 10U;
constexpr std::size_t kKept = 4;                   // authorities of a bundle
constexpr std::int64_t kSkew = 3600;               // clocks that run behind take a new certificate too

std::string text_of(const std::string& path) {
    const auto bytes = read_file(path, kMaxFile);
    return bytes.ok() ? std::string(as_text(*bytes)) : std::string();
}

bool is_due(const crypto::Certificate& certificate, Instant now) {
    const std::int64_t life = certificate.not_after().seconds - certificate.not_before().seconds;
    return now < certificate.not_before() || now.seconds >= certificate.not_before().seconds + life / 3 * 2;
}

std::vector<crypto::Certificate> list_of(const std::string& pem) {
    auto list = crypto::Certificate::list_from_pem(pem);
    return list.ok() ? std::move(list).value() : std::vector<crypto::Certificate>();
}

bool belongs(const crypto::Certificate& certificate, const std::string& key_pem) {
    const auto key = crypto::PrivateKey::from_pem(key_pem, std::nullopt);
    return key.ok() && key->public_key().spki() == certificate.spki();
}

// What lies in the folder, and what becomes of it.
class Renewal {
  public:
    Renewal(const CertificateFolder& folder, Instant now) : folder_(folder), now_(now) {
        for (crypto::Certificate& one : list_of(text_of(folder.bundle()))) {
            if (one.is_ca() && now < one.not_after()) bundle_.push_back(std::move(one));
        }
        const std::string key = text_of(folder.authority_key());
        for (const crypto::Certificate& one : bundle_) {
            if (belongs(one, key)) authority_ = crypto::CertifiedKey{one.pem(), key};
        }
    }

    Result<RenewedCertificates> run() {
        RenewedCertificates made;
        if (!can_sign()) {
            TRY_VOID(new_authority());
            made.authority = true;
        }
        if (server_is_due()) {
            TRY_VOID(new_server());
            made.server = true;
        }
        // After the server's: the next authority signs when that one is due.
        if (!made.authority && is_due(TRY(crypto::Certificate::from_pem(authority_->certificate)), now_)) {
            TRY_VOID(new_authority());
            made.authority = true;
        }
        return made;
    }

    Result<RenewedCertificates> run_server() {
        RenewedCertificates made;
        if (!authority_) return Error{ErrorCode::key, folder_.folder + ": ca.crt and ca.key are no authority that could sign"};
        if (!server_is_due()) return made;
        if (!can_sign()) return Error{ErrorCode::key, folder_.folder + ": the authority ends before a new certificate would"};
        TRY_VOID(new_server());
        made.server = true;
        return made;
    }

  private:
    Instant server_end() const { return {now_.seconds + folder_.lives.server}; }

    bool can_sign() const {
        if (!authority_) return false;
        const auto certificate = crypto::Certificate::from_pem(authority_->certificate);
        return certificate.ok() && certificate->valid_at(now_) && server_end() < certificate->not_after();
    }

    bool server_is_due() const {
        const auto served = crypto::Certificate::from_pem(text_of(folder_.certificate()));
        if (!served.ok() || is_due(*served, now_) || !belongs(*served, text_of(folder_.private_key()))) return true;
        std::vector<std::string> names;
        for (const crypto::AltName& name : served->alt_names()) {
            if (name.kind == crypto::AltName::Kind::dns) names.push_back(name.value);
        }
        const auto is_dns = [](const std::string& name) { return name.find_first_not_of("0123456789.") != std::string::npos && name.find(':') == std::string::npos; };
        const auto wanted = static_cast<std::size_t>(std::count_if(folder_.names.begin(), folder_.names.end(), is_dns));
        const bool same = wanted == names.size() && folder_.names.size() == served->alt_names().size() &&
                          std::all_of(names.begin(), names.end(), [&](const std::string& name) {
                              return std::find(folder_.names.begin(), folder_.names.end(), name) != folder_.names.end();
                          });
        const crypto::ChainRequest request{bundle_, {}, now_, crypto::kEkuServerAuth, true};
        return !same || !crypto::verify_chain(*served, request).ok();
    }

    // The bundle first: a key whose certificate nobody has would sign for nobody.
    Result<void> new_authority() {
        crypto::CertifiedKey made =
            TRY(crypto::make_authority("Headgate CA", {now_.seconds - kSkew}, {now_.seconds + folder_.lives.authority}));
        bundle_.push_back(TRY(crypto::Certificate::from_pem(made.certificate)));
        if (bundle_.size() > kKept) bundle_.erase(bundle_.begin(), bundle_.end() - static_cast<std::ptrdiff_t>(kKept));
        std::string bundle;
        for (const crypto::Certificate& one : bundle_) bundle += one.pem();
        TRY_VOID(write_file_atomically(folder_.bundle(), bundle, 0644));
        TRY_VOID(write_file_atomically(folder_.authority_key(), made.private_key, 0600));
        authority_ = std::move(made);
        return {};
    }

    Result<void> new_server() {
        const crypto::CertifiedKey made =
            TRY(crypto::make_server_certificate(*authority_, folder_.names, {now_.seconds - kSkew}, server_end()));
        TRY_VOID(write_file_atomically(folder_.private_key(), made.private_key, 0600));
        return write_file_atomically(folder_.certificate(), made.certificate, 0644);
    }

    const CertificateFolder& folder_;
    Instant now_;
    std::vector<crypto::Certificate> bundle_;
    std::optional<crypto::CertifiedKey> authority_;
};

}  // namespace

Result<void> make_certificate_folder(const CertificateFolder& folder) {
    if (::mkdir(folder.folder.c_str(), 0700) != 0 && errno != EEXIST) return Error{ErrorCode::io, folder.folder + ": " + std::strerror(errno)};
    return {};
}

std::vector<std::string> names_in_certificate(const CertificateFolder& folder) {
    std::vector<std::string> names;
    const auto served = crypto::Certificate::from_pem(text_of(folder.certificate()));
    if (!served.ok()) return names;
    using Kind = crypto::AltName::Kind;
    for (const crypto::AltName& name : served->alt_names()) {
        if ((name.kind == Kind::dns || name.kind == Kind::other) && !name.value.empty()) names.push_back(name.value);
    }
    return names;
}

Result<RenewedCertificates> renew_certificates(const CertificateFolder& folder, Instant now) {
    const FolderLock lock = TRY(FolderLock::take(folder.folder));
    return Renewal(folder, now).run();
}

Result<RenewedCertificates> renew_server_certificate(const CertificateFolder& folder, Instant now) {
    const FolderLock lock = TRY(FolderLock::take(folder.folder));
    return Renewal(folder, now).run_server();
}

Result<void> served_chains_to_bundle(const std::string& certificate, const std::string& bundle, Instant now) {
    const crypto::Certificate served = TRY(crypto::Certificate::from_pem(text_of(certificate)));
    const std::vector<crypto::Certificate> anchors = TRY(crypto::Certificate::list_from_pem(text_of(bundle)));
    const auto chain = crypto::verify_chain(served, {anchors, {}, now, crypto::kEkuServerAuth, true});
    if (!chain.ok()) return chain.error();
    return {};
}

}  // namespace headgate::io
