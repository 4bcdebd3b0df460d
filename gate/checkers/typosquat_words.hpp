// typosquat_words.hpp: why a look-alike matters and what to do, the same for all of them.
#pragma once

#include <string_view>

namespace headgate::checkers {

inline constexpr std::string_view kTyposquatWhy = "Names one slip away from a popular one are how people are made to take another's artifact.";
inline constexpr std::string_view kTyposquatFix = "Check the spelling. If the name is meant, list it in `allow` of the rule.";

}  // namespace headgate::checkers
