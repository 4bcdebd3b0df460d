#include "pipeline/digest.hpp"

#include <algorithm>
#include <vector>

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"

namespace headgate::pipeline {

DigestSet digest_of(bool is_folder, std::span<const FileRecord> files) {
    std::vector<const FileRecord*> artifact;
    for (const FileRecord& file : files) {
        if (!file.evidence) artifact.push_back(&file);
    }
    if (artifact.empty()) return {};
    if (!is_folder) return {artifact.front()->sha256, {}};
    std::sort(artifact.begin(), artifact.end(), [](const auto* a, const auto* b) { return a->path < b->path; });

    crypto::Sha256 root;       // OMS: raw digests, names not covered
    crypto::Sha256 listing;    // Hash1: "<hex>  <name>\n"
    for (const FileRecord* file : artifact) {
        root.update(from_hex(file->sha256).value_or(Bytes{}));
        listing.update(as_bytes(file->sha256 + "  " + file->path + "\n"));
    }
    return {to_hex(root.finish()), to_hex(listing.finish())};
}

}  // namespace headgate::pipeline
