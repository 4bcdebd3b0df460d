// http_head.hpp: the head of an HTTP/1.1 request (RFC 9112), read once and strictly. What two parties could read differently is refused: this
// is what stands between us and request smuggling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headgate::server {

struct HttpHead {
    enum class State { incomplete, refused, complete } state = State::incomplete;
    int status = 0;                  // of a refusal: 400, 405, 411, 413, 414, 415, 417, 431, 505
    std::string reason;              // of a refusal
    std::string method;
    std::string target;
    std::size_t head_bytes = 0;      // including the empty line
    std::uint64_t body_bytes = 0;    // Content-Length
    bool keep_alive = true;
    bool expects_continue = false;
    std::string authorization;       // values of fields that routes ask for, "" without
    std::string content_type;
    std::string webhook_secret;      // X-Webhook-Secret
};

struct HttpLimits {
    std::size_t head_bytes = 16U << 10U;
    std::size_t headers = 64;
    std::size_t target_bytes = 2048;
    std::uint64_t body_bytes = 7ULL << 20U;
};

/// Looks at what has arrived so far. Pure.
HttpHead read_http_head(std::string_view received, const HttpLimits& limits);

}  // namespace headgate::server
