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

/// An SPKI public key: ECDSA P-256/384/521 over a named curve (hash by curve, DER signatures), Ed25519, RSA of 2048 to
/// 16384 bits (PSS or PKCS#1 v1.5 with SHA-256 on verification).
class PublicKey {
  public:
    /// PEM "PUBLIC KEY": exactly one block, white space around it and nothing else. The Error says what is wrong.
    static Result<PublicKey> from_pem(std::string_view pem);

    KeyType type() const;
    /// SHA-256 over the DER SubjectPublicKeyInfo: raw 32 bytes. The identity of the key material.
    Bytes spki_sha256() const;
    /// The SPKI as PEM, as OpenSSL writes it (OMS hints are hashes of this text).
    std::string pem() const;
    /// True only when `signature` over `message` verified.
    bool verify(ByteView message, ByteView signature) const;

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

}  // namespace headgate::crypto
