#include "policy/mistakes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/text.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kShown = 50;  // a file with more mistakes than this is mended in rounds
constexpr std::size_t kListed = 20;  // of the words that are expected

// "\u{43e}": a letter of another alphabet may look like the one that is meant.
std::string code_point(std::string_view character) {
    std::uint32_t code = static_cast<std::uint8_t>(character.front()) & (0xffU >> (character.size() + 1));
    for (const char c : character.substr(1)) code = (code << 6U) | (static_cast<std::uint8_t>(c) & 0x3fU);
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "\\u{%x}", code);
    return buffer;
}

}  // namespace

void Mistakes::add(std::uint32_t line, std::uint32_t column, std::string message) {
    mistakes_.push_back({line, column, std::move(message)});
}

Error Mistakes::error() const {
    std::vector<Mistake> sorted = mistakes_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Mistake& a, const Mistake& b) {
        return a.line != b.line ? a.line < b.line : a.column < b.column;
    });
    std::string message;
    for (std::size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
        if (i > 0) message += '\n';
        message += file_ + ":" + std::to_string(sorted[i].line) + ":" + std::to_string(sorted[i].column) + ": " +
                   sorted[i].message;
    }
    if (sorted.size() > kShown) message += "\n" + file_ + ": and " + std::to_string(sorted.size() - kShown) + " more";
    return {ErrorCode::policy, message};
}

std::string shown(std::string_view word) {
    constexpr std::size_t kLongest = 80;
    std::string text;
    std::size_t at = 0;
    while (at < word.size() && text.size() < kLongest) {
        const std::size_t length = std::max<std::size_t>(1, utf8_sequence(word.substr(at)));
        text += length == 1 ? std::string(1, word[at]) : code_point(word.substr(at, length));
        at += length;
    }
    return "'" + text + (at < word.size() ? "...'" : "'");
}

std::string hint(std::string_view word, std::span<const std::string_view> valid, std::string_view none) {
    if (const auto near = nearest(word, valid)) return "; did you mean '" + std::string(*near) + "'?";
    if (valid.empty()) return "; " + std::string(none);
    if (valid.size() == 1) return "; expected '" + std::string(valid.front()) + "'";
    std::string list;
    for (const std::string_view candidate : valid.first(std::min(valid.size(), kListed))) {
        list += (list.empty() ? "" : ", ") + std::string(candidate);
    }
    return "; expected one of " + list + (valid.size() > kListed ? ", ..." : "");
}

}  // namespace headgate::policy
