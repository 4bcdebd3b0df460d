// onnx_schema.hpp: what the messages of an ONNX model may hold: onnx/onnx-ml.proto of onnx 1.23 (IR version 14 and all before).
#pragma once

#include "formats/protobuf.hpp"

namespace headgate::formats {

/// ModelProto, with everything below it.
const ProtoSchema& onnx_model();

}  // namespace headgate::formats
