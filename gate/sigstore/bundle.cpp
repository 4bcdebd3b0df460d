// bundle.cpp: JSON -> Bundle. Only the shape is judged here; what a media type demands beyond it is asked in verify.cpp, where
// bundles that were built from parts pass too.
#include "sigstore/bundle.hpp"

#include <array>

#include "base/text.hpp"
#include "sigstore/envelope.hpp"
#include "sigstore/fields.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

struct MediaType {
    std::string_view name;
    BundleVersion version;
};
constexpr std::array<MediaType, 4> kMediaTypes = {{
    {"application/vnd.dev.sigstore.bundle+json;version=0.1", BundleVersion::v0_1},
    {"application/vnd.dev.sigstore.bundle+json;version=0.2", BundleVersion::v0_2},
    {"application/vnd.dev.sigstore.bundle+json;version=0.3", BundleVersion::v0_3},
    {"application/vnd.dev.sigstore.bundle.v0.3+json", BundleVersion::v0_3},
}};
constexpr std::size_t kMaxWord = 128;    // bytes of a kind, version or algorithm

Result<BundleVersion> read_version(const Fields& bundle) {
    const std::string name = TRY(bundle.text("mediaType", 256));
    for (const MediaType& type : kMediaTypes) {
        if (type.name == name) return type.version;
    }
    return malformed("\"mediaType\" is \"" + escape_terminal(name, 120) + "\"; bundles of version 0.1, 0.2 and 0.3 are read");
}

Result<crypto::Certificate> read_certificate(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "a certificate", {"rawBytes"}));
    const Bytes der = TRY(fields.bytes("rawBytes", crypto::kMaxCertificateBytes));
    return crypto::Certificate::from_der(der);
}

Result<void> read_chain(const Json& json, Bundle& bundle) {
    const Fields fields = TRY(Fields::of(json, "\"x509CertificateChain\"", {"certificates"}));
    const auto* const items = TRY(fields.list("certificates", kMaxBundleCertificates));
    if (items == nullptr || items->empty()) return malformed("\"x509CertificateChain\" has no certificate");
    std::vector<crypto::Certificate> certificates;
    for (const Json& item : *items) certificates.push_back(TRY(read_certificate(item)));
    bundle.material = std::move(certificates);
    bundle.chain_form = true;
    return {};
}

Result<void> read_key(const Json& json, Bundle& bundle) {
    const Fields fields = TRY(Fields::of(json, "\"publicKey\"", {"hint", "rawBytes", "keyDetails"}));
    KeyHint hint;
    hint.hint = TRY(fields.optional_text("hint", kMaxHint));
    hint.raw = TRY(fields.optional_bytes("rawBytes", 16U << 10U));
    bundle.material = std::move(hint);
    return {};
}

Result<InclusionProof> read_proof(const Json& json) {
    const Fields fields =
        TRY(Fields::of(json, "an inclusion proof", {"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"}));
    InclusionProof proof;
    // Protobuf leaves out zeros: the first entry of a log has no index.
    if (fields.find("logIndex") != nullptr) proof.log_index = TRY(fields.number("logIndex"));
    proof.tree_size = TRY(fields.number("treeSize"));
    proof.root_hash = TRY(fields.hash("rootHash"));
    if (const auto* const hashes = TRY(fields.list("hashes", kMaxProofHashes))) {
        for (const Json& item : *hashes) {
            Json wrapped = Json::object();
            wrapped.add("hash", item);
            proof.hashes.push_back(TRY(TRY(Fields::of(wrapped, "an inclusion proof", {"hash"})).hash("hash")));
        }
    }
    if (const Json* const checkpoint = fields.find("checkpoint")) {
        const Fields note = TRY(Fields::of(*checkpoint, "a checkpoint", {"envelope"}));
        proof.checkpoint = TRY(note.text("envelope", kMaxCheckpoint));
    }
    return proof;
}

Result<void> read_material(const Json& json, Bundle& bundle) {
    const Fields fields = TRY(Fields::of(json, "\"verificationMaterial\"",
                                         {"publicKey", "certificate", "x509CertificateChain", "tlogEntries",
                                          "timestampVerificationData"}));
    const Json* const key = fields.find("publicKey");
    const Json* const certificate = fields.find("certificate");
    const Json* const chain = fields.find("x509CertificateChain");
    if ((key != nullptr) + (certificate != nullptr) + (chain != nullptr) != 1) {
        return malformed("a bundle needs exactly one of \"publicKey\", \"certificate\" and \"x509CertificateChain\"");
    }
    if (key != nullptr) TRY_VOID(read_key(*key, bundle));
    if (chain != nullptr) TRY_VOID(read_chain(*chain, bundle));
    if (certificate != nullptr) {
        const crypto::Certificate leaf = TRY(read_certificate(*certificate));
        bundle.material = std::vector<crypto::Certificate>{leaf};
    }

    if (const auto* const entries = TRY(fields.list("tlogEntries", kMaxEntries))) {
        for (const Json& entry : *entries) bundle.entries.push_back(TRY(parse_log_entry(entry)));
    }
    if (const Json* const data = fields.find("timestampVerificationData")) {
        const Fields stamps = TRY(Fields::of(*data, "\"timestampVerificationData\"", {"rfc3161Timestamps"}));
        if (const auto* const items = TRY(stamps.list("rfc3161Timestamps", kMaxTimestamps))) {
            for (const Json& item : *items) {
                const Fields stamp = TRY(Fields::of(item, "a timestamp", {"signedTimestamp"}));
                bundle.timestamps.push_back(TRY(stamp.bytes("signedTimestamp", 64U << 10U)));
            }
        }
    }
    return {};
}

