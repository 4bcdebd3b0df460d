// gguf_types.hpp: the tensor types of ggml (ggml.h, enum ggml_type) with block sizes, and the value types of GGUF.
#pragma once

#include <cstdint>
#include <string_view>

namespace headgate::formats {

struct GgmlType {
    std::uint32_t id;
    std::string_view name;
    std::uint32_t block_elements;
    std::uint32_t block_bytes;
};

/// nullptr for ids that were removed (4, 5, 31-33, 36-38) or are not known.
const GgmlType* ggml_type(std::uint32_t id);

enum class GgufType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };
constexpr std::uint32_t kGgufTypes = 13;

/// Bytes of one value; 0 for string and array.
std::uint32_t gguf_type_size(GgufType type);

}  // namespace headgate::formats
