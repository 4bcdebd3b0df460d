// http.hpp: the HTTP client: one request, one answer, one connection. Under everything that asks a service on the network.
//
// What goes over it is never believed for having come over it: callers verify signatures and digests. TLS is verified always; plain
// http:// is for loopback, unless the caller says otherwise; a proxy of the environment (http_proxy.hpp) is used for https. An Error names method and URL (without its query), never a header or body:
// tokens do not reach logs.
//
// Not on cpp-httplib's client: in the packaged version it takes header lines without number, matches the status line by a
// backtracking regular expression, has no bound on the whole exchange, and would double the time that every start of the program takes.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "crypto/tls_client.hpp"
#include "io/http_address.hpp"
#include "io/http_response.hpp"

namespace headgate::io {

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<HttpHeader> headers;         // beside Host, User-Agent, Content-Length, Accept-Encoding, Connection
    std::string body;                        // sent with POST, PUT and PATCH
};

struct HttpOptions {
    std::chrono::milliseconds connect{10'000};
    std::chrono::milliseconds idle{15'000};      // the longest silence
    std::chrono::milliseconds total{30'000};     // from the look-up of the name to the last byte
    std::uint64_t response_bytes = 1U << 20U;
    /// GET and HEAD only, never from https to http; to another origin without the request's own headers. 0: a redirect is an answer.
    unsigned redirects = 0;
    bool plain_anywhere = false;             // http:// to other machines too
    std::string ca_file;                     // PEM; "": the system's, or SSL_CERT_FILE
    std::shared_ptr<const crypto::TlsTrust> trust;      // in place of `ca_file`, where many connections share one
    std::shared_ptr<const AddressGuard> guard;          // what may be connected to; nullptr: anything
};

/// Any status is an answer. Error{usage}: the URL, a header or method; {io}: nobody there; {deadline}: too slow; {key}: TLS;
/// {malformed}: what came is no HTTP, or too large.
Result<HttpResponse> http_send(const HttpRequest& request, const HttpOptions& options = {});

}  // namespace headgate::io
