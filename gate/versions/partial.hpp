// partial.hpp: versions as ranges write them, which may break off: "1", "1.2", "1.2.x", "1.2.3-rc.1".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "versions/range.hpp"

namespace headgate::versions {

struct Partial {
    std::vector<std::string> numbers;   // without leading zeros; none: "*"
    bool wild = false;                  // it ends in "*", "x" or "X"
    std::string rest;                   // behind the numbers, with its separator: "-rc.1", "rc1"
};

/// A leading "v" or "=" is left out. nullopt: it does not begin with a number or a wild card.
std::optional<Partial> read_partial(std::string_view text);

/// As written, in full.
std::string spelled(const Partial& partial);

/// From the version itself up to, and without, the next of its number at `place`: below_next(1.2.3, 1) is [1.2.3, 1.3`suffix`).
/// `suffix` is what makes the end come before its own pre-releases ("-0", ".dev0"); numbers behind `place` are left out.
Interval below_next(const Partial& partial, std::size_t place, std::string_view suffix);

/// The caret of npm, cargo, composer and poetry: up to the next of the first number that is not zero.
Interval caret(const Partial& partial, std::string_view suffix);

/// What both allow, or more: of each side the bound that `b` states, else that of `a`.
Interval both(const Interval& a, const Interval& b);

/// Exactly this one.
Interval exactly(std::string version);

}  // namespace headgate::versions
