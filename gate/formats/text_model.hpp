// text_model.hpp: models in text form: protobuf's (.pbtxt, .prototxt, .textproto), ONNX's own (.onnxtxt, .onnxtext), and ONNX as JSON.
//
// Frameworks read them as they read the binary form: TensorFlow opens `saved_model.pbtxt` where no `saved_model.pb` is, and takes a
// .meta that is text; onnx.load goes by the ending; Caffe's prototxt names Python modules. Nothing here reads their operators, so that
// they are refused with the remedy: a FormatFact "text-model" and an Opaque.
//
// Text of the same endings that is no model stays text: label maps (`item { ... }`), configurations of Triton and of TensorBoard's
// projector, states of checkpoints. They are told by the names of their outermost fields, all of which must be of one such kind.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_text_model(ByteSource& source, std::string_view name);
Examined parse_text_model(ByteSource& source, ParseContext& context);

/// A model in ONNX's JSON form (protobuf's mapping, either spelling of its fields).
bool is_onnx_json(const codec::Json& document);
/// The FormatFact and the Opaque. `what`: "a graph in protobuf's text form", ...
Examined refuse_text_model(std::string_view what, std::uint64_t bytes, ParseContext& context);

}  // namespace headgate::formats
