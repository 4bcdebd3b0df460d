// layers.hpp: what the evidence about an image says of its layers. A layer is a tar whose blob is a file of the image; what lies in it has
// the blob's path and, as member, its path in the layer: {"blobs/sha256/<hex>", "opt/model/weights.pkl"}. Layers are not put one over the
// other: what a later one covers or deletes is there for whoever has the layer, and is judged like everything else.
#pragma once

#include <string_view>

#include "model/fact.hpp"

namespace headgate {

/// FormatFact of the blob of each layer that was read.
inline constexpr std::string_view kLayer = "oci-layer";
/// FormatFacts of the image's own manifest or index, by the pipeline: every layer was read, for what loaders and installers take; or, in
/// the second form, as where a model lies: what is no part of an operating system too, file by file.
inline constexpr std::string_view kLayersRead = "oci-layers";
inline constexpr std::string_view kModelLayersRead = "oci-model-layers";

/// The evidence is of an image (in a layout or registry), and of no model artifact.
bool is_of_image(const Evidence& evidence);
/// That every layer was read, `as_model` or at all. What could not be read in them is an Opaque or a finding then.
bool layers_are_read(const Evidence& evidence, bool as_model);

}  // namespace headgate
