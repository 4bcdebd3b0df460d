#include "server/door.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "unit/server/loopback.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

std::string ask(int port, const std::string& request) {
    TestClient client(port);
    if (!client.connected() || !client.send(request)) return "not sent";
    return client.response();
}

int status(const std::string& response) {
    return response.size() < 12 ? 0 : static_cast<int>(std::strtol(response.c_str() + 9, nullptr, 10));
}

// Blocks every judgement until opened.
class Barrier {
  public:
    Decide decide() {
        return [this](const auto&, const pipeline::Request& request) {
            ++waiting;
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::seconds(20), [this] { return open_; });
            return denied(request);
        };
    }
    void open() {
        {
            const std::scoped_lock lock(mutex_);
            open_ = true;
        }
        changed_.notify_all();
    }
    bool reached(int count) const {
        for (int i = 0; i < 2000 && waiting < count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return waiting >= count;
    }
    std::atomic<int> waiting{0};

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

}  // namespace

TEST_CASE("an honest request is answered, and the connection stays") {
    TestServer server;
    TestClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        REQUIRE(client.send(post(kOneName)));
        const std::string response = client.response();
        CHECK(status(response) == 200);
        CHECK(response.find("\"decision\":\"deny\"") != std::string::npos);
    }
    // Two at once: answered one after the other, in order.
    REQUIRE(client.send(post(kOneName) + post("{}")));
    CHECK(status(client.response()) == 200);
    CHECK(status(client.response()) == 400);
    REQUIRE(client.send(post(kOneName, "Connection: close\r\n")));
    CHECK(status(client.rest()) == 200);
}

TEST_CASE("routes that do not exist, and methods that they do not have") {
    TestServer server;
    CHECK(status(ask(server.port(), get("/v1/evaluate"))) == 404);
    CHECK(status(ask(server.port(), post("{}", "", "/v1/other"))) == 404);
    CHECK(status(ask(server.port(), get("/metrics"))) == 404);
    CHECK(status(ask(server.health_port(), get("/livez"))) == 200);
    CHECK(status(ask(server.health_port(), post("{}"))) == 404);
    CHECK(ask(server.health_port(), get("/metrics")).find("headgate_decisions_total") != std::string::npos);
}

TEST_CASE("a form, however long, is a body like any other; a body in parts is refused") {
    TestServer server;
    const std::string body = R"({"subjects":[{"ref":")" + std::string(20'000, 'a') + R"("}]})";
    CHECK(status(ask(server.port(), post(body, "Content-Type: application/x-www-form-urlencoded\r\n"))) == 200);
    CHECK(status(ask(server.port(), post(body, "Content-Type: multipart/form-data; boundary=b\r\n"))) == 415);
}

TEST_CASE("too large a body is refused by its length, and the client can read why") {
    TestServer server;
    TestClient client(server.port());
    REQUIRE(client.send("POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n"));
    static_cast<void>(client.send(std::string(4'000'000, ' ')));  // it does not wait for the answer
    CHECK(status(client.response()) == 413);
    const DoorLimits limits;
    const std::string most = std::string(limits.http.body_bytes - kOneName.size(), ' ') + std::string(kOneName);
    CHECK(status(ask(server.port(), post(most))) == 200);
    CHECK(server.counts().refused == 1);
}

