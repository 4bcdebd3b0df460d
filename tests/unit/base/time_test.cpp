#include "base/time.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("an instant that cannot be spelled is none") {
    for (const char* text : {"9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60-23:59"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_instant(text));
    }
    for (const char* text : {"9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"}) {
        REQUIRE(parse_instant(text));
        CHECK(format_instant(*parse_instant(text)) == text);
    }
}

TEST_CASE("instants are RFC 3339 and round-trip") {
    for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-23T10:00:00Z", "2024-02-29T23:59:59Z"}) {
        REQUIRE(parse_instant(text).has_value());
        CHECK(format_instant(*parse_instant(text)) == text);
    }
    CHECK(parse_instant("2026-11-23T12:30:00+02:30") == parse_instant("2026-11-23T10:00:00Z"));
    CHECK(parse_instant("2026-11-23T10:00:00.999Z") == parse_instant("2026-11-23T10:00:00Z"));
    CHECK(parse_instant("2026-11-23") == parse_instant("2026-11-23T00:00:00Z"));
}

TEST_CASE("impossible and half-written instants are refused") {
    for (const char* text : {"", "2026", "2026-02-30", "2026-13-01", "2026-11-23T", "2026-11-23T10:00Z", "2026-11-23T25:00:00Z",
                             "2026-11-23T10:00:00", "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00Zx", "2026-11-23 10:00:00Z",
                             "2026-11-23T10:00:00+24:00", "+026-11-23"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_instant(text).has_value());
    }
}

TEST_CASE("durations have one number and one unit") {
    CHECK(parse_duration("90d") == 90 * 86400);
    CHECK(parse_duration("8s") == 8);
    CHECK(parse_duration("24h") == 86400);
    for (const char* text : {"", "d", "90", "-1d", "1.5h", "1w", "1d1h", " 1d", "99999999999d", "+1d"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}
