// door.hpp: sockets, deadlines and bounds. One thread polls every connection until a whole request is there; only then a
// worker sees it. The worker sends the answer as far as the socket takes it, and while nobody else waits for a worker it stays with
// the connection for a moment, since whoever asked often asks again; everything else is the polling thread's. So a slow client costs a
// socket and its bytes, never a worker that others need.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "server/connection.hpp"

namespace headgate::server {

struct DoorLimits {
    HttpLimits http;
    std::size_t connections = 256;
    std::size_t queue = 64;                            // requests that wait for a worker; beyond: 503
    std::size_t bytes_in_flight = 64U << 20U;          // of all requests and answers; beyond: 503
    std::chrono::milliseconds request{15'000};         // from the first byte (or accept) to the last of one request
    std::chrono::milliseconds idle{60'000};            // between requests
    std::chrono::milliseconds write{10'000};
    std::chrono::milliseconds linger{2'000};           // after a last answer, for the client to read it
    std::chrono::milliseconds patience{500};           // whoever has waited longer for a worker, and has hung up by then, is not answered
    std::chrono::milliseconds stay{0};                 // after stop(): new requests are taken as before, each on a connection's last turn
    std::chrono::milliseconds drain{25'000};           // then: for what has begun
    unsigned workers = 8;                              // more than processors: one that waits for a registry keeps none busy
};

/// Answers one whole, well-formed request (head and body as received) with the bytes of a response. `keep_alive` says
/// whether the connection stays. Called from workers, several at once; for health connections from the polling thread, so
/// those must not take long.
using Responder = std::function<std::string(std::string request, const Connection& connection, bool keep_alive)>;
/// TLS context for new connections of the API listener; nullopt for plain HTTP.
using TlsProvider = std::function<std::optional<crypto::TlsContext>()>;

class Door {
  public:
    Door(DoorLimits limits, Responder responder, TlsProvider tls);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// "127.0.0.1:8443", "[::1]:8443", ":8443" (every address); port 0 picks one. Answers the port. Error{usage, io}.
    Result<int> listen(const std::string& address, bool health);

    /// Serves until stop(), then stays and drains. `tick` is called about once a second, `on_stop` once, before it stays.
    void run(const std::function<void()>& tick, const std::function<void()>& on_stop = {});
    /// From any thread or a signal handler.
    void stop();

    struct Counts {
        std::atomic<std::uint64_t> accepted{0}, refused{0}, overloaded{0}, timed_out{0}, abandoned{0};
    };
    const Counts& counts() const { return counts_; }

    /// Told of every request that is refused before a route is asked; set before run().
    std::function<void(const Connection& client, int status, const std::string& reason)> on_refusal;

  private:
    using Client = std::unique_ptr<Connection>;

    void accept_all(int listener, bool health);
    void advance(Client& client);
    bool answer_here(Client& client);
    bool hand_over(Client& client);
    void refuse(Connection& client, int status, const std::string& reason);
    void shed_load(Connection* newcomer);
    void set_deadline(Connection& client) const;
    void poll_once();
    void expire(Clock::time_point now);
    bool make_room();
    void take_back();
    bool workers_idle();
    void work();
    Client stay_with(Client client);
    void give_back(Client client);
    void wake();

    DoorLimits limits_;
    Responder responder_;
    TlsProvider tls_;
    Counts counts_;
    struct Listener {
        io::Descriptor socket;
        bool health;
    };
    std::vector<Listener> listeners_;
    std::vector<Client> clients_;              // poll thread only
    io::Descriptor wake_read_, wake_write_;
    io::Descriptor leave_;                     // tells a worker that stays with a connection that others need it
    std::atomic<bool> stopping_{false};

    std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Client> queue_;                 // whole requests
    std::vector<Client> answered_;             // with an answer to send
    std::size_t working_ = 0;                  // workers that hold a connection
    std::size_t staying_ = 0;                  // of these: without a request
    std::size_t free_ = 0;                     // workers that wait for one
    std::size_t worker_bytes_ = 0;             // of requests that are queued or worked on
    bool closing_ = false;
    std::vector<std::thread> workers_;
};

/// True if the address to listen on is loopback only.
bool is_loopback(const std::string& address);

}  // namespace headgate::server
