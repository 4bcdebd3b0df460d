// envelope.hpp: DSSE envelopes (secure-systems-lab/dsse) as JSON. The one reader: of bare envelopes and of those in bundles, so that
// two doors cannot see two things in one document.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxEnvelopeSignatures = 16;

struct EnvelopeSignature {
    Bytes signature;
    std::string keyid;                   // a hint, "" when absent
};

struct SignedEnvelope {
    std::string payload_type;
    Bytes payload;
    std::vector<EnvelopeSignature> signatures;  // at least one, no two with the same bytes
};

/// Error{malformed}: unknown members, an empty payload or type, none, empty, repeated or too many signatures, base64 that is not
/// canonical, and what is over the limits of bundle.hpp. As in all of protobuf's JSON, a member that is null is absent, and base64
/// is of either alphabet.
Result<SignedEnvelope> parse_envelope(const codec::Json& json);

}  // namespace headgate::sigstore
