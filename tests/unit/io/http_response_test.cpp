#include "io/http_response.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using io::HttpResponseReader;

namespace {

// The response, or the message of the error.
std::pair<io::HttpResponse, std::string> read(const std::string& text, std::size_t piece = 1'000'000, std::uint64_t limit = 100) {
    HttpResponseReader reader(limit, true);
    for (std::size_t at = 0; at < text.size(); at += piece) {
        const auto fed = reader.feed(std::string_view(text).substr(at, piece));
        if (!fed.ok()) return {{}, fed.error().message};
    }
    const auto ended = reader.end();
    if (!ended.ok()) return {{}, ended.error().message};
    return {reader.response(), ""};
}

void check_refused(const std::string& text, const std::string& why) {
    CAPTURE(text.substr(0, 200));
    for (const std::size_t piece : {std::size_t{1}, text.size() + 1}) {
        const auto [response, error] = read(text, piece);
        CHECK_THAT(error, Catch::Contains(why));
    }
}

const std::string kSized = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";

}  // namespace

TEST_CASE("a response is the same however it arrives") {
    for (const std::string& text : {kSized, kChunked, std::string("HTTP/1.0 200 OK\r\n\r\nhello")}) {
        for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
            const auto [response, error] = read(text, piece);
            REQUIRE(error.empty());
            CHECK(response.body == "hello");
        }
    }
    CHECK(read(kSized).first.header("content-type") == "text/plain");
    CHECK(read(kChunked).first.status == 201);
    CHECK(read("HTTP/1.1 204 No Content\r\n\r\n").first.status == 204);
    CHECK(read("HTTP/1.1 100 Continue\r\n\r\n" + kSized).first.status == 200);
    CHECK(read("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n").first.status == 404);
    CHECK(read(kSized + "HTTP/1.1 200 OK\r\n\r\nanother").first.body == "hello");  // nothing was asked for a second time
}

TEST_CASE("every prefix of a response that says its length is refused") {
    for (const std::string& text : {kSized, kChunked}) {
        for (std::size_t length = 0; length < text.size(); ++length) {
            CAPTURE(length);
            CHECK_FALSE(read(text.substr(0, length)).second.empty());
        }
    }
}

TEST_CASE("what is not HTTP/1.1 to the letter is refused") {
    check_refused("HTTP/2 200 OK\r\n\r\n", "first line");
    check_refused("SSH-2.0-x\r\n\r\n", "first line");
    check_refused("HTTP/1.1 99 OK\r\n\r\n", "first line");
    check_refused("HTTP/1.1 2000 OK\r\n\r\n", "first line");
    check_refused("HTTP/1.1 101 Switching\r\n\r\n", "status 101");
    check_refused("\r\n\r\n", "empty line");
    check_refused("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "header field");
    check_refused("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "header field");
    check_refused("HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", "header field");
    check_refused("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "header field");
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "more than once");
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "more than once");
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", "no number");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "transfer coding");
    check_refused("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", "encoded");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "size of a chunk");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", "chunk");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", "behind the body");
}

TEST_CASE("a response has limits") {
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "larger than the 100 bytes");
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "no number");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", "larger than the 100 bytes");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffff\r\n", "larger than the 100 bytes");
    check_refused("HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), "larger than the 100 bytes");
    CHECK(read("HTTP/1.1 200 OK\r\n\r\n" + std::string(100, 'x')).first.body.size() == 100);
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (std::size_t i = 0; i <= HttpResponseReader::kMaxHeaders; ++i) many += "A: b\r\n";
    check_refused(many + "\r\n", "header fields");
    check_refused("HTTP/1.1 200 OK\r\nA: " + std::string(HttpResponseReader::kMaxHead, 'x') + "\r\n\r\n", "its head is over");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100, 'x') + "\r\n", "between chunks");
    std::string interim;
    for (int i = 0; i <= HttpResponseReader::kMaxInterim; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
    check_refused(interim + kSized, "status 103");
}

TEST_CASE("the answer to HEAD has no body, whatever it says") {
    HttpResponseReader reader(100, false);
    REQUIRE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").ok());
    CHECK(reader.done());
}
