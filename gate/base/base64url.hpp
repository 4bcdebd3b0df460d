// base64url.hpp: base64 in the URL-safe alphabet (RFC 4648, 5) as JSON Web Signatures and Tokens have it (RFC 7515, 2).
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate {

/// No padding, no other character, unused bits zero.
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace headgate
