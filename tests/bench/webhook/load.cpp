// load.cpp: the load of webhook.sh: POSTs over TLS connections that stay open (HTTP/1.1, as the API server does).
//
// load HOST PORT PATH CONNECTIONS SECONDS RATE WANTED FILE...
//   RATE 0: closed loop, each connection asks again as soon as it is answered. Otherwise an open loop: so many requests a second arrive by
//   the clock, over all connections, and a latency counts from when its request was due, whenever it could be sent.
//   WANTED: what every answer must hold ("" anything). FILEs are the bodies, by turns.
// Prints: requests a second, then p50, p99, p99.9 and the longest in microseconds, then how many answers were wrong.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "client.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Plan {
    std::string host, path, wanted;
    int port = 0;
    std::size_t connections = 1;
    double seconds = 1, rate = 0;
    std::vector<std::string> bodies;
};

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "load: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

std::vector<std::string> requests_of(const Plan& plan) {
    std::vector<std::string> requests;
    for (const std::string& body : plan.bodies) requests.push_back(webhook::post(plan.host, plan.port, plan.path, body));
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
            webhook::Client client(context, plan.host, plan.port);
            if (!client.open()) fail("no connection");
            webhook::Answer answer;
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
                if (!client.ask(requests[number % requests.size()], answer)) fail("no answer");
                if (answer.status != 200 || answer.body.find(plan.wanted) == std::string_view::npos) ++wrong;
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
