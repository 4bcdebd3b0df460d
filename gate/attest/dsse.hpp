// dsse.hpp: DSSE envelopes (secure-systems-lab/dsse) and Sigstore bundles that carry one, strictly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/keys.hpp"

namespace headgate::attest {

struct Envelope {
    std::string payload_type;
    Bytes payload;
    std::vector<Bytes> signatures;
    std::string key_hint;                // of a bundle: verificationMaterial.publicKey.hint; "" otherwise
    bool bundle = false;
};

/// PAE: "DSSEv1" SP len(type) SP type SP len(body) SP body.
Bytes pre_authentication_encoding(std::string_view type, ByteView payload);

/// A DSSE envelope, or a Sigstore bundle (v0.1 to v0.3) whose content is one and whose material is a public key. Unknown
/// members, duplicate keys, empty or too many (> 16) signatures are an Error{malformed}.
Result<Envelope> parse_envelope(ByteView json);

/// True if at least one signature verifies under the key.
bool verified_by(const Envelope& envelope, const crypto::PublicKey& key);

/// One envelope as compact JSON (no keyid), signed.
Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key);
/// The same envelope in a Sigstore bundle v0.3 with hint base64(SHA-256(DER SPKI)).
Result<std::string> sign_bundle(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key);

}  // namespace headgate::attest
