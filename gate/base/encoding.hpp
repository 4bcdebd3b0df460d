// encoding.hpp: hex and base64 (RFC 4648), strict: what does not decode exactly is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate {

/// Lower-case hex.
std::string to_hex(ByteView bytes);
/// Upper or lower case, even length, nothing else.
std::optional<Bytes> from_hex(std::string_view text);
/// True for exactly `digits` lower-case hex digits.
bool is_lower_hex(std::string_view text, std::size_t digits);

/// Standard alphabet with padding.
std::string to_base64(ByteView bytes);
/// Standard alphabet, canonical: padding present, no white space, unused bits zero.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace headgate
