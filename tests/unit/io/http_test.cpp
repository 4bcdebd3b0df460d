// The client against a server on loopback that says whatever a case wants it to say.
#include "io/http.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "io/http_proxy.hpp"
#include "unit/io/loopback_server.hpp"

using namespace headgate;
using namespace std::chrono_literals;
using test::kOk;

namespace {

// Serves connections one after another, each by its own function, which gets the request and sends what it likes.
class Server {
  public:
    using Answer = std::function<void(int socket, const std::string& request)>;

    explicit Server(std::vector<Answer> answers) : server_(serving(std::move(answers))), port(server_.port()) {}
    void stop() { server_.stop(); }
    std::string url(const std::string& path) const { return server_.url(path); }

    std::vector<std::string> requests;       // read it after stop()

  private:
    std::vector<test::LoopbackServer::Serve> serving(std::vector<Answer> answers) {
        std::vector<test::LoopbackServer::Serve> list;
        for (Answer& answer : answers) {
            list.emplace_back([this, answer = std::move(answer)](int socket) {
                requests.push_back(test::read_head(socket));
                answer(socket, requests.back());
                return true;
            });
        }
        return list;
    }
    test::LoopbackServer server_;

  public:
    const int port;
};

Server::Answer says(const std::string& text) {
    return [text](int socket, const std::string&) { test::send_text(socket, text); };
}

}  // namespace

