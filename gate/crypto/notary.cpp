#include "crypto/notary.hpp"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/x509_handle.hpp"

namespace headgate::crypto {
namespace {

KeyPtr open_key(const PublicKey& key) {
    const Bytes& spki = key.spki();
    const unsigned char* at = spki.data();
    return KeyPtr(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
}

bool verify_pss(const PublicKey& key, const EVP_MD* hash, ByteView message, ByteView signature) {
    const KeyPtr handle = open_key(key);
    const DigestContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    if (handle == nullptr || context == nullptr) return false;
    if (EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, handle.get()) != 1) return false;
    if (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1) return false;
    if (EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1) return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

}  // namespace

std::string_view notary_algorithm(const PublicKey& key) {
    switch (key.type()) {
        case KeyType::ecdsa_p256: return "ES256";
        case KeyType::ecdsa_p384: return "ES384";
        case KeyType::ecdsa_p521: return "ES512";
        case KeyType::ed25519: return "";
        case KeyType::rsa: break;
    }
    const KeyPtr handle = open_key(key);
    const int bits = handle == nullptr ? 0 : EVP_PKEY_get_bits(handle.get());
    if (bits == 2048) return "PS256";
    if (bits == 3072) return "PS384";
    return bits == 4096 ? "PS512" : "";
}

bool notary_verify(const PublicKey& key, ByteView message, ByteView signature) {
    const std::string_view algorithm = notary_algorithm(key);
    if (algorithm == "PS256") return verify_pss(key, EVP_sha256(), message, signature);
    if (algorithm == "PS384") return verify_pss(key, EVP_sha384(), message, signature);
    if (algorithm == "PS512") return verify_pss(key, EVP_sha512(), message, signature);
    if (algorithm.empty()) return false;
    const auto der = ecdsa_from_p1363(signature, key.type());
    return der && key.verify(message, *der);
}

bool is_critical(const Certificate& certificate, std::string_view oid) {
    const ObjectPtr object(OBJ_txt2obj(std::string(oid).c_str(), 1));
    if (object == nullptr) return false;
    const int index = X509_get_ext_by_OBJ(certificate.handle().x509.get(), object.get(), -1);
    return index >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate.handle().x509.get(), index)) == 1;
}

bool issued_under_same_name(const Certificate& leaf, const Certificate& anchor, Instant at) {
    constexpr int kLeastBits = 112;
    constexpr std::string_view kNameConstraints = "2.5.29.30";
    X509* const x509 = leaf.handle().x509.get();
    X509* const issuer = anchor.handle().x509.get();
    const auto usage = anchor.key_usage();
    if (!leaf.self_issued() || leaf == anchor || !anchor.is_ca() || !usage || !usage->key_cert_sign) return false;
    if (anchor.extension(kNameConstraints) || !leaf.valid_at(at) || !anchor.valid_at(at)) return false;
    if (X509_NAME_cmp(X509_get_issuer_name(x509), X509_get_subject_name(issuer)) != 0) return false;
    int bits = 0;
    if (X509_get_signature_info(x509, nullptr, nullptr, &bits, nullptr) != 1 || bits < kLeastBits) return false;
    EVP_PKEY* const key = X509_get0_pubkey(issuer);
    return key != nullptr && EVP_PKEY_get_security_bits(key) >= kLeastBits && X509_verify(x509, key) == 1;
}

}  // namespace headgate::crypto
