// Gem::Version: segments of digits and of letters; letters come before numbers, so that "1.0.a" < "1.0".
#include <algorithm>
#include <string>
#include <vector>

#include "versions/digits.hpp"
#include "versions/order.hpp"

namespace headgate::versions {
namespace {

using Segments = std::vector<std::string>;

void drop_zeros(Segments& segments, std::size_t from) {
    while (segments.size() > from && all_digits(segments.back()) && significant(segments.back()) == "0") segments.pop_back();
}

// "1.0.0-beta.2" is "1.0.0.pre.beta.2". nullopt: no version of a gem.
std::optional<Segments> segments_of(std::string_view text) {
    Segments segments;
    std::size_t numbers = 0;             // in front of the first word
    bool words = false;
    const auto add = [&](std::string segment) {
        const bool digits = all_digits(segment);
        if (!digits && !words) {
            words = true;
            drop_zeros(segments, 0);
            numbers = segments.size();
        }
        segments.push_back(std::move(segment));
    };
    bool separated = true;               // at the beginning, or just behind a separator: a segment must follow
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '.' || text[i] == '-') {
            if (separated) return std::nullopt;
            separated = true;
            if (text[i] == '-') add("pre");
            ++i;
            continue;
        }
        const bool digits = is_digit(text[i]);
        if (!digits && !is_letter(text[i])) return std::nullopt;
        if (i == 0 && !digits) return std::nullopt;
        std::size_t end = i;
        while (end < text.size() && (digits ? is_digit(text[end]) : is_letter(text[end]))) ++end;
        add(std::string(text.substr(i, end - i)));
        separated = false;
        i = end;
    }
    if (separated) return std::nullopt;
    drop_zeros(segments, words ? numbers : 0);
    return segments;
}

}  // namespace

Order compare_gem(std::string_view a, std::string_view b) {
    const auto left = segments_of(a);
    const auto right = segments_of(b);
    if (!left || !right) return std::nullopt;
    static const std::string kZero = "0";
    for (std::size_t i = 0; i < std::max(left->size(), right->size()); ++i) {
        const std::string& one = i < left->size() ? (*left)[i] : kZero;
        const std::string& other = i < right->size() ? (*right)[i] : kZero;
        const bool first = all_digits(one);
        const bool second = all_digits(other);
        if (first != second) return first ? std::strong_ordering::greater : std::strong_ordering::less;
        const auto order = first ? compare_digits(one, other) : one.compare(other) <=> 0;
        if (order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}  // namespace headgate::versions
