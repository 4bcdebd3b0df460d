// merkle.hpp: inclusion proofs (RFC 6962, 2.1.1; RFC 9162, 2.1.3.2).
#pragma once

#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "crypto/sha256.hpp"

namespace headgate::sigstore {

/// SHA-256(0x00 || entry).
crypto::Sha256Digest leaf_hash(ByteView entry);

/// The root that the proof leads to; nullopt unless the proof has exactly the hashes that a tree of `tree_size` leaves needs for the
/// leaf at `index`, 32 bytes each.
std::optional<crypto::Sha256Digest> root_of_inclusion(std::uint64_t index, std::uint64_t tree_size, ByteView leaf,
                                                      std::span<const Bytes> hashes);

}  // namespace headgate::sigstore
