#include "sigstore/body.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/key_details.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::size_t kMaxWord = 128;
constexpr std::size_t kMaxPem = 128U << 10U;

Error differs(std::string what) { return refused("log entry: " + std::move(what) + " is another than the bundle's: the entry is of another signature"); }

Result<Fields> object(const Fields& parent, std::string_view name, std::initializer_list<std::string_view> known) {
    const Json* const json = TRY(parent.required(name));
    return Fields::of(*json, "\"" + std::string(name) + "\" of the log entry's body", known);
}

// The one item that an array must have: a second signature would be one that nobody here looked at.
Result<const Json*> only_item(const Fields& parent, std::string_view name) {
    const auto* const items = TRY(parent.list(name, 16));
    if (items == nullptr || items->size() != 1) return parent.error(name, "has not exactly one item");
    return &items->front();
}

// Rekor v1: PEM of a certificate or of a key.
Result<void> check_pem(ByteView pem, const Signed& about) {
    const std::string_view text = as_text(pem);
    if (about.leaf) {
        if (text == about.leaf->pem()) return {};
        const auto certificate = crypto::Certificate::from_pem(text);
        if (!certificate.ok()) return malformed("log entry: its certificate: " + certificate.error().message);
        if (!(*certificate == *about.leaf)) return differs("the certificate");
        return {};
    }
    const auto key = crypto::PublicKey::from_pem(text);
    if (!key.ok()) return malformed("log entry: its key: " + key.error().message);
    if (key->spki() != about.spki) return differs("the key");
    return {};
}

// Rekor v2: DER, and the name of the key's kind.
Result<void> check_verifier(const Fields& signature, const Signed& about) {
    const Fields verifier = TRY(object(signature, "verifier", {"keyDetails", "x509Certificate", "publicKey"}));
    if (!names_type(TRY(verifier.text("keyDetails", kMaxWord)), about.key->type())) {
        return verifier.error("keyDetails", "names another kind of key");
    }
    const bool certificate = verifier.find("x509Certificate") != nullptr;
    if (certificate == (verifier.find("publicKey") != nullptr)) return malformed("log entry: its verifier is not exactly one of certificate and key");
    const Fields holder = TRY(object(verifier, certificate ? "x509Certificate" : "publicKey", {"rawBytes"}));
    const Bytes raw = TRY(holder.bytes("rawBytes", crypto::kMaxCertificateBytes));
    if (certificate != about.leaf.has_value()) return differs("the kind of signer");
    if (certificate && as_text(raw) != as_text(about.leaf->der())) return differs("the certificate");
    if (!certificate && raw != about.spki) return differs("the key");
    return {};
}

Result<void> check_signature(const Bytes& signature, const Signed& about) {
    const auto* const envelope = std::get_if<Envelope>(&about.bundle.content);
    const Bytes& expected = envelope != nullptr ? envelope->signature : std::get<MessageSignature>(about.bundle.content).signature;
    if (signature != expected) return differs("the signature");
    return {};
}

Result<const Envelope*> envelope_of(const Signed& about) {
    const auto* const envelope = std::get_if<Envelope>(&about.bundle.content);
    if (envelope == nullptr) return refused("log entry: it is of an envelope, and the bundle signs a message");
    return envelope;
}

// {"algorithm": "sha256", "value": hex} of Rekor v1.
Result<std::pair<crypto::Hash, Bytes>> read_hash(const Fields& parent, std::string_view name) {
    const Fields hash = TRY(object(parent, name, {"algorithm", "value"}));
    const std::string algorithm = TRY(hash.text("algorithm", kMaxWord));
    for (const crypto::Hash known : {crypto::Hash::sha256, crypto::Hash::sha384, crypto::Hash::sha512}) {
        if (algorithm != crypto::to_string(known)) continue;
        const std::string value = TRY(hash.text("value", 2 * crypto::digest_size(known)));
        const auto digest = is_lower_hex(value, 2 * crypto::digest_size(known)) ? from_hex(value) : std::nullopt;
        if (!digest) return hash.error("value", "is no digest in lower-case hex");
        return std::pair{known, *digest};
    }
    return hash.error("algorithm", "is not sha256, sha384 or sha512");
}

