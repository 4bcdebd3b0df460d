#include "versions/labels.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "versions/digits.hpp"

namespace headgate::versions {
namespace {

bool is_label(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
}

std::strong_ordering compare_words(std::string_view a, std::string_view b, bool fold_case) {
    return fold_case ? ascii_lower(a).compare(ascii_lower(b)) <=> 0 : a.compare(b) <=> 0;
}

}  // namespace

std::vector<std::string_view> labels_of(std::string_view text) {
    std::vector<std::string_view> labels = split(text, '.');
    if (!std::all_of(labels.begin(), labels.end(), is_label)) labels.clear();
    return labels;
}

std::strong_ordering compare_labels(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, bool fold_case) {
    if (a.empty() || b.empty()) return static_cast<int>(a.empty()) <=> static_cast<int>(b.empty());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const bool first = all_digits(a[i]);
        const bool second = all_digits(b[i]);
        if (first != second) return first ? std::strong_ordering::less : std::strong_ordering::greater;
        const auto order = first ? compare_digits(a[i], b[i]) : compare_words(a[i], b[i], fold_case);
        if (order != 0) return order;
    }
    return a.size() <=> b.size();
}

bool read_numbers_and_labels(std::string_view text, std::size_t most, NumbersAndLabels& version) {
    if (text.starts_with('v') || text.starts_with('V') || text.starts_with('=')) text.remove_prefix(1);
    const std::size_t plus = text.find('+');
    if (plus != std::string_view::npos) {
        if (labels_of(text.substr(plus + 1)).empty()) return false;
        text = text.substr(0, plus);
    }
    const std::size_t dash = text.find('-');
    if (dash != std::string_view::npos) {
        version.labels = labels_of(text.substr(dash + 1));
        if (version.labels.empty()) return false;
        text = text.substr(0, dash);
    }
    version.numbers = split(text, '.');
    return !version.numbers.empty() && version.numbers.size() <= most &&
           std::all_of(version.numbers.begin(), version.numbers.end(), all_digits);
}

std::strong_ordering compare_numbers(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const auto order = compare_digits(i < a.size() ? a[i] : "0", i < b.size() ? b[i] : "0");
        if (order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}  // namespace headgate::versions
