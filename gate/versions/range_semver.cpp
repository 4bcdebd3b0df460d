// node-semver, "Ranges", and Cargo, "Specifying dependencies": alike but for what a bare version means.
#include "base/text.hpp"
#include "versions/comparators.hpp"
#include "versions/order.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

constexpr std::string_view kBefore = "-0";
constexpr std::size_t kNumbers = 3;

enum class Bare { exact, caret };

// All that begins as it does: "1.2" and "1.2.x" are 1.2.0 up to 1.3.0.
Interval beginning_with(const Partial& partial) {
    return partial.numbers.empty() ? Interval{} : below_next(partial, partial.numbers.size() - 1, kBefore);
}

std::optional<Interval> comparator(std::string_view text, Bare bare) {
    const std::string_view op = take_operator(text);
    const auto partial = read_partial(text);
    if (!partial) return std::nullopt;
    const bool full = partial->numbers.size() == kNumbers && !partial->wild;
    if (partial->numbers.size() > kNumbers || (!partial->rest.empty() && (!full || !compare_semver(text, text)))) return std::nullopt;
    if (op == "^" || (op.empty() && bare == Bare::caret && !partial->wild)) return caret(*partial, kBefore);
    if (op == "~" || op == "~>") {
        return partial->numbers.empty() ? Interval{} : below_next(*partial, partial->numbers.size() > 1 ? 1 : 0, kBefore);
    }
    if (op.empty() || op == "=") return full ? exactly(spelled(*partial)) : beginning_with(*partial);
    if (partial->numbers.empty()) return Interval{};
    if (op == "<=" && !full) return Interval{std::nullopt, beginning_with(*partial).high};
    return ordered(op, spelled(*partial));
}

// "1.2.3 - 2.3" of npm. False: it is none.
bool hyphen_range(std::string_view text, std::optional<Interval>& interval) {
    const std::size_t dash = text.find(" - ");
    if (dash == std::string_view::npos) return false;
    const auto low = comparator(">=" + std::string(trim(text.substr(0, dash))), Bare::exact);
    const auto high = comparator("<=" + std::string(trim(text.substr(dash + 3))), Bare::exact);
    if (low && high) interval = both(*low, *high);
    return true;
}

std::optional<Interval> all_of(std::string_view text, std::string_view separators, Bare bare) {
    Interval interval;
    for (const std::string& part : parts_of(text, separators)) {
        const auto one = comparator(part, bare);
        if (!one) return std::nullopt;
        interval = both(interval, *one);
    }
    return interval;
}

}  // namespace

std::optional<std::vector<Interval>> parse_npm_range(std::string_view text) {
    std::vector<Interval> intervals;
    for (const std::string_view alternative : alternatives_of(text, false)) {
        std::optional<Interval> interval;
        if (!hyphen_range(alternative, interval)) interval = all_of(alternative, " \t,", Bare::exact);
        if (!interval) return std::nullopt;
        intervals.push_back(std::move(*interval));
    }
    return intervals;
}

std::optional<std::vector<Interval>> parse_cargo_range(std::string_view text) {
    auto interval = all_of(text, ",", Bare::caret);
    if (!interval) return std::nullopt;
    return std::vector{std::move(*interval)};
}

}  // namespace headgate::versions
