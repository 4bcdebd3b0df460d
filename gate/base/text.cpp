#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace headgate {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

bool is_continuation(std::string_view text, std::size_t i) {
    return i < text.size() && (byte_at(text, i) & 0xc0U) == 0x80U;
}

char32_t decode(std::string_view text, std::size_t length) {
    const auto first = static_cast<char32_t>(byte_at(text, 0));
    if (length == 1) return first;
    char32_t code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte_at(text, i) & 0x3fU);
    return code;
}

// Characters that change how the rest of a line looks, or cannot be seen at all.
bool is_deceptive(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x00ad || code == 0x061c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xe0000 && code <= 0xe007f);
}

/// Bytes in front that are ASCII (`printable`: and can be seen); nearly all of what is read is nothing else.
std::size_t ascii_front(std::string_view text, bool printable) {
    std::size_t at = 0;
    while (at + 8 <= text.size()) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, 8);
        constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
        constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
        if ((eight & kHigh) != 0) break;
        // With the high bits clear, neither can carry from one byte into the next: below 0x20, and 0x7f.
        const std::uint64_t unseen = (((eight | kHigh) - kOnes * 0x20) & kHigh) ^ kHigh;
        const std::uint64_t deleted = (eight + kOnes) & kHigh;
        if (printable && (unseen | deleted) != 0) break;
        at += 8;
    }
    while (at < text.size() && byte_at(text, at) < 0x80 && (!printable || (byte_at(text, at) >= 0x20 && byte_at(text, at) != 0x7f))) ++at;
    return at;
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kHex[(value >> static_cast<unsigned>(shift)) & 15U];
}

// Letters left out, added, changed or swapped with their neighbour.
std::size_t slips(std::string_view word, std::string_view other) {
    std::vector<std::size_t> before(other.size() + 1);
    std::vector<std::size_t> last(other.size() + 1);
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (word[i - 1] == other[j - 1] ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[other.size()];
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
    if (text.empty()) return 0;
    const std::uint8_t first = byte_at(text, 0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return is_continuation(text, 1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!is_continuation(text, 1) || !is_continuation(text, 2)) return 0;
        const std::uint8_t second = byte_at(text, 1);
        if (first == 0xe0 && second < 0xa0) return 0;  // overlong
        if (first == 0xed && second > 0x9f) return 0;  // surrogate
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!is_continuation(text, 1) || !is_continuation(text, 2) || !is_continuation(text, 3)) return 0;
        const std::uint8_t second = byte_at(text, 1);
        if (first == 0xf0 && second < 0x90) return 0;
        if (first == 0xf4 && second > 0x8f) return 0;
        return 4;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    text.remove_prefix(ascii_front(text, false));
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool has_control_characters(std::string_view text) {
    text.remove_prefix(ascii_front(text, true));
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(1, utf8_sequence(text));
        if (utf8_sequence(text) != 0 && is_deceptive(decode(text, length))) return true;
        text.remove_prefix(length);
    }
    return false;
}

std::string escape_terminal(std::string_view text, std::size_t limit) {
    std::string out;
    while (!text.empty()) {
        if (out.size() + 10 > limit) return out + "...";
        // Most texts are plain ASCII: as much as there is room for, at once.
        const std::size_t most = std::min(text.size(), limit - 9 - out.size());
        const auto plain = static_cast<std::size_t>(std::find_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(most), [](char c) { return c < 0x20 || c == 0x7f; }) - text.begin());
        if (plain > 0) {
            out += text.substr(0, plain);
            text.remove_prefix(plain);
            continue;
        }
        const std::size_t length = utf8_sequence(text);
        if (length == 0) {
            out += "\\x";
            append_hex(out, byte_at(text, 0), 2);
            text.remove_prefix(1);
            continue;
        }
        const char32_t code = decode(text, length);
        if (!is_deceptive(code)) {
            out += text.substr(0, length);
        } else if (code == U'\n') {
            out += "\\n";
        } else if (code == U'\t') {
            out += "\\t";
        } else if (code == U'\r') {
            out += "\\r";
        } else if (code < 0x80) {
            out += "\\x";
            append_hex(out, static_cast<std::uint32_t>(code), 2);
        } else {
            out += "\\u{";
            append_hex(out, static_cast<std::uint32_t>(code), code > 0xffff ? 5 : 4);
            out += '}';
        }
        text.remove_prefix(length);
    }
    return out;
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator, begin)) {
        parts.push_back(text.substr(begin, at - begin));
        begin = at + 1;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    constexpr std::size_t kLongest = 64;
    if (word.empty() || word.size() > kLongest) return std::nullopt;
    const std::string wanted = ascii_lower(word);
    std::optional<std::string_view> best;
    std::optional<std::string_view> completed;
    // A word of one or two letters is near anything.
    std::size_t best_distance = word.size() < 3 ? 1 : word.size() < 5 ? 2 : std::max<std::size_t>(3, word.size() / 3 + 1);
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > kLongest) continue;
        const std::string other = ascii_lower(candidate);
        const std::size_t distance = slips(wanted, other);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
        const bool shortened = wanted.size() >= 3 && other.size() >= 3 && (other.starts_with(wanted) || wanted.starts_with(other));
        if (shortened && (!completed || candidate.size() < completed->size())) completed = candidate;
    }
    // One slip is a typing mistake; before more than that, the word may be cut short or drawn out.
    return completed && best_distance > 1 ? completed : best;
}

}  // namespace headgate
