// loopback.hpp: a door on 127.0.0.1 with a real service behind it, and a client that sends exactly what it is told. Waits are
// bounded (20 s) so that a mistake fails and does not hang; nothing else depends on time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "server/door.hpp"
#include "server/service.hpp"

namespace headgate::server {

class TestClient {
  public:
    explicit TestClient(int port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~TestClient() { ::close(fd_); }
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;

    bool connected() const { return connected_; }
    int descriptor() const { return fd_; }
    /// False when the other side would not take all of it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// One response by its Content-Length; "" when the connection ends before.
    std::string response() {
        for (;;) {
            const std::size_t end = buffer_.find("\r\n\r\n");
            if (end != std::string::npos) {
                const std::size_t length = buffer_.find("Content-Length: ");
                const std::size_t body =
                    length < end ? static_cast<std::size_t>(std::strtoul(buffer_.c_str() + length + 16, nullptr, 10)) : 0;
                if (buffer_.size() >= end + 4 + body) {
                    std::string whole = buffer_.substr(0, end + 4 + body);
                    buffer_.erase(0, whole.size());
                    return whole;
                }
            }
            if (!more()) return {};
        }
    }
    /// Everything until the other side closes.
    std::string rest() {
        while (more()) {
        }
        return std::move(buffer_);
    }

  private:
    bool more() {
        char chunk[65536];
        const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
        if (got <= 0) return false;
        buffer_.append(chunk, static_cast<std::size_t>(got));
        return true;
    }
    int fd_;
    bool connected_ = false;
    std::string buffer_;
};

inline std::string post(std::string_view body, std::string_view headers = "", std::string_view path = "/v1/evaluate") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: gate.example\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}
inline std::string get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: gate.example\r\n\r\n";
}
constexpr std::string_view kOneName = R"({"subjects":[{"ref":"pkg:pypi/requests@2.31.0"}]})";

/// An answer about each argument that needs no files: denied, under the argument's name.
inline Report denied(const pipeline::Request& request) {
    Report report;
    for (const auto& argument : request.arguments) {
        SubjectVerdict verdict;
        verdict.subject.ref = argument.as.value_or(argument.text);
        report.subjects.push_back(std::move(verdict));
    }
    return report;
}

class TestServer {
  public:
    explicit TestServer(DoorLimits limits = {}, ServiceOptions options = {}, Decide decide = {}, TlsProvider tls = {})
        : policy_([] { return Result<pipeline::LoadedPolicy>(pipeline::LoadedPolicy{}); }, 0),
          service_(std::move(options), policy_,
                   decide ? std::move(decide) : [](const auto&, const auto& request) { return denied(request); },
                   [] { return Instant{1'000'000}; }),
          door_(limits,
                [this](std::string_view request, const Connection& connection, bool keep_alive) {
                    return (connection.health() ? health_ : api_).answer(connection.head(), std::string(request), connection.peer(), keep_alive);
                },
                tls ? std::move(tls) : [] { return std::optional<crypto::TlsContext>(); }) {
        std::signal(SIGPIPE, SIG_IGN);
        static_cast<void>(policy_.reload(Instant{0}).ok());
        api_.post("/v1/evaluate", [this](const HttpRequest& request) { return service_.evaluate(request); });
        health_.get("/livez", [this](const HttpRequest& request) { return service_.livez(request); });
        health_.get("/metrics", [this](const HttpRequest& request) { return service_.metrics(request); });
        port_ = *door_.listen("127.0.0.1:0", false);
        health_port_ = *door_.listen("127.0.0.1:0", true);
        thread_ = std::thread([this] { door_.run([] {}); });
    }
    ~TestServer() { stop(); }

    void begin_stop() { door_.stop(); }
    void stop() {
        door_.stop();
        if (thread_.joinable()) thread_.join();
    }
    int port() const { return port_; }
    int health_port() const { return health_port_; }
    const Door::Counts& counts() const { return door_.counts(); }

  private:
    PolicyHolder policy_;
    Service service_;
    Router api_, health_;
    Door door_;
    int port_ = 0, health_port_ = 0;
    std::thread thread_;
};

}  // namespace headgate::server
