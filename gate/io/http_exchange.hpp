// http_exchange.hpp: one request and its answer over a connection that is open. Private to io/.
#pragma once

#include "io/http.hpp"
#include "io/http_connection.hpp"

namespace headgate::io {

/// What becomes of the connection after the answer.
enum class HttpAfter { close, keep };

/// What would end the line, or the head, is nobody's header value. Error{usage}.
Result<void> check_http_request(const HttpRequest& request);

/// Writes a request (checked before) and reads until `reader` has the whole answer. A server that refuses early answers before it has read
/// all: what it says is worth more than that writing failed. `heard`, where given: whether a byte of an answer came.
Result<void> exchange_over(HttpConnection& connection, const HttpRequest& request, const Url& url, HttpAfter after, HttpResponseReader& reader,
                           bool* heard = nullptr);

}  // namespace headgate::io
