// safetensors_index.hpp: `*.safetensors.index.json`: which shard holds which tensor. FormatFact "safetensors-index",
// inert, and one IndexEntry each, if and only if there is no `safetensors-index.*` finding. Whether the shards exist
// and have the tensors is the integrity checker's question.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

/// An object with a `weight_map` object.
bool is_safetensors_index(const codec::Json& document);
Examined read_safetensors_index(const codec::Json& document, ParseContext& context);

}  // namespace headgate::formats
