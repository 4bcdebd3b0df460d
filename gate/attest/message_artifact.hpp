// message_artifact.hpp: the file that a bundle over a message is about, with as much of it as the keys need that may have signed it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "attest/evidence.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// By its SHA-256, which is known; nullopt for a folder, about which no message is.
std::optional<sigstore::Artifact> artifact_of(const EvidenceTarget& target);

/// True for P-384, P-521 and Ed25519, whose signatures are not over a SHA-256.
bool needs_more_than_sha256(crypto::KeyType type);

/// The same with what these keys sign: SHA-384, SHA-512, the bytes themselves for Ed25519. They are made by reading the file again,
/// bound to what was judged by its SHA-256, and once for a subject, whatever lies beside it. The answer lives as long as `target`.
std::optional<sigstore::Artifact> whole_artifact_of(const EvidenceTarget& target, std::span<const crypto::KeyType> keys);

/// The judged file's digest by another algorithm than SHA-256, made as above; nullopt where it cannot be, and for a folder.
std::optional<std::string> further_digest_of(const EvidenceTarget& target, crypto::Hash hash);

/// Why `whole_artifact_of` has no bytes for an Ed25519 key although it could read: "" when it is not for its size.
std::string too_long_for_ed25519(const EvidenceTarget& target);

}  // namespace headgate::attest
