#include "crypto/certificates.hpp"

#include <openssl/x509.h>

#include <memory>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

namespace headgate::crypto {
namespace {

CertificateFacts facts_of(X509* certificate) {
    CertificateFacts facts;
    const BioPtr text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    facts.subject = content_of(text.get());
    facts.not_before = instant_of(X509_get0_notBefore(certificate)).value_or(Instant{});
    facts.not_after = instant_of(X509_get0_notAfter(certificate)).value_or(Instant{});
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

Result<std::vector<CertificateFacts>> certificate_facts(std::string_view pem) {
    const std::vector<Bytes> ders = TRY(pem_certificates(pem));
    std::vector<CertificateFacts> facts;
    for (const Bytes& der : ders) {
        const unsigned char* at = der.data();
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
        if (certificate == nullptr || at != der.data() + der.size()) return Error{ErrorCode::malformed, "not a certificate"};
        facts.push_back(facts_of(certificate.get()));
    }
    return facts;
}

}  // namespace headgate::crypto
