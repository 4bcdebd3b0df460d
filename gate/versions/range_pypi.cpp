// PEP 440, "Version specifiers", and what poetry adds: ^, ~, "*", a bare version, "||".
#include "base/text.hpp"
#include "versions/comparators.hpp"
#include "versions/order.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

constexpr std::string_view kBefore = ".dev0";

// "1.2.*": every version that begins so, development releases too.
Interval beginning_with(const Partial& partial) {
    Interval interval = below_next(partial, partial.numbers.size() - 1, kBefore);
    if (interval.low) interval.low->version += kBefore;
    return interval;
}

std::optional<Interval> specifier(std::string_view text) {
    const std::string_view op = take_operator(text);
    if (text.empty()) return std::nullopt;
    if (op == "===") return exactly(std::string(text));
    if (op == "!=") return Interval{};
    const bool is_version = compare_pep440(text, text).has_value();
    if (auto interval = ordered(op, text)) return is_version ? interval : std::nullopt;
    if (is_version && (op == "==" || op.empty())) return exactly(std::string(text));
    const auto partial = read_partial(text);
    if (!partial || (!partial->rest.empty() && !is_version)) return std::nullopt;
    if (partial->wild) {
        if (op != "==" && !op.empty()) return std::nullopt;
        return partial->numbers.empty() ? Interval{} : beginning_with(*partial);
    }
    if (op == "~=" && partial->numbers.size() > 1) return below_next(*partial, partial->numbers.size() - 2, kBefore);
    if (op == "^") return caret(*partial, kBefore);
    if (op == "~") return below_next(*partial, partial->numbers.size() > 1 ? 1 : 0, kBefore);
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<Interval>> parse_pypi_range(std::string_view text) {
    if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
    std::vector<Interval> intervals;
    for (const std::string_view alternative : alternatives_of(text, false)) {
        Interval interval;
        for (const std::string& part : parts_of(alternative, ",")) {
            const auto one = specifier(part);
            if (!one) return std::nullopt;
            interval = both(interval, *one);
        }
        intervals.push_back(std::move(interval));
    }
    return intervals;
}

}  // namespace headgate::versions
