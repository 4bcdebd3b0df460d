#include "crypto/keys.hpp"

#include <openssl/core_names.h>
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

// The key with its point in another form.
std::string pem_in_form(const PrivateKey& key, const char* form) {
    const std::string pem = key.pem();
    const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const KeyPtr read(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    REQUIRE(EVP_PKEY_set_utf8_string_param(read.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, form) == 1);
    const BioPtr out(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_PUBKEY(out.get(), read.get()) == 1);
    return content_of(out.get());
}

Bytes der_in(const std::string& pem) {
    const std::size_t begin = pem.find('\n') + 1;
    std::string packed;
    for (const char c : pem.substr(begin, pem.find("-----END") - begin)) packed += c == '\n' ? "" : std::string(1, c);
    return from_base64(packed).value();
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

TEST_CASE("a signature by SHA-256 is taken whatever the curve where the maker chooses so, and no other") {
    const auto signature_by = [](const PrivateKey& key, const EVP_MD* hash) {
        const std::string pem = key.pem();
        const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        const KeyPtr handle(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
        const DigestContextPtr context(EVP_MD_CTX_new());
        Bytes signature(256);
        std::size_t length = signature.size();
        REQUIRE(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, handle.get()) == 1);
        REQUIRE(EVP_DigestSign(context.get(), signature.data(), &length, as_bytes("text").data(), 4) == 1);
        signature.resize(length);
        return signature;
    };
    const PrivateKey p384 = PrivateKey::generate(KeyType::ecdsa_p384).value();
    const Bytes by_sha256 = signature_by(p384, EVP_sha256());
    CHECK_FALSE(p384.public_key().verify(as_bytes("text"), by_sha256));
    CHECK(p384.public_key().verify_as_made(as_bytes("text"), by_sha256));
    CHECK_FALSE(p384.public_key().verify_as_made(as_bytes("test"), by_sha256));
    CHECK(p384.public_key().verify_as_made(as_bytes("text"), signature_by(p384, EVP_sha384())));
    CHECK_FALSE(p384.public_key().verify_as_made(as_bytes("text"), signature_by(p384, EVP_sha512())));
    const PrivateKey p256 = PrivateKey::generate(KeyType::ecdsa_p256).value();
    CHECK_FALSE(p256.public_key().verify_as_made(as_bytes("text"), signature_by(p256, EVP_sha384())));
}

TEST_CASE("a key has one form: a second would be a second name") {
    for (const KeyType type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::ecdsa_p521}) {
        CAPTURE(to_string(type));
        const PrivateKey key = PrivateKey::generate(type).value();
        const std::string full = pem_in_form(key, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
        CHECK(PublicKey::from_pem(full).value().spki_sha256() == key.public_key().spki_sha256());
        CHECK(PublicKey::from_spki(der_in(full)).ok());
        CHECK(key.public_key().pem() == full);   // as OpenSSL's encoder has it
        CHECK(key.public_key().spki() == der_in(full));
        for (const char* form : {OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_HYBRID}) {
            CAPTURE(form);
            const std::string other = pem_in_form(key, form);
            REQUIRE(other != full);
            check_refused(other, "conv_form uncompressed");
            CHECK_FALSE(PublicKey::from_spki(der_in(other)).ok());
        }
    }
    // The point at infinity, which is one byte in every form.
    const Bytes nowhere = {0x30, 0x19, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 2, 0, 0};
    CHECK_FALSE(PublicKey::from_spki(nowhere).ok());
}

TEST_CASE("the key of an Ed25519 or RSA key is encoded as OpenSSL encodes it") {
    for (const KeyType type : {KeyType::ed25519, KeyType::rsa}) {
        CAPTURE(to_string(type));
        const PrivateKey key = PrivateKey::generate(type).value();
        const std::string pem = key.pem();
        const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        const KeyPtr theirs(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
        const BioPtr out(BIO_new(BIO_s_mem()));
        REQUIRE(PEM_write_bio_PUBKEY(out.get(), theirs.get()) == 1);
        CHECK(key.public_key().pem() == content_of(out.get()));
        CHECK(key.public_key().spki() == der_in(content_of(out.get())));
    }
}

TEST_CASE("an Ed25519 key of small order is no key") {
    const auto with_point = [](const std::string& hex) {
        Bytes der = {0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0};
        const Bytes point = from_hex(hex).value();
        der.insert(der.end(), point.begin(), point.end());
        return PublicKey::from_spki(der);
    };
    // Every y of a point whose order divides 8, and what is the same modulo 2^255 - 19; with either sign of x.
    for (const std::string& y : {std::string(64, '0'), "01" + std::string(62, '0'), std::string("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
                                 std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "ec" + std::string(60, 'f') + "7f",
                                 "ed" + std::string(60, 'f') + "7f", "ee" + std::string(60, 'f') + "7f"}) {
        for (const bool sign : {false, true}) {
            Bytes point = from_hex(y).value();
            point.back() = static_cast<std::uint8_t>(point.back() | (sign ? 0x80 : 0));
            CAPTURE(to_hex(point));
            const auto key = with_point(to_hex(point));
            REQUIRE_FALSE(key.ok());
            CHECK_THAT(key.error().message, Catch::Contains("small order"));
        }
    }
    const PublicKey honest = PrivateKey::generate(KeyType::ed25519).value().public_key();
    CHECK(with_point(to_hex(ByteView(honest.spki()).last(32))).ok());
    // RFC 8032, 7.1, and the base point.
    CHECK(with_point("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").ok());
    CHECK(with_point("58" + std::string(62, '6')).ok());
}
