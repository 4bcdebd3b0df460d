#include "sigstore/envelope.hpp"

#include <algorithm>

#include "sigstore/bundle.hpp"
#include "sigstore/fields.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

Result<EnvelopeSignature> read_signature(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "a signature", {"sig", "keyid"}));
    EnvelopeSignature read;
    read.signature = TRY(fields.bytes_of_either_alphabet("sig", kMaxSignature));
    read.keyid = TRY(fields.optional_text("keyid", kMaxHint));
    return read;
}

}  // namespace

Result<SignedEnvelope> parse_envelope(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "the envelope", {"payload", "payloadType", "signatures"}));
    SignedEnvelope envelope;
    envelope.payload = TRY(fields.bytes_of_either_alphabet("payload", kMaxPayload));
    envelope.payload_type = TRY(fields.text("payloadType", kMaxPayloadType));
    const auto* const signatures = TRY(fields.list("signatures", kMaxEnvelopeSignatures));
    if (signatures == nullptr || signatures->empty()) return fields.error("signatures", "is missing or empty");
    for (const Json& item : *signatures) {
        EnvelopeSignature read = TRY(read_signature(item));
        const bool repeated = std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                                          [&](const EnvelopeSignature& other) { return other.signature == read.signature; });
        if (repeated) return fields.error("signatures", "has the same signature twice");
        envelope.signatures.push_back(std::move(read));
    }
    return envelope;
}

}  // namespace headgate::sigstore
