#include "formats/tar_headers.hpp"

#include <algorithm>
#include <charconv>

namespace headgate::formats {
namespace {

struct Range {
    std::size_t begin, length;
};
constexpr Range kName{0, 100}, kSize{124, 12}, kChecksum{148, 8}, kLink{157, 100}, kMagic{257, 8}, kPrefix{345, 155}, kStarPrefix{345, 130};
constexpr Range kGnuAccessed{345, 12}, kGnuChanged{357, 12}, kStarTrailer{508, 4};
constexpr std::size_t kType = 156;

ByteView field(ByteView block, Range range) { return block.subspan(range.begin, range.length); }

/// Up to the first NUL; what follows it must be NUL (else a reader that goes on sees another name).
std::string text_field(ByteView bytes, std::string_view what, std::vector<std::string>& problems) {
    const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
    if (std::any_of(end, bytes.end(), [](std::uint8_t b) { return b != 0; })) {
        problems.push_back(std::string(what) + " has bytes behind its NUL");
    }
    return {bytes.begin(), end};
}

/// Octal with blanks or NULs around, or GNU base-256 (top bit set). nullopt for anything else.
std::optional<std::uint64_t> number_field(ByteView bytes) {
    if ((bytes[0] & 0x80U) != 0) {
        std::uint64_t value = bytes[0] & 0x7FU;
        if (value != 0) return std::nullopt;  // negative or beyond 64 bits
        for (const std::uint8_t byte : bytes.subspan(1)) {
            if (value >> 55U != 0) return std::nullopt;
            value = value << 8U | byte;
        }
        return value;
    }
    std::uint64_t value = 0;
    std::size_t i = 0;
    while (i < bytes.size() && bytes[i] == ' ') ++i;
    const std::size_t first = i;
    for (; i < bytes.size() && bytes[i] >= '0' && bytes[i] <= '7'; ++i) value = value << 3U | (bytes[i] - '0');
    const bool digits = i > first;
    for (; i < bytes.size(); ++i) {
        if (bytes[i] != ' ' && bytes[i] != 0) return std::nullopt;
    }
    return digits ? std::optional(value) : std::nullopt;
}

}  // namespace

bool is_zero_block(ByteView block) {
    return std::all_of(block.begin(), block.end(), [](std::uint8_t b) { return b == 0; });
}

bool has_tar_checksum(ByteView block) {
    const auto stated = number_field(field(block, kChecksum));
    if (!stated) return false;
    std::uint64_t sum = 0;
    std::int64_t signed_sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const bool blank = i >= kChecksum.begin && i < kChecksum.begin + kChecksum.length;
        const std::uint8_t byte = blank ? std::uint8_t{' '} : block[i];
        sum += byte;
        signed_sum += static_cast<std::int8_t>(byte);
    }
    return *stated == sum || (signed_sum >= 0 && *stated == static_cast<std::uint64_t>(signed_sum));
}

bool has_tar_magic(ByteView block) {
    const std::string_view magic = as_text(field(block, kMagic));
    return magic == std::string_view("ustar\00000", 8) || magic == std::string_view("ustar  \0", 8);
}

// node-tar, which packs much of npm, writes two times where the prefix would end, as star did: 130 bytes are left of it, and a NUL, so
// that whoever reads all 155 as a text reads the same.
bool has_star_times(ByteView block) {
    constexpr std::size_t kTime = 12;
    const auto is_time = [&](std::size_t at) {
        const std::string_view text = as_text(block.subspan(at, kTime));
        const auto octal = [](char c) { return c >= '0' && c <= '7'; };
        return std::all_of(text.begin(), text.end() - 1, octal) && (text.back() == '\0' || text.back() == ' ');
    };
    return block[kStarPrefix.begin + kStarPrefix.length] == 0 && is_time(476) && is_time(476 + kTime);
}

std::optional<TarHeader> read_tar_header(ByteView block) {
    if (!has_tar_checksum(block)) return std::nullopt;
    const auto size = number_field(field(block, kSize));
    if (!size) return std::nullopt;
    TarHeader header;
    header.size = *size;
    header.type = static_cast<char>(block[kType]);
    if (header.type == '\0') header.type = '0';
    header.name = text_field(field(block, kName), "its name", header.problems);
    header.link = text_field(field(block, kLink), "its link name", header.problems);
    const bool posix = as_text(block.subspan(257, 6)) == std::string_view("ustar\0", 6);
    if (posix) {
        const std::string prefix = text_field(field(block, has_star_times(block) ? kStarPrefix : kPrefix), "its name prefix", header.problems);
        if (!prefix.empty()) header.name = prefix + "/" + header.name;
        // star's own mark: whoever goes by it ends the prefix where the times begin, whatever they are.
        const auto behind = block.subspan(kStarPrefix.begin + kStarPrefix.length, kPrefix.length - kStarPrefix.length);
        if (as_text(field(block, kStarTrailer)) == std::string_view("tar\0", 4) && !has_star_times(block) && !is_zero_block(behind)) {
            header.problems.emplace_back("its name prefix ends in one place by its length and in another by its trailer");
        }
    }
    // GNU's magic: two times where ustar has the prefix. Go's reader takes them for a prefix after all if they are no numbers.
    if (as_text(field(block, kMagic)) == std::string_view("ustar  \0", 8)) {
        for (const Range range : {kGnuAccessed, kGnuChanged}) {
            const ByteView time = field(block, range);
            if (time[0] != 0 && !number_field(time)) header.problems.emplace_back("a time that is no number stands where other readers have its name prefix");
        }
    }
    return header;
}

std::optional<std::string> read_long_name(ByteView data) {
    std::string_view text = as_text(data);
    text = text.substr(0, text.find_last_not_of('\0') + 1);
    if (text.empty() || text.find('\0') != std::string_view::npos) return std::nullopt;
    return std::string(text);
}

bool is_pax_name(std::string_view value) { return !value.empty() && value.find('\0') == std::string_view::npos; }

bool agrees_with_pax_size(std::uint64_t in_header, std::uint64_t size) {
    constexpr std::uint64_t kBeyondField = 1ULL << 33U;      // eleven octal digits
    if (in_header == size) return true;
    return size >= kBeyondField && (in_header == 0 || in_header == kBeyondField - 1 || in_header == size % kBeyondField);
}

std::optional<std::map<std::string, std::string>> read_pax(ByteView data) {
    std::map<std::string, std::string> records;
    std::string_view rest = as_text(data);
    while (!rest.empty()) {
        const std::size_t blank = rest.find(' ');
        if (blank > 20) return std::nullopt;  // npos too
        const auto length = read_decimal(rest.substr(0, blank));
        if (!length || *length > rest.size() || *length < blank + 3) return std::nullopt;
        const std::string_view record = rest.substr(blank + 1, static_cast<std::size_t>(*length) - blank - 1);
        const std::size_t equals = record.find('=');
        if (record.back() != '\n' || equals == std::string_view::npos || equals == 0) return std::nullopt;
        const std::string_view value = record.substr(equals + 1, record.size() - equals - 2);
        if (!records.emplace(record.substr(0, equals), value).second) return std::nullopt;
        rest.remove_prefix(static_cast<std::size_t>(*length));
    }
    return records;
}

std::optional<std::uint64_t> read_decimal(std::string_view text) {
    std::uint64_t value = 0;
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace headgate::formats
