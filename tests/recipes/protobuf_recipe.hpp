// protobuf_recipe.hpp: protobuf messages written field by field, as readable as their text form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headgate::recipes {

inline std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7fU) | 0x80U);
    return bytes + static_cast<char>(value);
}
/// A field of wire type 0.
inline std::string number(std::uint32_t field, std::uint64_t value) { return varint(field << 3U) + varint(value); }
/// A field of wire type 2: text, bytes, a message, packed numbers.
inline std::string part(std::uint32_t field, std::string_view content) {
    return varint(field << 3U | 2U) + varint(content.size()) + std::string(content);
}
/// A field of wire type 5.
inline std::string fixed32(std::uint32_t field, std::uint32_t value) {
    std::string bytes = varint(field << 3U | 5U);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xffU);
    return bytes;
}

}  // namespace headgate::recipes
