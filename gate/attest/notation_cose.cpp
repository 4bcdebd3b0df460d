// notation_cose.cpp: a COSE_Sign1 (RFC 9052, 4.2) as signature-envelope-cose.md has it.
#include "attest/notation_headers.hpp"
#include "codec/cbor.hpp"

namespace headgate::attest {
namespace {

using codec::Cbor;
using notation::malformed;

constexpr std::int64_t kTagSign1 = 18;
constexpr std::int64_t kTagEpoch = 1;
constexpr std::int64_t kLabelAlgorithm = 1;
constexpr std::int64_t kLabelCritical = 2;
constexpr std::int64_t kLabelContentType = 3;
constexpr std::int64_t kLabelChain = 33;     // x5chain, RFC 9360

// RFC 9053, RFC 8812.
struct Algorithm {
    std::int64_t id;
    std::string_view name;
};
constexpr std::array<Algorithm, 6> kAlgorithms = {{{-7, "ES256"}, {-35, "ES384"}, {-36, "ES512"}, {-37, "PS256"}, {-38, "PS384"}, {-39, "PS512"}}};

Result<std::string> text_of(const Cbor::Member& member) {
    if (!member.second.is_text()) return malformed("the header " + member.first.label() + " is no text");
    return std::string(member.second.text());
}

Result<Instant> time_of(const Cbor::Member& member) {
    const Cbor* const seconds = member.second.tagged(kTagEpoch);
    if (seconds == nullptr || !seconds->is_integer()) return malformed("the header " + member.first.label() + " is no time in whole seconds (tag 1)");
    // What parse_instant() takes: the years 0000 to 9999.
    if (seconds->integer < -62'167'219'200 || seconds->integer > 253'402'300'799) return malformed("the header " + member.first.label() + " is no time");
    return Instant{seconds->integer};
}

Result<void> read_algorithm(const Cbor& value, NotationEnvelope& envelope) {
    for (const Algorithm& algorithm : kAlgorithms) {
        if (value.is_integer() && value.integer == algorithm.id) envelope.algorithm = algorithm.name;
    }
    if (envelope.algorithm.empty()) return malformed("the algorithm " + value.label() + " is not known");
    return {};
}

Result<void> read_critical(const Cbor& value, notation::Headers& headers) {
    if (!value.is_array() || value.items.empty()) return malformed("\"crit\" is empty or no array");
    for (const Cbor& item : value.items) {
        if (!item.is_text() && !item.is_integer()) return malformed("\"crit\" holds something else than labels");
        headers.critical.push_back(item.is_text() ? std::string(item.text()) : item.label());
    }
    return {};
}

Result<void> read_protected(ByteView bytes, NotationEnvelope& envelope) {
    const Cbor map = TRY(codec::parse_cbor(bytes, {8, 64U << 10U, 200, 32}));
    if (!map.is_map()) return malformed("the protected header is no map");
    notation::Headers headers;
    for (const Cbor::Member& member : map.members) {
        if (member.first.is_text()) {
            const auto text = [&] { return text_of(member); };
            const bool known = TRY(notation::take_header(member.first.text(), text, [&] { return time_of(member); }, headers, envelope));
            if (!known) return malformed("the protected header " + member.first.label() + " is not known");
        } else if (member.first.integer == kLabelAlgorithm) {
            TRY_VOID(read_algorithm(member.second, envelope));
        } else if (member.first.integer == kLabelCritical) {
            TRY_VOID(read_critical(member.second, headers));
        } else if (member.first.integer == kLabelContentType) {
            headers.content_type = TRY(text_of(member));
        } else {
            return malformed("the protected header " + member.first.label() + " is not known");
        }
    }
    return notation::check_headers(headers, envelope);
}

Result<void> read_unprotected(const Cbor& map, NotationEnvelope& envelope) {
    if (!map.is_map()) return malformed("the unprotected header is no map");
    for (const Cbor::Member& member : map.members) {
        if (member.first.is_text() && member.first.text() == notation::kTimestamp) {
            if (!member.second.is_bytes() || member.second.bytes.empty()) return malformed("the timestamp is no byte string");
            envelope.timestamp.assign(member.second.bytes.begin(), member.second.bytes.end());
        } else if (member.first.is_integer() && member.first.integer == kLabelChain) {
            // One certificate may stand without an array.
            if (member.second.is_bytes()) TRY_VOID(notation::add_certificate(member.second.bytes, envelope));
            if (!member.second.is_bytes() && !member.second.is_array()) return malformed("x5chain is no array");
            for (const Cbor& item : member.second.items) {
                if (!item.is_bytes()) return malformed("x5chain holds something else than byte strings");
                TRY_VOID(notation::add_certificate(item.bytes, envelope));
            }
        } else if (!member.first.is_text() || !notation::is_agent(member.first.text())) {
            return malformed("the unprotected header " + member.first.label() + " is not known");
        }
    }
    if (envelope.certificates.empty()) return malformed("x5chain is missing or empty: nothing says whose key signed");
    return {};
}

void append_bytes(Bytes& out, ByteView bytes) {
    codec::append_cbor_head(out, 2, bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
}

// Sig_structure = ["Signature1", body_protected, external_aad, payload], RFC 9052, 4.4.
Bytes signed_bytes(ByteView protected_header, ByteView payload) {
    constexpr std::string_view kContext = "Signature1";
    Bytes out;
    codec::append_cbor_head(out, 4, 4);
    codec::append_cbor_head(out, 3, kContext.size());
    out.insert(out.end(), kContext.begin(), kContext.end());
    append_bytes(out, protected_header);
    append_bytes(out, {});
    append_bytes(out, payload);
    return out;
}

}  // namespace

Result<NotationEnvelope> parse_notation_cose(ByteView cbor) {
    const Cbor document = TRY(codec::parse_cbor(cbor, {8, kMaxNotationEnvelope, 200, 32}));
    const Cbor* const sign1 = document.tagged(kTagSign1);
    if (sign1 == nullptr || !sign1->is_array() || sign1->items.size() != 4) return malformed("it is no tagged COSE_Sign1 of four items");
    const Cbor& head = sign1->items[0];
    const Cbor& payload = sign1->items[2];
    const Cbor& signature = sign1->items[3];
    if (!head.is_bytes() || head.bytes.empty()) return malformed("the protected header is no byte string");
    if (!payload.is_bytes() || payload.bytes.empty()) return malformed("the payload is no byte string");
    if (!signature.is_bytes() || signature.bytes.empty()) return malformed("the signature is no byte string");
    if (signature.bytes.size() > kMaxNotationSignature) return malformed("the signature is longer than any signature");

    NotationEnvelope envelope;
    envelope.payload.assign(payload.bytes.begin(), payload.bytes.end());
    envelope.signature.assign(signature.bytes.begin(), signature.bytes.end());
    envelope.signed_bytes = signed_bytes(head.bytes, payload.bytes);
    TRY_VOID(read_protected(head.bytes, envelope));
    TRY_VOID(read_unprotected(sign1->items[1], envelope));
    return envelope;
}

}  // namespace headgate::attest
