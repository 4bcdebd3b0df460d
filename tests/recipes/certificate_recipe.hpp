// certificate_recipe.hpp: certificates and RFC 3161 timestamps, made when a test needs them. Programs that include it link libcrypto.
#pragma once

#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "crypto/keys.hpp"
#include "crypto/openssl.hpp"
#include "crypto/x509.hpp"

namespace headgate::recipes {

inline void need(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("recipe: ") + what);
}

/// A key pair as OpenSSL and as Headgate see it.
class Key {
  public:
    explicit Key(crypto::KeyType type) : Key(crypto::PrivateKey::generate(type).value()) {}
    /// P-256 or Ed25519, the same for the same words: what was signed in one run verifies in another.
    Key(crypto::KeyType type, const std::string& words) : Key(crypto::PrivateKey::from_pem(pem_from(type, words), std::nullopt).value()) {}
    explicit Key(crypto::PrivateKey key) : key_(std::move(key)) {
        const std::string pem = key_.pem();
        const crypto::BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        handle_ = std::shared_ptr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
        need(handle_ != nullptr, "key");
    }
    EVP_PKEY* get() const { return handle_.get(); }
    const crypto::PrivateKey& secret() const { return key_; }
    crypto::PublicKey open() const { return key_.public_key(); }

  private:
    static std::string pem_from(crypto::KeyType type, const std::string& words) {
        const Bytes secret = crypto::digest(crypto::Hash::sha256, as_bytes(words));
        const bool ed = type == crypto::KeyType::ed25519;
        // RFC 8410 and RFC 5915 (OpenSSL computes the public key that is left out), up to the 32 bytes of the secret.
        Bytes der = ed ? Bytes{0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20} : Bytes{0x30, 0x31, 2, 1, 1, 4, 0x20};
        der.insert(der.end(), secret.begin(), secret.end());
        const Bytes curve = {0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
        if (!ed) der.insert(der.end(), curve.begin(), curve.end());
        const std::string label = ed ? "PRIVATE KEY" : "EC PRIVATE KEY";
        return "-----BEGIN " + label + "-----\n" + to_base64(der) + "\n-----END " + label + "-----\n";
    }

    crypto::PrivateKey key_;
    std::shared_ptr<EVP_PKEY> handle_;
};

struct CertificateRecipe {
    std::string name;                            // CN; "" leaves the subject empty
    std::string issuer_name;                     // "" signs itself
    std::int64_t not_before = 0;
    std::int64_t not_after = 0;
    bool ca = false;
    std::string key_usage = "critical,digitalSignature";
    std::string extended_key_usage;              // as OpenSSL's configuration spells it: "codeSigning", "critical,timeStamping"
    std::string san;                             // "URI:https://...", "email:a@b.example", "critical,URI:..."
    struct Extra {
        std::string oid;
        Bytes content;
        bool critical = false;
    };
    std::vector<Extra> extra;
    const EVP_MD* hash = EVP_sha256();
    bool key_identifiers = true;                 // of subject and authority; authorities in use leave them out
};

inline void add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    need(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
    X509_EXTENSION_free(extension);
}

inline void add_raw_extension(X509* certificate, const CertificateRecipe::Extra& extra) {
    const std::unique_ptr<ASN1_OBJECT, crypto::Deleter<ASN1_OBJECT_free>> object(OBJ_txt2obj(extra.oid.c_str(), 1));
    const std::unique_ptr<ASN1_OCTET_STRING, crypto::Deleter<ASN1_OCTET_STRING_free>> content(ASN1_OCTET_STRING_new());
    need(ASN1_OCTET_STRING_set(content.get(), extra.content.data(), static_cast<int>(extra.content.size())) == 1, "content");
    X509_EXTENSION* const extension = X509_EXTENSION_create_by_OBJ(nullptr, object.get(), extra.critical ? 1 : 0, content.get());
    need(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "raw extension");
    X509_EXTENSION_free(extension);
}

inline Bytes der_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int length = i2d_X509(certificate, &der);
    need(length > 0, "DER");
    Bytes bytes(der, der + length);
    OPENSSL_free(der);
    return bytes;
}

/// Made and signed; extensions can be added before it is signed again.
inline crypto::X509Ptr make_x509(const CertificateRecipe& recipe, const Key& key, const Key& issuer) {
    crypto::X509Ptr certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    const Bytes serial = crypto::digest(crypto::Hash::sha256, as_bytes(recipe.name + "\n" + recipe.issuer_name + "\n" + recipe.san));
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1 + serial[0] + 256L * serial[1] + 65536L * serial[2]);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), recipe.not_before);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), recipe.not_after);
    const auto name = [](X509_NAME* of, const std::string& text) {
        if (text.empty()) return;
        X509_NAME_add_entry_by_txt(of, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
    };
    name(X509_get_subject_name(certificate.get()), recipe.name);
    name(X509_get_issuer_name(certificate.get()), recipe.issuer_name.empty() ? recipe.name : recipe.issuer_name);
    X509_set_pubkey(certificate.get(), key.get());
    if (recipe.ca) add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    if (!recipe.key_usage.empty()) add_extension(certificate.get(), NID_key_usage, recipe.key_usage);
    if (!recipe.extended_key_usage.empty()) add_extension(certificate.get(), NID_ext_key_usage, recipe.extended_key_usage);
    if (!recipe.san.empty()) add_extension(certificate.get(), NID_subject_alt_name, recipe.san);
    if (recipe.key_identifiers) add_extension(certificate.get(), NID_subject_key_identifier, "hash");
    // RFC 5280 wants an authority key identifier on all but roots; its value is the issuer's SPKI hash as OpenSSL makes it.
    if (recipe.key_identifiers && !recipe.issuer_name.empty()) {
        const Bytes digest = [&] {
            Bytes hash(20);
            unsigned length = 0;
            const crypto::X509Ptr holder(X509_new());
            X509_set_pubkey(holder.get(), issuer.get());
            need(X509_pubkey_digest(holder.get(), EVP_sha1(), hash.data(), &length) == 1, "key identifier");
            return hash;
        }();
        Bytes content = {0x30, 0x16, 0x80, 0x14};
        content.insert(content.end(), digest.begin(), digest.end());
        add_raw_extension(certificate.get(), {"2.5.29.35", content, false});
    }
    for (const auto& extra : recipe.extra) add_raw_extension(certificate.get(), extra);
    const EVP_MD* const hash = issuer.secret().type() == crypto::KeyType::ed25519 ? nullptr : recipe.hash;
    need(X509_sign(certificate.get(), issuer.get(), hash) > 0, "signature");
    return certificate;
}

