// verify.cpp: verifying under a public key. A signature holds if and only if OpenSSL returned exactly 1.
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"

namespace headgate::crypto {
namespace {

struct EcdsaDeleter {
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
using EcdsaPtr = std::unique_ptr<ECDSA_SIG, EcdsaDeleter>;

bool verify_message(EVP_PKEY* key, const EVP_MD* hash, int padding, ByteView message, ByteView signature) {
    const DigestContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    if (context == nullptr || EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, key) != 1) return false;
    if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(parameters, padding) != 1) return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

bool verify_hashed(EVP_PKEY* key, const EVP_MD* hash, int padding, ByteView digest, ByteView signature) {
    const std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>> context(EVP_PKEY_CTX_new(key, nullptr));
    if (context == nullptr || EVP_PKEY_verify_init(context.get()) != 1) return false;
    if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) != 1) return false;
    if (EVP_PKEY_CTX_set_signature_md(context.get(), hash) != 1) return false;
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

// `try_one` with each padding that may be meant.
template <typename Verify>
bool with_padding(KeyType type, RsaPadding padding, const Verify& try_one) {
    if (type != KeyType::rsa) return try_one(0);
    return (padding != RsaPadding::pkcs1 && try_one(RSA_PKCS1_PSS_PADDING)) ||
           (padding != RsaPadding::pss && try_one(RSA_PKCS1_PADDING));
}

// Bytes of r and of s.
std::size_t scalar_size(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p256: return 32;
        case KeyType::ecdsa_p384: return 48;
        case KeyType::ecdsa_p521: return 66;
        case KeyType::ed25519:
        case KeyType::rsa: break;
    }
    return 0;
}

}  // namespace

const EVP_MD* evp_of(Hash hash) {
    switch (hash) {
        case Hash::sha384: return EVP_sha384();
        case Hash::sha512: return EVP_sha512();
        case Hash::sha256: break;
    }
    return EVP_sha256();
}

std::string_view to_string(Hash hash) {
    switch (hash) {
        case Hash::sha384: return "sha384";
        case Hash::sha512: return "sha512";
        case Hash::sha256: break;
    }
    return "sha256";
}

std::size_t digest_size(Hash hash) {
    switch (hash) {
        case Hash::sha384: return 48;
        case Hash::sha512: return 64;
        case Hash::sha256: break;
    }
    return 32;
}

std::optional<Hash> natural_hash(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p384: return Hash::sha384;
        case KeyType::ecdsa_p521: return Hash::sha512;
        case KeyType::ed25519: return std::nullopt;
        case KeyType::ecdsa_p256:
        case KeyType::rsa: break;
    }
    return Hash::sha256;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
    return verify(message, signature, natural_hash(handle_->type).value_or(Hash::sha256));
}

bool PublicKey::verify(ByteView message, ByteView signature, Hash hash, RsaPadding padding) const {
    const EVP_MD* const function = handle_->type == KeyType::ed25519 ? nullptr : evp_of(hash);
    return with_padding(handle_->type, padding, [&](int number) {
        return verify_message(handle_->key.get(), function, number, message, signature);
    });
}

bool PublicKey::verify_as_made(ByteView message, ByteView signature) const {
    if (verify(message, signature)) return true;
    const auto natural = natural_hash(type());
    return natural && *natural != Hash::sha256 && verify(message, signature, Hash::sha256);
}

bool PublicKey::verify_digest(ByteView digest, ByteView signature, Hash hash, RsaPadding padding) const {
    if (handle_->type == KeyType::ed25519 || digest.size() != digest_size(hash)) return false;
    return with_padding(handle_->type, padding, [&](int number) {
        return verify_hashed(handle_->key.get(), evp_of(hash), number, digest, signature);
    });
}

Bytes digest(Hash hash, ByteView bytes) {
    Bytes result(digest_size(hash));
    unsigned length = 0;
    must(EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, evp_of(hash), nullptr) == 1 && length == result.size());
    return result;
}

std::optional<Bytes> ecdsa_from_p1363(ByteView signature, KeyType type) {
    const std::size_t size = scalar_size(type);
    if (size == 0 || signature.size() != 2 * size) return std::nullopt;
    const EcdsaPtr pair(ECDSA_SIG_new());
    BIGNUM* const r = BN_bin2bn(signature.data(), static_cast<int>(size), nullptr);
    BIGNUM* const s = BN_bin2bn(signature.data() + size, static_cast<int>(size), nullptr);
    must(pair != nullptr && r != nullptr && s != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1);
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    must(length > 0);
    Bytes copy(der, der + length);
    OPENSSL_free(der);
    return copy;
}

std::optional<Bytes> ecdsa_to_p1363(ByteView der, KeyType type) {
    const std::size_t size = scalar_size(type);
    if (size == 0 || der.empty() || der.size() > 256) return std::nullopt;
    const unsigned char* at = der.data();
    const EcdsaPtr pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (pair == nullptr || at != der.data() + der.size()) return std::nullopt;
    Bytes raw(2 * size);
    const BIGNUM* const r = ECDSA_SIG_get0_r(pair.get());
    const BIGNUM* const s = ECDSA_SIG_get0_s(pair.get());
    if (BN_is_negative(r) != 0 || BN_is_negative(s) != 0 || BN_bn2binpad(r, raw.data(), static_cast<int>(size)) < 0 ||
        BN_bn2binpad(s, raw.data() + size, static_cast<int>(size)) < 0) {
        return std::nullopt;
    }
    return raw;
}

}  // namespace headgate::crypto
