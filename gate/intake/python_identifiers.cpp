#include "intake/python_identifiers.hpp"

#include <algorithm>
#include <cstdint>

#include "codec/compatibility.hpp"

namespace headgate::intake::python {
namespace {

/// The character that begins at `at`, and its bytes; 0 for what is no UTF-8.
std::uint32_t decode(std::string_view text, std::size_t at, std::size_t& length) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
    const std::uint32_t first = byte(0);
    length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (length == 1 || at + length > text.size()) return length = 1, 0;
    std::uint32_t code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return length = 1, 0;
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return code;
}

}  // namespace

std::string folded(std::string_view text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), is_ascii)) return {};
    std::string result;
    bool changed = false;
    for (std::size_t at = 0; at < text.size();) {
        if (is_ascii(text[at])) {
            result += text[at++];
            continue;
        }
        std::size_t length = 1;
        const std::string_view ascii = codec::ascii_of(decode(text, at, length));
        changed = changed || !ascii.empty();
        result += ascii.empty() ? text.substr(at, length) : ascii;
        at += length;
    }
    return changed ? result : std::string();
}

}  // namespace headgate::intake::python
