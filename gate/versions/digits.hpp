// digits.hpp: numbers of any length as versions write them, compared and counted without ever becoming an integer.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace headgate::versions {

/// Longer ones are no versions: nothing compares them.
inline constexpr std::size_t kLongest = 256;

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

inline bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Without leading zeros; "0" of nothing but zeros.
inline std::string_view significant(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view("0") : digits.substr(first);
}

/// Both are digits.
inline std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
    a = significant(a);
    b = significant(b);
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

/// The number that follows: "9" -> "10".
inline std::string next_number(std::string_view digits) {
    std::string number(significant(digits));
    for (std::size_t i = number.size(); i-- > 0;) {
        if (number[i] != '9') {
            ++number[i];
            return number;
        }
        number[i] = '0';
    }
    return "1" + number;
}

}  // namespace headgate::versions
