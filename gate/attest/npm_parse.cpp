// npm_parse.cpp: the registry's documents.
#include <algorithm>

#include "attest/npm.hpp"
#include "attest/provenance_fields.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/key_details.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using provenance::shown;
using sigstore::Fields;

constexpr std::size_t kMaxName = 1024;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

Result<Json> parse(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 24;
    limits.bytes = 2 * sigstore::kMaxBundle;
    limits.values = 500'000;
    return codec::parse_json(json, limits);
}

Result<std::optional<Instant>> read_instant(const Fields& window, std::string_view name) {
    const std::string text = TRY(window.optional_text(name, 64));
    if (text.empty()) return std::optional<Instant>();
    const auto instant = parse_instant(text);
    if (!instant) return window.error(name, "is no time");
    return instant;
}

Result<RegistryKey> read_registry_key(const Json& json) {
    const Fields entry = TRY(Fields::of(json, "a key of the registry", {"keyId", "keyUsage", "publicKey"}));
    const std::string id = TRY(entry.text("keyId", kMaxName));
    const std::string usage = TRY(entry.text("keyUsage", kMaxName));
    if (usage != "npm:attestations" && usage != "npm:signatures") return entry.error("keyUsage", "is neither npm:attestations nor npm:signatures");
    const Fields key = TRY(Fields::of(*TRY(entry.required("publicKey")), "a public key", {"rawBytes", "keyDetails", "validFor"}));
    auto read = TRY(sigstore::read_key(TRY(key.text("keyDetails", kMaxName)), TRY(key.bytes("rawBytes", 4096))));
    RegistryKey made{id, usage == "npm:attestations" ? RegistryKeyUse::attestations : RegistryKeyUse::signatures, std::move(read), {}, {}};
    const Json* const valid = key.find("validFor");
    if (valid == nullptr) return key.error("validFor", "is missing");
    const Fields window = TRY(Fields::of(*valid, "\"validFor\"", {"start", "end"}));
    made.not_before = TRY(read_instant(window, "start"));
    made.not_after = TRY(read_instant(window, "end"));
    if (!made.not_before) return window.error("start", "is missing");
    return made;
}

}  // namespace

Result<std::vector<NpmAttestation>> parse_npm_attestations(ByteView json) {
    const Json document = TRY(parse(json));
    const Fields object = TRY(Fields::of(document, "the attestations", {"attestations"}));
    const auto* const items = TRY(object.list("attestations", kMaxNpmAttestations));
    if (items == nullptr || items->empty()) return object.error("attestations", "is missing or empty");
    std::vector<NpmAttestation> attestations;
    for (const Json& item : *items) {
        const Fields entry = TRY(Fields::of(item, "an attestation", {"predicateType", "bundle"}));
        std::string type = TRY(entry.text("predicateType", kMaxName));
        attestations.push_back({std::move(type), TRY(sigstore::parse_bundle(*TRY(entry.required("bundle"))))});
    }
    return attestations;
}

Result<std::vector<RegistryKey>> parse_registry_keys(ByteView json) {
    const Json document = TRY(parse(json));
    const Fields object = TRY(Fields::of(document, "the keys", {"keys"}));
    const auto* const items = TRY(object.list("keys", kMaxRegistryKeys));
    if (items == nullptr || items->empty()) return object.error("keys", "is missing or empty");
    std::vector<RegistryKey> keys;
    for (const Json& item : *items) {
        RegistryKey key = TRY(read_registry_key(item));
        const auto same = [&](const RegistryKey& other) { return other.id == key.id && other.use == key.use; };
        if (std::any_of(keys.begin(), keys.end(), same)) return malformed("the key " + shown(key.id) + " is there twice for one use");
        keys.push_back(std::move(key));
    }
    return keys;
}

}  // namespace headgate::attest
