#include "versions/range.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "versions/digits.hpp"
#include "versions/order.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

// Whether some version can lie above `low` and below `high`. nullopt: nobody knows.
std::optional<bool> meet(std::string_view ecosystem, const std::optional<Bound>& low, const std::optional<Bound>& high) {
    if (!low || !high) return true;
    const Order order = compare(ecosystem, low->version, high->version);
    if (!order) return std::nullopt;
    return *order < 0 || (*order == 0 && low->inclusive && high->inclusive);
}

std::optional<bool> meet(std::string_view ecosystem, const Interval& a, const Interval& b) {
    const auto one = meet(ecosystem, a.low, b.high);
    const auto other = meet(ecosystem, b.low, a.high);
    if ((one && !*one) || (other && !*other)) return false;
    if (!one || !other) return std::nullopt;
    return true;
}

// Whether `inner` reaches no further than `outer` on one side, where "further" is `sign`.
std::optional<bool> reaches_no_further(std::string_view ecosystem, const std::optional<Bound>& inner, const std::optional<Bound>& outer, bool below) {
    if (!outer) return true;
    if (!inner) return false;
    const Order order = compare(ecosystem, inner->version, outer->version);
    if (!order) return std::nullopt;
    if (*order == 0) return outer->inclusive || !inner->inclusive;
    return below ? *order > 0 : *order < 0;
}

bool lies_in(std::string_view ecosystem, const Interval& inner, const Interval& outer) {
    return reaches_no_further(ecosystem, inner.low, outer.low, true).value_or(false) &&
           reaches_no_further(ecosystem, inner.high, outer.high, false).value_or(false);
}

// A tag of an action: "v4" moves along all of 4.x, "v4.1" along 4.1.x.
std::optional<std::vector<Interval>> parse_tag(std::string_view text) {
    const auto partial = read_partial(text);
    if (!partial || partial->wild || !partial->rest.empty() || partial->numbers.size() > 2) return std::nullopt;
    return std::vector{below_next(*partial, partial->numbers.size() - 1, "-0")};
}

}  // namespace

std::optional<std::vector<Interval>> parse_range(std::string_view ecosystem, std::string_view text) {
    text = trim(text);
    if (text.size() > 4 * kLongest) return std::nullopt;
    if (ecosystem == "pypi") return parse_pypi_range(text);
    if (ecosystem == "npm") return parse_npm_range(text);
    if (ecosystem == "cargo") return parse_cargo_range(text);
    if (ecosystem == "gem") return parse_gem_range(text);
    if (ecosystem == "composer") return parse_composer_range(text);
    if (ecosystem == "maven") return parse_bracket_range(text, false);
    if (ecosystem == "nuget") return parse_bracket_range(text, true);
    if (ecosystem == "github") return parse_tag(text);
    return std::nullopt;
}

Overlap overlap(std::string_view ecosystem, std::span<const Interval> wanted, std::span<const Interval> set) {
    bool some = false;
    bool unknown = false;
    bool whole = !wanted.empty();
    for (const Interval& one : wanted) {
        for (const Interval& other : set) {
            const auto met = meet(ecosystem, one, other);
            if (!met) unknown = true;
            if (met && *met) some = true;
        }
        whole = whole && std::any_of(set.begin(), set.end(), [&](const Interval& other) { return lies_in(ecosystem, one, other); });
    }
    if (whole) return Overlap::whole;
    if (some) return Overlap::some;
    return unknown ? Overlap::unknown : Overlap::none;
}

}  // namespace headgate::versions
