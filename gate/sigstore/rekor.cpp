#include "sigstore/rekor.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/write_bundle.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::size_t kMaxWord = 128;

const crypto::Certificate& leaf_of(const Bundle& bundle) { return std::get<std::vector<crypto::Certificate>>(bundle.material).front(); }

Json entry_of_kind(std::string_view kind) {
    Json entry = Json::object();
    entry.add("apiVersion", Json::of("0.0.1"));
    entry.add("kind", Json::of(kind));
    return entry;
}

Json verifier_v2(const Bundle& bundle) {
    Json verifier = Json::object();
    verifier.add("x509Certificate", Json::object()).add("rawBytes", Json::of(to_base64(leaf_of(bundle).der())));
    verifier.add("keyDetails", Json::of("PKIX_ECDSA_P256_SHA_256"));
    return verifier;
}

codec::JsonLimits limits_of_answers() {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxBundle;
    limits.values = 2000;
    return limits;
}

// "1a2b" of 32 bytes.
Result<Bytes> hex_hash(const Fields& fields, std::string_view name) {
    const std::string text = TRY(fields.text(name, kMaxWord));
    auto bytes = is_lower_hex(text, 64) ? from_hex(text) : std::nullopt;
    if (!bytes) return fields.error(name, "is no SHA-256 in hex");
    return std::move(*bytes);
}

Result<InclusionProof> read_v1_proof(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "the inclusion proof", {"checkpoint", "hashes", "logIndex", "rootHash", "treeSize"}));
    InclusionProof proof;
    proof.log_index = TRY(fields.number("logIndex"));
    proof.tree_size = TRY(fields.number("treeSize"));
    proof.root_hash = TRY(hex_hash(fields, "rootHash"));
    if (const auto* const hashes = TRY(fields.list("hashes", kMaxProofHashes))) {
        for (const Json& item : *hashes) {
            Json wrapped = Json::object();
            wrapped.add("hash", item);
            const Fields one = TRY(Fields::of(wrapped, "the inclusion proof", {"hash"}));
            proof.hashes.push_back(TRY(hex_hash(one, "hash")));
        }
    }
    proof.checkpoint = TRY(fields.text("checkpoint", kMaxCheckpoint));
    return proof;
}

// What the body says of itself.
Result<KindVersion> kind_of(const Bytes& body) {
    codec::JsonLimits limits;
    limits.bytes = kMaxBody;
    limits.values = 20'000;
    const Json json = TRY(codec::parse_json(body, limits));
    const std::string* const kind = json.find_text("kind");
    const std::string* const version = json.find_text("apiVersion");
    if (kind == nullptr || version == nullptr) return malformed("the log entry's body has no kind and version");
    return KindVersion{*kind, *version};
}

}  // namespace

std::string rekor_v1_request(const Bundle& bundle) {
    const std::string pem = to_base64(as_bytes(leaf_of(bundle).pem()));
    if (const auto* const envelope = std::get_if<Envelope>(&bundle.content)) {
        Json entry = entry_of_kind("dsse");
        Json& content = entry.add("spec", Json::object()).add("proposedContent", Json::object());
        content.add("envelope", Json::of(codec::write_json(envelope_json(*envelope))));
        content.add("verifiers", Json::array()).push(Json::of(pem));
        return codec::write_json(entry);
    }
    const auto& message = std::get<MessageSignature>(bundle.content);
    Json entry = entry_of_kind("hashedrekord");
    Json& spec = entry.add("spec", Json::object());
    Json& hash = spec.add("data", Json::object()).add("hash", Json::object());
    hash.add("algorithm", Json::of("sha256"));
    hash.add("value", Json::of(to_hex(message.digest->digest)));
    Json& signature = spec.add("signature", Json::object());
    signature.add("content", Json::of(to_base64(message.signature)));
    signature.add("publicKey", Json::object()).add("content", Json::of(pem));
    return codec::write_json(entry);
}

std::string rekor_v2_request(const Bundle& bundle) {
    Json request = Json::object();
    if (const auto* const envelope = std::get_if<Envelope>(&bundle.content)) {
        Json& wanted = request.add("dsseRequestV002", Json::object());
        wanted.add("envelope", envelope_json(*envelope));
        wanted.add("verifiers", Json::array()).push(verifier_v2(bundle));
        return codec::write_json(request);
    }
    const auto& message = std::get<MessageSignature>(bundle.content);
    Json& wanted = request.add("hashedRekordRequestV002", Json::object());
    wanted.add("digest", Json::of(to_base64(message.digest->digest)));
    Json& signature = wanted.add("signature", Json::object());
    signature.add("content", Json::of(to_base64(message.signature)));
    signature.add("verifier", verifier_v2(bundle));
    return codec::write_json(request);
}

Result<LogEntry> read_rekor_v1_answer(ByteView json) {
    const Json document = TRY(codec::parse_json(json, limits_of_answers()));
    if (!document.is_object() || document.members.size() != 1) return malformed("the log's answer is not exactly one entry");
    // "attestation" is a copy that some servers keep; it proves nothing.
    const Fields fields = TRY(Fields::of(document.members.front().second, "the log's entry",
                                         {"attestation", "body", "integratedTime", "logID", "logIndex", "verification"}));
    LogEntry entry;
    entry.body = TRY(fields.bytes("body", kMaxBody));
    entry.kind_version = TRY(kind_of(entry.body));
    entry.log_id = TRY(hex_hash(fields, "logID"));
    entry.log_index = TRY(fields.number("logIndex"));
    entry.integrated_time = Instant{static_cast<std::int64_t>(TRY(fields.number("integratedTime")))};
    const Json* const verification = TRY(fields.required("verification"));
    const Fields proofs = TRY(Fields::of(*verification, "\"verification\"", {"inclusionProof", "signedEntryTimestamp"}));
    entry.signed_entry_timestamp = TRY(proofs.bytes("signedEntryTimestamp", kMaxSignature));
    const Json* const proof = TRY(proofs.required("inclusionProof"));
    entry.proof = TRY(read_v1_proof(*proof));
    return entry;
}

Result<LogEntry> read_rekor_v2_answer(ByteView json) {
    return parse_log_entry(TRY(codec::parse_json(json, limits_of_answers())));
}

}  // namespace headgate::sigstore
