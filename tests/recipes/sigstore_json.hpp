// sigstore_json.hpp: a bundle as the document that carries it.
#pragma once

#include <string>

#include "base/encoding.hpp"
#include "sigstore/bundle.hpp"

namespace headgate::recipes {

inline std::string quoted(const std::string& text) { return "\"" + codec::escape_json(text) + "\""; }

inline std::string entry_json(const sigstore::LogEntry& entry) {
    std::string json = R"({"logIndex":")" + std::to_string(entry.log_index) + R"(","logId":{"keyId":")" + to_base64(entry.log_id) + R"("},)";
    if (entry.kind_version) {
        json += R"("kindVersion":{"kind":)" + quoted(entry.kind_version->kind) + R"(,"version":)" + quoted(entry.kind_version->version) + "},";
    }
    if (entry.integrated_time) json += R"("integratedTime":")" + std::to_string(entry.integrated_time->seconds) + "\",";
    if (!entry.signed_entry_timestamp.empty()) {
        json += R"("inclusionPromise":{"signedEntryTimestamp":")" + to_base64(entry.signed_entry_timestamp) + "\"},";
    }
    if (entry.proof) {
        std::string hashes;
        for (const Bytes& hash : entry.proof->hashes) hashes += (hashes.empty() ? "\"" : ",\"") + to_base64(hash) + "\"";
        json += R"("inclusionProof":{"logIndex":")" + std::to_string(entry.proof->log_index) + R"(","rootHash":")" +
                to_base64(entry.proof->root_hash) + R"(","treeSize":")" + std::to_string(entry.proof->tree_size) + R"(","hashes":[)" + hashes + "]";
        if (!entry.proof->checkpoint.empty()) json += R"(,"checkpoint":{"envelope":)" + quoted(entry.proof->checkpoint) + "}";
        json += "},";
    }
    return json + R"("canonicalizedBody":")" + to_base64(entry.body) + "\"}";
}

inline std::string bundle_json(const sigstore::Bundle& bundle) {
    std::string material;
    if (const auto* const hint = std::get_if<sigstore::KeyHint>(&bundle.material)) {
        material = R"("publicKey":{"hint":)" + quoted(hint->hint) + "}";
    } else {
        std::string certificates;
        for (const auto& certificate : std::get<std::vector<crypto::Certificate>>(bundle.material)) {
            certificates += (certificates.empty() ? "" : ",") + (R"({"rawBytes":")" + to_base64(certificate.der()) + "\"}");
        }
        material = bundle.chain_form ? R"("x509CertificateChain":{"certificates":[)" + certificates + "]}" : "\"certificate\":" + certificates;
    }
    std::string entries;
    for (const auto& entry : bundle.entries) entries += (entries.empty() ? "" : ",") + entry_json(entry);
    material += ",\"tlogEntries\":[" + entries + "]";
    if (!bundle.timestamps.empty()) {
        std::string stamps;
        for (const Bytes& der : bundle.timestamps) stamps += (stamps.empty() ? "" : ",") + (R"({"signedTimestamp":")" + to_base64(der) + "\"}");
        material += R"(,"timestampVerificationData":{"rfc3161Timestamps":[)" + stamps + "]}";
    }
    std::string content;
    if (const auto* const envelope = std::get_if<sigstore::Envelope>(&bundle.content)) {
        content = R"("dsseEnvelope":{"payload":")" + to_base64(envelope->payload) + R"(","payloadType":)" + quoted(envelope->payload_type) +
                  R"(,"signatures":[{"sig":")" + to_base64(envelope->signature) + "\"}]}";
    } else {
        const auto& message = std::get<sigstore::MessageSignature>(bundle.content);
        content = "\"messageSignature\":{";
        if (message.digest) {
            content += R"("messageDigest":{"algorithm":)" + quoted(message.digest->algorithm) + R"(,"digest":")" + to_base64(message.digest->digest) + "\"},";
        }
        content += R"("signature":")" + to_base64(message.signature) + "\"}";
    }
    const std::string version = bundle.version == sigstore::BundleVersion::v0_1   ? "application/vnd.dev.sigstore.bundle+json;version=0.1"
                                : bundle.version == sigstore::BundleVersion::v0_2 ? "application/vnd.dev.sigstore.bundle+json;version=0.2"
                                                                                  : "application/vnd.dev.sigstore.bundle.v0.3+json";
    return R"({"mediaType":")" + version + R"(","verificationMaterial":{)" + material + "}," + content + "}";
}

}  // namespace headgate::recipes
