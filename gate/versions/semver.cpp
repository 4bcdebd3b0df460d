// Semantic Versioning 2.0.0, section 11 (precedence).
#include "versions/labels.hpp"
#include "versions/order.hpp"

namespace headgate::versions {

Order compare_semver(std::string_view a, std::string_view b) {
    constexpr std::size_t kNumbers = 3;
    NumbersAndLabels left;
    NumbersAndLabels right;
    if (!read_numbers_and_labels(a, kNumbers, left) || !read_numbers_and_labels(b, kNumbers, right)) return std::nullopt;
    const auto order = compare_numbers(left.numbers, right.numbers);
    return order != 0 ? order : compare_labels(left.labels, right.labels, false);
}

}  // namespace headgate::versions
