// gguf.hpp: GGUF version 2 and 3 (ggml docs/gguf.md and src/gguf.cpp).
//
//   "GGUF" | u32 version | u64 n_tensors | u64 n_kv | key-value pairs | tensor infos | padding | data
//
// Contract: metadata is read, the data region is not (but for padding between tensors, which must be zero). Facts (one
// FormatFact "gguf" and one Tensor each) are recorded if and only if there is no `gguf.*` finding. Chat templates in
// the metadata are checked (chat_template.hpp) and add `template.*` findings of their own. Whatever the reference
// loader refuses is refused, and also non-zero padding and trailing bytes, which it ignores.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By the magic; a file called .gguf without it is a late row's.
bool sniff_gguf(ByteSource& source, std::string_view name);
bool sniff_named_gguf(ByteSource& source, std::string_view name);
Examined parse_gguf(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
