// NuGet, "Package versioning": SemVer 2.0 with a fourth number, and without regard to case.
#include "versions/labels.hpp"
#include "versions/order.hpp"

namespace headgate::versions {

Order compare_nuget(std::string_view a, std::string_view b) {
    constexpr std::size_t kNumbers = 4;
    NumbersAndLabels left;
    NumbersAndLabels right;
    if (!read_numbers_and_labels(a, kNumbers, left) || !read_numbers_and_labels(b, kNumbers, right)) return std::nullopt;
    const auto order = compare_numbers(left.numbers, right.numbers);
    return order != 0 ? order : compare_labels(left.labels, right.labels, true);
}

}  // namespace headgate::versions
