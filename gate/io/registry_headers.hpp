// registry_headers.hpp: two header fields of registries: Link (RFC 8288), by which lists go on, and Retry-After (RFC 9110, 10.2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace headgate::io {

inline constexpr std::size_t kMaxLinkField = 8192;

/// The target of the link whose relation is "next", as it is written; "" where there is none. Error{malformed}: no Link by the letter,
/// several that are next.
Result<std::string> next_link(std::string_view field);

inline constexpr std::int64_t kMaxRetryAfter = 24LL * 3600;

/// Seconds to wait, 0 to kMaxRetryAfter: of a number of seconds, or of a date (IMF-fixdate). nullopt for anything else.
std::optional<std::int64_t> retry_after(std::string_view field, Instant now);

}  // namespace headgate::io
