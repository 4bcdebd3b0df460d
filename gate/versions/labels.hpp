// labels.hpp: what stands behind the numbers of a version: "1.0.0-rc.1+build". Shared by those who took it from Semantic Versioning.
#pragma once

#include <compare>
#include <string_view>
#include <vector>

namespace headgate::versions {

/// "rc.1" -> "rc", "1". Empty when one of them is empty or has a character that none may have.
std::vector<std::string_view> labels_of(std::string_view text);

/// Numbers by value and before words, words letter by letter, and what goes on behind what ends. Without any at all (a release) a
/// version follows those that have some.
std::strong_ordering compare_labels(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, bool fold_case);

/// A version in its parts: numbers, "-" labels, "+" what says nothing about order.
struct NumbersAndLabels {
    std::vector<std::string_view> numbers;
    std::vector<std::string_view> labels;
};

/// Between one and `most` numbers; a leading "v" or "=" is left out. False: it is none.
bool read_numbers_and_labels(std::string_view text, std::size_t most, NumbersAndLabels& version);

/// Where one has fewer numbers the others are zero.
std::strong_ordering compare_numbers(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b);

}  // namespace headgate::versions
