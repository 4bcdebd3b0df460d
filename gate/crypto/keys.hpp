// keys.hpp: public and private keys behind RAII. A verification succeeded if and only if OpenSSL returned exactly 1.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::crypto {

enum class KeyType { ecdsa_p256, ecdsa_p384, ecdsa_p521, ed25519, rsa };

std::string_view to_string(KeyType type);

enum class Hash { sha256, sha384, sha512 };
enum class RsaPadding { either, pkcs1, pss };

/// "sha256", "sha384", "sha512".
std::string_view to_string(Hash hash);
/// Bytes of its digests: 32, 48, 64.
std::size_t digest_size(Hash hash);
/// The hash that goes with a key where nothing else is said: by the curve, SHA-256 for RSA. Ed25519 hashes by itself:
/// nullopt.
std::optional<Hash> natural_hash(KeyType type);

/// An SPKI public key: ECDSA P-256/384/521 over a named curve (hash by curve, DER signatures), Ed25519, RSA of 2048 to
/// 16384 bits (PSS or PKCS#1 v1.5 with SHA-256 on verification).
class PublicKey {
  public:
    /// PEM "PUBLIC KEY": exactly one block, lines of explanation before it, and nothing else. The Error says what is wrong.
    static Result<PublicKey> from_pem(std::string_view pem);
    /// DER SubjectPublicKeyInfo, the whole input.
    static Result<PublicKey> from_spki(ByteView der);
    /// DER RSAPublicKey (PKCS#1), the whole input.
    static Result<PublicKey> from_pkcs1(ByteView der);

    KeyType type() const;
    /// DER SubjectPublicKeyInfo, the same for the same key however it was written.
    const Bytes& spki() const;
    /// SHA-256 over the DER SubjectPublicKeyInfo: raw 32 bytes. The identity of the key material.
    Bytes spki_sha256() const;
    /// The SPKI as PEM, as OpenSSL writes it (OMS hints are hashes of this text).
    std::string pem() const;
    /// True only when `signature` over `message` verified.
    bool verify(ByteView message, ByteView signature) const;
    /// The same with a hash and padding of the caller's choice (both mean nothing to Ed25519, padding nothing to ECDSA).
    bool verify(ByteView message, ByteView signature, Hash hash, RsaPadding padding = RsaPadding::either) const;
    /// By the hash that goes with the key, or by SHA-256, which cosign takes whatever the curve.
    bool verify_as_made(ByteView message, ByteView signature) const;
    /// Over a digest made before. False for Ed25519, which signs messages, and for a digest of another length than `hash` has.
    bool verify_digest(ByteView digest, ByteView signature, Hash hash, RsaPadding padding = RsaPadding::either) const;

    struct Handle;
    explicit PublicKey(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

  private:
    std::shared_ptr<Handle> handle_;
};

/// A private key for signing: ECDSA P-256/384/521, Ed25519, RSA-PSS.
class PrivateKey {
  public:
    /// PEM (PKCS#8, or the older EC and RSA forms), optionally encrypted; exactly one key. `passphrase` is used only for
    /// an encrypted key; nothing is ever asked on a terminal. Messages never contain key material.
    static Result<PrivateKey> from_pem(std::string_view pem, const std::optional<std::string>& passphrase);
    /// A new key (RSA: 3072 bits).
    static Result<PrivateKey> generate(KeyType type);

    KeyType type() const;
    Result<Bytes> sign(ByteView message) const;
    PublicKey public_key() const;
    /// PKCS#8 PEM, not encrypted.
    std::string pem() const;

    struct Handle;
    explicit PrivateKey(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

  private:
    std::shared_ptr<Handle> handle_;
};

/// The hash of a message by the digest algorithm's usual name ("sha256", "sha384", "sha512", "blake2b512"), nullopt if
/// unknown.
std::optional<Bytes> digest(std::string_view algorithm, ByteView bytes);
Bytes digest(Hash hash, ByteView bytes);

/// An ECDSA signature as r || s (IEEE P1363: JWS, COSE, some DSSE) -> DER. nullopt unless it has exactly the length that
/// fits `type`, an ECDSA key.
std::optional<Bytes> ecdsa_from_p1363(ByteView signature, KeyType type);
/// DER -> r || s. nullopt if it is no ECDSA signature or does not fit.
std::optional<Bytes> ecdsa_to_p1363(ByteView der, KeyType type);

}  // namespace headgate::crypto
