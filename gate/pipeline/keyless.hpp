// keyless.hpp: signing by an identity instead of a key: a key of one process, a certificate of Fulcio for it, entries in Rekor's logs (v1, v2),
// RFC 3161 timestamps, and a Sigstore bundle v0.3 of all of it, which our own verifier has accepted before anybody gets to see it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys.hpp"
#include "pipeline/signing_service.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/fulcio.hpp"
#include "sigstore/signing_config.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::pipeline {

/// The services of one signing, chosen.
struct SigningServices {
    std::string fulcio;
    std::vector<sigstore::Service> logs;             // version 1 or 2
    std::vector<std::string> timestamp_authorities;
};

/// Error{usage} unless the URL is one that a request would go to: https, or plain http on loopback, without query or fragment. `who` is whose
/// it is, for the message.
Result<void> check_service_url(const std::string& who, const std::string& url);

/// Error{usage}: there is no certificate authority or no log, no timestamp authority although a log of version 2 (which tells no time)
/// was chosen, or one that is chosen has a URL that check_service_url() refuses.
Result<SigningServices> choose_signing_services(const sigstore::SigningConfig& config, Instant now);

class KeylessSigner {
  public:
    /// Asks Fulcio, once: the certificate serves every signature of this object, for the ten minutes or so that it is valid. The certificate
    /// is checked before it is used (check_issued()).
    static Result<KeylessSigner> start(const SigningServices& services, const sigstore::TrustedRoot& root, const sigstore::IdentityToken& token,
                                       Send send, std::function<Instant()> now);

    /// A bundle with a DSSE envelope over the payload.
    Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload) const;
    /// A bundle with a signature over the bytes themselves.
    Result<std::string> sign_message(ByteView message) const;

    /// Whom the certificate names.
    const sigstore::Identity& identity() const { return identity_; }

  private:
    KeylessSigner(SigningServices services, sigstore::TrustedRoot root, Send send, std::function<Instant()> now, crypto::PrivateKey key,
                  crypto::Certificate leaf, sigstore::Identity identity)
        : services_(std::move(services)), root_(std::move(root)), send_(std::move(send)), now_(std::move(now)), key_(std::move(key)),
          leaf_(std::move(leaf)), identity_(std::move(identity)) {}
    Result<std::string> finish(sigstore::Bundle bundle, ByteView signature, std::optional<ByteView> message) const;
    Result<void> prove(const std::string& json, std::optional<ByteView> message) const;

    SigningServices services_;
    sigstore::TrustedRoot root_;
    Send send_;
    std::function<Instant()> now_;
    crypto::PrivateKey key_;
    crypto::Certificate leaf_;
    sigstore::Identity identity_;
};

}  // namespace headgate::pipeline
