// json_text.hpp: the characters between the quotes of a JSON text, many at a time. For reading and writing alike.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace headgate::codec {

/// Stands for itself between quotes (RFC 8259, section 7).
constexpr bool is_plain(char c) { return static_cast<std::uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

/// How many bytes at the beginning are ASCII and stand for themselves.
inline std::size_t plain_ascii(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    // Sets the highest bit of bytes that are zero, and perhaps of those above one.
    const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        const std::uint64_t below_space = (word - kOnes * 0x20U) & ~word & kHighs;
        if (((word & kHighs) | below_space | zeros(word ^ (kOnes * '"')) | zeros(word ^ (kOnes * '\\'))) != 0) break;
    }
    while (at < text.size() && is_plain(text[at]) && static_cast<std::uint8_t>(text[at]) < 0x80) ++at;
    return at;
}

}  // namespace headgate::codec
