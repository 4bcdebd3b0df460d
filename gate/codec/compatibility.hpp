// compatibility.hpp: characters of names that readers compare by their compatibility form (NFKC), as Python does.
#pragma once

#include <cstdint>
#include <string_view>

namespace headgate::codec {

/// The letters, digits and underscores that NFKC makes of a character which may stand in a name and is not ASCII itself; "" where it makes
/// none, or others than ASCII has.
std::string_view ascii_of(std::uint32_t code);

}  // namespace headgate::codec
