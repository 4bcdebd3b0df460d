// notation_jws.cpp: a flattened JWS (RFC 7515, 7.2.2) as signature-envelope-jws.md has it.
#include <algorithm>

#include "attest/notation_headers.hpp"
#include "base/base64url.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using notation::malformed;

Result<Json> parse(ByteView bytes, std::size_t max_bytes) {
    codec::JsonLimits limits;
    limits.depth = 8;
    limits.bytes = max_bytes;
    limits.values = 200;
    return codec::parse_json(bytes, limits);
}

Result<std::string> text_of(const Json& object, std::string_view key) {
    const std::string* const text = object.find_text(key);
    if (text == nullptr) return malformed("\"" + std::string(key) + "\" is missing or no string");
    return *text;
}

Result<Instant> time_of(const Json::Member& member) {
    const auto instant = member.second.is_text() ? parse_instant(member.second.text) : std::nullopt;
    if (!instant || member.second.text.find('T') == std::string::npos) {
        return malformed("\"" + member.first + "\" is no time (RFC 3339)");
    }
    return *instant;
}

Result<void> read_critical(const Json& value, notation::Headers& headers) {
    if (!value.is_array() || value.items.empty()) return malformed("\"crit\" is empty or no array");
    for (const Json& item : value.items) {
        if (!item.is_text()) return malformed("\"crit\" holds something else than strings");
        headers.critical.push_back(item.text);
    }
    return {};
}

Result<void> read_protected(const Json& json, NotationEnvelope& envelope) {
    if (!json.is_object()) return malformed("the protected header is no object");
    notation::Headers headers;
    for (const Json::Member& member : json.members) {
        const std::string& name = member.first;
        if (name == "alg") {
            envelope.algorithm = TRY(text_of(json, name));
        } else if (name == "cty") {
            headers.content_type = TRY(text_of(json, name));
        } else if (name == "crit") {
            TRY_VOID(read_critical(member.second, headers));
        } else if (!TRY(notation::take_header(name, [&] { return text_of(json, name); }, [&] { return time_of(member); }, headers, envelope))) {
            return malformed("the protected header \"" + escape_terminal(name, 80) + "\" is not known");
        }
    }
    return notation::check_headers(headers, envelope);
}

Result<void> read_unprotected(const Json& json, NotationEnvelope& envelope) {
    if (!json.is_object()) return malformed("\"header\" is no object");
    for (const Json::Member& member : json.members) {
        if (member.first == notation::kTimestamp) {
            auto token = member.second.is_text() ? from_base64(member.second.text) : std::nullopt;
            if (!token || token->empty()) return malformed("the timestamp is no base64");
            envelope.timestamp = std::move(*token);
        } else if (member.first == "x5c") {
            if (!member.second.is_array()) return malformed("\"x5c\" is no array");
            for (const Json& item : member.second.items) {
                const auto der = item.is_text() ? from_base64(item.text) : std::nullopt;
                if (!der) return malformed("\"x5c\" holds something else than base64");
                TRY_VOID(notation::add_certificate(*der, envelope));
            }
        } else if (!notation::is_agent(member.first)) {
            return malformed("the header \"" + escape_terminal(member.first, 80) + "\" is not known");
        }
    }
    if (envelope.certificates.empty()) return malformed("\"x5c\" is missing or empty: nothing says whose key signed");
    return {};
}

}  // namespace

Result<NotationEnvelope> parse_notation_jws(ByteView json) {
    const Json document = TRY(parse(json, kMaxNotationEnvelope));
    if (!document.is_object()) return malformed("it is no JSON object");
    for (const Json::Member& member : document.members) {
        static constexpr std::array<std::string_view, 4> kMembers = {"payload", "protected", "header", "signature"};
        if (std::find(kMembers.begin(), kMembers.end(), member.first) == kMembers.end()) {
            return malformed("unknown member \"" + escape_terminal(member.first, 80) + "\"");
        }
    }
    const std::string payload = TRY(text_of(document, "payload"));
    const std::string head = TRY(text_of(document, "protected"));
    const std::string signature = TRY(text_of(document, "signature"));
    const Json* const unprotected = document.find("header");
    if (unprotected == nullptr) return malformed("\"header\" is missing");
    auto payload_bytes = from_base64url(payload);
    auto head_bytes = from_base64url(head);
    auto signature_bytes = from_base64url(signature);
    if (!payload_bytes || payload_bytes->empty()) return malformed("\"payload\" is no base64url");
    if (!head_bytes || head_bytes->empty()) return malformed("\"protected\" is no base64url");
    if (!signature_bytes || signature_bytes->empty()) return malformed("\"signature\" is no base64url");
    if (signature_bytes->size() > kMaxNotationSignature) return malformed("\"signature\" is longer than any signature");

    NotationEnvelope envelope;
    envelope.payload = std::move(*payload_bytes);
    envelope.signature = std::move(*signature_bytes);
    const std::string input = head + "." + payload;
    envelope.signed_bytes.assign(input.begin(), input.end());
    TRY_VOID(read_protected(TRY(parse(*head_bytes, 64U << 10U)), envelope));
    TRY_VOID(read_unprotected(*unprotected, envelope));
    return envelope;
}

}  // namespace headgate::attest
