// redact.hpp: names of places and images as they may be shown: what lets somebody in is "***".
#pragma once

#include <string>
#include <string_view>

namespace headgate {

/// A URL without its secrets: the login in front of its host, and the values of its query that sign or open something
/// (X-Amz-Signature, sig, token, api_key, ...). A text without "://" has no login here; its query, if it has one, is treated alike.
std::string redacted_url(std::string_view text);

/// The values of a query alone: what is left can still be parsed, and leads to the same place.
std::string redacted_query(std::string_view text);

/// The name of an image, in which '@' may only stand in front of a digest: whatever stands before another one is a login, with or
/// without a scheme. The digest stays as it is.
std::string redacted_image(std::string_view text);

}  // namespace headgate
