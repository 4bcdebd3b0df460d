// all.hpp: the table of formats.
#pragma once

#include <span>

#include "formats/parser.hpp"

namespace headgate::formats {

/// Every format of this build, in the order in which they are tried: strong magic first, guesses (pickle without
/// PROTO, text) last.
std::span<const Format> all_formats();

}  // namespace headgate::formats
