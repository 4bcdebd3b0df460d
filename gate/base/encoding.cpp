#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace headgate {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr std::array<std::int8_t, 256> base64_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kBase64.size(); ++i) {
        values[static_cast<std::uint8_t>(kBase64[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string text(bytes.size() * 2, '0');
    char* out = text.data();
    for (const std::uint8_t byte : bytes) {
        *out++ = kHex[byte >> 4U];
        *out++ = kHex[byte & 15U];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return bytes;
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string to_base64(ByteView bytes) {
    // Two letters at a time.
    static const auto kPairs = [] {
        std::array<std::array<char, 2>, 4096> pairs{};
        for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kBase64[i >> 6U], kBase64[i & 63U]};
        return pairs;
    }();
    std::string text((bytes.size() + 2) / 3 * 4, '=');
    char* out = text.data();
    const auto put = [&](std::uint32_t twelve_bits, std::size_t letters) {
        std::memcpy(out, kPairs[twelve_bits].data(), letters);
        out += 2;
    };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group = (std::uint32_t{bytes[i]} << 16U) | (std::uint32_t{bytes[i + 1]} << 8U) | bytes[i + 2];
        put(group >> 12U, 2);
        put(group & 4095U, 2);
    }
    const std::size_t rest = bytes.size() - i;       // the last letters of which stay '='
    if (rest > 0) put((std::uint32_t{bytes[i]} << 4U) | (rest > 1 ? std::uint32_t{bytes[i + 1]} >> 4U : 0U), 2);
    if (rest > 1) put((std::uint32_t{bytes[i + 1]} & 15U) << 8U, 1);
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    static constexpr auto kValues = base64_values();
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    Bytes bytes(text.size() / 4 * 3);
    std::uint8_t* out = bytes.data();
    int wrong = 0;                       // negative once a letter is none
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const std::size_t letters = i + 4 == text.size() ? 4 - padding : 4;
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const int value = j < letters ? kValues[static_cast<std::uint8_t>(text[i + j])] : 0;
            wrong |= value;
            group = (group << 6U) | (static_cast<std::uint32_t>(value) & 63U);
        }
        // Bits behind the last byte.
        if ((letters == 3 && (group & 0xffU) != 0) || (letters == 2 && (group & 0xffffU) != 0)) return std::nullopt;
        *out++ = static_cast<std::uint8_t>(group >> 16U);
        *out++ = static_cast<std::uint8_t>(group >> 8U);
        *out++ = static_cast<std::uint8_t>(group);
    }
    if (wrong < 0) return std::nullopt;
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace headgate
