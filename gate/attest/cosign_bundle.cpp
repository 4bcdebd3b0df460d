// cosign_bundle.cpp: the annotations of a cosign layer, and a keyless layer as a Sigstore bundle.
#include <algorithm>

#include "attest/cosign.hpp"
#include "attest/dsse.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::string_view kSignature = "dev.cosignproject.cosign/signature";
constexpr std::string_view kCertificate = "dev.sigstore.cosign/certificate";
constexpr std::string_view kChain = "dev.sigstore.cosign/chain";
constexpr std::string_view kBundle = "dev.sigstore.cosign/bundle";
constexpr std::string_view kTimestamp = "dev.sigstore.cosign/rfc3161timestamp";

Error malformed(const std::string& what) { return {ErrorCode::malformed, "no cosign signature: " + what}; }

Result<Json> parse_annotation(const AttachedDocument& layer, std::string_view key) {
    codec::JsonLimits limits;
    limits.depth = 8;
    limits.bytes = sigstore::kMaxBundle;
    limits.values = 64;
    auto json = codec::parse_json(as_bytes(layer.annotation(key)), limits);
    if (!json.ok()) return malformed("the annotation " + std::string(key) + ": " + json.error().message);
    if (!json->is_object()) return malformed("the annotation " + std::string(key) + " is no object");
    return json;
}

Result<void> only_members(const Json& object, std::initializer_list<std::string_view> known) {
    for (const Json::Member& member : object.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end()) {
            return malformed("unknown member \"" + escape_terminal(member.first, 80) + "\" in an annotation");
        }
    }
    return {};
}

Result<Bytes> base64_member(const Json& object, std::string_view key) {
    const std::string* const text = object.find_text(key);
    auto bytes = text == nullptr ? std::nullopt : from_base64(*text);
    if (!bytes || bytes->empty()) return malformed("\"" + std::string(key) + "\" of an annotation is no base64");
    return std::move(*bytes);
}

Result<std::int64_t> number_member(const Json& object, std::string_view key) {
    const Json* const number = object.find(key);
    if (number == nullptr || !number->is_integer() || number->integer < 0) {
        return malformed("\"" + std::string(key) + "\" of an annotation is no number");
    }
    return number->integer;
}

// {"SignedEntryTimestamp": base64, "Payload": {"body": base64, "integratedTime": n, "logIndex": n, "logID": hex}}
Result<sigstore::LogEntry> read_entry(const AttachedDocument& layer) {
    const Json document = TRY(parse_annotation(layer, kBundle));
    TRY_VOID(only_members(document, {"SignedEntryTimestamp", "Payload"}));
    const Json* const payload = document.find("Payload");
    if (payload == nullptr || !payload->is_object()) return malformed("the log entry of the annotation has no \"Payload\"");
    TRY_VOID(only_members(*payload, {"body", "integratedTime", "logIndex", "logID"}));
    sigstore::LogEntry entry;
    entry.signed_entry_timestamp = TRY(base64_member(document, "SignedEntryTimestamp"));
    entry.body = TRY(base64_member(*payload, "body"));
    if (entry.body.size() > sigstore::kMaxBody) return malformed("the body of the log entry is over the limit");
    const std::int64_t integrated = TRY(number_member(*payload, "integratedTime"));
    entry.integrated_time = Instant{integrated};
    entry.log_index = static_cast<std::uint64_t>(TRY(number_member(*payload, "logIndex")));
    const std::string* const log = payload->find_text("logID");
    if (log == nullptr || !is_lower_hex(*log, 64)) return malformed("\"logID\" of the log entry is not 64 hex digits");
    entry.log_id = *from_hex(*log);
    return entry;
}

Result<std::variant<sigstore::MessageSignature, sigstore::Envelope>> read_content(const AttachedDocument& layer) {
    using Content = std::variant<sigstore::MessageSignature, sigstore::Envelope>;
    if (layer.form == AttachedDocument::Form::cosign_signature) {
        Bytes signature = TRY(cosign_signature(layer));
        return Content(sigstore::MessageSignature{std::nullopt, std::move(signature)});
    }
    Envelope envelope = TRY(parse_envelope(layer.content));
    if (envelope.bundle) return malformed("its layer is a bundle, expected is an envelope");
    if (envelope.signatures.size() != 1) {
        return Error{ErrorCode::unsupported, "an attestation with " + std::to_string(envelope.signatures.size()) + " signatures beside one certificate"};
    }
    sigstore::Envelope content;
    content.payload_type = std::move(envelope.payload_type);
    content.payload = std::move(envelope.payload);
    content.signature = std::move(envelope.signatures.front());
    const crypto::Sha256Digest hash = crypto::sha256(layer.content);
    content.document_sha256 = Bytes(hash.begin(), hash.end());
    return Content(std::move(content));
}

// What lies beside the signature, and what it is over.
Result<sigstore::Bundle> finish(const AttachedDocument& layer, sigstore::Bundle bundle) {
    if (!layer.annotation(kBundle).empty()) bundle.entries.push_back(TRY(read_entry(layer)));
    if (!layer.annotation(kTimestamp).empty()) {
        const Json document = TRY(parse_annotation(layer, kTimestamp));
        TRY_VOID(only_members(document, {"SignedRFC3161Timestamp"}));
        bundle.timestamps.push_back(TRY(base64_member(document, "SignedRFC3161Timestamp")));
    }
    bundle.content = TRY(read_content(layer));
    return bundle;
}

}  // namespace

Result<Bytes> cosign_signature(const AttachedDocument& layer) {
    const std::string_view text = layer.annotation(kSignature);
    if (text.empty()) return malformed("the layer has no annotation " + std::string(kSignature));
    if (text.size() > kMaxCosignSignature * 2) return malformed("its signature is longer than any signature");
    auto bytes = from_base64(text);
    if (!bytes || bytes->empty()) return malformed("its signature is no base64");
    return std::move(*bytes);
}

bool is_keyless(const AttachedDocument& layer) { return !layer.annotation(kCertificate).empty(); }

Result<sigstore::Bundle> cosign_bundle(const AttachedDocument& layer) {
    sigstore::Bundle bundle;
    bundle.version = sigstore::BundleVersion::v0_1;
    bundle.chain_form = true;
    auto certificate = crypto::Certificate::from_pem(layer.annotation(kCertificate));
    if (!certificate.ok()) return malformed("the annotation " + std::string(kCertificate) + ": " + certificate.error().message);
    std::vector<crypto::Certificate> certificates{std::move(certificate).value()};
    if (const std::string_view chain = layer.annotation(kChain); !chain.empty()) {
        auto above = crypto::Certificate::list_from_pem(chain);
        if (!above.ok()) return malformed("the annotation " + std::string(kChain) + ": " + above.error().message);
        if (above->size() >= sigstore::kMaxBundleCertificates) return malformed("the annotation " + std::string(kChain) + " holds too many certificates");
        certificates.insert(certificates.end(), above->begin(), above->end());
    }
    bundle.material = std::move(certificates);
    return finish(layer, std::move(bundle));
}

Result<sigstore::Bundle> cosign_key_bundle(const AttachedDocument& layer) {
    sigstore::Bundle bundle;
    bundle.version = sigstore::BundleVersion::v0_1;
    bundle.material = sigstore::KeyHint{};
    return finish(layer, std::move(bundle));
}

}  // namespace headgate::attest
