// dsse.hpp: DSSE envelopes (secure-systems-lab/dsse) and Sigstore bundles that carry one, strictly.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/envelope.hpp"
#include "sigstore/pae.hpp"

namespace headgate::attest {

inline constexpr std::string_view kInTotoPayload = "application/vnd.in-toto+json";
inline constexpr std::size_t kMaxEnvelope = 16U << 20U;  // bytes of JSON
inline constexpr std::size_t kMaxSignatures = sigstore::kMaxEnvelopeSignatures;  // of a bare envelope; a bundle has exactly one

struct Envelope {
    /// How a bundle says that its signature is to be verified. A certificate is never taken for a key.
    enum class Material { none, public_key, certificate };

    std::string payload_type;
    Bytes payload;
    std::vector<Bytes> signatures;
    bool bundle = false;
    Material material = Material::none;  // none for a bare envelope
    std::string key_hint;                // of a bundle: verificationMaterial.publicKey.hint; "" otherwise
    std::string key_pem;                 // of bundles before model_signing 1.1: publicKey.rawBytes; "" otherwise
};

using sigstore::pre_authentication_encoding;  // what an envelope's signature is over

/// A document that somebody signed: an envelope by itself, or a bundle over an envelope or a message.
struct SignedDocument {
    std::optional<sigstore::Bundle> bundle;  // nullopt: an envelope by itself
    std::optional<Envelope> envelope;        // nullopt: a bundle over a message
};

/// What sigstore::parse_bundle() and sigstore::parse_envelope() refuse is an Error{malformed}, and so is what is neither.
Result<SignedDocument> parse_document(const codec::Json& json);
/// Of at most kMaxEnvelope bytes.
Result<SignedDocument> parse_document(ByteView json);
/// The same where an envelope is asked for: a bundle over a message is an Error{unsupported}.
Result<Envelope> parse_envelope(ByteView json);

/// True if at least one signature verifies under the key. A bundle that names another key (hint or raw key), or that is
/// made for a certificate, never does: the caller's key decides, what the bundle says can only refuse.
bool verified_by(const Envelope& envelope, const crypto::PublicKey& key);

/// False for a bundle whose hint or raw key is another key's, or that is made for a certificate.
bool agrees_with(const Envelope& envelope, const crypto::PublicKey& key);

/// An RFC 3161 timestamp (DER TimeStampResp) of a signature for the bundle that carries it; nullopt where there is none to be had. An empty
/// function asks for none.
using Timestamper = std::function<Result<std::optional<Bytes>>(ByteView signature)>;

/// One envelope as compact JSON (no keyid), signed.
Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key);
/// The same envelope in a Sigstore bundle v0.3 with hint base64(SHA-256(DER SPKI)).
Result<std::string> sign_bundle(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key,
                                const Timestamper& timestamp = {});
/// An OpenSSF Model Signing bundle over `statement`: keyid "", and hint hex(SHA-256(PEM SPKI)) or, unless `chain` is empty, the
/// certificates (leaf first; the key is the leaf's).
Result<std::string> sign_model_bundle(std::string_view statement, const crypto::PrivateKey& key,
                                      std::span<const crypto::Certificate> chain = {}, const Timestamper& timestamp = {});

}  // namespace headgate::attest