inline crypto::Certificate make_certificate(const CertificateRecipe& recipe, const Key& key, const Key& issuer) {
    return crypto::Certificate::from_der(der_of(make_x509(recipe, key, issuer).get())).value();
}

/// A root, valid from `start` for ten years.
inline crypto::Certificate make_root(const std::string& name, const Key& key, std::int64_t start) {
    CertificateRecipe recipe;
    recipe.name = name;
    recipe.not_before = start;
    recipe.not_after = start + 315'360'000;
    recipe.ca = true;
    recipe.key_usage = "critical,keyCertSign,cRLSign";
    return make_certificate(recipe, key, key);
}

struct TimestampRecipe {
    std::int64_t time = 0;
    const EVP_MD* imprint = EVP_sha256();
    const EVP_MD* signed_over = EVP_sha256();
    bool embed = true;                           // the signer's certificate in the token
    std::vector<crypto::Certificate> extra;      // other certificates in the token
};

inline crypto::X509Ptr x509_of(const crypto::Certificate& certificate) {
    const unsigned char* at = certificate.der().data();
    return crypto::X509Ptr(d2i_X509(nullptr, &at, static_cast<long>(certificate.der().size())));
}

/// A DER TimeStampResp over `message`.
inline Bytes make_timestamp(ByteView message, const crypto::Certificate& signer, const Key& key, const TimestampRecipe& recipe) {
    const std::unique_ptr<TS_REQ, crypto::Deleter<TS_REQ_free>> request(TS_REQ_new());
    TS_REQ_set_version(request.get(), 1);
    const std::unique_ptr<TS_MSG_IMPRINT, crypto::Deleter<TS_MSG_IMPRINT_free>> imprint(TS_MSG_IMPRINT_new());
    const std::unique_ptr<X509_ALGOR, crypto::Deleter<X509_ALGOR_free>> algorithm(X509_ALGOR_new());
    X509_ALGOR_set_md(algorithm.get(), recipe.imprint);
    TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
    Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(recipe.imprint)));
    need(EVP_Digest(message.data(), message.size(), digest.data(), nullptr, recipe.imprint, nullptr) == 1, "imprint");
    TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size()));
    TS_REQ_set_msg_imprint(request.get(), imprint.get());
    TS_REQ_set_cert_req(request.get(), recipe.embed ? 1 : 0);

    const std::unique_ptr<TS_RESP_CTX, crypto::Deleter<TS_RESP_CTX_free>> context(TS_RESP_CTX_new());
    const crypto::X509Ptr certificate = x509_of(signer);
    const std::unique_ptr<ASN1_OBJECT, crypto::Deleter<ASN1_OBJECT_free>> policy(OBJ_txt2obj("1.2.3.4.1", 1));
    need(TS_RESP_CTX_set_signer_cert(context.get(), certificate.get()) == 1, "signer for time stamping");
    TS_RESP_CTX_set_signer_key(context.get(), key.get());
    TS_RESP_CTX_set_signer_digest(context.get(), recipe.signed_over);
    TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256());
    TS_RESP_CTX_set_def_policy(context.get(), policy.get());
    TS_RESP_CTX_add_md(context.get(), recipe.imprint);
    STACK_OF(X509)* const extra = sk_X509_new_null();
    for (const crypto::Certificate& one : recipe.extra) sk_X509_push(extra, x509_of(one).release());
    TS_RESP_CTX_set_certs(context.get(), extra);
    sk_X509_pop_free(extra, X509_free);
    TS_RESP_CTX_set_serial_cb(context.get(), [](TS_RESP_CTX*, void*) {
        ASN1_INTEGER* const serial = ASN1_INTEGER_new();
        ASN1_INTEGER_set(serial, 7);
        return serial;
    }, nullptr);
    static std::int64_t now = 0;
    now = recipe.time;
    TS_RESP_CTX_set_time_cb(context.get(), [](TS_RESP_CTX*, void*, long* seconds, long* micro) {
        *seconds = now;
        *micro = 0;
        return 1;
    }, nullptr);
    const crypto::BioPtr bio(BIO_new(BIO_s_mem()));
    need(i2d_TS_REQ_bio(bio.get(), request.get()) == 1, "request");
    const std::unique_ptr<TS_RESP, crypto::Deleter<TS_RESP_free>> response(TS_RESP_create_response(context.get(), bio.get()));
    need(response != nullptr, "response");
    unsigned char* der = nullptr;
    const int length = i2d_TS_RESP(response.get(), &der);
    need(length > 0, "response DER");
    Bytes bytes(der, der + length);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace headgate::recipes
