#include <catch2/catch.hpp>

#include "crypto/keys.hpp"

using namespace headgate;
using namespace headgate::crypto;

namespace {

const Bytes kMessage = {'m', 'e', 's', 's', 'a', 'g', 'e'};

}  // namespace

TEST_CASE("a key is the same from PEM and from DER, and DER must be whole") {
    for (const KeyType type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::ecdsa_p521, KeyType::ed25519, KeyType::rsa}) {
        const PublicKey key = PrivateKey::generate(type).value().public_key();
        const Bytes der = key.spki();
        const auto again = PublicKey::from_spki(der);
        REQUIRE(again.ok());
        CHECK(again->type() == type);
        CHECK(again->spki_sha256() == key.spki_sha256());
        CHECK(digest(Hash::sha256, der) == key.spki_sha256());
        for (std::size_t length = 0; length < der.size(); ++length) CHECK_FALSE(PublicKey::from_spki(ByteView(der).first(length)).ok());
        Bytes longer = der;
        longer.push_back(0);
        CHECK_FALSE(PublicKey::from_spki(longer).ok());
    }
}

TEST_CASE("a digest verifies as its message does, under the hash that was signed and no other") {
    for (const KeyType type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::ecdsa_p521, KeyType::rsa}) {
        const PrivateKey secret = PrivateKey::generate(type).value();
        const PublicKey key = secret.public_key();
        const Bytes signature = secret.sign(kMessage).value();
        const Hash natural = natural_hash(type).value();
        for (const Hash hash : {Hash::sha256, Hash::sha384, Hash::sha512}) {
            CHECK(key.verify_digest(digest(hash, kMessage), signature, hash) == (hash == natural));
            CHECK(key.verify(kMessage, signature, hash) == (hash == natural));
            CHECK_FALSE(key.verify_digest(kMessage, signature, hash));  // no digest at all
        }
        Bytes other = digest(natural, kMessage);
        other[0] ^= 1U;
        CHECK_FALSE(key.verify_digest(other, signature, natural));
        CHECK_FALSE(key.verify_digest(digest(natural, kMessage), {}, natural));
    }
}

TEST_CASE("Ed25519 signs messages, not digests") {
    const PrivateKey secret = PrivateKey::generate(KeyType::ed25519).value();
    const PublicKey key = secret.public_key();
    CHECK(key.verify(kMessage, secret.sign(kMessage).value(), Hash::sha512));
    const Bytes hashed = digest(Hash::sha512, kMessage);
    CHECK_FALSE(key.verify_digest(hashed, secret.sign(hashed).value(), Hash::sha512));
    CHECK_FALSE(natural_hash(KeyType::ed25519).has_value());
}

TEST_CASE("the padding that was asked for is the one that counts") {
    const PrivateKey secret = PrivateKey::generate(KeyType::rsa).value();
    const Bytes pss = secret.sign(kMessage).value();
    const PublicKey key = secret.public_key();
    CHECK(key.verify(kMessage, pss, Hash::sha256, RsaPadding::either));
    CHECK(key.verify(kMessage, pss, Hash::sha256, RsaPadding::pss));
    CHECK_FALSE(key.verify(kMessage, pss, Hash::sha256, RsaPadding::pkcs1));
    CHECK_FALSE(key.verify_digest(digest(Hash::sha256, kMessage), pss, Hash::sha256, RsaPadding::pkcs1));
}

TEST_CASE("r || s becomes DER and back, of exactly the curve's length") {
    for (const auto& [type, size] : {std::pair{KeyType::ecdsa_p256, 64U}, {KeyType::ecdsa_p384, 96U}, {KeyType::ecdsa_p521, 132U}}) {
        const PrivateKey secret = PrivateKey::generate(type).value();
        const Bytes der = secret.sign(kMessage).value();
        const auto raw = ecdsa_to_p1363(der, type);
        REQUIRE(raw.has_value());
        CHECK(raw->size() == size);
        const auto again = ecdsa_from_p1363(*raw, type);
        REQUIRE(again.has_value());
        CHECK(*again == der);
        CHECK(secret.public_key().verify(kMessage, *again));
        CHECK_FALSE(secret.public_key().verify(kMessage, *raw));
        CHECK_FALSE(ecdsa_from_p1363(ByteView(*raw).first(size - 1), type).has_value());
        CHECK_FALSE(ecdsa_from_p1363(*raw, KeyType::ed25519).has_value());
        Bytes longer = der;
        longer.push_back(0);
        CHECK_FALSE(ecdsa_to_p1363(longer, type).has_value());
    }
    CHECK_FALSE(ecdsa_from_p1363({}, KeyType::ecdsa_p256).has_value());
    CHECK_FALSE(ecdsa_to_p1363({}, KeyType::ecdsa_p256).has_value());
    const PrivateKey large = PrivateKey::generate(KeyType::ecdsa_p521).value();
    CHECK_FALSE(ecdsa_to_p1363(large.sign(kMessage).value(), KeyType::ecdsa_p256).has_value());
}
