#include "checkers/confusables.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kMagic = "HGCONF01";
constexpr std::size_t kHeader = 12;
constexpr std::size_t kRow = 12;
constexpr std::size_t kReading = 8;

std::uint32_t word_at(ByteView bytes, std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    return value;
}

/// The code point of a well-formed sequence.
char32_t decode(std::string_view sequence) {
    const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(sequence[i])); };
    if (sequence.size() == 1) return byte(0);
    char32_t value = byte(0) & (0x7FU >> sequence.size());
    for (std::size_t i = 1; i < sequence.size(); ++i) value = (value << 6U) | (byte(i) & 0x3FU);
    return value;
}

}  // namespace

std::optional<Confusables> Confusables::open(ByteView bytes) {
    if (bytes.size() < kHeader || !starts_with(bytes, kMagic)) return std::nullopt;
    Confusables table;
    table.bytes_ = bytes;
    table.rows_ = word_at(bytes, 8);
    if (bytes.size() != kHeader + kRow * std::uint64_t{table.rows_}) return std::nullopt;
    return table;
}

std::uint32_t Confusables::code_point(std::uint32_t row) const { return word_at(bytes_, kHeader + kRow * std::size_t{row}); }

std::optional<std::string_view> Confusables::reading(char32_t wanted) const {
    std::uint32_t begin = 0;
    std::uint32_t end = rows_;
    while (begin < end) {
        const std::uint32_t middle = begin + (end - begin) / 2;
        (code_point(middle) < wanted ? begin : end) = code_point(middle) < wanted ? middle + 1 : middle;
    }
    if (begin == rows_ || code_point(begin) != wanted) return std::nullopt;
    const std::string_view text = as_text(bytes_.subspan(kHeader + kRow * std::size_t{begin} + 4, kReading));
    return text.substr(0, text.find('\0'));
}

std::optional<std::string> Confusables::reading(std::string_view text) const {
    std::string read;
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return std::nullopt;
        if (length == 1) {
            read += text[0];
        } else {
            const auto one = reading(decode(text.substr(0, length)));
            if (!one) return std::nullopt;
            read += *one;
        }
        text.remove_prefix(length);
    }
    return read;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace headgate::checkers
