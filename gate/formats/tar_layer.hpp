// tar_layer.hpp: one layer of an image (OCI image-spec 1.1, layer.md): a tar, plain, gzip or zstd, read forward once. Nothing is unpacked,
// and no more of it is in memory than the file that is looked at (layer_content.hpp says which are, and what is kept of them).
//
// Links, devices, whiteouts and names that no archive of a model may have are what a file system is made of: they hold no bytes, and
// are passed over. A link's target is a file of some layer, and judged there, by its content. Whiteouts take nothing away: what they delete lies
// in the image all the same. Two files of one path are two files. In an image that is a model's, links between the model and the folders of
// the operating system are refused: what lies there was not looked at as a model (layer_links.hpp).
// Refused is what unpackers differ on: broken or cut-off headers, names with "..", extended headers of one kind twice before an entry, sizes that
// are said twice and differently or for what has no bytes, sparse files, types that nobody knows, content behind the end.
//
// A file of up to `limits.member_bytes` is held whole; of a larger one its beginning and its end, which is enough for formats that begin with what
// they hold (safetensors, GGUF); whatever needs the rest is refused.
//
// Oracle: a FormatFact always; `partly` only together with a finding or an Opaque.
#pragma once

#include "formats/layer_content.hpp"

namespace headgate::formats {

/// What one layer may spend: a hundred thousand files are usual, and expanded more than one file has. What is held at once is less.
Limits layer_limits();

Examined parse_layer(ByteSource& source, LayerUse use, ParseContext& context);

}  // namespace headgate::formats
