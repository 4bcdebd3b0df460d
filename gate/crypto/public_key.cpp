// public_key.cpp: reading SPKI keys. Verifying under them is in verify.cpp.
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"
#include "crypto/must.hpp"

namespace headgate::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";

Error key_error(std::string message) { return {ErrorCode::key, std::move(message)}; }

// Exactly one block, and nothing beside it but lines of explanation before it (RFC 7468, 2): a second key that a reader would
// never see must not be there.
Result<Bytes> only_block(std::string_view pem) {
    std::string_view text = trim(pem);
    if (text.find("PRIVATE KEY-----") != std::string_view::npos) {
        return key_error("this is a private key; a public key (PEM, \"BEGIN PUBLIC KEY\") is needed");
    }
    if (text.find("BEGIN CERTIFICATE") != std::string_view::npos) {
        return key_error("this is a certificate; a public key (PEM, \"BEGIN PUBLIC KEY\") is needed");
    }
    const std::size_t begin = text.find("-----");
    if (begin != std::string_view::npos && begin > 0 && text[begin - 1] == '\n') text.remove_prefix(begin);
    if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) {
        return key_error("not a public key: exactly one PEM block \"BEGIN PUBLIC KEY\" is expected, and nothing else");
    }
    if (text.find("-----BEGIN", kBegin.size()) != std::string_view::npos) {
        return key_error("more than one PEM block; exactly one public key is expected");
    }
    const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    if (bio == nullptr || PEM_read_bio(bio.get(), &name, &header, &data, &length) != 1) {
        return key_error("the PEM block does not decode");
    }
    const bool plain = *header == '\0';
    Bytes der(data, data + length);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    if (!plain) return key_error("the PEM block has headers; a public key has none");
    return der;
}

// Compressed (02, 03) and hybrid (06, 07) are further names of the same key; RFC 5480, 2.2 forbids the hybrid form.
Result<PublicKey> named_once(KeyPtr key, ByteView der) {
    const KeyType type = TRY(type_of(key.get()));
    if (!ends_in_full_point(der, type)) {
        return key_error("its point is compressed or in the hybrid form, so that the same key has two names; write it in full: "
                         "openssl ec -pubin -conv_form uncompressed");
    }
    return public_key_of(std::move(key), type);
}

}  // namespace

std::string_view to_string(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p256: return "ECDSA P-256";
        case KeyType::ecdsa_p384: return "ECDSA P-384";
        case KeyType::ecdsa_p521: return "ECDSA P-521";
        case KeyType::ed25519: return "Ed25519";
        case KeyType::rsa: break;
    }
    return "RSA";
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    if (pem.size() > (64U << 10U)) return key_error("larger than any key");
    const Bytes der = TRY(only_block(pem));
    const unsigned char* at = der.data();
    KeyPtr key(der.empty() ? nullptr : d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (key == nullptr || at != der.data() + der.size()) {
        return key_error("the PEM block holds no public key that OpenSSL can read");
    }
    return named_once(std::move(key), der);
}

KeyType PublicKey::type() const { return handle_->type; }

Bytes PublicKey::spki_sha256() const {
    const Sha256Digest digest = sha256(spki());
    return {digest.begin(), digest.end()};
}

std::string PublicKey::pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio(bio.get(), PEM_STRING_PUBLIC, "", handle_->spki.data(), static_cast<long>(handle_->spki.size())) > 0);
    return content_of(bio.get());
}

Result<PublicKey> PublicKey::from_spki(ByteView der) {
    if (der.size() > (64U << 10U)) return key_error("larger than any key");
    const unsigned char* at = der.data();
    KeyPtr key(der.empty() ? nullptr : d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (key == nullptr || at != der.data() + der.size()) return key_error("not a DER SubjectPublicKeyInfo that OpenSSL can read");
    return named_once(std::move(key), der);
}

Result<PublicKey> PublicKey::from_pkcs1(ByteView der) {
    if (der.size() > (64U << 10U)) return key_error("larger than any key");
    const unsigned char* at = der.data();
    KeyPtr key(der.empty() ? nullptr : d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
    if (key == nullptr || at != der.data() + der.size()) return key_error("not a DER RSAPublicKey that OpenSSL can read");
    const KeyType type = TRY(type_of(key.get()));
    return public_key_of(std::move(key), type);
}

const Bytes& PublicKey::spki() const { return handle_->spki; }

std::optional<Bytes> digest(std::string_view algorithm, ByteView bytes) {
    const EVP_MD* hash = nullptr;
    if (algorithm == "sha256") hash = EVP_sha256();
    if (algorithm == "sha384") hash = EVP_sha384();
    if (algorithm == "sha512") hash = EVP_sha512();
    if (algorithm == "blake2b512") hash = EVP_blake2b512();
    if (hash == nullptr) return std::nullopt;
    Bytes result(static_cast<std::size_t>(EVP_MD_get_size(hash)));
    unsigned length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, hash, nullptr) != 1) return std::nullopt;
    return result;
}

}  // namespace headgate::crypto
