// onnx.hpp: ONNX models (onnx/onnx-ml.proto, docs/IR.md, docs/ExternalData.md).
//
// Contract: FormatFact "onnx", a Tensor for each initializer, an Operator for each operation that the model does not define
// itself, and an IndexEntry for each tensor that is kept in a file beside the model, if and only if there is no `onnx.*` finding.
// Whether the operators may be used is the serialization checker's question; whether the files beside are there and large
// enough, the integrity checker's (their sizes are known only when all of the subject is collected).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By content: fields of a ModelProto to the end, among them its version and a graph.
bool sniff_onnx(ByteSource& source, std::string_view name);
/// By name only, for a late row: something called .onnx that no other format claims is a broken one.
bool sniff_named_onnx(ByteSource& source, std::string_view name);
Examined parse_onnx(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
