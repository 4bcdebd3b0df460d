// Gem::Requirement: "~> 2.1" is 2.1 up to, and without, 3.
#include "base/text.hpp"
#include "versions/comparators.hpp"
#include "versions/order.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

std::optional<Interval> requirement(std::string_view text) {
    const std::string_view op = take_operator(text);
    if (!compare_gem(text, text)) return std::nullopt;
    if (op == "!=") return Interval{};
    if (op.empty() || op == "=") return exactly(std::string(text));
    if (op != "~>") return ordered(op, text);
    const auto partial = read_partial(text);
    if (!partial || partial->numbers.empty() || partial->wild) return std::nullopt;
    return below_next(*partial, partial->numbers.size() > 1 ? partial->numbers.size() - 2 : 0, "");
}

}  // namespace

std::optional<std::vector<Interval>> parse_gem_range(std::string_view text) {
    Interval interval;
    for (const std::string& part : parts_of(text, ",")) {
        const auto one = requirement(part);
        if (!one) return std::nullopt;
        interval = both(interval, *one);
    }
    return std::vector{std::move(interval)};
}

}  // namespace headgate::versions
