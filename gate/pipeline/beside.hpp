// beside.hpp: what stands beside a manifest and bears on it: settings that choose where its packages come from, the manifest that a
// lockfile was made from, the lockfile that has a manifest's hashes.
#pragma once

#include "pipeline/examine.hpp"

namespace headgate::pipeline {

/// Reads all of it into the facts of `outcome`, which has those of the manifest itself. What is there and cannot be read is an Opaque.
/// Nothing above the folder that was given as an argument is opened.
void read_beside(const intake::ManifestFormat& format, const FilePlan& file, const Limits& limits, const ParsingPlace& place,
                 FileOutcome& outcome);

/// The most bytes that are taken of a manifest, or of a file beside one.
inline constexpr std::uint64_t kMaxManifest = 64ULL << 20U;

}  // namespace headgate::pipeline