// {"algorithm": "SHA2_256", "digest": base64} of Rekor v2.
Result<std::pair<crypto::Hash, Bytes>> read_digest(const Fields& parent, std::string_view name) {
    const Fields hash = TRY(object(parent, name, {"algorithm", "digest"}));
    const auto algorithm = hash_named(TRY(hash.text("algorithm", kMaxWord)));
    if (!algorithm) return hash.error("algorithm", "is not SHA2_256, SHA2_384 or SHA2_512");
    Bytes digest = TRY(hash.bytes("digest", crypto::digest_size(*algorithm)));
    return std::pair{*algorithm, std::move(digest)};
}

// The digest of what was signed. A signature over one hash does not answer for another: where the signature has one, it is that.
Result<void> check_signed_digest(const std::pair<crypto::Hash, Bytes>& stated, const Signed& about) {
    const auto& [hash, digest] = stated;
    if (about.hash && hash != *about.hash) return differs("the hash algorithm");
    const bool enveloped = std::holds_alternative<Envelope>(about.bundle.content);
    const auto expected = enveloped ? std::optional(crypto::digest(hash, about.pae)) : about.artifact->digest(hash);
    if (!expected) return refused("log entry: it names the artifact by " + std::string(crypto::to_string(hash)) + ", which needs its bytes");
    if (digest != *expected) return differs("the digest");
    return {};
}

Result<void> hashedrekord_001(const Fields& body, const Signed& about) {
    const Fields spec = TRY(object(body, "spec", {"data", "signature"}));
    const Fields data = TRY(object(spec, "data", {"hash"}));
    const Fields signature = TRY(object(spec, "signature", {"content", "publicKey"}));
    const Fields key = TRY(object(signature, "publicKey", {"content"}));
    TRY_VOID(check_signature(TRY(signature.bytes("content", kMaxSignature)), about));
    TRY_VOID(check_pem(TRY(key.bytes("content", kMaxPem)), about));
    return check_signed_digest(TRY(read_hash(data, "hash")), about);
}

Result<void> hashedrekord_002(const Fields& body, const Signed& about) {
    const Fields spec = TRY(object(body, "spec", {"hashedRekordV002"}));
    const Fields record = TRY(object(spec, "hashedRekordV002", {"data", "signature"}));
    const Fields signature = TRY(object(record, "signature", {"content", "verifier"}));
    TRY_VOID(check_signature(TRY(signature.bytes("content", kMaxSignature)), about));
    TRY_VOID(check_verifier(signature, about));
    return check_signed_digest(TRY(read_digest(record, "data")), about);
}

Result<void> check_payload(const std::pair<crypto::Hash, Bytes>& stated, const Envelope& envelope) {
    if (stated.second != crypto::digest(stated.first, envelope.payload)) return differs("the payload's digest");
    return {};
}

Result<void> dsse_001(const Fields& body, const Signed& about) {
    // envelopeHash is over a serialization that cannot be made again: it is not compared.
    const Fields spec = TRY(object(body, "spec", {"envelopeHash", "payloadHash", "signatures"}));
    const Envelope* const envelope = TRY(envelope_of(about));
    const Json* const item = TRY(only_item(spec, "signatures"));
    const Fields signature = TRY(Fields::of(*item, "a signature of the log entry's body", {"signature", "verifier"}));
    TRY_VOID(check_signature(TRY(signature.bytes("signature", kMaxSignature)), about));
    TRY_VOID(check_pem(TRY(signature.bytes("verifier", kMaxPem)), about));
    return check_payload(TRY(read_hash(spec, "payloadHash")), *envelope);
}

Result<void> dsse_002(const Fields& body, const Signed& about) {
    const Fields spec = TRY(object(body, "spec", {"dsseV002"}));
    const Fields record = TRY(object(spec, "dsseV002", {"payloadHash", "signatures"}));
    const Envelope* const envelope = TRY(envelope_of(about));
    const Json* const item = TRY(only_item(record, "signatures"));
    const Fields signature = TRY(Fields::of(*item, "a signature of the log entry's body", {"content", "verifier"}));
    TRY_VOID(check_signature(TRY(signature.bytes("content", kMaxSignature)), about));
    TRY_VOID(check_verifier(signature, about));
    return check_payload(TRY(read_digest(record, "payloadHash")), *envelope);
}

