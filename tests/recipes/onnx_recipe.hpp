// onnx_recipe.hpp: ONNX models from their parts (onnx/onnx-ml.proto).
#pragma once

#include "recipes/protobuf_recipe.hpp"

namespace headgate::recipes {

inline std::string pair(std::string_view key, std::string_view value) { return part(1, key) + part(2, value); }

/// A TensorProto of type FLOAT and one dimension whose values are the zeros of raw_data.
inline std::string float_tensor(std::string_view name, std::uint64_t values, std::uint64_t raw_bytes) {
    return number(1, values) + number(2, 1) + part(8, name) + part(9, std::string(raw_bytes, '\0'));
}
/// A TensorProto of four FLOATs that are kept elsewhere; `pairs` are external_data fields.
inline std::string external_tensor(std::string_view name, std::string_view pairs) {
    return number(1, 4) + number(2, 1) + part(8, name) + std::string(pairs) + number(14, 1);
}
inline std::string external_pair(std::string_view key, std::string_view value) { return part(13, pair(key, value)); }

inline std::string onnx_node(std::string_view op, std::string_view domain = "", std::string_view more = "") {
    return part(1, "x") + part(2, "y") + part(4, op) + (domain.empty() ? "" : part(7, domain)) + std::string(more);
}
/// ModelProto.graph of these nodes and initializers, each a field of GraphProto already.
inline std::string onnx_model(std::string_view graph_fields, std::string_view more = "") {
    return number(1, 8) + part(2, "a tool") + part(7, std::string(graph_fields) + part(2, "g")) +
           part(8, part(1, "") + number(2, 17)) + std::string(more);
}

}  // namespace headgate::recipes
