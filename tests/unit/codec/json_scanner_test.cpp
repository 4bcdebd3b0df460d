#include "codec/json_scanner.hpp"

#include <catch2/catch.hpp>

#include "codec/json.hpp"
#include "recipes/scanned_json.hpp"

using namespace headgate;
using codec::Json;
using codec::JsonScanner;

namespace {

std::optional<Json> scanned(std::string_view text, const codec::JsonLimits& limits = {}) {
    JsonScanner scanner(as_bytes(text), limits);
    Json json;
    bool duplicate = false;
    if (!scan_tree(scanner, json, duplicate) || duplicate || scanner.peek() != JsonScanner::Kind::end) return std::nullopt;
    CHECK(scanner.problem().empty());
    return json;
}

std::string problem(std::string_view text, const codec::JsonLimits& limits = {}) {
    JsonScanner scanner(as_bytes(text), limits);
    Json json;
    bool duplicate = false;
    CHECK_FALSE(scan_tree(scanner, json, duplicate));
    CHECK(scanner.failed());
    // After a failure nothing can be read.
    std::string_view view;
    std::uint64_t number = 0;
    bool flag = false;
    CHECK(scanner.peek() == JsonScanner::Kind::broken);
    CHECK_FALSE((scanner.begin_object() || scanner.begin_array() || scanner.next_item() || scanner.next_member(view) ||
                 scanner.text(view) || scanner.boolean(flag) || scanner.whole(number)));
    return scanner.problem();
}

}  // namespace

TEST_CASE("the scanner reads what parse_json reads") {
    for (const std::string_view text :
         {"{}", "[]", " [ ] ", R"({"a":1,"b":[true,false,"x"],"c":{"d":{}}})", "[[],[],{}]", "\t\r\n1 ", "0", "18446744073709551615",
          R"("")", R"("a\"\\\/\b\f\n\r\tz")", R"("\u0041\u00e9\u20ac\ud83d\ude00\u0000")", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
          "\"\xc3\xa9\\n\xc3\xa9\"", R"(["\uD83D\uDE00"])", "{\"\\u0061\":1}", "\"\x7f\""}) {
        CAPTURE(std::string(text));
        const auto parsed = codec::parse_json(as_bytes(text));
        REQUIRE(parsed.ok());
        const auto json = scanned(text);
        REQUIRE(json);
        CHECK(codec::write_json(*json) == codec::write_json(*parsed));
    }
}

TEST_CASE("the scanner refuses what parse_json refuses") {
    for (const std::string_view text :
         {"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{,}", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":1,})",
          R"({"a" 1})", R"({a:1})", R"({1:1})", R"({"a":1 "b":2})", R"({"a":1,"a":1})", "[1}", "{]", "01", "1x", "+1", ".5", "tru", "True",
          "truefalse", "nul", "'a'", "\"", "\"a", "\"\\", "\"\\\"", R"("\x")", R"("\u12")", R"("\u12g4")", R"("\ud83d")", R"("\ude00")",
          R"("\ud83d\u0041")", R"("\ud83dx")", "\"\n\"", "\"\t\"", "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\xef\xbb\xbf{}",
          "/**/1", "1 1", "{}{}", "\"a\\n\x01\""}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(codec::parse_json(as_bytes(text)).ok());
        CHECK_FALSE(scanned(text));
    }
    const std::string nul("[1\0]", 4);
    CHECK_FALSE(scanned(nul));
}

TEST_CASE("numbers that are not whole, and null, are for parse_json") {
    for (const std::string_view text : {"null", "-1", "-0", "1.0", "1e3", "1E3", "18446744073709551616", "[1.5]"}) {
        CAPTURE(std::string(text));
        CHECK(codec::parse_json(as_bytes(text)).ok());
        CHECK_FALSE(scanned(text));
    }
}

TEST_CASE("the scanner says what was wrong first, and where") {
    CHECK(problem("[1,") == "expected a whole number at byte 3");
    CHECK(problem("[1 2]") == "not valid JSON: expected ',' or ']' at byte 3");
    CHECK(problem(R"({"a":1 "b":2})") == "not valid JSON: expected ',' or '}' at byte 7");
    CHECK(problem(R"({"a" 1})") == "not valid JSON: expected ':' at byte 5");
    CHECK(problem("{a:1}") == "not valid JSON: expected a key in quotes at byte 1");
    CHECK(problem("\"a\nb\"") == "not valid JSON: a control character in a text at byte 2");
    CHECK(problem("\"abc") == "not valid JSON: a text without end at byte 4");
    CHECK(problem(R"("\q")") == "not valid JSON: an escape that JSON does not have at byte 2");
    CHECK(problem(R"("\ud800")") == "not valid JSON: half of a surrogate pair at byte 6");
    CHECK(problem("\"\xff\"") == "not valid JSON: a text that is not UTF-8 at byte 2");
    CHECK(problem("[[[1]]]", {.depth = 2}) == "nested deeper than 2 at byte 3");
    CHECK(problem("[1,2]", {.values = 2}) == "more than 2 values at byte 4");
    CHECK(problem("[1,2]", {.bytes = 4}) == "larger than 4 bytes at byte 0");
    CHECK(scanned("[[1]]", {.depth = 2, .bytes = 5, .values = 3}));
}

TEST_CASE("the scanner passes over one value of any kind, and nothing else") {
    const auto passes = [](std::string_view text) {
        JsonScanner scanner(as_bytes(text));
        return scanner.skip() && scanner.peek() == JsonScanner::Kind::end;
    };
    for (const std::string_view text : {"null", "-1", "-0", "1.5", "1e3", "-1.25E-7", "true", "\"x\"", "[]", "{}", R"({"a":[1,{"b":null}],"c":-2.0,"a":1})", "[[[]],[],{}]"}) {
        CAPTURE(std::string(text));
        CHECK(passes(text));
    }
    for (const std::string_view text : {"", "nul", "-", "1.", "1e", "01", "-01", "+1", "[1,]", "[", "{\"a\"}", "{\"a\":}", "]", "1 2", "[1}", "\"\n\""}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(passes(text));
    }
    JsonScanner scanner(as_bytes("[null, 1]"));
    std::uint64_t number = 0;
    CHECK(scanner.begin_array());
    CHECK(scanner.next_item());
    CHECK(scanner.null());
    CHECK(scanner.next_item());
    CHECK_FALSE(scanner.null());
    CHECK(scanner.whole(number));
    CHECK_FALSE(scanner.next_item());
    CHECK_FALSE(scanner.failed());
    CHECK_FALSE(passes(std::string(200, '[') + std::string(200, ']')));
}
