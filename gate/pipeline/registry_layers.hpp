// registry_layers.hpp: the layers of a model artifact in a registry, for the parsers: nothing is unpacked to disk. A layer of up to
// LayerLimits::whole is one buffer that has its digest before it is parsed. A larger one is asked for in the ranges that its parser wants,
// and then streamed once: its digest is compared, and every range with the bytes that the digest is of. Facts about it count only then.
#pragma once

#include <span>

#include "pipeline/image_layers.hpp"
#include "pipeline/isolation.hpp"
#include "pipeline/registry_image.hpp"

namespace headgate::pipeline {

struct LayerLimits {
    std::size_t layers = 1'000;
    std::uint64_t bytes = 256ULL << 30U;             // of all layers of one artifact
    std::uint64_t whole = 32ULL << 20U;              // of a layer that is read at once
    std::uint64_t held = 64ULL << 20U;               // of a larger one: ranges that its parser saw
    std::size_t ranges = 10'000;                     // requests for them
    std::uint64_t expanded = 64ULL << 20U;           // of one member of a compressed layer of a model artifact
    std::uint64_t copied = 256ULL << 20U;            // of a layer of an image, for a worker, which has it in memory
};

/// What is said (Opaque::why) of layers that nobody fetched. No rule that looks at bytes is satisfied by them.
inline constexpr std::string_view kNotFetched = "the layer was not fetched from its registry";

/// Whether a checker (by its id) looks at what parsers found in the bytes. Of the others it is known that names, digests, and what somebody signed
/// about them are all that they ask.
bool looks_at_content(std::string_view checker);

/// Reads them all into the evidence, whose records of layers become records of files (oci_contents.hpp). `statistics`: the values of
/// tensors too. What is over a limit is an Opaque; Error: a layer could not be had, or is not what its digest says.
Result<void> read_layers(const ImageSource& source, const io::Repository& where, std::span<const formats::OciContent> contents, const ParsingPlace& place,
                         bool statistics, io::Deadline deadline, const LayerLimits& limits, Evidence& evidence);

/// Reads the layers of an image into the evidence (image_layers.hpp), forward and once: each is hashed as it is parsed, and what was found counts
/// only if it has its digest. Limits and Error: as above.
Result<void> read_image_layers(const ImageSource& source, const io::Repository& where, std::span<const formats::OciDescriptor> layers, LayersWanted wanted,
                               const std::string& root, const ParsingPlace& place, io::Deadline deadline, const LayerLimits& limits, Evidence& evidence);

/// Leaves them all: bound by their digests, read by nobody.
void leave_layers(std::span<const formats::OciContent> contents, Evidence& evidence);

}  // namespace headgate::pipeline
