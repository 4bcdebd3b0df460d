// Composer, "Versions and constraints": "~1.2" is 1.2 up to, and without, 2.0; "^" as elsewhere.
#include "base/text.hpp"
#include "versions/comparators.hpp"
#include "versions/order.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

constexpr std::string_view kBefore = "-dev";

std::optional<Interval> constraint(std::string_view text) {
    text = text.substr(0, text.find('@'));   // a flag of stability: it lets more in, which is drawn in already
    const std::string_view op = take_operator(text);
    if (text.empty()) return Interval{};
    const auto partial = read_partial(text);
    if (!partial || (!partial->rest.empty() && !compare_composer(text, text))) return std::nullopt;
    if (op == "!=") return Interval{};
    if (op == "^") return caret(*partial, kBefore);
    if (op == "~") return partial->numbers.empty() ? Interval{} : below_next(*partial, partial->numbers.size() > 1 ? partial->numbers.size() - 2 : 0, kBefore);
    if (partial->numbers.empty()) return Interval{};
    if (op.empty() || op == "=" || op == "==") {
        return partial->wild ? below_next(*partial, partial->numbers.size() - 1, kBefore) : exactly(spelled(*partial));
    }
    return ordered(op, spelled(*partial));
}

}  // namespace

std::optional<std::vector<Interval>> parse_composer_range(std::string_view text) {
    std::vector<Interval> intervals;
    for (const std::string_view alternative : alternatives_of(text, true)) {
        const std::size_t dash = alternative.find(" - ");
        Interval interval;
        if (dash != std::string_view::npos) {
            const auto low = read_partial(alternative.substr(0, dash));
            const auto high = read_partial(alternative.substr(dash + 3));
            if (!low || !high || low->numbers.empty() || high->numbers.empty()) return std::nullopt;
            interval = below_next(*high, high->numbers.size() - 1, kBefore);
            interval.low = Bound{spelled(*low), true};
            intervals.push_back(std::move(interval));
            continue;
        }
        for (const std::string& part : parts_of(alternative, " ,")) {
            const auto one = constraint(part);
            if (!one) return std::nullopt;
            interval = both(interval, *one);
        }
        intervals.push_back(std::move(interval));
    }
    return intervals;
}

}  // namespace headgate::versions
