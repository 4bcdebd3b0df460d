#include "io/registry_headers.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("the next page is the link that says so") {
    CHECK(io::next_link("").value().empty());
    CHECK(io::next_link(R"(</v2/a/referrers/sha256:00?n=2&last=x>; rel="next")").value() == "/v2/a/referrers/sha256:00?n=2&last=x");
    CHECK(io::next_link(R"(</first>; rel=first, </a,b;c>;title="x, y" ; REL = "prev Next")").value() == "/a,b;c");
    CHECK(io::next_link(R"(</a>; rel=prev; rel=next)").value().empty());  // the first counts
    CHECK(io::next_link("</a>").value().empty());
}

TEST_CASE("what is no Link is refused") {
    const auto refused = [](std::string_view text) {
        const auto read = io::next_link(text);
        return !read.ok() && read.error().code == ErrorCode::malformed;
    };
    CHECK(refused("/a; rel=next"));
    CHECK(refused("</a; rel=next"));
    CHECK(refused("</a>; rel=\"next"));
    CHECK(refused("</a>; rel=next </b>; rel=next"));
    CHECK(refused("</a>; rel=next, </b>; rel=next"));
    CHECK(refused("<>; rel=next"));
    CHECK(refused("</a>;"));
    CHECK(refused("</a>; rel="));
    CHECK(refused(std::string(io::kMaxLinkField + 1, ' ')));
    const std::string whole = R"(</first>; rel=first, </a>; title="x"; rel="next")";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto read = io::next_link(whole.substr(0, size));
        CHECK((!read.ok() || read->empty()));
    }
    CHECK(io::next_link(whole).value() == "/a");
}

TEST_CASE("Retry-After is a number of seconds or a date") {
    const Instant now = parse_instant("1994-11-06T08:49:00Z").value();
    CHECK(io::retry_after("0", now) == 0);
    CHECK(io::retry_after(" 120 ", now) == 120);
    CHECK(io::retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 37);
    CHECK(io::retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now) == 0);
    CHECK(io::retry_after("99999999999999999999999999", now) == io::kMaxRetryAfter);
    CHECK(io::retry_after("Sun, 06 Nov 2094 08:00:00 GMT", now) == io::kMaxRetryAfter);
    for (const char* bad : {"", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                            "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"}) {
        INFO(bad);
        CHECK_FALSE(io::retry_after(bad, now).has_value());
    }
}
