// What a route is given of a request, and what comes of one that has no route.
#include "server/router.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace headgate::server;

namespace {

std::string post(const std::string& path, const std::string& body, const std::string& type = "application/json") {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string answer_to(const Router& router, const std::string& request, Clock::time_point received = Clock::now()) {
    const HttpHead head = read_http_head(request, {});
    REQUIRE(head.state == HttpHead::State::complete);
    return router.answer(head, request, "192.0.2.1", true, received);
}

}  // namespace

TEST_CASE("a route has the body as it arrived, and when it did") {
    Router router;
    HttpRequest seen;
    router.post("/v1/validate", [&](const HttpRequest& request) {
        seen = request;
        return HttpResponse{200, "answer"};
    });
    const Clock::time_point then = Clock::now() - std::chrono::seconds(5);
    for (const std::string& body : {std::string(), std::string("{}"), std::string(3U << 20U, 'a'), std::string("a=1&b=\0\r\n\r\n", 12)}) {
        const std::string answer = answer_to(router, post("/v1/validate?timeout=3s", body, "application/x-www-form-urlencoded"), then);
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        CHECK(answer.ends_with("\r\n\r\nanswer"));
        CHECK(seen.body == body);
        CHECK(seen.query == "timeout=3s");
        CHECK(seen.peer == "192.0.2.1");
        CHECK(seen.received == then);
    }
    const Clock::time_point before = Clock::now();
    answer_to(router, post("/v1/validate", "{}"));
    CHECK(seen.received >= before);
}

TEST_CASE("what has no route is 404, with a body or without") {
    Router router;
    router.post("/v1/validate", [](const HttpRequest&) { return HttpResponse{}; });
    CHECK(answer_to(router, post("/v1/other", "{}")).starts_with("HTTP/1.1 404 "));
    CHECK(answer_to(router, post("/v1/other", "")).starts_with("HTTP/1.1 404 "));
    CHECK(answer_to(router, "GET /v1/validate HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 404 "));
    CHECK(answer_to(router, post("/v1/validate", "")).starts_with("HTTP/1.1 200 "));
    // Paths are what is written.
    for (const char* other : {"/v1/%76alidate", "/v1//validate", "/v1/validate/", "/v1/./validate", "/V1/validate", "/v1/validate#x"}) {
        CAPTURE(other);
        CHECK(answer_to(router, post(other, "{}")).starts_with("HTTP/1.1 404 "));
    }
}

TEST_CASE("HEAD tells of a body and has none; what a route throws is a 500; who must show himself, and who must come again, is told") {
    Router router;
    router.get("/readyz", [](const HttpRequest&) { return HttpResponse{200, "ready\n", "text/plain"}; });
    router.get("/broken", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("no"); });
    router.get("/closed", [](const HttpRequest&) { return HttpResponse{401, "{}"}; });
    router.get("/busy", [](const HttpRequest&) { return HttpResponse{503, "{}"}; });
    const auto ask = [&](const std::string& line, const std::string& fields = "") { return answer_to(router, line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"); };
    CHECK(ask("GET /readyz") == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nready\n");
    CHECK(ask("HEAD /readyz") == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n");
    CHECK(ask("GET /broken").starts_with("HTTP/1.1 500 "));
    CHECK(ask("GET /closed").find("\r\nWWW-Authenticate: Bearer\r\n") != std::string::npos);
    CHECK(ask("GET /busy").find("\r\nRetry-After: 1\r\n") != std::string::npos);
    CHECK(ask("DELETE /readyz").starts_with("HTTP/1.1 404 "));
}

TEST_CASE("a route has the values of fields, each of which is there once") {
    Router router;
    HttpRequest seen;
    router.get("/x", [&](const HttpRequest& request) {
        seen = request;
        return HttpResponse{};
    });
    answer_to(router, "GET /x HTTP/1.1\r\nhost: a\r\nAUTHORIZATION:  Bearer abc \r\nX-Webhook-Secret: s\r\n\r\n");
    CHECK(seen.authorization == "Bearer abc");
    CHECK(seen.webhook_secret == "s");
    CHECK(seen.query.empty());
    for (const char* twice : {"Authorization: Bearer a\r\nauthorization: Bearer b", "X-Webhook-Secret: a\r\nX-Webhook-Secret: a"}) {
        CAPTURE(twice);
        const HttpHead head = read_http_head("GET /x HTTP/1.1\r\nHost: a\r\n" + std::string(twice) + "\r\n\r\n", {});
        CHECK(head.state == HttpHead::State::refused);
        CHECK(head.status == 400);
    }
}
