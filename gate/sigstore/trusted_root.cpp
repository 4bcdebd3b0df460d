#include "sigstore/trusted_root.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/key_details.hpp"
#include "sigstore/valid_for.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::array<std::string_view, 2> kMediaTypes = {"application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                                                         "application/vnd.dev.sigstore.trustedroot+json;version=0.2"};
constexpr std::size_t kMaxUrl = 2048;

// "https://host:port/path" -> "host:port"; without a scheme everything up to the path.
std::string authority_of(std::string_view url) {
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find_first_of("/?#")));
}

// C2SP signed notes: SHA-256(origin \n 0x01 key) for Ed25519.
Bytes note_id(std::string_view origin, ByteView spki) {
    Bytes input(origin.begin(), origin.end());
    input.push_back('\n');
    input.push_back(1);
    input.insert(input.end(), spki.end() - 32, spki.end());  // an Ed25519 SPKI ends in the 32 bytes of the key
    const crypto::Sha256Digest digest = crypto::sha256(input);
    return {digest.begin(), digest.end()};
}

// The id must be the key's: of the SPKI (RFC 6962, Rekor v1), or of origin and key (Rekor v2), which then names the origin.
Result<void> check_id(LogInstance& log) {
    if (log.id == log.key.spki_sha256()) return {};
    if (log.key.type() == crypto::KeyType::ed25519) {
        const std::string authority = authority_of(log.base_url);
        for (const std::string& origin : {authority, authority.substr(0, authority.rfind(':'))}) {
            if (note_id(origin, log.key.spki()) == log.id) {
                log.origin = origin;
                return {};
            }
        }
    }
    return malformed("the log " + escape_terminal(log.base_url, 200) + " has an id that is not its key's");
}

Result<LogInstance> read_log(const Json& json) {
    const Fields fields = TRY(Fields::of(
        json, "a log", {"baseUrl", "hashAlgorithm", "publicKey", "logId", "checkpointKeyId", "operator"}));
    const std::string base_url = TRY(fields.text("baseUrl", kMaxUrl));
    const std::string hash = TRY(fields.text("hashAlgorithm", 64));
    if (hash != "SHA2_256") return fields.error("hashAlgorithm", "is another than SHA2_256");
    const Json* const key_json = TRY(fields.required("publicKey"));
    const Fields key = TRY(Fields::of(*key_json, "\"publicKey\"", {"rawBytes", "keyDetails", "validFor"}));
    const Bytes raw = TRY(key.bytes("rawBytes", 16U << 10U));
    const std::string details = TRY(key.text("keyDetails", 128));
    const Json* const id = TRY(fields.required("logId"));
    const Fields log_id = TRY(Fields::of(*id, "\"logId\"", {"keyId"}));
    // Not inside the braces below: what stood there already would leak when one of these returns (GCC 12).
    const Bytes key_id = TRY(log_id.hash("keyId"));
    const crypto::PublicKey public_key = TRY(read_key(details, raw));
    const ValidFor valid_for = TRY(read_valid_for(key));
    LogInstance log{base_url, "", key_id, public_key, valid_for};
    TRY_VOID(check_id(log));
    return log;
}

Result<Authority> read_authority(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "an authority", {"subject", "uri", "certChain", "validFor", "operator"}));
    Authority authority;
    authority.uri = TRY(fields.optional_text("uri", kMaxUrl));
    authority.valid_for = TRY(read_valid_for(fields));
    const Json* const chain_json = TRY(fields.required("certChain"));
    const Fields chain = TRY(Fields::of(*chain_json, "\"certChain\"", {"certificates"}));
    const auto* const items = TRY(chain.list("certificates", kMaxAuthorityChain));
    if (items == nullptr || items->empty()) return malformed("an authority has no certificate");
    std::string digests;
    for (const Json& item : *items) {
        const Fields certificate = TRY(Fields::of(item, "a certificate", {"rawBytes"}));
        const Bytes der = TRY(certificate.bytes("rawBytes", crypto::kMaxCertificateBytes));
        authority.chain.push_back(TRY(crypto::Certificate::from_der(der)));
        digests += authority.chain.back().sha256();
    }
    authority.id = crypto::sha256_hex(as_bytes(digests));
    return authority;
}

template <typename T>
Result<std::vector<T>> read_all(const Fields& root, std::string_view name, Result<T> (*read)(const Json&)) {
    std::vector<T> all;
    if (const auto* const items = TRY(root.list(name, kMaxInstances))) {
        for (const Json& item : *items) all.push_back(TRY(read(item)));
    }
    return all;
}

}  // namespace

Result<TrustedRoot> parse_trusted_root(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxTrustedRoot;
    limits.values = 50'000;
    const Json document = TRY(codec::parse_json(json, limits));
    const Fields fields = TRY(Fields::of(
        document, "the trusted root", {"mediaType", "tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"}));
    const std::string type = TRY(fields.text("mediaType", 256));
    if (type != kMediaTypes[0] && type != kMediaTypes[1]) {
        return malformed("not a Sigstore TrustedRoot of version 0.1 or 0.2: its \"mediaType\" is \"" + escape_terminal(type, 120) + "\"");
    }
    TrustedRoot root;
    root.logs = TRY(read_all(fields, "tlogs", read_log));
    root.ct_logs = TRY(read_all(fields, "ctlogs", read_log));
    root.certificate_authorities = TRY(read_all(fields, "certificateAuthorities", read_authority));
    root.timestamp_authorities = TRY(read_all(fields, "timestampAuthorities", read_authority));
    if (root.logs.empty() && root.certificate_authorities.empty() && root.timestamp_authorities.empty()) {
        return malformed("the trusted root names no log and no authority");
    }
    return root;
}

}  // namespace headgate::sigstore
