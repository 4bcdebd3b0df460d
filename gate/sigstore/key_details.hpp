// key_details.hpp: Sigstore's names for kinds of keys and hashes (protobuf enums PublicKeyDetails and HashAlgorithm).
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/keys.hpp"

namespace headgate::sigstore {

/// A key from its bytes, of exactly the kind that `name` says ("PKIX_ECDSA_P256_SHA_256", ...). Error{malformed} for a name that
/// is not taken (Ed25519ph, post-quantum ones, ...) and for a key of another kind.
Result<crypto::PublicKey> read_key(std::string_view name, ByteView bytes);

/// True if a key of this type is what `name` says.
bool names_type(std::string_view name, crypto::KeyType type);

/// "SHA2_256", "SHA2_384", "SHA2_512".
std::optional<crypto::Hash> hash_named(std::string_view name);

}  // namespace headgate::sigstore
