// plain_response.hpp: what is answered before any route is asked: refusals of the door.
#pragma once

#include <string>

namespace headgate::server {

/// A complete response with a JSON body {"error": reason}; a 503 tells when to come again.
std::string plain_response(int status, const std::string& reason, bool keep_alive);

}  // namespace headgate::server
