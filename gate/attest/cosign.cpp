// cosign.cpp: the simple signing payload: what it says, and whether that is what was asked.
#include "attest/cosign.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "model/reference.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::string_view kType = "cosign container image signature";

Error malformed(std::string what) { return {ErrorCode::malformed, "no simple signing payload: " + std::move(what)}; }

Result<void> only_members(const Json& object, std::string_view what, std::initializer_list<std::string_view> known) {
    for (const Json::Member& member : object.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end()) {
            return malformed("unknown member \"" + escape_terminal(member.first, 80) + "\" in " + std::string(what));
        }
    }
    return {};
}

// containers/image: whoever does not know a member of `critical` must refuse the payload.
Result<const Json*> object_in(const Json& parent, std::string_view key, std::initializer_list<std::string_view> known) {
    const Json* const object = parent.find(key);
    if (object == nullptr || !object->is_object()) return malformed("\"" + std::string(key) + "\" is missing or no object");
    TRY_VOID(only_members(*object, "\"" + std::string(key) + "\"", known));
    return object;
}

bool same_repository(const std::string& signed_as, const std::string& wanted) {
    if (signed_as == wanted) return true;
    const auto left = parse_reference("oci:" + signed_as);
    const auto right = parse_reference(wanted.starts_with("oci:") ? wanted : "oci:" + wanted);
    return left.ok() && right.ok() && left->scheme == "oci" && left->base == right->base;
}

}  // namespace

Result<SimpleSigning> parse_simple_signing(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxSimpleSigning;
    limits.values = 10'000;
    const Json document = TRY(codec::parse_json(json, limits));
    if (!document.is_object()) return malformed("it is no object");
    TRY_VOID(only_members(document, "the payload", {"critical", "optional"}));
    const Json& critical = *TRY(object_in(document, "critical", {"identity", "image", "type"}));
    const Json& identity = *TRY(object_in(critical, "identity", {"docker-reference"}));
    const Json& image = *TRY(object_in(critical, "image", {"docker-manifest-digest"}));
    const std::string* const type = critical.find_text("type");
    if (type == nullptr || *type != kType) {
        return malformed("its type is " + (type == nullptr ? "missing" : "\"" + escape_terminal(*type, 80) + "\"") + ", expected is \"" +
                         std::string(kType) + "\"");
    }
    const std::string* const digest = image.find_text("docker-manifest-digest");
    if (digest == nullptr || !digest->starts_with("sha256:") || !is_lower_hex(digest->substr(7), 64)) {
        return malformed("\"docker-manifest-digest\" is no sha256:<64 lower-case hex digits>");
    }
    const std::string* const reference = identity.find_text("docker-reference");
    if (reference == nullptr) return malformed("\"docker-reference\" is missing or no string");
    SimpleSigning payload{*reference, *digest, {}};
    const Json* const optional = document.find("optional");
    if (optional == nullptr || optional->type == Json::Type::null) return payload;
    if (!optional->is_object()) return malformed("\"optional\" is no object");
    for (const Json::Member& member : optional->members) {
        if (member.second.is_text()) payload.annotations.emplace_back(member.first, member.second.text);
    }
    return payload;
}

std::string simple_signing_problem(const SimpleSigning& payload, std::string_view digest, const SimpleSigningDemand& demand) {
    if (payload.digest != digest) return "it is about other bytes (" + payload.digest + ")";
    if (demand.reference && !same_repository(payload.reference, *demand.reference)) {
        return "it was made for " + escape_terminal(payload.reference, 200) + ", not for " + *demand.reference;
    }
    for (const auto& [key, value] : demand.annotations) {
        const auto found = std::find_if(payload.annotations.begin(), payload.annotations.end(),
                                        [&](const auto& annotation) { return annotation.first == key; });
        if (found == payload.annotations.end()) return "its annotation " + key + " is missing";
        if (found->second != value) return "its annotation " + key + " is \"" + escape_terminal(found->second, 80) + "\"";
    }
    return "";
}

}  // namespace headgate::attest
