// connection.hpp: one client: its socket, its TLS session if any, and what has arrived so far. Never blocks.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crypto/tls.hpp"
#include "io/directory.hpp"
#include "server/http_head.hpp"

namespace headgate::server {

using Clock = std::chrono::steady_clock;

class Connection {
  public:
    enum class Progress { waiting, ready, closed };

    Connection(io::Descriptor socket, std::optional<crypto::TlsContext> tls, std::string peer, bool health);

    /// Takes what the socket has: handshake, then request bytes, up to one whole request. `ready`: `head()` is complete
    /// with its body received, or refused.
    Progress advance(const HttpLimits& limits);

    /// Writes everything before the deadline, or answers false.
    bool write_all(std::string_view bytes, Clock::time_point deadline);

    /// Drops the request that was answered; bytes of a next one stay.
    void next_request();

    const HttpHead& head() const { return head_; }
    /// The request's bytes: head and body.
    std::string_view request() const;
    int descriptor() const { return socket_.get(); }
    /// poll() events that the connection waits for.
    short events() const { return events_; }
    const std::string& peer() const { return peer_; }
    bool health() const { return health_; }
    /// Bytes held in memory for it.
    std::size_t buffered() const { return received_.capacity(); }
    bool started() const { return !received_.empty() || !shaken_; }
    void close_politely();

    Clock::time_point deadline{};

  private:
    bool read_some(Progress& progress);

    io::Descriptor socket_;
    std::optional<crypto::TlsSession> tls_;
    std::string peer_;
    bool health_;
    bool shaken_;
    bool continued_ = false;
    short events_;
    std::string received_;
    HttpHead head_;
};

}  // namespace headgate::server
