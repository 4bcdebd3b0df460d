// digest.hpp: the digests of a subject from the digests of its files (contract.md, "Digests").
#pragma once

#include <span>

#include "model/digest.hpp"
#include "model/fact.hpp"

namespace headgate::pipeline {

/// A single file's own SHA-256, or the two of a folder. Evidence files are not part of the artifact: a signature that
/// lies beside what it signs cannot be part of its digest. Empty when there is no file but evidence.
DigestSet digest_of(bool is_folder, std::span<const FileRecord> files);

}  // namespace headgate::pipeline
