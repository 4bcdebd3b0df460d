// comparators.hpp: a version behind an operator (">= 1.2", "^1.2", "1.2.x"), as npm, cargo, gem, composer, pip and poetry write it.
// What each of them means by it stands in its own file; what they share stands here.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "versions/range.hpp"

namespace headgate::versions {

/// The operator at the front, the longest that fits: "===", "==", "~=", "!=", ">=", "<=", "~>", ">", "<", "^", "~", "="; "" for none.
/// It is taken off `text`, with the white space behind it.
std::string_view take_operator(std::string_view& text);

/// ">=", ">", "<=" and "<" with a version as written; nullopt for other operators.
std::optional<Interval> ordered(std::string_view op, std::string_view version);

/// Parts between any of `separators`, trimmed, without empty ones; a part that is an operator alone is joined with the next.
std::vector<std::string> parts_of(std::string_view text, std::string_view separators);

/// Alternatives between "||" (and "|" where `single`).
std::vector<std::string_view> alternatives_of(std::string_view text, bool single);

}  // namespace headgate::versions
