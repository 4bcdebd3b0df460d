// safetensors.hpp: safetensors files (huggingface/safetensors README "Format" and safetensors/src/tensor.rs).
//
//   u64le N | N bytes of JSON | data: the tensors, back to back, nothing before, between or behind them
//
// Contract: only 8 + N bytes are ever viewed; the data region is accounted for by the layout alone. Facts (one
// FormatFact "safetensors" and one Tensor each, in file order of the header) are recorded if and only if there is no
// `safetensors.*` finding. Messages begin with the name of the reference implementation's error (HeaderTooLarge,
// InvalidOffset, ...). Stricter than the reference, as policy: no duplicate keys, no unknown keys in a tensor's entry,
// no control characters in names.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By content: a plausible header length and an opening brace.
bool sniff_safetensors(ByteSource& source, std::string_view name);
/// By name only, for a late row: something called .safetensors that no other format claims is a broken one.
bool sniff_named_safetensors(ByteSource& source, std::string_view name);
Examined parse_safetensors(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
