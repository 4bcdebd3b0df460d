// json_non_finite.hpp: NaN and Infinity, which Python writes into JSON and RFC 8259 does not have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headgate::formats {

/// The text with each NaN, Infinity and -Infinity outside strings replaced by a number of the same length, so that offsets
/// stay. nullopt when it has none.
std::optional<std::string> without_non_finite(std::string_view text);

}  // namespace headgate::formats
