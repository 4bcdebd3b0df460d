// notary.hpp: what Notary Project signatures ask of keys and certificates: the algorithm that a key fixes (JOSE and COSE names),
// RSA-PSS with a salt as long as its hash, ECDSA as r || s, and extensions marked critical.
#pragma once

#include <string_view>

#include "crypto/x509.hpp"

namespace headgate::crypto {

/// The one algorithm that signatures under this key may name: "PS256", "PS384", "PS512" for RSA of 2048, 3072 and 4096
/// bits, "ES256", "ES384", "ES512" for P-256, P-384 and P-521. "" for every other key.
std::string_view notary_algorithm(const PublicKey& key);

/// True only when the signature verifies under the key with exactly its algorithm.
bool notary_verify(const PublicKey& key, ByteView message, ByteView signature);

/// True when the extension is there and marked critical.
bool is_critical(const Certificate& certificate, std::string_view oid);

/// A chain of two whose leaf bears the name of its issuer. OpenSSL takes such a leaf for self-signed and never asks the
/// issuer, so verify_chain() cannot. True only if the anchor is an authority that may sign certificates, without constraints
/// on names, its key verifies the leaf (112 bits of strength, as everywhere), and both are valid at that time.
bool issued_under_same_name(const Certificate& leaf, const Certificate& anchor, Instant at);

}  // namespace headgate::crypto
