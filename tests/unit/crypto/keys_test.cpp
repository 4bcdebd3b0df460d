#include "crypto/keys.hpp"

#include <openssl/pem.h>

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

using namespace headgate;
using namespace headgate::crypto;

namespace {

const KeyType kTypes[] = {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::ecdsa_p521, KeyType::ed25519, KeyType::rsa};

std::string encrypted_pem(const char* algorithm, const char* parameter, const std::string& passphrase) {
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm, parameter));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                          static_cast<int>(passphrase.size()), nullptr, nullptr) == 1);
    return content_of(bio.get());
}

std::string public_pem(const char* algorithm, const char* parameter) {
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm, parameter));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1);
    return content_of(bio.get());
}

void check_refused(std::string_view pem, const std::string& reason) {
    const auto key = PublicKey::from_pem(pem);
    REQUIRE_FALSE(key.ok());
    CHECK(key.error().code == ErrorCode::key);
    CHECK_THAT(key.error().message, Catch::Contains(reason));
}

}  // namespace

TEST_CASE("SHA-256 is SHA-256") {
    CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex(as_bytes("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    hash.update(as_bytes("a"));
    hash.update({});
    hash.update(as_bytes("bc"));
    CHECK(to_hex(hash.finish()) == sha256_hex(as_bytes("abc")));
}

TEST_CASE("digests by name") {
    CHECK(to_hex(digest("sha256", as_bytes("abc")).value()) == sha256_hex(as_bytes("abc")));
    CHECK(digest("sha384", {}).value().size() == 48);
    CHECK(digest("sha512", {}).value().size() == 64);
    CHECK(to_hex(digest("blake2b512", as_bytes("abc")).value()).starts_with("ba80a53f981c4d0d"));
    CHECK_FALSE(digest("md5", {}).has_value());
}

TEST_CASE("every kind of key signs and verifies, and no flipped bit passes") {
    for (const KeyType type : kTypes) {
        CAPTURE(to_string(type));
        const PrivateKey key = PrivateKey::generate(type).value();
        const PublicKey pub = PublicKey::from_pem(key.public_key().pem()).value();
        CHECK(pub.type() == type);
        CHECK(pub.spki_sha256() == key.public_key().spki_sha256());
        const Bytes signature = key.sign(as_bytes("headgate")).value();
        CHECK(pub.verify(as_bytes("headgate"), signature));
        CHECK_FALSE(pub.verify(as_bytes("headgatf"), signature));
        CHECK_FALSE(pub.verify(as_bytes(""), signature));
        CHECK_FALSE(pub.verify(as_bytes("headgate"), {}));
        CHECK_FALSE(PrivateKey::generate(type).value().public_key().verify(as_bytes("headgate"), signature));
        std::size_t accepted = 0;
        for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
            Bytes flipped = signature;
            flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
            if (pub.verify(as_bytes("headgate"), flipped)) ++accepted;
        }
        for (std::size_t length = 0; length < signature.size(); ++length) {
            if (pub.verify(as_bytes("headgate"), ByteView(signature).first(length))) ++accepted;
        }
        Bytes longer = signature;
        longer.push_back(0);
        if (pub.verify(as_bytes("headgate"), longer)) ++accepted;
        CHECK(accepted == 0);
    }
}

TEST_CASE("a private key survives its PEM") {
    for (const KeyType type : kTypes) {
        const PrivateKey key = PrivateKey::generate(type).value();
        const PrivateKey again = PrivateKey::from_pem(key.pem(), std::nullopt).value();
        CHECK(again.public_key().spki_sha256() == key.public_key().spki_sha256());
    }
}

TEST_CASE("an encrypted key needs its passphrase, and says which is missing") {
    const std::string pem = encrypted_pem("EC", "P-256", "correct horse");
    CHECK(PrivateKey::from_pem(pem, "correct horse").ok());
    const auto missing = PrivateKey::from_pem(pem, std::nullopt);
    REQUIRE_FALSE(missing.ok());
    CHECK_THAT(missing.error().message, Catch::Contains("no passphrase was given"));
    for (const std::string wrong : {"", "wrong", "correct horse "}) {
        const auto refused = PrivateKey::from_pem(pem, wrong);
        REQUIRE_FALSE(refused.ok());
        CHECK_THAT(refused.error().message, Catch::Contains("does not open it"));
    }
    // A passphrase that is not needed is not a mistake.
    CHECK(PrivateKey::from_pem(PrivateKey::generate(KeyType::ed25519).value().pem(), "unused").ok());
}

TEST_CASE("a public key is one PEM block and nothing else") {
    const std::string pem = PrivateKey::generate(KeyType::ecdsa_p256).value().public_key().pem();
    CHECK(PublicKey::from_pem(pem).ok());
    CHECK(PublicKey::from_pem("\n" + pem + "\n\n").ok());
    // Some tools print what the key is before it (RFC 7468, 2).
    CHECK(PublicKey::from_pem("Public Key Information:\n\tCurve: SECP256R1\n\n" + pem).ok());
    check_refused("words\n" + pem + pem, "more than one PEM block");
    check_refused("words\n-----BEGIN X-----\n" + pem, "exactly one PEM block");
    check_refused(pem + "words\n", "exactly one PEM block");
    check_refused("", "exactly one PEM block");
    check_refused("hello", "exactly one PEM block");
    check_refused(pem + pem, "more than one PEM block");
    check_refused(pem + "x", "exactly one PEM block");
    check_refused("x" + pem, "exactly one PEM block");
    check_refused(PrivateKey::generate(KeyType::ed25519).value().pem(), "private key");
    check_refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate");
    check_refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no public key");
    check_refused("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", "does not decode");
    check_refused(std::string(70'000, ' ') + pem, "larger than any key");
    for (std::size_t length = 0; length + 1 < pem.size(); ++length) {
        CHECK_FALSE(PublicKey::from_pem(pem.substr(0, length)).ok());
    }
}

TEST_CASE("keys of other kinds are refused with their name") {
    check_refused(public_pem("EC", "secp256k1"), "secp256k1");
    check_refused(public_pem("X25519", nullptr), "X25519");
    check_refused(public_pem("ED448", nullptr), "ED448");
    const KeyPtr small(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(1024)));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_PUBKEY(bio.get(), small.get()) == 1);
    check_refused(content_of(bio.get()), "1024 bits");
}

TEST_CASE("a private key is one key") {
    const std::string pem = PrivateKey::generate(KeyType::ecdsa_p256).value().pem();
    CHECK_FALSE(PrivateKey::from_pem(pem + pem, std::nullopt).ok());
    CHECK_FALSE(PrivateKey::from_pem("", std::nullopt).ok());
    const auto pub = PrivateKey::from_pem(PrivateKey::from_pem(pem, std::nullopt).value().public_key().pem(), std::nullopt);
    REQUIRE_FALSE(pub.ok());
    CHECK_THAT(pub.error().message, Catch::Contains("public key"));
    for (std::size_t length = 0; length + 1 < pem.size(); ++length) {
        CHECK_FALSE(PrivateKey::from_pem(pem.substr(0, length), std::nullopt).ok());
    }
}
