// What a route is given of a request, and what comes of one that has no route.
#include "server/router.hpp"

#include <catch2/catch.hpp>

using namespace headgate::server;

namespace {

std::string post(const std::string& path, const std::string& body, const std::string& type = "application/json") {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
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
        const std::string answer = router.answer_taken(post("/v1/validate?timeout=3s", body, "application/x-www-form-urlencoded"), "192.0.2.1", true, then);
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        CHECK(answer.ends_with("\r\n\r\nanswer"));
        CHECK(seen.body == body);
        CHECK(seen.query == "timeout=3s");
        CHECK(seen.peer == "192.0.2.1");
        CHECK(seen.received == then);
    }
    const Clock::time_point before = Clock::now();
    router.answer(post("/v1/validate", "{}"), "192.0.2.1", true);
    CHECK(seen.received >= before);
}

TEST_CASE("what has no route is 404, with a body or without") {
    Router router;
    router.post("/v1/validate", [](const HttpRequest&) { return HttpResponse{}; });
    CHECK(router.answer(post("/v1/other", "{}"), "192.0.2.1", true).starts_with("HTTP/1.1 404 "));
    CHECK(router.answer(post("/v1/other", ""), "192.0.2.1", true).starts_with("HTTP/1.1 404 "));
    CHECK(router.answer("GET /v1/validate HTTP/1.1\r\nHost: a\r\n\r\n", "192.0.2.1", true).starts_with("HTTP/1.1 404 "));
    // What waits of a request in one thread is gone with it.
    CHECK(router.answer(post("/v1/validate", ""), "192.0.2.1", true).starts_with("HTTP/1.1 200 "));
}
