// tflite.hpp: TensorFlow Lite models (FlatBuffers, identifier "TFL3"; tensorflow/compiler/mlir/lite/schema/schema.fbs).
//
// The operators that are built in compute; those that are custom are native code of whoever loads the model, and "Flex" ones
// are TensorFlow's own, which can also read and write files: both are Operator facts. Structure, indexes and sizes are checked.
//
// Behind the FlatBuffer may stand a zip of the files that go with the model (labels; TensorFlow Lite metadata): its members are judged.
// Anything else there is a finding.
//
// Oracle: a FormatFact always; a finding `tflite.*` whenever not everything was understood.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_tflite(ByteSource& source, std::string_view name);
Examined parse_tflite(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
