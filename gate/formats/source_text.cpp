#include "formats/source_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

// Emoji have a joiner or selector between two of theirs, a flag six tags: no honest text has so many in a row.
constexpr std::uint32_t kInvisibleRun = 20;

std::uint32_t code_point(std::string_view sequence) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[at])); };
    switch (sequence.size()) {
        case 2: return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
        case 3: return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
        case 4: return (byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU);
        default: return byte(0);
    }
}

bool is_invisible(std::uint32_t code) {
    return code == 0xAD || code == 0x34F || code == 0x115F || code == 0x1160 || code == 0x17B4 || code == 0x17B5 || (code >= 0x180B && code <= 0x180F) ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2060 && code <= 0x2064) || code == 0x3164 || (code >= 0xFE00 && code <= 0xFE0F) ||
           code == 0xFEFF || code == 0xFFA0 || (code >= 0xE0000 && code <= 0xE0FFF);
}

bool reorders(std::uint32_t code) { return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069); }

std::string spelled(std::uint32_t code) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string digits;
    for (; code != 0 || digits.size() < 4; code >>= 4U) digits.insert(digits.begin(), kHex[code & 15U]);
    return "U+" + digits;
}

}  // namespace

void note_hidden_text(std::string_view source, PackageTraits& traits) {
    std::uint32_t line = 1;
    std::uint32_t run = 0;
    bool invisible = false;
    bool reordered = false;
    for (std::size_t at = 0; at < source.size();) {
        const auto byte = static_cast<unsigned char>(source[at]);
        if (byte < 0x80) {
            line += byte == '\n' ? 1U : 0U;
            run = 0;
            ++at;
            continue;
        }
        const std::size_t length = utf8_sequence(source.substr(at, 4));
        if (length == 0) {                       // of another encoding
            run = 0;
            ++at;
            continue;
        }
        const std::uint32_t code = code_point(source.substr(at, length));
        at += length;
        if (reorders(code) && !reordered) {
            reordered = true;
            traits.add("reordered-text", spelled(code), line);
        }
        run = is_invisible(code) ? run + 1 : 0;
        if (run == kInvisibleRun && !invisible) {
            invisible = true;
            traits.add("invisible-text", std::to_string(run) + " or more in a row, the last " + spelled(code), line);
        }
    }
}

std::string_view declared_encoding(std::string_view source) {
    if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
    for (int number = 0; number < 2 && !source.empty(); ++number) {
        const std::size_t end = std::min(source.find_first_of("\r\n"), source.size());
        const std::string_view line = source.substr(0, end);
        source.remove_prefix(std::min(source.find_first_not_of("\r\n", end), source.size()));
        const std::size_t first = line.find_first_not_of(" \t\f");
        if (first == std::string_view::npos) continue;
        if (line[first] != '#') return {};
        for (std::size_t at = line.find("coding"); at != std::string_view::npos; at = line.find("coding", at + 1)) {
            std::string_view rest = line.substr(at + 6);
            if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) continue;
            rest = rest.substr(std::min(rest.find_first_not_of(" \t", 1), rest.size()));
            const std::size_t stop = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
            if (stop != 0 && !rest.empty()) return rest.substr(0, stop);
        }
    }
    return {};
}

}  // namespace headgate::formats
