// dsse_parse.cpp: JSON -> Envelope. An envelope has three members, a bundle three; anything else is refused, so that two
// readers cannot see two things.
#include <algorithm>
#include <array>

#include "attest/dsse.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::array<std::string_view, 4> kBundleTypes = {
    "application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3", "application/vnd.dev.sigstore.bundle.v0.3+json"};
constexpr std::size_t kMaxPayloadType = 256;
constexpr std::size_t kMaxHint = 1024;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

Result<void> only_members(const Json& object, std::string_view what, std::initializer_list<std::string_view> known) {
    for (const Json::Member& member : object.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end()) {
            return malformed("unknown member \"" + escape_terminal(member.first, 80) + "\" in " + std::string(what));
        }
    }
    return {};
}

// Standard or URL-safe alphabet (both are legal in DSSE), never mixed, canonical.
std::optional<Bytes> decode(std::string_view text) {
    if (text.find_first_of("-_") == std::string_view::npos) return from_base64(text);
    if (text.find_first_of("+/") != std::string_view::npos) return std::nullopt;
    std::string standard(text);
    std::replace(standard.begin(), standard.end(), '-', '+');
    std::replace(standard.begin(), standard.end(), '_', '/');
    return from_base64(standard);
}

Result<Bytes> signature_of(const Json& entry) {
    if (!entry.is_object()) return malformed("an entry of \"signatures\" is no object");
    TRY_VOID(only_members(entry, "a signature", {"sig", "keyid"}));
    const std::string* const text = entry.find_text("sig");
    if (text == nullptr) return malformed("a signature without \"sig\"");
    if (const Json* keyid = entry.find("keyid"); keyid != nullptr && !keyid->is_text() && keyid->type != Json::Type::null) {
        return malformed("\"keyid\" is no string");
    }
    auto bytes = decode(*text);
    if (!bytes) return malformed("\"sig\" is not base64");
    if (bytes->empty()) return malformed("\"sig\" is empty");
    if (bytes->size() > kMaxSignatureBytes) return malformed("\"sig\" is longer than any signature");
    return std::move(*bytes);
}

Result<void> read_envelope(const Json& json, std::size_t max_signatures, Envelope& envelope) {
    if (!json.is_object()) return malformed("the envelope is no object");
    TRY_VOID(only_members(json, "the envelope", {"payload", "payloadType", "signatures"}));
    const std::string* const payload = json.find_text("payload");
    const std::string* const type = json.find_text("payloadType");
    const Json* const signatures = json.find("signatures");
    if (payload == nullptr || type == nullptr || signatures == nullptr || !signatures->is_array()) {
        return malformed("an envelope needs \"payload\", \"payloadType\" and \"signatures\"");
    }
    if (type->empty() || type->size() > kMaxPayloadType) return malformed("\"payloadType\" is empty or too long");
    auto bytes = decode(*payload);
    if (!bytes) return malformed("\"payload\" is not base64");
    if (signatures->items.empty()) return malformed("\"signatures\" is empty");
    if (signatures->items.size() > max_signatures) {
        return malformed("\"signatures\" has " + std::to_string(signatures->items.size()) + " entries, at most " +
                         std::to_string(max_signatures) + " are taken");
    }
    envelope.payload_type = *type;
    envelope.payload = std::move(*bytes);
    for (const Json& entry : signatures->items) {
        Bytes signature = TRY(signature_of(entry));
        if (std::find(envelope.signatures.begin(), envelope.signatures.end(), signature) != envelope.signatures.end()) {
            return malformed("the same signature twice");
        }
        envelope.signatures.push_back(std::move(signature));
    }
    return {};
}

Result<void> read_public_key(const Json& key, Envelope& envelope) {
    if (!key.is_object()) return malformed("\"publicKey\" is no object");
    TRY_VOID(only_members(key, "\"publicKey\"", {"hint", "rawBytes", "keyDetails"}));
    if (const Json* hint = key.find("hint")) {
        if (!hint->is_text() || hint->text.size() > kMaxHint) return malformed("the key hint is no short string");
        envelope.key_hint = hint->text;
    }
    if (const Json* raw = key.find("rawBytes")) {
        const auto bytes = raw->is_text() ? decode(raw->text) : std::nullopt;
        if (!bytes || bytes->empty()) return malformed("the key's \"rawBytes\" are not base64");
        envelope.key_pem = as_text(*bytes);
    }
    envelope.material = Envelope::Material::public_key;
    return {};
}

Result<void> read_material(const Json& material, Envelope& envelope) {
    if (!material.is_object()) return malformed("\"verificationMaterial\" is no object");
    TRY_VOID(only_members(material, "\"verificationMaterial\"",
                          {"publicKey", "certificate", "x509CertificateChain", "tlogEntries", "timestampVerificationData"}));
    const Json* const key = material.find("publicKey");
    const Json* const certificate = material.find("certificate");
    const Json* const chain = material.find("x509CertificateChain");
    if ((key != nullptr) + (certificate != nullptr) + (chain != nullptr) != 1) {
        return malformed("a bundle needs exactly one of \"publicKey\", \"certificate\" and \"x509CertificateChain\"");
    }
    if (const Json* entries = material.find("tlogEntries")) {
        if (!entries->is_array()) return malformed("\"tlogEntries\" is no array");
        if (entries->items.size() > kMaxLogEntries) return malformed("more than 32 log entries");
    }
    if (key != nullptr) return read_public_key(*key, envelope);
    if (!(certificate != nullptr ? certificate : chain)->is_object()) return malformed("the certificate is no object");
    envelope.material = Envelope::Material::certificate;
    return {};
}

Result<void> read_bundle(const Json& json, Envelope& envelope) {
    TRY_VOID(only_members(json, "the bundle", {"mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"}));
    const std::string* const type = json.find_text("mediaType");
    if (type == nullptr || std::find(kBundleTypes.begin(), kBundleTypes.end(), *type) == kBundleTypes.end()) {
        return malformed("\"mediaType\" is not one of the known Sigstore bundle types");
    }
    const Json* const material = json.find("verificationMaterial");
    if (material == nullptr) return malformed("a bundle needs \"verificationMaterial\"");
    envelope.bundle = true;
    TRY_VOID(read_material(*material, envelope));
    const Json* const content = json.find("dsseEnvelope");
    const Json* const message = json.find("messageSignature");
    if ((content != nullptr) + (message != nullptr) != 1) {
        return malformed("a bundle needs exactly one of \"dsseEnvelope\" and \"messageSignature\"");
    }
    if (message != nullptr) {
        return Error{ErrorCode::unsupported, "a bundle over a message; only bundles with a DSSE envelope are read"};
    }
    return read_envelope(*content, 1, envelope);
}

}  // namespace

Result<Envelope> parse_envelope(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxEnvelope;
    limits.values = 10'000;
    const Json document = TRY(codec::parse_json(json, limits));
    if (!document.is_object()) return malformed("neither a DSSE envelope nor a Sigstore bundle");
    Envelope envelope;
    const bool bundle = document.find("mediaType") != nullptr || document.find("verificationMaterial") != nullptr;
    if (bundle) {
        TRY_VOID(read_bundle(document, envelope));
    } else {
        TRY_VOID(read_envelope(document, kMaxSignatures, envelope));
    }
    return envelope;
}

}  // namespace headgate::attest
