// url.hpp: http and https URLs (RFC 3986), strictly, as far as requests need them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate::io {

inline constexpr std::size_t kMaxUrl = 4096;  // bytes

struct Url {
    bool tls = false;
    std::string host;                // lower case; a name, an IPv4 address, or an IPv6 address without brackets
    int port = 0;                    // 80 and 443 where none is written
    std::string target;              // path and query, "/" at least

    /// "https://host:port", the port only where it is not the scheme's own.
    std::string origin() const;
    /// "host:port" as a Host header has it.
    std::string authority() const;
    /// Without the query, which may hold what nobody should read in a log.
    std::string shown() const;
    /// The text names this machine: localhost, 127.0.0.0/8, ::1.
    bool names_loopback() const;
};

/// Visible ASCII, scheme http or https, a host, no user, no fragment, at most kMaxUrl bytes. Error{usage} says what is wrong.
Result<Url> parse_url(std::string_view text);

/// Error{usage} for plain http to another machine than this one.
Result<void> check_private(const Url& url);

/// `path` (begins with '/') below a base URL, which may or may not end in '/'.
std::string join_url(std::string_view base, std::string_view path);

}  // namespace headgate::io
