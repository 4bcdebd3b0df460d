#include "sigstore/write_bundle.hpp"

#include "base/encoding.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::string_view kMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

// Protobuf's JSON has 64-bit integers as text.
Json number(std::uint64_t value) { return Json::of(std::to_string(value)); }
Json bytes(ByteView value) { return Json::of(to_base64(value)); }

Json proof_json(const InclusionProof& proof) {
    Json json = Json::object();
    json.add("logIndex", number(proof.log_index));
    json.add("rootHash", bytes(proof.root_hash));
    json.add("treeSize", number(proof.tree_size));
    Json& hashes = json.add("hashes", Json::array());
    for (const Bytes& hash : proof.hashes) hashes.push(bytes(hash));
    if (!proof.checkpoint.empty()) json.add("checkpoint", Json::object()).add("envelope", Json::of(proof.checkpoint));
    return json;
}

Json entry_json(const LogEntry& entry) {
    Json json = Json::object();
    json.add("logIndex", number(entry.log_index));
    json.add("logId", Json::object()).add("keyId", bytes(entry.log_id));
    if (entry.kind_version) {
        Json& kind = json.add("kindVersion", Json::object());
        kind.add("kind", Json::of(entry.kind_version->kind));
        kind.add("version", Json::of(entry.kind_version->version));
    }
    if (entry.integrated_time) json.add("integratedTime", number(static_cast<std::uint64_t>(entry.integrated_time->seconds)));
    if (!entry.signed_entry_timestamp.empty()) {
        json.add("inclusionPromise", Json::object()).add("signedEntryTimestamp", bytes(entry.signed_entry_timestamp));
    }
    if (entry.proof) json.add("inclusionProof", proof_json(*entry.proof));
    json.add("canonicalizedBody", bytes(entry.body));
    return json;
}

Json material_json(const Bundle& bundle) {
    Json material = Json::object();
    if (const auto* const hint = std::get_if<KeyHint>(&bundle.material)) {
        material.add("publicKey", Json::object()).add("hint", Json::of(hint->hint));
    } else if (const auto& certificates = std::get<std::vector<crypto::Certificate>>(bundle.material); bundle.chain_form) {
        Json& chain = material.add("x509CertificateChain", Json::object()).add("certificates", Json::array());
        for (const crypto::Certificate& one : certificates) chain.push(Json::object()).add("rawBytes", bytes(one.der()));
    } else {
        material.add("certificate", Json::object()).add("rawBytes", bytes(certificates.front().der()));
    }
    Json& entries = material.add("tlogEntries", Json::array());
    for (const LogEntry& entry : bundle.entries) entries.push(entry_json(entry));
    if (!bundle.timestamps.empty()) {
        Json& stamps = material.add("timestampVerificationData", Json::object()).add("rfc3161Timestamps", Json::array());
        for (const Bytes& stamp : bundle.timestamps) stamps.push(Json::object()).add("signedTimestamp", bytes(stamp));
    }
    return material;
}

Json message_json(const MessageSignature& message) {
    Json json = Json::object();
    if (message.digest) {
        Json& digest = json.add("messageDigest", Json::object());
        digest.add("algorithm", Json::of(message.digest->algorithm));
        digest.add("digest", bytes(message.digest->digest));
    }
    json.add("signature", bytes(message.signature));
    return json;
}

}  // namespace

Json envelope_json(const Envelope& envelope, KeyId key_id) {
    Json json = Json::object();
    json.add("payload", bytes(envelope.payload));
    json.add("payloadType", Json::of(envelope.payload_type));
    Json& signature = json.add("signatures", Json::array()).push(Json::object());
    signature.add("sig", bytes(envelope.signature));
    if (key_id == KeyId::written) signature.add("keyid", Json::of(envelope.keyid));
    return json;
}

std::string write_bundle(const Bundle& bundle, KeyId key_id) {
    Json json = Json::object();
    json.add("mediaType", Json::of(kMediaType));
    json.add("verificationMaterial", material_json(bundle));
    if (const auto* const envelope = std::get_if<Envelope>(&bundle.content)) {
        json.add("dsseEnvelope", envelope_json(*envelope, key_id));
    } else {
        json.add("messageSignature", message_json(std::get<MessageSignature>(bundle.content)));
    }
    return codec::write_json(json);
}

}  // namespace headgate::sigstore
