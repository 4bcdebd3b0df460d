#include "attest/trusted_root.hpp"

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/certificates.hpp"

namespace headgate::attest {
namespace {

constexpr std::string_view kMediaType = "application/vnd.dev.sigstore.trustedroot+json";

Error malformed(const std::string& what) { return {ErrorCode::malformed, "not a Sigstore TrustedRoot: " + what}; }

}  // namespace

Result<std::vector<std::string>> root_anchors(ByteView json) {
    const codec::Json document = TRY(codec::parse_json(json));
    const std::string* const type = document.find_text("mediaType");
    if (type == nullptr || !type->starts_with(kMediaType)) return malformed("its mediaType is another");
    const codec::Json* const authorities = document.find("certificateAuthorities");
    if (authorities == nullptr || !authorities->is_array()) return malformed("it has no certificateAuthorities");
    std::vector<std::string> anchors;
    for (const codec::Json& authority : authorities->items) {
        const codec::Json* const chain = authority.find("certChain");
        const codec::Json* const certificates = chain == nullptr ? nullptr : chain->find("certificates");
        if (certificates == nullptr || !certificates->is_array() || certificates->items.empty()) {
            return malformed("an authority has no certChain.certificates");
        }
        const std::string* const raw = certificates->items.back().find_text("rawBytes");
        const auto der = raw == nullptr ? std::nullopt : from_base64(*raw);
        if (!der) return malformed("rawBytes of a certificate is not base64");
        anchors.push_back(TRY(crypto::certificate_digest(*der)));
    }
    if (anchors.empty()) return malformed("it names no certificate authority");
    return anchors;
}

}  // namespace headgate::attest
