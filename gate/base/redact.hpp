// redact.hpp: names of places and images as they may be shown: what lets somebody in is "***".
#pragma once

#include <string>
#include <string_view>

namespace headgate {

/// A URL without its secrets: the login in front of its host, and the values of its parameters that sign or open something
/// (X-Amz-Signature, sig, token, api_key, ...). So is one without a scheme, or with too few slashes: "//user:password@host", "https:/...",
/// "user:password@host.example/x". A name alone in front of '@' without a scheme ("git@host.example:org/repository") is no secret.
std::string redacted_url(std::string_view text);

/// The same, and the login is cut off, so that what is left leads to the same place. Where it is not settled which host that is (a password with a
/// slash in it, or a password and no scheme: to git, "a:b@c/d" is the host "a"), what is left names nobody's host instead.
std::string url_without_login(std::string_view text);
inline constexpr std::string_view kNobodysHost = "***/***@";

/// The values of parameters alone, behind '?', ';' or '#': what is left can still be parsed, and leads to the same place.
std::string redacted_query(std::string_view text);

/// The name of an image, in which '@' may only stand in front of a digest: whatever stands before another one is a login, with or
/// without a scheme. The digest stays as it is.
std::string redacted_image(std::string_view text);

}  // namespace headgate
