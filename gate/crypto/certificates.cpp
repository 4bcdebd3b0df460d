#include "crypto/certificates.hpp"

#include <openssl/x509.h>

#include <memory>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"

namespace headgate::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

std::string without_space(std::string_view text) {
    std::string packed;
    for (const char c : text) {
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') packed += c;
    }
    return packed;
}

}  // namespace

Result<std::string> certificate_digest(ByteView der) {
    const unsigned char* at = der.data();
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    if (certificate == nullptr || at != der.data() + der.size()) return Error{ErrorCode::malformed, "not a certificate"};
    return sha256_hex(der);
}

Result<std::vector<std::string>> certificate_digests(std::string_view pem) {
    std::vector<std::string> digests;
    std::string_view rest = trim(pem);
    while (!rest.empty()) {
        const std::size_t end = rest.find(kEnd);
        if (!rest.starts_with(kBegin) || end == std::string_view::npos) {
            return Error{ErrorCode::malformed, "expected PEM certificates and nothing else"};
        }
        const auto der = from_base64(without_space(rest.substr(kBegin.size(), end - kBegin.size())));
        if (!der) return Error{ErrorCode::malformed, "a certificate is not base64"};
        digests.push_back(TRY(certificate_digest(*der)));
        rest = trim(rest.substr(end + kEnd.size()));
    }
    if (digests.empty()) return Error{ErrorCode::malformed, "there is no certificate in it"};
    return digests;
}

}  // namespace headgate::crypto
