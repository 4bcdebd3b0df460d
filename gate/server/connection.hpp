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
    /// What it is busy with; each phase has a deadline of its own (door.hpp).
    enum class Phase { idle, receiving, working, sending, lingering };

    Connection(io::Descriptor socket, std::optional<crypto::TlsContext> tls, std::string peer, bool health);

    /// Does what can be done without waiting: handshake, sending an answer, receiving one whole request. `ready`: `head()`
    /// is complete with its body received, or refused. `most`: once so many bytes have come the rest is left for the next call, which
    /// no event may announce (`holds_bytes()`).
    Progress advance(const HttpLimits& limits, std::size_t most = std::string::npos);

    /// The answer to the request; advance() sends it. `stay`: a next request may follow. Otherwise the sending half is shut
    /// and what still arrives is thrown away, so that the client can read the answer before it sees a reset.
    void answer(std::string response, bool stay);

    const HttpHead& head() const { return head_; }
    /// The request's bytes: head and body.
    std::string_view request() const;
    /// The same, given away: nothing of it is held here any more.
    std::string take_request();
    /// When the last byte of the request was there.
    Clock::time_point received() const { return received_at_; }
    Phase phase() const;
    int descriptor() const { return socket_.get(); }
    /// poll() events that the connection waits for.
    short events() const { return events_; }
    const std::string& peer() const { return peer_; }
    bool health() const { return health_; }
    /// The peer has hung up, and reads no answer. (Whoever only ends its own side counts as gone too.)
    bool gone() const;
    /// What has come from the socket already waits to be read.
    bool holds_bytes() const { return tls_ && tls_->holds_bytes(); }
    /// Bytes held in memory for it.
    std::size_t buffered() const { return received_.capacity() + outgoing_.capacity(); }

    Clock::time_point deadline{};

  private:
    Progress shake_hands();
    Progress send();
    Progress receive(const HttpLimits& limits, std::size_t most);
    Progress drop_incoming();
    bool read_some(Progress& progress);

    io::Descriptor socket_;
    std::optional<crypto::TlsSession> tls_;
    std::string peer_;
    bool health_;
    bool shaken_;
    bool continued_ = false;
    bool ready_ = false;             // a request is whole and not yet answered
    bool taken_ = false;             // and its bytes were given away
    bool stay_ = true;               // after what is being sent
    bool lingering_ = false;
    short events_;
    std::string received_;
    Clock::time_point received_at_{};
    std::string outgoing_;
    std::size_t sent_ = 0;           // of outgoing_
    HttpHead head_;
};

}  // namespace headgate::server
