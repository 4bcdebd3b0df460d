// Maven's ComparableVersion (maven.apache.org/pom.html, "Version Order Specification"): lists of numbers and words; a hyphen, or the
// change between digits and letters, opens a list within the list.
//
// A list ends where its inner list begins, so the lists lie one behind the other: levels[0] holds levels[1], and so on.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "versions/digits.hpp"
#include "versions/order.hpp"

namespace headgate::versions {
namespace {

struct Item {
    bool number = false;
    std::string text;            // digits, or a word in lower case
};
using Levels = std::vector<std::vector<Item>>;

constexpr std::array<std::string_view, 7> kQualifiers = {"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
constexpr std::size_t kRelease = 5;

// Known words by their place, others behind them in the order of the alphabet.
std::size_t place_of(const std::string& word) {
    return static_cast<std::size_t>(std::find(kQualifiers.begin(), kQualifiers.end(), word) - kQualifiers.begin());
}

Item word_of(std::string_view text, bool before_digit) {
    std::string word(text);
    if (before_digit && word == "a") word = "alpha";
    if (before_digit && word == "b") word = "beta";
    if (before_digit && word == "m") word = "milestone";
    if (word == "ga" || word == "final" || word == "release") word = "";
    if (word == "cr") word = "rc";
    return {false, std::move(word)};
}

bool is_null(const Item& item) { return item.number ? significant(item.text) == "0" : item.text.empty(); }

Levels parse(const std::string& text) {
    Levels levels(1);
    std::size_t from = 0;
    bool digits = false;
    const auto add = [&](std::size_t end, bool before_digit) {
        if (end == from) return levels.back().push_back({true, "0"});
        const std::string_view part = std::string_view(text).substr(from, end - from);
        levels.back().push_back(digits ? Item{true, std::string(part)} : word_of(part, before_digit));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.' || c == '-') {
            add(i, false);
            from = i + 1;
            if (c == '-') levels.emplace_back();
        } else if (i > from && digits != is_digit(c)) {
            add(i, is_digit(c));
            from = i;
            levels.emplace_back();
        }
        if (c != '.' && c != '-') digits = is_digit(c);
    }
    if (from < text.size()) add(text.size(), false);
    // Zeros and releases at the end of a list say nothing; a list of nothing is none.
    for (std::size_t i = levels.size(); i-- > 0;) {
        while (!levels[i].empty() && is_null(levels[i].back())) levels[i].pop_back();
        const bool innermost = i + 1 == levels.size();
        if (innermost && levels[i].empty() && i > 0) levels.pop_back();
    }
    return levels;
}

std::strong_ordering against_nothing(const Item& item) {
    if (item.number) return is_null(item) ? std::strong_ordering::equal : std::strong_ordering::greater;
    return place_of(item.text) <=> kRelease;
}

// A list where the other version has ended: its first item that says something.
std::strong_ordering against_nothing(const Levels& levels, std::size_t level, std::size_t item) {
    for (; level < levels.size(); ++level, item = 0) {
        for (; item < levels[level].size(); ++item) {
            const auto order = against_nothing(levels[level][item]);
            if (order != 0) return order;
        }
    }
    return std::strong_ordering::equal;
}

std::strong_ordering compare_items(const Item& a, const Item& b) {
    if (a.number != b.number) return a.number ? std::strong_ordering::greater : std::strong_ordering::less;
    if (a.number) return compare_digits(a.text, b.text);
    const auto order = place_of(a.text) <=> place_of(b.text);
    return order != 0 ? order : a.text.compare(b.text) <=> 0;
}

std::strong_ordering compare_levels(const Levels& a, const Levels& b) {
    for (std::size_t level = 0;; ++level) {
        const auto& left = a[level];
        const auto& right = b[level];
        const bool left_list = level + 1 < a.size();
        const bool right_list = level + 1 < b.size();
        std::size_t i = 0;
        for (; i < left.size() && i < right.size(); ++i) {
            const auto order = compare_items(left[i], right[i]);
            if (order != 0) return order;
        }
        if (i < left.size()) {
            // A list is behind a word and before a number.
            if (right_list) return left[i].number ? std::strong_ordering::greater : std::strong_ordering::less;
            return against_nothing(a, level, i);
        }
        if (i < right.size()) {
            if (left_list) return right[i].number ? std::strong_ordering::less : std::strong_ordering::greater;
            return 0 <=> against_nothing(b, level, i);
        }
        if (!left_list && !right_list) return std::strong_ordering::equal;
        if (!right_list) return against_nothing(a, level + 1, 0);
        if (!left_list) return 0 <=> against_nothing(b, level + 1, 0);
    }
}

}  // namespace

Order compare_maven(std::string_view a, std::string_view b) { return compare_levels(parse(ascii_lower(a)), parse(ascii_lower(b))); }

}  // namespace headgate::versions
