// http_response.hpp: the bytes of an answer (RFC 9112).
#pragma once

#include <string>
#include <string_view>

namespace headgate::server {

/// A complete response. A 401 says how to show who one is, a 503 when to come again. `with_body`: false for the answer to HEAD, which tells
/// how long the body would be.
std::string http_response(int status, std::string_view content_type, std::string_view body, bool keep_alive, bool with_body = true);

/// The same with the JSON body {"error": reason}: what is refused before a route is asked, and what has none.
std::string error_response(int status, std::string_view reason, bool keep_alive, bool with_body = true);

}  // namespace headgate::server
