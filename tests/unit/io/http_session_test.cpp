// Connections that are kept: which are used again, and which never.
#include "io/http_session.hpp"

#include <catch2/catch.hpp>

#include "unit/io/loopback_server.hpp"

using namespace headgate;
using namespace std::chrono_literals;
using test::kOk;

namespace {

// Each inner list is one connection: what it answers to its requests, one after another; then it ends.
class KeptServer : public test::LoopbackServer {
  public:
    explicit KeptServer(const std::vector<std::vector<std::string>>& connections) : LoopbackServer(serving(connections)) {}

  private:
    static std::vector<Serve> serving(const std::vector<std::vector<std::string>>& connections) {
        std::vector<Serve> list;
        for (const auto& answers : connections) {
            list.emplace_back([answers](int socket) {
                for (const std::string& answer : answers) {
                    if (test::read_head(socket).find("\r\n\r\n") == std::string::npos) return false;
                    test::send_text(socket, answer);
                }
                return true;
            });
        }
        return list;
    }
};

std::unique_ptr<io::HttpSession> session(std::vector<std::string> allowed = {"127.0.0.1"}) {
    io::HttpSessionOptions options;
    options.idle = 2s;
    options.allowed_hosts = std::move(allowed);
    return std::move(io::HttpSession::open(options)).value();
}

Result<io::HttpResponse> get(io::HttpSession& over, const std::string& url, const io::HttpBodySink& sink = {}) {
    return over.send({"GET", url, {}, ""}, io::HttpSession::Clock::now() + 3s, 100, sink);
}

}  // namespace

TEST_CASE("a connection is used again after a whole answer") {
    KeptServer server({{kOk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", kOk}});
    const auto over = session();
    for (int i = 0; i < 3; ++i) CHECK(get(*over, server.url()).value().body == "ok");
    CHECK(over->connections() == 1);
    CHECK(over->requests() == 3);
}

TEST_CASE("and not where its end was not marked, something stood behind it, or the server says so") {
    const std::string first = GENERATE(as<std::string>(), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n\r\nok",
                                       "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                                       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    KeptServer server({{first}, {kOk}});
    const auto over = session();
    CHECK(get(*over, server.url()).value().body == "ok");
    CHECK(get(*over, server.url()).value().body == "ok");
    CHECK(over->connections() == 2);
}

TEST_CASE("a connection that the server has ended meanwhile costs nobody an answer") {
    KeptServer server({{kOk}, {kOk}});
    const auto over = session();
    CHECK(get(*over, server.url()).ok());
    std::this_thread::sleep_for(50ms);
    CHECK(get(*over, server.url()).value().body == "ok");
    CHECK(over->connections() == 2);
}

TEST_CASE("the body of a 200 goes to the sink, and of nothing else") {
    KeptServer server({{kOk, "HTTP/1.1 404 Not Found\r\nContent-Length: 120\r\n\r\n" + std::string(120, 'x'), kOk,
                        "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"}});
    const auto over = session();
    std::string taken;
    const io::HttpBodySink sink = [&](std::string_view bytes) {
        taken += bytes;
        return Result<void>();
    };
    CHECK(get(*over, server.url(), sink).value().body.empty());
    CHECK(taken == "ok");
    CHECK(get(*over, server.url(), sink).value().status == 404);  // larger than a 200 may be
    CHECK(taken == "ok");
    const auto stopped = get(*over, server.url(), [](std::string_view) -> Result<void> { return Error{ErrorCode::usage, "enough"}; });
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::usage);
}

TEST_CASE("nothing is connected to that the guard does not let through") {
    KeptServer server({{kOk}});
    const auto over = session({"registry.example"});
    const auto refused = get(*over, server.url());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::io);
    CHECK_THAT(refused.error().message, Catch::Contains("loopback"));
    CHECK(over->connections() == 0);
    CHECK_FALSE(get(*over, "http://localhost:" + std::to_string(server.port()) + "/").ok());
    CHECK_FALSE(get(*over, "http://2130706433:" + std::to_string(server.port()) + "/").ok());
}

TEST_CASE("whoever finds no free connection waits, and no longer than it may") {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    KeptServer server({{half, std::string()}});  // never whole, never ended
    io::HttpSessionOptions options;
    options.connections = 1;
    options.idle = 1s;
    options.allowed_hosts = {"127.0.0.1"};
    const auto over = std::move(io::HttpSession::open(options)).value();
    std::thread other([&] { static_cast<void>(over->send({"GET", server.url(), {}, ""}, io::HttpSession::Clock::now() + 600ms, 100)); });
    while (over->requests() == 0) std::this_thread::sleep_for(5ms);
    const auto late = over->send({"GET", server.url(), {}, ""}, io::HttpSession::Clock::now() + 100ms, 100);
    other.join();
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().code == ErrorCode::deadline);
    CHECK(over->connections() == 1);
}
