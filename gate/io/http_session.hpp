// http_session.hpp: connections that are kept and used again: many requests to few servers, from many threads.
//
// A connection is used again only after an answer that was whole, whose end was marked, and behind which nothing stood. A request over one
// that the server had ended meanwhile is made once more over a new one, where it is GET or HEAD and no byte of an answer had come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "io/http.hpp"

namespace headgate::io {

struct HttpSessionOptions {
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds idle{10'000};      // the longest silence
    std::chrono::milliseconds kept{20'000};      // a connection that nobody uses
    std::size_t connections = 16;                // to one origin at once: further requests wait for their turn
    std::size_t kept_in_all = 64;
    std::string further_authorities;             // PEM, beside the system's
    std::vector<std::string> allowed_hosts;      // of AddressGuard
};

class HttpSession {
  public:
    using Clock = std::chrono::steady_clock;

    /// Error{key}: the file of authorities cannot be read.
    static Result<std::unique_ptr<HttpSession>> open(const HttpSessionOptions& options);
    ~HttpSession();
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    /// As http_send(), without redirects; plain http goes wherever the caller says. The body of a 200 goes to `sink` as it arrives.
    Result<HttpResponse> send(const HttpRequest& request, Clock::time_point deadline, std::uint64_t body_limit, const HttpBodySink& sink = {});
    /// Requests that were written so far.
    std::uint64_t requests() const;
    /// Connections that were made so far.
    std::uint64_t connections() const;

  private:
    class Pool;
    explicit HttpSession(std::unique_ptr<Pool> pool);
    std::unique_ptr<Pool> pool_;
};

}  // namespace headgate::io
