#include "server/http_head.hpp"

#include <catch2/catch.hpp>

using namespace headgate::server;

namespace {

HttpHead read(const std::string& head) { return read_http_head(head, {}); }

int refusal(const std::string& head) {
    const HttpHead result = read(head);
    return result.state == HttpHead::State::refused ? result.status : 0;
}

const std::string kPost = "POST /v1/evaluate HTTP/1.1\r\nHost: a\r\n";

}  // namespace

TEST_CASE("an ordinary head is read whole") {
    const HttpHead head = read(kPost + "content-LENGTH:  12 \r\nConnection: Close\r\n\r\nbody");
    REQUIRE(head.state == HttpHead::State::complete);
    CHECK(head.method == "POST");
    CHECK(head.target == "/v1/evaluate");
    CHECK(head.body_bytes == 12);
    CHECK_FALSE(head.keep_alive);
    CHECK(read("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").state == HttpHead::State::complete);
}

TEST_CASE("every prefix of a head is incomplete, and bytes behind it change nothing") {
    const std::string whole = kPost + "Content-Length: 2\r\nAccept: */*\r\n\r\n";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CHECK(read(whole.substr(0, length)).state == HttpHead::State::incomplete);
    }
    CHECK(read(whole + "{}POST / HTTP/9").head_bytes == whole.size());
}

TEST_CASE("lengths that two readers could read differently are refused") {
    for (const char* fields : {"Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2, 2\r\n", "Content-Length: +2\r\n",
                               "Content-Length: -2\r\n", "Content-Length: 2abc\r\n", "Content-Length: 0x2\r\n",
                               "Content-Length: \r\n", "Content-Length: \v2\r\n", "Content-Length: 9999999999999999999\r\n",
                               "Content-Length : 2\r\n", " Content-Length: 2\r\n", "A: b\r\n Content-Length: 2\r\n",
                               "Content-Length: 2\nA: b\r\n", "Content-Length: 2\rA: b\r\n"}) {
        CAPTURE(std::string(fields));
        CHECK(refusal(kPost + fields + "\r\n{}") == 400);
    }
    CHECK(refusal(kPost + "\r\n") == 411);
    CHECK(refusal(kPost + "Transfer-Encoding: chunked\r\n\r\n") == 411);
    CHECK(refusal(kPost + "Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\n") == 411);
    CHECK(refusal(kPost + "Content-Length: 7340033\r\n\r\n") == 413);
    CHECK(refusal(kPost + "Content-Length: 7340032\r\n\r\n") == 0);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n") == 0);
}

TEST_CASE("heads that are no HTTP/1.1, or ask for what is not given") {
    CHECK(refusal("GET / HTTP/1.0\r\nHost: a\r\n\r\n") == 505);
    CHECK(refusal("PRI * HTTP/2.0\r\n\r\n") == 505);
    CHECK(refusal("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(refusal("GET  / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(refusal("GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(refusal("G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(refusal("\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
    CHECK(refusal("GET /" + std::string(2048, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n") == 417);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nA: \xc3\xa9\r\n\r\n") == 400);
    CHECK(refusal(std::string("GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", 28)) == 400);
    CHECK(refusal(kPost + "Content-Type: Multipart/Form-Data; boundary=b\r\nContent-Length: 2\r\n\r\n") == 415);
    CHECK(refusal(kPost + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n") == 415);
}

TEST_CASE("the number and size of header fields are bounded") {
    std::string fields;
    for (int i = 0; i < 62; ++i) fields += "A: b\r\n";
    CHECK(refusal(kPost + "Content-Length: 0\r\n" + fields + "\r\n") == 0);
    CHECK(refusal(kPost + "Content-Length: 0\r\n" + fields + "A: b\r\n\r\n") == 431);
    CHECK(refusal(kPost + "A: " + std::string(17'000, 'b')) == 431);
}