// The document itself is bound, by its own bytes: only where those were kept (cosign's layers).
Result<void> intoto_001(const Fields& body, const Signed& about) {
    const Fields spec = TRY(object(body, "spec", {"content", "publicKey"}));
    const Fields content = TRY(object(spec, "content", {"hash", "payloadHash"}));
    const Envelope* const envelope = TRY(envelope_of(about));
    if (!envelope->document_sha256) return refused("log entry: intoto 0.0.1 names the envelope by its own bytes, which a bundle does not hold");
    TRY_VOID(check_pem(TRY(spec.bytes("publicKey", kMaxPem)), about));
    const auto [hash, digest] = TRY(read_hash(content, "hash"));
    if (hash != crypto::Hash::sha256 || digest != *envelope->document_sha256) return differs("the envelope's digest");
    if (content.find("payloadHash") == nullptr) return {};
    return check_payload(TRY(read_hash(content, "payloadHash")), *envelope);
}

Result<void> intoto_002(const Fields& body, const Signed& about) {
    // content.hash is over a serialization that cannot be made again: it is not compared.
    const Fields spec = TRY(object(body, "spec", {"content"}));
    const Fields content = TRY(object(spec, "content", {"envelope", "hash", "payloadHash"}));
    const Fields stored = TRY(object(content, "envelope", {"payloadType", "signatures", "payload"}));
    const Envelope* const envelope = TRY(envelope_of(about));
    if (TRY(stored.text("payloadType", kMaxPayloadType)) != envelope->payload_type) return differs("the payload type");
    const Json* const item = TRY(only_item(stored, "signatures"));
    const Fields signature = TRY(Fields::of(*item, "a signature of the log entry's body", {"keyid", "publicKey", "sig"}));
    // Rekor keeps the base64 of the base64.
    const auto inner = from_base64(as_text(TRY(signature.bytes("sig", 2 * kMaxSignature))));
    if (!inner) return signature.error("sig", "is not base64 of base64");
    TRY_VOID(check_signature(*inner, about));
    TRY_VOID(check_pem(TRY(signature.bytes("publicKey", kMaxPem)), about));
    return check_payload(TRY(read_hash(content, "payloadHash")), *envelope);
}

struct Kind {
    std::string_view kind;
    std::string_view version;
    Result<void> (*check)(const Fields&, const Signed&);
};
constexpr std::array<Kind, 6> kKinds = {{
    {"hashedrekord", "0.0.1", hashedrekord_001},
    {"hashedrekord", "0.0.2", hashedrekord_002},
    {"dsse", "0.0.1", dsse_001},
    {"dsse", "0.0.2", dsse_002},
    {"intoto", "0.0.1", intoto_001},
    {"intoto", "0.0.2", intoto_002},
}};

}  // namespace

Result<KindVersion> check_body(const LogEntry& entry, const Signed& about) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxBody;
    limits.values = 10'000;
    const auto json = codec::parse_json(entry.body, limits);
    if (!json.ok()) return malformed("log entry: its body: " + json.error().message);
    const Fields body = TRY(Fields::of(*json, "the log entry's body", {"apiVersion", "kind", "spec"}));
    KindVersion stated;
    stated.kind = TRY(body.text("kind", kMaxWord));
    stated.version = TRY(body.text("apiVersion", kMaxWord));
    if (entry.kind_version && (entry.kind_version->kind != stated.kind || entry.kind_version->version != stated.version)) {
        return refused("log entry: \"kindVersion\" says " + escape_terminal(entry.kind_version->kind, 40) + " " +
                       escape_terminal(entry.kind_version->version, 40) + ", its body " + escape_terminal(stated.kind, 40) + " " +
                       escape_terminal(stated.version, 40));
    }
    for (const Kind& kind : kKinds) {
        if (kind.kind != stated.kind || kind.version != stated.version) continue;
        TRY_VOID(kind.check(body, about));
        return stated;
    }
    return Error{ErrorCode::unsupported, "log entry: the kind " + escape_terminal(stated.kind, 40) + " " + escape_terminal(stated.version, 40) +
                                             " is not read; hashedrekord, dsse and intoto of 0.0.1 and 0.0.2 are"};
}

}  // namespace headgate::sigstore
