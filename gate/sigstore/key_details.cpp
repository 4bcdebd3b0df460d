#include "sigstore/key_details.hpp"

#include <array>
#include <string>

#include "base/text.hpp"
#include "sigstore/fields.hpp"

namespace headgate::sigstore {
namespace {

using crypto::KeyType;

struct Details {
    std::string_view name;
    KeyType type;
    bool pkcs1 = false;                  // RSAPublicKey instead of SubjectPublicKeyInfo
};

constexpr std::array<Details, 16> kDetails = {{
    {"PKIX_ECDSA_P256_SHA_256", KeyType::ecdsa_p256},
    {"PKIX_ECDSA_P384_SHA_384", KeyType::ecdsa_p384},
    {"PKIX_ECDSA_P384_SHA_256", KeyType::ecdsa_p384},
    {"PKIX_ECDSA_P521_SHA_512", KeyType::ecdsa_p521},
    {"PKIX_ECDSA_P521_SHA_256", KeyType::ecdsa_p521},
    {"PKIX_ED25519", KeyType::ed25519},
    {"PKIX_RSA_PKCS1V15_2048_SHA256", KeyType::rsa},
    {"PKIX_RSA_PKCS1V15_3072_SHA256", KeyType::rsa},
    {"PKIX_RSA_PKCS1V15_4096_SHA256", KeyType::rsa},
    {"PKIX_RSA_PSS_2048_SHA256", KeyType::rsa},
    {"PKIX_RSA_PSS_3072_SHA256", KeyType::rsa},
    {"PKIX_RSA_PSS_4096_SHA256", KeyType::rsa},
    // Deprecated names that roots and entries in use still have.
    {"PKIX_RSA_PKCS1V5", KeyType::rsa},
    {"PKIX_RSA_PSS", KeyType::rsa},
    {"PKCS1_RSA_PKCS1V5", KeyType::rsa, true},
    {"PKCS1_RSA_PSS", KeyType::rsa, true},
}};

const Details* find(std::string_view name) {
    for (const Details& details : kDetails) {
        if (details.name == name) return &details;
    }
    return nullptr;
}

}  // namespace

Result<crypto::PublicKey> read_key(std::string_view name, ByteView bytes) {
    const Details* const details = find(name);
    if (details == nullptr) {
        return malformed("the kind of key \"" + escape_terminal(name, 80) + "\" is not taken; ECDSA P-256/384/521, Ed25519 and RSA are");
    }
    auto key = details->pkcs1 ? crypto::PublicKey::from_pkcs1(bytes) : crypto::PublicKey::from_spki(bytes);
    if (!key.ok()) return malformed(key.error().message);
    if (key->type() != details->type) {
        return malformed("a key of kind " + std::string(crypto::to_string(key->type())) + " is declared as " + std::string(name));
    }
    return key;
}

bool names_type(std::string_view name, KeyType type) {
    const Details* const details = find(name);
    return details != nullptr && details->type == type;
}

std::optional<crypto::Hash> hash_named(std::string_view name) {
    if (name == "SHA2_256") return crypto::Hash::sha256;
    if (name == "SHA2_384") return crypto::Hash::sha384;
    if (name == "SHA2_512") return crypto::Hash::sha512;
    return std::nullopt;
}

}  // namespace headgate::sigstore
