// dsse.cpp: what a signature is over, whether it verifies, and signing. Reading envelopes is in dsse_parse.cpp.
#include "attest/dsse.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "sigstore/write_bundle.hpp"

namespace headgate::attest {
namespace {

std::string spki_hint(const crypto::PublicKey& key) { return to_base64(key.spki_sha256()); }
std::string pem_hint(const crypto::PublicKey& key) { return crypto::sha256_hex(as_bytes(key.pem())); }

// The conventions in use: cosign and sigstore-go, model_signing, npm, and plain hex of the SPKI.
bool hint_names(const std::string& hint, const crypto::PublicKey& key) {
    const Bytes spki = key.spki_sha256();
    return hint == to_base64(spki) || hint == pem_hint(key) || hint == to_hex(spki) ||
           hint == "SHA256:" + to_base64(spki);
}

Result<sigstore::Envelope> signed_envelope(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key) {
    sigstore::Envelope envelope;
    envelope.payload_type = payload_type;
    envelope.payload.assign(payload.begin(), payload.end());
    envelope.signature = TRY(key.sign(pre_authentication_encoding(payload_type, as_bytes(payload))));
    return envelope;
}

Result<sigstore::Bundle> bundle_of(sigstore::Envelope envelope, const Timestamper& timestamp) {
    sigstore::Bundle bundle;
    if (timestamp) {
        if (auto stamp = TRY(timestamp(envelope.signature))) bundle.timestamps.push_back(std::move(*stamp));
    }
    bundle.content = std::move(envelope);
    return bundle;
}

}  // namespace

bool agrees_with(const Envelope& envelope, const crypto::PublicKey& key) {
    if (!envelope.bundle) return true;
    if (envelope.material != Envelope::Material::public_key) return false;
    if (!envelope.key_hint.empty() && !hint_names(envelope.key_hint, key)) return false;
    if (envelope.key_pem.empty()) return true;
    const auto named = crypto::PublicKey::from_pem(envelope.key_pem);
    return named.ok() && named->spki_sha256() == key.spki_sha256();
}

bool verified_by(const Envelope& envelope, const crypto::PublicKey& key) {
    if (!agrees_with(envelope, key)) return false;
    const Bytes message = pre_authentication_encoding(envelope.payload_type, envelope.payload);
    return std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                       [&](const Bytes& signature) { return key.verify_as_made(message, signature); });
}

Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload,
                                  const crypto::PrivateKey& key) {
    const sigstore::Envelope envelope = TRY(signed_envelope(payload_type, payload, key));
    return codec::write_json(sigstore::envelope_json(envelope, sigstore::KeyId::left_out));
}

Result<std::string> sign_bundle(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key,
                                const Timestamper& timestamp) {
    sigstore::Bundle bundle = TRY(bundle_of(TRY(signed_envelope(payload_type, payload, key)), timestamp));
    bundle.material = sigstore::KeyHint{spki_hint(key.public_key()), {}};
    return sigstore::write_bundle(bundle, sigstore::KeyId::left_out);
}

Result<std::string> sign_model_bundle(std::string_view statement, const crypto::PrivateKey& key,
                                      std::span<const crypto::Certificate> chain, const Timestamper& timestamp) {
    sigstore::Bundle bundle = TRY(bundle_of(TRY(signed_envelope(kInTotoPayload, statement, key)), timestamp));
    bundle.material = sigstore::KeyHint{pem_hint(key.public_key()), {}};
    if (!chain.empty()) bundle.material = std::vector<crypto::Certificate>(chain.begin(), chain.end());
    bundle.chain_form = !chain.empty();
    return sigstore::write_bundle(bundle);
}

}  // namespace headgate::attest
