// onnx_tensor.hpp: a TensorProto of an ONNX model: whether its values are what its shape and type say, and where they lie.
//
// Values are in exactly one place: raw_data, the one array of its type, or a file beside the model (docs/ExternalData.md).
// Stricter than the reference: the number of values must be that of the shape wherever they lie; a tensor that states two
// places is refused, because readers differ on which one counts.
#pragma once

#include "formats/protobuf.hpp"

namespace headgate::formats {

/// Why a tensor is refused: an id of the area `onnx`, in words, and where.
struct OnnxProblem {
    enum class Kind { tensor, external_data, external_location } kind = Kind::tensor;
    std::string message;
    std::uint64_t at = 0;
};

struct OnnxTensor {
    std::string name;
    std::string type;                      // "FLOAT", ... as the enum names it
    std::vector<std::uint64_t> shape;
    std::uint64_t bytes = 0;               // of the values as raw data; 0 for text
    std::string file;                      // of external data, relative to the model's folder; "" when the values are inside
    std::uint64_t offset = 0;              // in that file
};

/// Reads a tensor whose message is known to fit its table. nullopt after a problem, which is then in `problem`, or in `input`.
std::optional<OnnxTensor> read_onnx_tensor(ProtoInput& input, ByteRange range, std::optional<OnnxProblem>& problem);

}  // namespace headgate::formats
