// Intervals in brackets: Maven, "Dependency version requirement specification"; NuGet, "Version ranges", with its floating "1.*".
#include "base/text.hpp"
#include "versions/partial.hpp"

namespace headgate::versions {
namespace {

std::optional<Bound> bound_of(std::string_view text, bool inclusive) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    return Bound{std::string(text), inclusive};
}

// One interval at the front, which is taken off.
std::optional<Interval> take_interval(std::string_view& text) {
    const std::size_t end = text.find_first_of("])");
    if (end == std::string_view::npos || (text.front() != '[' && text.front() != '(')) return std::nullopt;
    const bool low_inclusive = text.front() == '[';
    const bool high_inclusive = text[end] == ']';
    const std::string_view inside = text.substr(1, end - 1);
    text = trim(text.substr(end + 1));
    const std::size_t comma = inside.find(',');
    if (inside.find_first_of("[(") != std::string_view::npos) return std::nullopt;
    if (comma == std::string_view::npos) {
        const auto only = bound_of(inside, true);
        if (!only || !low_inclusive || !high_inclusive) return std::nullopt;
        return Interval{only, only};
    }
    if (inside.find(',', comma + 1) != std::string_view::npos) return std::nullopt;
    return Interval{bound_of(inside.substr(0, comma), low_inclusive), bound_of(inside.substr(comma + 1), high_inclusive)};
}

std::optional<std::vector<Interval>> parse_bare(std::string_view text, bool bare_is_least) {
    if (!bare_is_least || text.empty() || text.find_first_of(" ,") != std::string_view::npos) return std::nullopt;
    const std::size_t star = text.find('*');
    if (star == std::string_view::npos) return std::vector{Interval{Bound{std::string(text), true}, std::nullopt}};
    if (star + 1 != text.size()) return std::nullopt;
    const auto partial = read_partial(text);
    if (!partial || !partial->rest.empty()) return std::nullopt;
    return std::vector{partial->numbers.empty() ? Interval{} : below_next(*partial, partial->numbers.size() - 1, "")};
}

}  // namespace

std::optional<std::vector<Interval>> parse_bracket_range(std::string_view text, bool bare_is_least) {
    text = trim(text);
    if (text.find_first_of("[(") != 0) return parse_bare(text, bare_is_least);
    std::vector<Interval> intervals;
    while (!text.empty()) {
        auto interval = take_interval(text);
        if (!interval) return std::nullopt;
        intervals.push_back(std::move(*interval));
        if (text.empty()) break;
        if (text.front() != ',') return std::nullopt;
        text = trim(text.substr(1));
        if (text.empty()) return std::nullopt;
    }
    return intervals;
}

}  // namespace headgate::versions
