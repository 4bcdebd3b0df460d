#include "io/name_lookup.hpp"

#include <netdb.h>

#include <catch2/catch.hpp>

using namespace headgate;
using namespace std::chrono_literals;

TEST_CASE("addresses that are written need no resolver, names have one, and nobody waits longer than it may") {
    const auto soon = std::chrono::steady_clock::now() + 5s;
    const auto past = std::chrono::steady_clock::now() - 1s;
    CHECK(io::look_up("127.0.0.1", 80, past).value()->ai_family == AF_INET);
    CHECK(io::look_up("::1", 80, past).value()->ai_family == AF_INET6);
    CHECK(io::look_up("localhost", 80, soon).ok());
    const auto late = io::look_up("late.invalid", 80, past);
    REQUIRE_FALSE(late.ok());
    CHECK((late.error().code == ErrorCode::deadline || late.error().code == ErrorCode::io));
}
