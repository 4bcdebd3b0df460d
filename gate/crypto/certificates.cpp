#include "crypto/certificates.hpp"

#include <openssl/x509.h>

#include <memory>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/openssl.hpp"
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

Result<std::vector<Bytes>> ders_of(std::string_view pem) {
    std::vector<Bytes> ders;
    std::string_view rest = trim(pem);
    while (!rest.empty()) {
        const std::size_t end = rest.find(kEnd);
        if (!rest.starts_with(kBegin) || end == std::string_view::npos) {
            return Error{ErrorCode::malformed, "expected PEM certificates and nothing else"};
        }
        const auto der = from_base64(without_space(rest.substr(kBegin.size(), end - kBegin.size())));
        if (!der) return Error{ErrorCode::malformed, "a certificate is not base64"};
        static_cast<void>(TRY(certificate_digest(*der)));  // it parses
        ders.push_back(*der);
        rest = trim(rest.substr(end + kEnd.size()));
    }
    if (ders.empty()) return Error{ErrorCode::malformed, "there is no certificate in it"};
    return ders;
}

Instant instant_of(const ASN1_TIME* time) {
    int days = 0;
    int seconds = 0;
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> epoch(ASN1_TIME_set(nullptr, 0), ASN1_TIME_free);
    if (epoch == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return {};
    return {std::int64_t{days} * 86'400 + seconds};
}

CertificateFacts facts_of(X509* certificate) {
    CertificateFacts facts;
    const BioPtr text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    facts.subject = content_of(text.get());
    facts.not_before = instant_of(X509_get0_notBefore(certificate));
    facts.not_after = instant_of(X509_get0_notAfter(certificate));
    facts.self_issued = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    const auto type = key == nullptr ? Result<KeyType>(Error{ErrorCode::key, "its key cannot be read"}) : type_of(key);
    if (!type.ok()) facts.weak_key = type.error().message;
    int hash = 0;
    if (X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) == 1 &&
        (hash == NID_sha1 || hash == NID_md5 || hash == NID_md4 || hash == NID_md5_sha1)) {
        facts.weak_hash = OBJ_nid2sn(hash);
    }
    return facts;
}

}  // namespace

Result<std::string> certificate_digest(ByteView der) {
    const unsigned char* at = der.data();
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    if (certificate == nullptr || at != der.data() + der.size()) return Error{ErrorCode::malformed, "not a certificate"};
    return sha256_hex(der);
}

Result<std::vector<std::string>> certificate_digests(std::string_view pem) {
    const std::vector<Bytes> ders = TRY(ders_of(pem));
    std::vector<std::string> digests;
    for (const Bytes& der : ders) digests.push_back(sha256_hex(der));
    return digests;
}

Result<std::vector<CertificateFacts>> certificate_facts(std::string_view pem) {
    const std::vector<Bytes> ders = TRY(ders_of(pem));
    std::vector<CertificateFacts> facts;
    for (const Bytes& der : ders) {
        const unsigned char* at = der.data();
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
        facts.push_back(facts_of(certificate.get()));
    }
    return facts;
}

}  // namespace headgate::crypto