Result<MessageSignature> read_message(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "\"messageSignature\"", {"messageDigest", "signature"}));
    MessageSignature message;
    if (const Json* const digest = fields.find("messageDigest")) {
        const Fields parts = TRY(Fields::of(*digest, "\"messageDigest\"", {"algorithm", "digest"}));
        MessageDigest& stated = message.digest.emplace();
        stated.algorithm = TRY(parts.text("algorithm", kMaxWord));
        stated.digest = TRY(parts.bytes("digest", 64));
    }
    message.signature = TRY(fields.bytes("signature", kMaxSignature));
    return message;
}

// In a bundle an envelope has exactly one signature.
Result<Envelope> read_envelope(const Json& json) {
    SignedEnvelope read = TRY(parse_envelope(json));
    if (read.signatures.size() != 1) {
        return malformed("the envelope has " + std::to_string(read.signatures.size()) + " signatures; in a bundle exactly one is taken");
    }
    Envelope envelope;
    envelope.payload_type = std::move(read.payload_type);
    envelope.payload = std::move(read.payload);
    envelope.signature = std::move(read.signatures.front().signature);
    envelope.keyid = std::move(read.signatures.front().keyid);
    return envelope;
}

}  // namespace

Result<LogEntry> parse_log_entry(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "a log entry",
                                         {"logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof",
                                          "canonicalizedBody"}));
    LogEntry entry;
    if (fields.find("logIndex") != nullptr) entry.log_index = TRY(fields.number("logIndex"));
    const Json* const id = TRY(fields.required("logId"));
    entry.log_id = TRY(TRY(Fields::of(*id, "\"logId\"", {"keyId"})).hash("keyId"));
    const Json* const kind_version = TRY(fields.required("kindVersion"));
    const Fields kind = TRY(Fields::of(*kind_version, "\"kindVersion\"", {"kind", "version"}));
    KindVersion& stated = entry.kind_version.emplace();
    stated.kind = TRY(kind.text("kind", kMaxWord));
    stated.version = TRY(kind.text("version", kMaxWord));
    if (fields.find("integratedTime") != nullptr) {
        const std::uint64_t time = TRY(fields.number("integratedTime"));
        // Rekor v2 has no time; some writers spell that as 0.
        if (time != 0) entry.integrated_time = Instant{static_cast<std::int64_t>(time)};
    }
    if (const Json* const promise = fields.find("inclusionPromise")) {
        const Fields parts = TRY(Fields::of(*promise, "\"inclusionPromise\"", {"signedEntryTimestamp"}));
        entry.signed_entry_timestamp = TRY(parts.bytes("signedEntryTimestamp", kMaxSignature));
    }
    if (const Json* const proof = fields.find("inclusionProof")) entry.proof = TRY(read_proof(*proof));
    entry.body = TRY(fields.bytes("canonicalizedBody", kMaxBody));
    return entry;
}

Result<Bundle> parse_bundle(const Json& json) {
    const Fields fields =
        TRY(Fields::of(json, "the bundle", {"mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"}));
    Bundle bundle;
    bundle.version = TRY(read_version(fields));
    const Json* const material = TRY(fields.required("verificationMaterial"));
    TRY_VOID(read_material(*material, bundle));
    const Json* const envelope = fields.find("dsseEnvelope");
    const Json* const message = fields.find("messageSignature");
    if ((envelope != nullptr) + (message != nullptr) != 1) {
        return malformed("a bundle needs exactly one of \"dsseEnvelope\" and \"messageSignature\"");
    }
    if (envelope != nullptr) bundle.content = TRY(read_envelope(*envelope));
    if (message != nullptr) bundle.content = TRY(read_message(*message));
    return bundle;
}

bool is_bundle(const Json& json) { return json.find("mediaType") != nullptr || json.find("verificationMaterial") != nullptr; }

codec::JsonLimits document_limits() {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxBundle;
    limits.values = 20'000;
    return limits;
}

Result<Bundle> parse_bundle(ByteView json) { return parse_bundle(TRY(codec::parse_json(json, document_limits()))); }

}  // namespace headgate::sigstore
