// signer.hpp: what a command signs with: a private key, perhaps with a timestamp, or an identity (keyless). Its options, and its signatures.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/dsse.hpp"
#include "base/result.hpp"
#include "cli/identity_token.hpp"
#include "cli/outputs.hpp"
#include "crypto/keys.hpp"
#include "pipeline/keyless.hpp"

namespace CLI {
class App;
}

namespace headgate::cli {

struct SignerOptions {
    std::string key;
    bool keyless = false;
    std::string signing_config;
    std::string trusted_root;
    std::string identity_token;
    std::string client_id = std::string(sigstore::kSigstoreAudience);
    std::string timestamp_url;
    bool require_timestamp = false;

    void add_to(CLI::App& app);
    bool given() const { return keyless || !key.empty(); }
    /// Error{usage} for what does not go together. Whether there is a key or an identity at all is the command's question.
    Result<void> check() const;
    /// The files that it reads.
    std::vector<NamedPath> files() const;
};

class Signer {
  public:
    /// Reads what is needed and finds a token, before the long work. `options.given()`.
    static Result<Signer> prepare(const SignerOptions& options);

    bool keyless() const { return !key_.has_value(); }
    const std::optional<crypto::PrivateKey>& key() const { return key_; }

    /// An in-toto statement in a bare envelope; with a key only.
    Result<std::string> envelope(std::string_view statement) const;
    /// In a Sigstore bundle v0.3.
    Result<std::string> bundle(std::string_view statement);
    /// An OpenSSF Model Signing bundle.
    Result<std::string> model_bundle(std::string_view statement, std::span<const crypto::Certificate> chain);
    /// A bundle with a signature over the bytes themselves.
    Result<std::string> message_bundle(ByteView message);

    /// "as NAME of ISSUER" once something was signed without a key; "" otherwise.
    std::string signed_as() const;

  private:
    Result<const pipeline::KeylessSigner*> identity();
    Result<std::optional<Bytes>> timestamp(ByteView signature) const;
    attest::Timestamper timestamper() const;

    SignerOptions options_;
    std::optional<crypto::PrivateKey> key_;
    std::optional<sigstore::TrustedRoot> root_;
    pipeline::SigningServices services_;
    TokenSource token_;
    std::optional<pipeline::KeylessSigner> identity_;  // once the first signature was asked for
};

}  // namespace headgate::cli
