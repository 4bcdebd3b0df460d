#include "formats/pickle_literals.hpp"

#include "base/text.hpp"
#include "formats/pickle_opcodes.hpp"

namespace headgate::formats {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
        out.push_back(static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    } else {
        out.push_back(static_cast<char>(0xf0U | (code >> 18U)));
        out.push_back(static_cast<char>(0x80U | ((code >> 12U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// `digits` hex digits at `at`, which moves behind them.
std::optional<std::uint32_t> take_hex(std::string_view text, std::size_t& at, std::size_t digits) {
    if (digits > text.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int digit = hex_digit(text[at + i]);
        if (digit < 0) return std::nullopt;
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    at += digits;
    return value;
}

std::optional<std::string_view> line_at(ByteSource& source, std::uint64_t offset, std::size_t limit) {
    const auto view = source.view(offset, std::min<std::uint64_t>(limit + 1, source.size() - offset));
    if (!view) return std::nullopt;
    const std::size_t end = as_text(*view).find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return as_text(*view).substr(0, end);
}

}  // namespace

std::string latin1_to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
    return out;
}

std::optional<std::string> decode_raw_unicode(std::string_view line) {
    std::string out;
    std::size_t at = 0;
    while (at < line.size()) {
        const char c = line[at++];
        const bool escape = c == '\\' && at < line.size() && (line[at] == 'u' || line[at] == 'U');
        if (c == '\\' && !escape) {  // "\\" stays two characters, and its second begins no escape
            out.push_back(c);
            if (at < line.size() && line[at] == '\\') out.push_back(line[at++]);
            continue;
        }
        if (!escape) {
            append_utf8(out, static_cast<unsigned char>(c));
            continue;
        }
        const bool wide = line[at++] == 'U';
        const auto code = take_hex(line, at, wide ? 8 : 4);
        if (!code || *code > 0x10ffff) return std::nullopt;
        append_utf8(out, *code);
    }
    return out;
}

std::optional<std::string> decode_quoted(std::string_view line) {
    if (line.size() < 2 || (line.front() != '\'' && line.front() != '"') || line.back() != line.front()) {
        return std::nullopt;
    }
    line = line.substr(1, line.size() - 2);
    std::string out;
    std::size_t at = 0;
    while (at < line.size()) {
        const char c = line[at++];
        if (c != '\\') {
            append_utf8(out, static_cast<unsigned char>(c));
            continue;
        }
        if (at >= line.size()) return std::nullopt;
        const char kind = line[at++];
        static constexpr std::string_view kFrom = "\\'\"abfnrtv";
        static constexpr std::string_view kTo = "\\'\"\a\b\f\n\r\t\v";
        const std::size_t simple = kFrom.find(kind);
        if (simple != std::string_view::npos) {
            out.push_back(kTo[simple]);
        } else if (kind == 'x') {
            const auto code = take_hex(line, at, 2);
            if (!code) return std::nullopt;
            append_utf8(out, *code);
        } else if (kind >= '0' && kind <= '7') {
            std::uint32_t code = static_cast<std::uint32_t>(kind - '0');
            for (int i = 0; i < 2 && at < line.size() && line[at] >= '0' && line[at] <= '7'; ++i) {
                code = code * 8 + static_cast<std::uint32_t>(line[at++] - '0');
            }
            append_utf8(out, code & 0xffU);
        } else {
            out.push_back('\\');
            append_utf8(out, static_cast<unsigned char>(kind));
        }
    }
    return out;
}

std::optional<std::string> literal_text(ByteSource& source, std::uint64_t offset, std::size_t limit) {
    const auto head = source.view(offset, std::min<std::uint64_t>(9, source.size() - offset));
    if (!head || head->empty()) return std::nullopt;
    Reader reader(*head);
    const std::uint8_t op = *reader.u8();
    std::optional<std::uint64_t> length;
    switch (op) {
        case op::kString: {
            const auto line = line_at(source, offset + 1, limit);
            return line ? decode_quoted(trim(*line)) : std::nullopt;
        }
        case op::kPersId: {
            const auto line = line_at(source, offset + 1, limit);
            return line ? std::optional(latin1_to_utf8(*line)) : std::nullopt;
        }
        case op::kUnicode: {
            const auto line = line_at(source, offset + 1, limit);
            return line ? decode_raw_unicode(*line) : std::nullopt;
        }
        case op::kShortBinString:
        case op::kShortBinUnicode: length = reader.u8(); break;
        case op::kBinString:
        case op::kBinUnicode: length = reader.u32le(); break;
        case op::kBinUnicode8: length = reader.u64le(); break;
        default: return std::nullopt;
    }
    if (!length || *length > limit) return std::nullopt;
    const auto raw = source.view(offset + reader.offset(), *length);
    if (!raw) return std::nullopt;
    if (op == op::kShortBinString || op == op::kBinString) return latin1_to_utf8(as_text(*raw));
    return std::string(as_text(*raw));
}

std::optional<Bytes> literal_long(ByteSource& source, std::uint64_t offset) {
    const auto head = source.view(offset, 2);
    if (!head || (*head)[0] != op::kLong1) return std::nullopt;
    const auto digits = source.view(offset + 2, (*head)[1]);
    if (!digits) return std::nullopt;
    return Bytes(digits->begin(), digits->end());
}

}  // namespace headgate::formats
