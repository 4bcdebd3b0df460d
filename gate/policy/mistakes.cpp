#include "policy/mistakes.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kShown = 50;  // a file with more mistakes than this is mended in rounds

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

std::string hint(std::string_view word, std::span<const std::string_view> valid) {
    if (const auto near = nearest(word, valid)) return "; did you mean '" + std::string(*near) + "'?";
    if (valid.empty()) return "";
    std::string list;
    for (const std::string_view candidate : valid) list += (list.empty() ? "" : ", ") + std::string(candidate);
    return "; expected one of " + list;
}

}  // namespace headgate::policy
