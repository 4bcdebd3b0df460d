// oms_manifest.hpp: the predicate of a model signature, read strictly. Private to attest/oms*.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attest/statement.hpp"

namespace headgate::attest {

struct OmsResource {
    std::string path;
    std::string sha256;
    std::uint64_t begin = 0;             // of shards: [begin, end)
    std::uint64_t end = 0;
};

struct OmsManifest {
    bool shards = false;
    std::uint64_t shard_size = 0;
    std::vector<OmsResource> resources;
    std::vector<std::string> ignore_paths;
};

/// Checks everything that can be checked without the files: names, digests, duplicates, ignore list, root digest.
/// Error{malformed}, or Error{unsupported} for a hash other than SHA-256.
Result<OmsManifest> read_oms_manifest(const ParsedStatement& statement);

}  // namespace headgate::attest
