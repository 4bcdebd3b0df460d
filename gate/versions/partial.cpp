#include "versions/partial.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "versions/digits.hpp"

namespace headgate::versions {
namespace {

bool is_wild(std::string_view text) { return text == "*" || text == "x" || text == "X"; }

std::string joined(const std::vector<std::string>& numbers, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ".") + (i < numbers.size() ? numbers[i] : std::string("0"));
    return text;
}

}  // namespace

std::optional<Partial> read_partial(std::string_view text) {
    text = trim(text);
    if (text.starts_with('v') || text.starts_with('V') || text.starts_with('=')) text = trim(text.substr(1));
    Partial partial;
    for (;;) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
        if (end == 0) {
            const std::string_view part = text.substr(0, std::min(text.find('.'), text.size()));
            if (!is_wild(part)) return std::nullopt;
            // Whatever follows a wild card is one too: "1.x.x".
            for (const std::string_view more : split(text, '.')) {
                if (!is_wild(more)) return std::nullopt;
            }
            partial.wild = true;
            return partial;
        }
        partial.numbers.emplace_back(significant(text.substr(0, end)));
        text.remove_prefix(end);
        const bool more = text.size() > 1 && text[0] == '.' && (is_digit(text[1]) || is_wild(text.substr(1, std::min(text.find('.', 1), text.size()) - 1)));
        if (!more) break;
        text.remove_prefix(1);
    }
    partial.rest = text;
    if (partial.rest.find_first_of(" \t,|") != std::string::npos) return std::nullopt;
    return partial;
}

std::string spelled(const Partial& partial) { return joined(partial.numbers, partial.numbers.size()) + partial.rest; }

Interval below_next(const Partial& partial, std::size_t place, std::string_view suffix) {
    if (partial.numbers.empty()) return {};
    std::vector<std::string> numbers = partial.numbers;
    numbers.resize(std::max(numbers.size(), place + 1), "0");
    numbers.resize(place + 1);
    numbers[place] = next_number(numbers[place]);
    // Whoever reads three numbers would read the end otherwise.
    const std::size_t count = suffix == "-0" ? std::max<std::size_t>(3, numbers.size()) : numbers.size();
    Interval interval{Bound{spelled(partial), true}, Bound{joined(numbers, count) + std::string(suffix), false}};
    return interval;
}

Interval caret(const Partial& partial, std::string_view suffix) {
    std::size_t place = 0;
    while (place + 1 < partial.numbers.size() && partial.numbers[place] == "0") ++place;
    return below_next(partial, place, suffix);
}

Interval both(const Interval& a, const Interval& b) { return {b.low ? b.low : a.low, b.high ? b.high : a.high}; }

Interval exactly(std::string version) {
    Bound bound{std::move(version), true};
    return {bound, bound};
}

}  // namespace headgate::versions
