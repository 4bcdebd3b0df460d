#include "base/encoding.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("hex and base64 round-trip every byte value") {
    Bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
    for (std::size_t length = 0; length <= all.size(); ++length) {
        const ByteView bytes = ByteView(all).first(length);
        REQUIRE(from_hex(to_hex(bytes)) == Bytes(bytes.begin(), bytes.end()));
        REQUIRE(from_base64(to_base64(bytes)) == Bytes(bytes.begin(), bytes.end()));
    }
}

TEST_CASE("base64 takes only the canonical form") {
    CHECK(to_base64(as_bytes("foob")) == "Zm9vYg==");
    CHECK(from_base64("Zm9vYg==").has_value());
    for (const char* bad : {"Zm9vYg=", "Zm9vYg", "Zm9vYh==", "Zm9v\nYg==", "Zm9vYg==Zm9v", "Zm9vYg= =", "====", "=", "Zm9-"}) {
        CAPTURE(bad);
        CHECK_FALSE(from_base64(bad).has_value());
    }
}

TEST_CASE("hex refuses odd lengths and other characters; digests are lower case") {
    CHECK_FALSE(from_hex("abc").has_value());
    CHECK_FALSE(from_hex("0g").has_value());
    CHECK(from_hex("0A").has_value());
    CHECK(is_lower_hex("0123abcd", 8));
    CHECK_FALSE(is_lower_hex("0123ABCD", 8));
    CHECK_FALSE(is_lower_hex("0123abcd", 7));
}
