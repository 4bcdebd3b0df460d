// http_connection.hpp: one connection to a server, plain or TLS, that never waits longer than it may. Private to io/.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "crypto/tls_client.hpp"
#include "io/directory.hpp"
#include "io/http.hpp"
#include "io/url.hpp"

namespace headgate::io {

class HttpConnection {
  public:
    using Clock = std::chrono::steady_clock;

    /// Connects, and shakes hands where the URL has https. Error{io} when nobody answers, Error{deadline} after the time, Error{key} when
    /// the server is not who it should be.
    static Result<HttpConnection> open(const Url& url, const HttpOptions& options, Clock::time_point deadline);

    /// For the next request over it.
    void wait_until(Clock::time_point deadline) { deadline_ = deadline; }
    /// The server has not ended it, and has said nothing unasked (over TLS that cannot be told).
    bool fresh() const;

    Result<void> write(std::string_view bytes);
    /// At least one byte, or 0 when the server has ended the connection in order.
    Result<std::size_t> read(std::uint8_t* to, std::size_t size);

  private:
    HttpConnection(Descriptor socket, std::chrono::milliseconds idle, Clock::time_point deadline)
        : socket_(std::move(socket)), idle_(idle), deadline_(deadline) {}
    Result<void> wait(short events);
    Result<void> tunnel(const Url& url, const Url& proxy);
    Result<void> shake_hands();

    Descriptor socket_;
    std::optional<crypto::TlsClient> tls_;
    std::chrono::milliseconds idle_;
    Clock::time_point deadline_;
};

}  // namespace headgate::io
