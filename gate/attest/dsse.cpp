// dsse.cpp: what a signature is over, whether it verifies, and signing. Reading envelopes is in dsse_parse.cpp.
#include "attest/dsse.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::string_view kBundleV03 = "application/vnd.dev.sigstore.bundle.v0.3+json";

std::string spki_hint(const crypto::PublicKey& key) { return to_base64(key.spki_sha256()); }
std::string pem_hint(const crypto::PublicKey& key) { return crypto::sha256_hex(as_bytes(key.pem())); }

// The conventions in use: cosign and sigstore-go, model_signing, npm, and plain hex of the SPKI.
bool hint_names(const std::string& hint, const crypto::PublicKey& key) {
    const Bytes spki = key.spki_sha256();
    return hint == to_base64(spki) || hint == pem_hint(key) || hint == to_hex(spki) ||
           hint == "SHA256:" + to_base64(spki);
}

Json envelope_json(std::string_view payload_type, std::string_view payload, ByteView signature, bool empty_keyid) {
    Json envelope = Json::object();
    envelope.add("payload", Json::of(to_base64(as_bytes(payload))));
    envelope.add("payloadType", Json::of(payload_type));
    Json& entry = envelope.add("signatures", Json::array()).push(Json::object());
    entry.add("sig", Json::of(to_base64(signature)));
    if (empty_keyid) entry.add("keyid", Json::of(""));
    return envelope;
}

Result<Bytes> signature_over(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key) {
    return key.sign(pre_authentication_encoding(payload_type, as_bytes(payload)));
}

Json key_material(const std::string& hint) {
    Json material = Json::object();
    material.add("publicKey", Json::object()).add("hint", Json::of(hint));
    return material;
}

Json certificate_material(std::span<const crypto::Certificate> chain) {
    Json material = Json::object();
    Json& certificates = material.add("x509CertificateChain", Json::object()).add("certificates", Json::array());
    for (const crypto::Certificate& certificate : chain) {
        certificates.push(Json::object()).add("rawBytes", Json::of(to_base64(certificate.der())));
    }
    return material;
}

std::string bundle_json(Json envelope, Json material, const std::optional<Bytes>& timestamp) {
    Json bundle = Json::object();
    bundle.add("mediaType", Json::of(kBundleV03));
    material.add("tlogEntries", Json::array());
    if (timestamp) {
        Json& stamps = material.add("timestampVerificationData", Json::object()).add("rfc3161Timestamps", Json::array());
        stamps.push(Json::object()).add("signedTimestamp", Json::of(to_base64(*timestamp)));
    }
    bundle.add("verificationMaterial", std::move(material));
    bundle.add("dsseEnvelope", std::move(envelope));
    return codec::write_json(bundle);
}

Result<std::optional<Bytes>> stamped(const Timestamper& timestamp, ByteView signature) {
    if (!timestamp) return std::optional<Bytes>();
    return timestamp(signature);
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
                       [&](const Bytes& signature) { return key.verify(message, signature); });
}

Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload,
                                  const crypto::PrivateKey& key) {
    return codec::write_json(envelope_json(payload_type, payload, TRY(signature_over(payload_type, payload, key)), false));
}

Result<std::string> sign_bundle(std::string_view payload_type, std::string_view payload, const crypto::PrivateKey& key,
                                const Timestamper& timestamp) {
    const Bytes signature = TRY(signature_over(payload_type, payload, key));
    const auto stamp = TRY(stamped(timestamp, signature));
    return bundle_json(envelope_json(payload_type, payload, signature, false), key_material(spki_hint(key.public_key())), stamp);
}

Result<std::string> sign_model_bundle(std::string_view statement, const crypto::PrivateKey& key,
                                      std::span<const crypto::Certificate> chain, const Timestamper& timestamp) {
    const Bytes signature = TRY(signature_over(/*payload_type=*/kInTotoPayload, /*payload=*/statement, key));
    const auto stamp = TRY(stamped(timestamp, signature));
    return bundle_json(envelope_json(kInTotoPayload, statement, signature, true),
                       chain.empty() ? key_material(pem_hint(key.public_key())) : certificate_material(chain), stamp);
}

}  // namespace headgate::attest
