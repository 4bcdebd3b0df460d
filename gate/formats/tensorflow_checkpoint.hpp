// tensorflow_checkpoint.hpp: the index of a TensorFlow checkpoint, `PREFIX.index` (tensor_bundle.proto): a sorted table of a
// BundleHeaderProto under "" and a BundleEntryProto under each tensor's name. The values are raw bytes in
// `PREFIX.data-NNNNN-of-NNNNN`, which have no form of their own.
//
// Contract: FormatFact "tensorflow-checkpoint", inert, and for each tensor a Tensor and an IndexEntry (shard, offset, bytes), if and
// only if there is no `tensorflow.*` finding. The checksums of the values are not compared: they are of the shards.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By name `.index` and the magic at the end of a table.
bool sniff_tensorflow_checkpoint(ByteSource& source, std::string_view name);
Examined parse_tensorflow_checkpoint(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
