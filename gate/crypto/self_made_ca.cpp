#include "crypto/self_made_ca.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"

namespace headgate::crypto {
namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Deleter<ASN1_TIME_free>>;

bool is_dns_name(std::string_view name) {
    return !name.empty() && name.size() <= 253 && name.front() != '.' && name.back() != '.' && name.front() != '-' &&
           name.find("..") == std::string_view::npos && std::all_of(name.begin(), name.end(), [](char letter) {
               return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '.' || letter == '-';
           });
}

bool is_ip_address(const std::string& name) {
    const std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(name.c_str()));
    ERR_clear_error();
    return address != nullptr;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string pem_of(X509* certificate) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    must(out != nullptr && PEM_write_bio_X509(out.get(), certificate) == 1);
    return content_of(out.get());
}

std::string pem_of(EVP_PKEY* key) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    must(out != nullptr && PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return content_of(out.get());
}

// 16 random bytes, positive: RFC 5280, 4.1.2.2.
std::string random_hex() {
    unsigned char bytes[16];
    must(RAND_bytes(bytes, sizeof bytes) == 1);
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3fU) | 0x40U);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : bytes) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 15U];
    }
    return hex;
}

void set_serial(X509* certificate) {
    BIGNUM* number = nullptr;
    must(BN_hex2bn(&number, random_hex().c_str()) > 0);
    const std::unique_ptr<BIGNUM, Deleter<BN_free>> held(number);
    must(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr);
}

void add_name(X509_NAME* name, const std::string& common_name) {
    must(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1);
}

// A certificate over `key` that only lacks its extensions and signature.
X509Ptr begin(EVP_PKEY* key, Instant from, Instant until) {
    X509Ptr certificate(X509_new());
    must(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1 && X509_set_pubkey(certificate.get(), key) == 1);
    set_serial(certificate.get());
    const TimePtr first(ASN1_TIME_set(nullptr, static_cast<time_t>(from.seconds)));
    const TimePtr last(ASN1_TIME_set(nullptr, static_cast<time_t>(until.seconds)));
    must(first != nullptr && last != nullptr && X509_set1_notBefore(certificate.get(), first.get()) == 1 &&
         X509_set1_notAfter(certificate.get(), last.get()) == 1);
    return certificate;
}

}  // namespace

Result<CertifiedKey> make_authority(const std::string& name, Instant from, Instant until) {
    if (!(from < until)) return Error{ErrorCode::usage, "a certificate that ends before it begins"};
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    must(key != nullptr);
    const X509Ptr certificate = begin(key.get(), from, until);
    add_name(X509_get_subject_name(certificate.get()), name.substr(0, 40) + " " + random_hex().substr(0, 16));
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
    add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate.get(), certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
    must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    return CertifiedKey{pem_of(certificate.get()), pem_of(key.get())};
}

Result<CertifiedKey> make_server_certificate(const CertifiedKey& authority, std::span<const std::string> names, Instant from, Instant until) {
    if (!(from < until)) return Error{ErrorCode::usage, "a certificate that ends before it begins"};
    if (names.empty() || names.size() > kMaxAltNames) return Error{ErrorCode::usage, "a server's certificate has one to 64 names"};
    std::string alternatives;
    for (const std::string& name : names) {
        const bool address = is_ip_address(name);
        if (!address && !is_dns_name(name)) return Error{ErrorCode::usage, "'" + name + "' is no DNS name and no address"};
        alternatives += (alternatives.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
    }
    const Certificate above = TRY(Certificate::from_pem(authority.certificate));
    if (above.not_after() < until) return Error{ErrorCode::key, "the authority ends before the certificate would"};

    const BioPtr certificate_text(BIO_new_mem_buf(authority.certificate.data(), static_cast<int>(authority.certificate.size())));
    const BioPtr key_text(BIO_new_mem_buf(authority.private_key.data(), static_cast<int>(authority.private_key.size())));
    const X509Ptr issuer(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    const KeyPtr issuer_key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
    const bool pair = issuer != nullptr && issuer_key != nullptr && X509_check_private_key(issuer.get(), issuer_key.get()) == 1;
    ERR_clear_error();
    if (!pair) return Error{ErrorCode::key, "the authority's key does not belong to its certificate"};

    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    must(key != nullptr);
    const X509Ptr certificate = begin(key.get(), from, until);
    if (names.front().size() <= 64) add_name(X509_get_subject_name(certificate.get()), names.front());
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) == 1);
    add_extension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), issuer.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid:always");
    add_extension(certificate.get(), issuer.get(), NID_subject_alt_name, names.front().size() <= 64 ? alternatives : "critical," + alternatives);
    must(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
    return CertifiedKey{pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace headgate::crypto
