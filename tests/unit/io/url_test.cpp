#include "io/url.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("a URL has a scheme, a host, a port and a target") {
    const io::Url url = io::parse_url("HTTPS://Fulcio.Example:8443/api/v2?x=1").value();
    CHECK(url.tls);
    CHECK(url.host == "fulcio.example");
    CHECK(url.port == 8443);
    CHECK(url.target == "/api/v2?x=1");
    CHECK(url.origin() == "https://fulcio.example:8443");
    CHECK(url.shown() == "https://fulcio.example:8443/api/v2");  // a query may hold what no log should

    CHECK(io::parse_url("https://a.example").value().target == "/");
    CHECK(io::parse_url("https://a.example?q").value().target == "/?q");
    CHECK(io::parse_url("https://a.example:443").value().origin() == "https://a.example");
    CHECK(io::parse_url("http://[::1]:80/").value().authority() == "[::1]");
}

TEST_CASE("what is no URL of ours is refused") {
    for (const char* text : {"", "a.example", "//a.example", "ftp://a.example", "file:///etc/passwd", "https://", "https:///x", "https://:80", "https://a b",
                             "https://a\r\nHost: b", "https://user@a.example", "https://user:secret@a.example", "https://a.example:0",
                             "https://a.example:65536", "https://a.example:x", "https://a.example:", "https://a.example#x", "https://[::1",
                             "https://[a.example]", "https://a,b", "https://\xc3\xa4.example", "https://a\\b"}) {
        CAPTURE(text);
        REQUIRE_FALSE(io::parse_url(text).ok());
    }
    CHECK(io::parse_url("https://user:secret@a.example").error().message.find("secret") == std::string::npos);
    CHECK_FALSE(io::parse_url("https://a.example/" + std::string(io::kMaxUrl, 'a')).ok());
}

TEST_CASE("only this machine is loopback") {
    for (const char* text : {"http://localhost", "http://127.0.0.1", "http://127.9.9.9:80", "http://[::1]"}) CHECK(io::parse_url(text)->names_loopback());
    for (const char* text : {"http://localhost.example", "http://127.0.0.1.example", "http://127.1", "http://128.0.0.1", "http://[::2]",
                             "http://127.0.0.x", "http://0.0.0.0"}) {
        CAPTURE(text);
        CHECK_FALSE(io::parse_url(text)->names_loopback());
    }
}

TEST_CASE("a path is joined to a base with one slash") {
    CHECK(io::join_url("https://a.example", "/api") == "https://a.example/api");
    CHECK(io::join_url("https://a.example/sub/", "/api") == "https://a.example/sub/api");
}
