// loopback_server.hpp: a server on loopback for tests of the HTTP client: connections one after another, each served by its own function.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "io/directory.hpp"

namespace headgate::test {

class LoopbackServer {
  public:
    /// Serves one connection. False: no further one is taken.
    using Serve = std::function<bool(int socket)>;

    explicit LoopbackServer(std::vector<Serve> connections) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, connections = std::move(connections)] {
            for (const Serve& serve : connections) {
                const io::Descriptor socket(::accept(listener_.get(), nullptr, nullptr));
                if (!socket.valid() || !serve(socket.get())) return;
            }
        });
    }
    ~LoopbackServer() { stop(); }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    void stop() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
    }
    int port() const { return port_; }
    std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

  private:
    io::Descriptor listener_;
    int port_ = 0;
    std::thread thread_;
};

/// What comes up to the end of a request's head, or until the client hangs up.
inline std::string read_head(int socket) {
    std::string request;
    char chunk[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(socket, chunk, sizeof chunk, 0);
        if (got <= 0) break;
        request.append(chunk, static_cast<std::size_t>(got));
    }
    return request;
}

inline void send_text(int socket, const std::string& text) { static_cast<void>(::send(socket, text.data(), text.size(), MSG_NOSIGNAL)); }

inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace headgate::test
