#include "attest/message_artifact.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace headgate::attest {
namespace {

const FileRecord* judged_file(const EvidenceTarget& target) {
    const auto found = std::find_if(target.files.begin(), target.files.end(), [&](const FileRecord& file) {
        return !file.evidence && file.sha256 == target.subject.digest.sha256;
    });
    return found == target.files.end() ? nullptr : &*found;
}

void add_digest(const EvidenceTarget& target, const FileRecord& file, crypto::Hash hash, sigstore::Artifact& artifact) {
    auto& known = target.message.digests.at(static_cast<std::size_t>(hash));
    if (!known && target.hash_further) {
        const FurtherDigests wanted{&file, hash == crypto::Hash::sha384 ? crypto::FileHash::sha384 : crypto::FileHash::sha512, {{0, file.size}}};
        const auto made = target.hash_further({&wanted, 1});
        // An empty digest is none: what failed is not tried again.
        known = made.ok() ? from_hex(made->at(0).at(0)).value_or(Bytes()) : Bytes();
    }
    if (known && !known->empty()) artifact.digests.at(static_cast<std::size_t>(hash)) = *known;
}

void add_bytes(const EvidenceTarget& target, const FileRecord& file, sigstore::Artifact& artifact) {
    if (file.size > kMaxMessage || !target.read_whole) return;
    auto& known = target.message.bytes;
    if (!known) known = target.read_whole(file);
    if (known->ok()) artifact.bytes = **known;
}

}  // namespace

std::optional<sigstore::Artifact> artifact_of(const EvidenceTarget& target) {
    const DigestSet& digest = target.subject.digest;
    const auto bytes = digest.dir_hash.empty() ? from_hex(digest.sha256) : std::nullopt;
    if (!bytes) return std::nullopt;
    auto artifact = sigstore::Artifact::of_digest(crypto::Hash::sha256, *bytes);
    artifact.begins_as_envelope = target.begins_as_envelope;
    return artifact;
}

bool needs_more_than_sha256(crypto::KeyType type) { return crypto::natural_hash(type) != crypto::Hash::sha256; }

std::optional<sigstore::Artifact> whole_artifact_of(const EvidenceTarget& target, std::span<const crypto::KeyType> keys) {
    auto artifact = artifact_of(target);
    const FileRecord* const file = judged_file(target);
    if (!artifact || file == nullptr) return artifact;
    for (const crypto::KeyType key : keys) {
        const auto hash = crypto::natural_hash(key);
        if (!hash) add_bytes(target, *file, *artifact);
        if (hash && *hash != crypto::Hash::sha256) add_digest(target, *file, *hash, *artifact);
    }
    return artifact;
}

std::optional<std::string> further_digest_of(const EvidenceTarget& target, crypto::Hash hash) {
    auto artifact = artifact_of(target);
    const FileRecord* const file = judged_file(target);
    if (!artifact || file == nullptr || hash == crypto::Hash::sha256) return std::nullopt;
    add_digest(target, *file, hash, *artifact);
    const auto made = artifact->digest(hash);
    return made ? std::optional(to_hex(*made)) : std::nullopt;
}

std::string too_long_for_ed25519(const EvidenceTarget& target) {
    const FileRecord* const file = judged_file(target);
    if (file == nullptr || file->size <= kMaxMessage) return "";
    return "Ed25519 signs the bytes of a file, and one over " + std::to_string(kMaxMessage >> 20U) +
           " MiB is not held in memory: sign a statement about it, or sign it by ECDSA";
}

}  // namespace headgate::attest
