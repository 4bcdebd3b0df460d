// dsse_parse.cpp: what lies beside a subject as JSON, by the one reader of bundles and envelopes (sigstore/).
#include "attest/dsse.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/envelope.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Envelope of_bundle(const sigstore::Bundle& bundle, const sigstore::Envelope& content) {
    Envelope envelope;
    envelope.payload_type = content.payload_type;
    envelope.payload = content.payload;
    envelope.signatures.push_back(content.signature);
    envelope.bundle = true;
    envelope.material = Envelope::Material::certificate;
    if (const auto* const key = std::get_if<sigstore::KeyHint>(&bundle.material)) {
        envelope.material = Envelope::Material::public_key;
        envelope.key_hint = key->hint;
        envelope.key_pem = as_text(key->raw);
    }
    return envelope;
}

Envelope of_bare(sigstore::SignedEnvelope read) {
    Envelope envelope;
    envelope.payload_type = std::move(read.payload_type);
    envelope.payload = std::move(read.payload);
    for (auto& one : read.signatures) envelope.signatures.push_back(std::move(one.signature));
    return envelope;
}

}  // namespace

Result<SignedDocument> parse_document(const Json& json) {
    if (!json.is_object()) return Error{ErrorCode::malformed, "neither a DSSE envelope nor a Sigstore bundle"};
    SignedDocument document;
    if (!sigstore::is_bundle(json)) {
        document.envelope = of_bare(TRY(sigstore::parse_envelope(json)));
        return document;
    }
    document.bundle = TRY(sigstore::parse_bundle(json));
    if (const auto* const content = std::get_if<sigstore::Envelope>(&document.bundle->content)) {
        document.envelope = of_bundle(*document.bundle, *content);
    }
    return document;
}

Result<SignedDocument> parse_document(ByteView json) {
    codec::JsonLimits limits = sigstore::document_limits();
    limits.bytes = kMaxEnvelope;
    return parse_document(TRY(codec::parse_json(json, limits)));
}

Result<Envelope> parse_envelope(ByteView json) {
    SignedDocument document = TRY(parse_document(json));
    if (!document.envelope) {
        return Error{ErrorCode::unsupported, "a bundle over a message; only bundles with a DSSE envelope are read"};
    }
    return *std::move(document.envelope);
}

}  // namespace headgate::attest
