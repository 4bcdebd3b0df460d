// escapes.hpp: what the escapes of string literals are made of, whatever the language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headgate::codec {

/// 0 to 15, -1 for what is no hexadecimal digit.
inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Exactly `count` hexadecimal digits from `at` on, which is moved behind them. False, and nothing moves, when they are not there.
inline bool take_hex(std::string_view text, std::size_t& at, unsigned count, std::uint32_t& code) {
    if (at > text.size() || count > text.size() - at) return false;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) {
        const int digit = hex_digit(text[at + i]);
        if (digit < 0) return false;
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    code = value;
    at += count;
    return true;
}

/// `code` is at most U+10FFFF. A surrogate comes out as the three bytes that no UTF-8 has.
inline void append_utf8(std::uint32_t code, std::string& out) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0U | code >> 6U);
    } else if (code < 0x10000) {
        byte(0xE0U | code >> 12U);
        byte(0x80U | (code >> 6U & 0x3FU));
    } else {
        byte(0xF0U | code >> 18U);
        byte(0x80U | (code >> 12U & 0x3FU));
        byte(0x80U | (code >> 6U & 0x3FU));
    }
    byte(0x80U | (code & 0x3FU));
}

}  // namespace headgate::codec
