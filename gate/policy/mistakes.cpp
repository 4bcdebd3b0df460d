#include "policy/mistakes.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kShown = 50;  // a file with more mistakes than this is mended in rounds
constexpr std::size_t kListed = 20;  // of the words that are expected

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
    if (word.size() <= kLongest) return "'" + std::string(word) + "'";
    std::size_t end = 0;
    while (end < kLongest) end += std::max<std::size_t>(1, utf8_sequence(word.substr(end)));
    return "'" + std::string(word.substr(0, end)) + "...'";
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
