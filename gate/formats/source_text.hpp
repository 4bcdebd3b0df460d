// source_text.hpp: what any source text can hide from whoever reads it: characters that nobody sees, text that is shown in another
// order, an encoding under which it is other text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/package_traits.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

/// Longest source that is read for what it does (of Python half of it). Longer ones are data, or want to be passed over: trait
/// "oversized-source".
inline constexpr std::uint64_t kLongestSource = 32ULL << 20U;

/// Traits "invisible-text" and "reordered-text", each with the first line of it.
void note_hidden_text(std::string_view source, PackageTraits& traits);

/// What the first two lines declare (PEP 263); "" when nothing does.
std::string_view declared_encoding(std::string_view source);

}  // namespace headgate::formats
