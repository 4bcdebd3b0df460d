#include "base/text.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
    for (const char* good : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) CHECK(is_utf8(good));
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xc3", "\xe2\x82", "\xff"}) {
        CAPTURE(std::string(bad));
        CHECK_FALSE(is_utf8(bad));
    }
}

TEST_CASE("a hostile name cannot move the cursor, hide or reorder text") {
    CHECK(escape_terminal("a\x1b[2Jb") == "a\\x1b[2Jb");
    CHECK(escape_terminal("x\ny\tz\r") == "x\\ny\\tz\\r");
    CHECK(escape_terminal("abc\xe2\x80\xae" "txt") == "abc\\u{202e}txt");
    CHECK(escape_terminal("\xff") == "\\xff");
    CHECK(escape_terminal("caf\xc3\xa9") == "caf\xc3\xa9");
    CHECK(escape_terminal(std::string(10000, 'a'), 100).size() <= 104);
    CHECK(has_control_characters("a\x7f"));
    CHECK(has_control_characters("zero\xe2\x80\x8bwidth"));
    CHECK_FALSE(has_control_characters("org/model-7b_v1.0"));
}

TEST_CASE("wherever in a text it stands, what cannot be seen is found") {
    const std::string plain(40, 'a');
    CHECK(is_utf8(plain));
    CHECK_FALSE(has_control_characters(plain));
    for (std::size_t at = 0; at < plain.size(); ++at) {
        for (const char* bad : {"\x1f", "\x7f", "\n", "\xc2\x85", "\xe2\x80\xae"}) {
            const std::string text = plain.substr(0, at) + bad + plain.substr(at);
            CHECK(has_control_characters(text));
            CHECK(is_utf8(text));
        }
        for (const char* fine : {" ", "~", "\xc3\xa9"}) CHECK_FALSE(has_control_characters(plain.substr(0, at) + fine + plain.substr(at)));
        CHECK_FALSE(is_utf8(plain.substr(0, at) + "\xff" + plain.substr(at)));
    }
}

TEST_CASE("lines end with LF or CRLF, and a last line without end counts") {
    CHECK(split_lines("a\r\nb\nc") == std::vector<std::string_view>{"a", "b", "c"});
    CHECK(split_lines("a\n") == std::vector<std::string_view>{"a"});
    CHECK(split_lines("").empty());
    CHECK(split("a//b", '/') == std::vector<std::string_view>{"a", "", "b"});
    CHECK(trim(" \t a b \n") == "a b");
}

TEST_CASE("the nearest word is near, or there is none") {
    const std::array<std::string_view, 3> words = {"serialization", "signature", "card"};
    CHECK(nearest("serialisation", words) == "serialization");
    CHECK(nearest("cart", words) == "card");
    CHECK(nearest("CARD", words) == "card");
    CHECK(nearest("crad", words) == "card");
    CHECK(nearest("serial", words) == "serialization");
    CHECK(nearest("cards-and-more", words) == "card");
    CHECK_FALSE(nearest("xyz", words).has_value());
    CHECK_FALSE(nearest("a", std::array<std::string_view, 1>{"b"}).has_value());
    CHECK_FALSE(nearest(std::string(65, 'a'), words).has_value());
}
