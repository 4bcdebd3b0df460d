// http_proxy.hpp: the proxy that the environment names for https (HTTPS_PROXY, NO_PROXY, also in lower case). It only ever sees a tunnel.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "io/url.hpp"

namespace headgate::io {

/// nullopt for http, for this machine, for hosts that NO_PROXY lists (names and what ends in ".name", "*" for all), and where none is
/// named. Error{usage} for one that is spoken to over TLS, or that wants a password.
Result<std::optional<Url>> proxy_for(const Url& url);

}  // namespace headgate::io
