// policy_files.hpp: the files that one policy file names: keys, roots, name lists, the signature over its waivers.
#pragma once

#include <string>
#include <vector>

#include "crypto/keys.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {

struct ReadFile {
    NamedFile file;
    Bytes bytes;
};

/// Reads `name` as the policy writes it: absolute, or relative to `folder`.
Result<ReadFile> read_named_file(const std::string& folder, const std::string& name, std::uint64_t limit);

/// Remembers a file once.
void add_named_file(NamedFile file, std::vector<NamedFile>& files);

/// Fills what the policy of one layer names and nobody has read yet: PEM and key ids, roots and their digests, names. The Error
/// names the policy's line.
Result<void> read_policy_files(const std::string& folder, Policy& policy, std::vector<NamedFile>& files);

/// Who signed the layer's own waivers (PATH.waivers.dsse.json), where `waiver-limits.signed-by` asks for it.
Result<void> read_waiver_signature(const std::string& path, Policy& policy, std::vector<NamedFile>& files);

/// A PEM public key. Error{key}.
Result<crypto::PublicKey> read_public_key(const std::string& path);

}  // namespace headgate::pipeline