TEST_CASE("a request is sent as it is, and the answer comes back") {
    Server server({says(kOk)});
    io::HttpRequest request;
    request.method = "POST";
    request.url = server.url("/api?x=1");
    request.headers = {{"Content-Type", "application/json"}};
    request.body = "{}";
    const auto response = io::http_send(request);
    REQUIRE(response.ok());
    CHECK(response->status == 200);
    CHECK(response->body == "ok");
    server.stop();
    CHECK_THAT(server.requests.at(0), Catch::StartsWith("POST /api?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port) + "\r\n"));
    CHECK_THAT(server.requests.at(0), Catch::Contains("Content-Type: application/json\r\n") && Catch::Contains("Content-Length: 2\r\n"));
}

TEST_CASE("what would be another request is refused before it is sent") {
    const auto refused = [](const io::HttpRequest& request) {
        const auto response = io::http_send(request);
        return !response.ok() && response.error().code == ErrorCode::usage;
    };
    CHECK(refused({"GET", "http://127.0.0.1:1/", {{"A", "b\r\nC: d"}}, ""}));
    CHECK(refused({"GET", "http://127.0.0.1:1/", {{"A: b\r\nC", "d"}}, ""}));
    CHECK(refused({"GET /", "http://127.0.0.1:1/", {}, ""}));
    CHECK(refused({"GET", "http://127.0.0.1:1/", {}, "body"}));
    CHECK(refused({"GET", "http://a.example/", {}, ""}));  // plain text to another machine
}

TEST_CASE("nobody there, too slow, too large and no HTTP are told apart") {
    const auto error = [](Server::Answer answer, io::HttpOptions options = {}) {
        Server server({std::move(answer)});
        const auto response = io::http_send({"GET", server.url("/secret?token=abc"), {{"Authorization", "Bearer xyz"}}, ""}, options);
        REQUIRE_FALSE(response.ok());
        CHECK_THAT(response.error().message, Catch::StartsWith("GET http://127.0.0.1:" + std::to_string(server.port) + "/secret: "));
        CHECK_THAT(response.error().message, !Catch::Contains("abc") && !Catch::Contains("xyz"));
        return response.error().code;
    };
    io::HttpOptions hasty;
    hasty.idle = 200ms;
    hasty.total = 500ms;
    CHECK(error([](int, const std::string&) { std::this_thread::sleep_for(700ms); }, hasty) == ErrorCode::deadline);
    // A byte now and then is never silent, and never done.
    const auto drip = [](int socket, const std::string&) {
        for (int i = 0; i < 20 && ::send(socket, "H", 1, MSG_NOSIGNAL) == 1; ++i) std::this_thread::sleep_for(50ms);
    };
    CHECK(error(drip, hasty) == ErrorCode::deadline);
    CHECK(error(says("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")) == ErrorCode::malformed);
    CHECK(error(says("hello\r\n\r\n")) == ErrorCode::malformed);
    CHECK(error(says("")) == ErrorCode::malformed);

    int port = 0;
    {
        Server gone({});
        port = gone.port;
    }
    const auto response = io::http_send({"GET", "http://127.0.0.1:" + std::to_string(port) + "/", {}, ""});
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().code == ErrorCode::io);
}

TEST_CASE("a server that speaks no TLS is not spoken to in plain text") {
    Server server({says(kOk)});
    io::HttpOptions hasty;
    hasty.idle = 300ms;
    CHECK_FALSE(io::http_send({"GET", "https://127.0.0.1:" + std::to_string(server.port) + "/", {{"Authorization", "Bearer xyz"}}, ""}, hasty).ok());
    server.stop();
    CHECK_THAT(server.requests.at(0), !Catch::Contains("GET") && !Catch::Contains("xyz"));
}

TEST_CASE("redirects are followed where they are asked for, and headers stay at home") {
    const auto to = [](const std::string& where) { return says("HTTP/1.1 302 Found\r\nLocation: " + where + "\r\nContent-Length: 0\r\n\r\n"); };
    const auto headers = std::vector<io::HttpHeader>{{"Authorization", "Bearer xyz"}};
    io::HttpOptions two;
    two.redirects = 2;
    SECTION("not by themselves") {
        Server server({to("/other")});
        CHECK(io::http_send({"GET", server.url("/"), headers, ""}).value().status == 302);
    }
    SECTION("within one origin") {
        Server server({to("/other"), says(kOk)});
        CHECK(io::http_send({"GET", server.url("/"), headers, ""}, two).value().status == 200);
        server.stop();
        CHECK_THAT(server.requests.at(1), Catch::StartsWith("GET /other ") && Catch::Contains("Bearer xyz"));
    }
    SECTION("to another") {
        Server other({says(kOk)});
        Server server({to(other.url("/there"))});
        CHECK(io::http_send({"GET", server.url("/"), headers, ""}, two).value().status == 200);
        other.stop();
        CHECK_THAT(other.requests.at(0), Catch::StartsWith("GET /there ") && !Catch::Contains("Bearer"));
    }
    SECTION("not with a body") {
        Server server({to("/other")});
        CHECK(io::http_send({"POST", server.url("/"), headers, "x"}, two).value().status == 302);
    }
    SECTION("not for ever") {
        Server server({to("/"), to("/"), to("/")});
        CHECK_THAT(io::http_send({"GET", server.url("/"), headers, ""}, two).error().message, Catch::Contains("redirects"));
    }
    SECTION("not in plain text to another machine") {
        Server server({to("http://a.example/")});
        CHECK(io::http_send({"GET", server.url("/"), headers, ""}, two).error().code == ErrorCode::usage);
    }
}

TEST_CASE("https goes through the proxy of the environment, as a tunnel") {
    const auto get = [](const std::string& url) { return io::http_send({"GET", url, {{"Authorization", "Bearer xyz"}}, ""}).error(); };
    Server proxy({says("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!")});
    REQUIRE(::setenv("HTTPS_PROXY", proxy.url("").c_str(), 1) == 0);
    REQUIRE(::setenv("NO_PROXY", "other.example, .inner.example", 1) == 0);
    CHECK_THAT(get("https://a.invalid/x").message, Catch::Contains("HTTPS_PROXY) answered 407"));
    proxy.stop();
    CHECK(proxy.requests.at(0) == "CONNECT a.invalid:443 HTTP/1.1\r\nHost: a.invalid:443\r\n\r\n");

    const auto proxied = [](const std::string& url) { return io::proxy_for(io::parse_url(url).value()).value().has_value(); };
    CHECK(proxied("https://a.example"));
    CHECK(proxied("https://another.example"));
    CHECK_FALSE(proxied("https://other.example"));
    CHECK_FALSE(proxied("https://x.inner.example"));
    CHECK_FALSE(proxied("https://127.0.0.1"));
    CHECK_FALSE(proxied("http://a.example"));
    for (const char* bad : {"https://proxy.example", "http://user:secret@proxy.example"}) {
        REQUIRE(::setenv("HTTPS_PROXY", bad, 1) == 0);
        const Error error = get("https://a.invalid/x");
        CHECK(error.code == ErrorCode::usage);
        CHECK_THAT(error.message, !Catch::Contains("secret"));
    }
    ::unsetenv("HTTPS_PROXY");
    ::unsetenv("NO_PROXY");
}
