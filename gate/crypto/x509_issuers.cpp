#include "crypto/x509_issuers.hpp"

#include <algorithm>
#include <map>

#include "crypto/x509_handle.hpp"

namespace headgate::crypto {
namespace {

using Accept = std::function<bool(std::span<const Certificate>, const Certificate&)>;

bool is_named(const Certificate& issuer, const Certificate& below) {
    return X509_NAME_cmp(X509_get_subject_name(issuer.handle().x509.get()), X509_get_issuer_name(below.handle().x509.get())) == 0;
}

class Climb {
  public:
    Climb(const ChainRequest& request, const Accept& accept) : request_(request), accept_(accept) {}

    // At most kMaxChain deep: a longer chain is refused in any case.
    Result<bool> from(const Certificate& below) {
        for (const Certificate& anchor : request_.anchors) {
            if (TRY(issued(anchor, below)) && accept_(between_, anchor)) return true;
        }
        if (between_.size() + 2 >= kMaxChain) return false;
        for (const Certificate& issuer : request_.intermediates) {
            if (issuer == below || std::find(between_.begin(), between_.end(), issuer) != between_.end()) continue;
            if (!TRY(issued(issuer, below))) continue;
            between_.push_back(issuer);
            if (TRY(from(issuer))) return true;
            between_.pop_back();
        }
        return false;
    }

  private:
    Result<bool> issued(const Certificate& issuer, const Certificate& below) {
        if (!is_named(issuer, below)) return false;
        if (tried_ == kMaxIssuersTried) {
            return Error{ErrorCode::key, "more than " + std::to_string(kMaxIssuersTried) +
                                             " certificates bear the names of issuers of the chain, and no key identifier says which one is meant"};
        }
        ++tried_;
        return X509_verify(below.handle().x509.get(), X509_get0_pubkey(issuer.handle().x509.get())) == 1;
    }

    const ChainRequest& request_;
    const Accept& accept_;
    std::vector<Certificate> between_;
    std::size_t tried_ = 0;
};

}  // namespace

bool has_namesakes(const ChainRequest& request) {
    std::map<std::string_view, const Certificate*> named;
    for (const auto& among : {request.anchors, request.intermediates}) {
        for (const Certificate& certificate : among) {
            const auto [known, added] = named.emplace(certificate.subject(), &certificate);
            if (!added && !(*known->second == certificate)) return true;
        }
    }
    return false;
}

Result<bool> each_way_up(const Certificate& leaf, const ChainRequest& request, const Accept& accept) {
    return Climb(request, accept).from(leaf);
}

}  // namespace headgate::crypto
