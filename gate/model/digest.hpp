// digest.hpp: the identity of an artifact. Identity is the digest, never the name or the tag.
#pragma once

#include <string>
#include <string_view>

namespace headgate {

/// Digests as lower-case hex. A file or image has `sha256` only. A folder has both: `sha256` is the OpenSSF Model
/// Signing root over its files in byte-wise path order (SHA-256 over the concatenated raw file digests; names are not
/// covered), and `dir_hash` is in-toto's `dirHash` (Go's dirhash.Hash1 in hex, names covered). Both must be compared.
struct DigestSet {
    std::string sha256;
    std::string dir_hash;

    bool empty() const { return sha256.empty(); }
    friend bool operator==(const DigestSet&, const DigestSet&) = default;
};

}  // namespace headgate