TEST_CASE("chunks, however many, are not taken") {
    TestServer server;
    CHECK(status(ask(server.port(),
                     "POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000000\r\n{")) == 411);
    CHECK(status(ask(server.port(), "POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                                    "Transfer-Encoding: chunked\r\n\r\n{}")) == 411);
    CHECK(status(ask(server.port(), post("{}", "Content-Encoding: gzip\r\n"))) == 415);
}

TEST_CASE("many headers, and one endless header, end the connection early") {
    TestServer server;
    std::string headers;
    for (int i = 0; i < 65; ++i) headers += "A: b\r\n";
    CHECK(status(ask(server.port(), post("{}", headers))) == 431);
    TestClient client(server.port());
    REQUIRE(client.send("POST /v1/evaluate HTTP/1.1\r\nA: "));
    static_cast<void>(client.send(std::string(3'000'000, 'a')));
    CHECK(status(client.response()) == 431);
}

TEST_CASE("a body is asked for with 100 Continue, once") {
    TestServer server;
    TestClient client(server.port());
    REQUIRE(client.send("POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
                        std::to_string(kOneName.size()) + "\r\n\r\n"));
    CHECK(status(client.response()) == 100);
    REQUIRE(client.send(kOneName));
    CHECK(status(client.response()) == 200);
    // One that is refused is told so instead.
    CHECK(status(ask(server.port(), "POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                    "Content-Length: 99999999\r\n\r\n")) == 413);
}

TEST_CASE("clients that send slowly, or do not read, do not keep an honest one waiting") {
    DoorLimits limits;
    limits.connections = 8;
    limits.workers = 1;
    std::string subjects;
    for (int i = 0; i < 256; ++i) {
        subjects += (i > 0 ? "," : "") + std::string(R"({"ref":")") + std::string(16'000, 'a') + "\"}";
    }
    TestServer server(limits);
    std::vector<std::unique_ptr<TestClient>> slow;
    for (int i = 0; i < 20; ++i) {
        slow.push_back(std::make_unique<TestClient>(server.port()));
        static_cast<void>(slow.back()->send("POST /v1/evaluate HTTP/1.1\r\nHost: a\r\n"));
        CHECK(status(ask(server.port(), post(kOneName))) == 200);
    }
    TestClient deaf(server.port(), 4096);
    REQUIRE(deaf.send(post(R"({"subjects":[)" + subjects + "]}")));
    CHECK(status(ask(server.port(), post(kOneName))) == 200);
    CHECK(status(ask(server.port(), post(kOneName))) == 200);
}

TEST_CASE("a worker that stays with a connection leaves it when another needs one") {
    DoorLimits limits;
    limits.workers = 1;
    TestServer server(limits);
    TestClient first(server.port()), second(server.port()), third(server.port());
    for (int i = 0; i < 50; ++i) {
        for (TestClient* const client : {&first, &second, &first, &third}) {
            REQUIRE(client->send(post(kOneName)));
            REQUIRE(status(client->response()) == 200);
        }
    }
    CHECK(server.counts().accepted == 3);
    CHECK(server.counts().overloaded == 0);
}

TEST_CASE("requests that come at once are answered one after the other") {
    DoorLimits limits;
    limits.workers = 2;
    TestServer server(limits);
    TestClient client(server.port());
    constexpr int kMany = 20;
    std::string all;
    for (int i = 0; i < kMany; ++i) all += i % 2 == 0 ? post(kOneName) : get("/no/such/route");
    REQUIRE(client.send(all));
    for (int i = 0; i < kMany; ++i) CHECK(status(client.response()) == (i % 2 == 0 ? 200 : 404));
    // And one that comes in two parts, the second long after the first answer.
    const std::string request = post(kOneName);
    REQUIRE(client.send(request + request.substr(0, 10)));
    CHECK(status(client.response()) == 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    REQUIRE(client.send(request.substr(10)));
    CHECK(status(client.response()) == 200);
}

TEST_CASE("a client that never finishes is dropped at the deadline") {
    DoorLimits limits;
    limits.request = std::chrono::milliseconds(50);
    TestServer server(limits);
    TestClient client(server.port());
    REQUIRE(client.send("POST /v1/eval"));
    CHECK(client.rest().empty());
    CHECK(server.counts().timed_out == 1);
}

TEST_CASE("overload is 503 with Retry-After, and health still answers") {
    DoorLimits limits;
    limits.workers = 1;
    limits.queue = 1;
    Barrier barrier;
    TestServer server(limits, {}, barrier.decide());
    TestClient first(server.port());
    REQUIRE(first.send(post(kOneName)));
    REQUIRE(barrier.reached(1));
    // One may wait; how many of these three get the place depends on nothing: exactly one.
    TestClient second(server.port()), third(server.port());
    REQUIRE(second.send(post(kOneName)));
    REQUIRE(third.send(post(kOneName)));
    while (server.counts().overloaded == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(status(ask(server.health_port(), get("/livez"))) == 200);
    barrier.open();
    CHECK(status(first.response()) == 200);
    const std::string a = second.response();
    const std::string b = third.response();
    CHECK((status(a) == 503) != (status(b) == 503));
    CHECK((a + b).find("Retry-After: 1\r\n") != std::string::npos);
}

TEST_CASE("a client that ends its own side is answered") {
    TestServer server;
    for (int i = 0; i < 20; ++i) {
        TestClient client(server.port());
        REQUIRE(client.send(post(kOneName)));
        REQUIRE(::shutdown(client.descriptor(), SHUT_WR) == 0);
        CHECK(status(client.response()) == 200);
    }
    CHECK(server.counts().abandoned == 0);
}

TEST_CASE("what nobody waits for any more is not judged, however long the queue") {
    DoorLimits limits;
    limits.workers = 1;
    limits.patience = std::chrono::milliseconds(0);
    Barrier barrier;
    TestServer server(limits, {}, barrier.decide());
    TestClient first(server.port());
    REQUIRE(first.send(post(kOneName)));
    REQUIRE(barrier.reached(1));
    constexpr unsigned kGone = 10;
    for (unsigned i = 0; i < kGone; ++i) {
        TestClient impatient(server.port());
        REQUIRE(impatient.send(post(kOneName)));
    }
    TestClient honest(server.port());
    REQUIRE(honest.send(post(kOneName)));
    while (server.counts().accepted < kGone + 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    barrier.open();
    CHECK(status(first.response()) == 200);
    CHECK(status(honest.response()) == 200);
    CHECK(server.counts().abandoned == kGone);
    CHECK(barrier.waiting == 2);
}

TEST_CASE("when bodies in flight hold too much, the largest pays") {
    DoorLimits limits;
    limits.bytes_in_flight = 1U << 20U;
    TestServer server(limits);
    const std::string head = "POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n";
    TestClient large(server.port());
    REQUIRE(large.send(head));
    static_cast<void>(large.send(std::string(3'000'000, ' ')));
    CHECK(status(large.response()) == 503);
    CHECK(status(ask(server.port(), post(kOneName))) == 200);
}

TEST_CASE("whole requests that wait for a worker are bytes in flight, too") {
    DoorLimits limits;
    limits.workers = 1;
    limits.bytes_in_flight = 1U << 20U;
    Barrier barrier;
    TestServer server(limits, {}, barrier.decide());
    TestClient first(server.port());
    REQUIRE(first.send(post(kOneName)));
    REQUIRE(barrier.reached(1));
    const std::string padded = std::string(kOneName) + std::string(400'000, ' ');
    std::deque<TestClient> large;
    for (int i = 0; i < 6; ++i) {
        large.emplace_back(server.port());
        REQUIRE(large.back().send(post(padded)));
    }
    while (server.counts().overloaded < 4) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // A small one finds room all the same.
    TestClient small(server.port());
    REQUIRE(small.send(post(kOneName)));
    while (server.counts().accepted < 8) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    barrier.open();
    CHECK(status(small.response()) == 200);
    CHECK(status(first.response()) == 200);
    int judged = 0;
    for (TestClient& client : large) judged += status(client.response()) == 200 ? 1 : 0;
    CHECK(judged <= 2);
}

TEST_CASE("stopping answers what has begun and takes nothing new") {
    Barrier barrier;
    TestServer server({}, {}, barrier.decide());
    TestClient busy(server.port()), idle(server.port()), late(server.port());
    REQUIRE(busy.send(post(kOneName)));
    REQUIRE(late.send(post(kOneName).substr(0, 60)));
    REQUIRE(barrier.reached(1));
    server.begin_stop();
    CHECK(idle.rest().empty());
    CHECK_FALSE(TestClient(server.port()).connected());
    REQUIRE(late.send(post(kOneName).substr(60)));
    barrier.open();
    CHECK(status(busy.rest()) == 200);
    CHECK(status(late.rest()) == 200);
    server.stop();
}

TEST_CASE("addresses are numeric, and loopback is told apart") {
    CHECK(is_loopback("127.0.0.1:80"));
    CHECK(is_loopback("[::1]:80"));
    CHECK(is_loopback("localhost:80"));
    CHECK_FALSE(is_loopback(":80"));
    CHECK_FALSE(is_loopback("0.0.0.0:80"));
    CHECK_FALSE(is_loopback("gate.example:80"));
    Door door({}, {}, {});
    for (const char* wrong : {"", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "gate.example:80", "[::1:80"}) {
        CAPTURE(std::string(wrong));
        const auto port = door.listen(wrong, false);
        REQUIRE_FALSE(port.ok());
        CHECK(port.error().code == ErrorCode::usage);
    }
}
