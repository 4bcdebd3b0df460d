// oms_manifest.hpp: what a model signature lists (OpenSSF Model Signing 1.0, "Predicate"), read strictly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attest/statement.hpp"
#include "crypto/digester.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxResources = 200'000;
inline constexpr std::size_t kMaxIgnorePaths = 10'000;

struct OmsResource {
    std::string path;                    // canonical, or "." (the one file of a single-file model)
    std::string digest;                  // lower-case hex, of the manifest's hash
    std::uint64_t begin = 0;             // of shards: [begin, end)
    std::uint64_t end = 0;
};

struct OmsManifest {
    std::string name;                    // of the subject; informational, hostile
    std::string root;                    // SHA-256 over the raw digests in the listed order, hex; "" in v0.2
    bool shards = false;
    std::uint64_t shard_size = 0;        // of shards: more than 0
    crypto::FileHash hash = crypto::FileHash::sha256;
    bool follows_links = false;          // "allow_symlinks": names may be links, hashed as what they lead to
    std::vector<OmsResource> resources;  // in the listed order; never empty
    std::vector<std::string> ignore_paths;   // canonical, without a '/' at the end
};

/// Relative, '/' between components, none of them empty, "." or "..".
bool is_canonical_path(std::string_view path);

/// Checks everything that can be checked without the files: names, digests, duplicates, ignore list, root digest.
/// Members that the specification does not name are refused: one may change what the others mean. Error{malformed}, or
/// Error{unsupported} for BLAKE3.
Result<OmsManifest> read_oms_manifest(const ParsedStatement& statement);

}  // namespace headgate::attest
