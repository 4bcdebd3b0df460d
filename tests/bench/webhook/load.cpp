// load.cpp: the load of webhook.sh: POSTs over TLS connections that stay open (HTTP/1.1, as the API server does).
//
// load HOST PORT PATH CONNECTIONS SECONDS RATE WANTED FILE...
//   RATE 0: closed loop, each connection asks again as soon as it is answered. Otherwise an open loop: so many requests a second arrive by
//   the clock, over all connections, and a latency counts from when its request was due, whenever it could be sent.
//   WANTED: what every answer must hold ("" anything). FILEs are the bodies, by turns.
// Prints: requests a second, then p50, p99, p99.9 and the longest in microseconds, then how many answers were wrong.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Plan {
    std::string host, path, wanted;
    int port = 0;
    std::size_t connections = 1;
    double seconds = 1, rate = 0;
    std::vector<std::string> bodies;
};

class Client {
  public:
    explicit Client(const Plan& plan, SSL_CTX* context) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(plan.port));
        if (::inet_pton(AF_INET, plan.host.c_str(), &to.sin_addr) != 1 || ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect");
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        tls_ = SSL_new(context);
        if (tls_ == nullptr || SSL_set_fd(tls_, socket_) != 1 || SSL_connect(tls_) != 1) fail("TLS");
    }
    ~Client() {
        SSL_free(tls_);
        ::close(socket_);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Status 200, and the body holds what is wanted.
    bool ask(const std::string& request, const std::string& wanted) {
        if (SSL_write(tls_, request.data(), static_cast<int>(request.size())) != static_cast<int>(request.size())) fail("write");
        answer_.clear();
        std::size_t head = std::string::npos;
        std::size_t whole = 0;
        char buffer[65536];
        while (head == std::string::npos || answer_.size() < whole) {
            const int got = SSL_read(tls_, buffer, sizeof buffer);
            if (got <= 0) fail("read");
            answer_.append(buffer, static_cast<std::size_t>(got));
            if (head != std::string::npos) continue;
            head = answer_.find("\r\n\r\n");
            if (head == std::string::npos) continue;
            std::string lower = answer_.substr(0, head);
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
            const std::size_t length = lower.find("content-length:");
            if (length == std::string::npos) fail("no Content-Length");
            whole = head + 4 + std::strtoull(lower.c_str() + length + 15, nullptr, 10);
        }
        return answer_.compare(9, 3, "200") == 0 && answer_.find(wanted, head) != std::string::npos;
    }

  private:
    [[noreturn]] static void fail(const char* what) {
        std::fprintf(stderr, "load: %s failed: %s\n", what, std::strerror(errno));
        std::exit(1);
    }
    int socket_ = -1;
    SSL* tls_ = nullptr;
    std::string answer_;
};

std::vector<std::string> requests_of(const Plan& plan) {
    std::vector<std::string> requests;
    for (const std::string& body : plan.bodies) {
        requests.push_back("POST " + plan.path + " HTTP/1.1\r\nHost: " + plan.host + ":" + std::to_string(plan.port) +
                           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    return requests;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 9) return 2;
    Plan plan;
    plan.host = argv[1];
    plan.port = std::atoi(argv[2]);
    plan.path = argv[3];
    plan.connections = static_cast<std::size_t>(std::atoi(argv[4]));
    plan.seconds = std::atof(argv[5]);
    plan.rate = std::atof(argv[6]);
    plan.wanted = argv[7];
    for (int i = 8; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        plan.bodies.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        if (plan.bodies.back().empty()) return 2;
    }
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());     // a load, not a client: whose certificate it is does not matter
    const std::vector<std::string> requests = requests_of(plan);
    std::atomic<std::uint64_t> next{0}, wrong{0};
    std::vector<std::vector<double>> latencies(plan.connections);
    std::vector<std::thread> threads;
    std::atomic<std::size_t> connected{0};
    std::atomic<bool> go{false};
    Clock::time_point begin;
    for (std::size_t i = 0; i < plan.connections; ++i) {
        threads.emplace_back([&, i] {
            Client client(plan, context);
            ++connected;
            while (!go) std::this_thread::yield();
            const auto end = begin + std::chrono::duration<double>(plan.seconds);
            for (;;) {
                const std::uint64_t number = next++;
                auto due = Clock::now();
                if (plan.rate > 0) {
                    due = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(number) / plan.rate));
                    std::this_thread::sleep_until(due);
                }
                if (due >= end) return;
                if (!client.ask(requests[number % requests.size()], plan.wanted)) ++wrong;
                latencies[i].push_back(std::chrono::duration<double, std::micro>(Clock::now() - due).count());
            }
        });
    }
    while (connected < plan.connections) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    begin = Clock::now();
    go = true;
    for (std::thread& thread : threads) thread.join();
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    std::vector<double> all;
    for (const auto& one : latencies) all.insert(all.end(), one.begin(), one.end());
    std::sort(all.begin(), all.end());
    if (all.empty()) return 1;
    const auto at = [&](double share) { return all[std::min(all.size() - 1, static_cast<std::size_t>(share * static_cast<double>(all.size())))]; };
    std::printf("%.0f %.0f %.0f %.0f %.0f %llu\n", static_cast<double>(all.size()) / took, at(0.5), at(0.99), at(0.999), all.back(),
                static_cast<unsigned long long>(wrong.load()));
    SSL_CTX_free(context);
    return 0;
}
