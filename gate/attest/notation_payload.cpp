// notation_payload.cpp: what a Notation signature is about.
#include <algorithm>

#include "attest/notation_headers.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

using codec::Json;
using notation::malformed;

Result<NotationTarget> parse_notation_payload(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 8;
    limits.bytes = kMaxNotationPayload;
    limits.values = 10'000;
    const Json document = TRY(codec::parse_json(json, limits));
    const Json* const artifact = document.find("targetArtifact");
    if (artifact == nullptr || !artifact->is_object()) return malformed("the payload has no \"targetArtifact\"");
    if (document.members.size() != 1) return malformed("the payload holds something beside \"targetArtifact\"");
    NotationTarget target;
    bool sized = false;
    for (const Json::Member& member : artifact->members) {
        const Json& value = member.second;
        if (member.first == "mediaType" && value.is_text()) {
            target.media_type = value.text;
        } else if (member.first == "digest" && value.is_text()) {
            target.digest = value.text;
        } else if (member.first == "size" && value.is_integer() && value.integer >= 0) {
            target.size = static_cast<std::uint64_t>(value.integer);
            sized = true;
        } else if (member.first == "annotations" && value.is_object()) {
            const bool texts = std::all_of(value.members.begin(), value.members.end(), [](const Json::Member& item) { return item.second.is_text(); });
            if (!texts) return malformed("an annotation of the payload is no string");
        } else {
            return malformed("the member \"" + escape_terminal(member.first, 80) + "\" of \"targetArtifact\" is not known or of a wrong type");
        }
    }
    if (target.media_type.empty()) return malformed("the payload has no media type");
    if (!target.digest.starts_with("sha256:") || !is_lower_hex(target.digest.substr(7), 64)) {
        return malformed("the payload's digest \"" + escape_terminal(target.digest, 120) + "\" is no sha256:<64 lower-case hex digits>");
    }
    if (!sized) return malformed("the payload has no size");
    return target;
}

}  // namespace headgate::attest
