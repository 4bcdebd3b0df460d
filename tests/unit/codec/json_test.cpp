#include "codec/json.hpp"

#include <catch2/catch.hpp>

#include "recipes/nlohmann_json.hpp"

using namespace headgate;
using codec::Json;

namespace {

Result<Json> parse(std::string_view text, const codec::JsonLimits& limits = {}) {
    return codec::parse_json(as_bytes(text), limits);
}

}  // namespace

TEST_CASE("what one writes, one reads back") {
    const std::string text = R"({"b":[1,-2,3.5,1e3,true,false,null,"x\"\\\n\u0001"],"a":{"":{}},"big":18446744073709551615})";
    const auto value = parse(text);
    REQUIRE(value.ok());
    CHECK(codec::write_json(*value) == text);
    CHECK(parse(codec::write_json_pretty(*value)).ok());
    CHECK(value->find("b")->items[0].integer == 1);
    CHECK(value->find("b")->items[2].type == Json::Type::real);
    CHECK(value->find("b")->items.back().is_text());
    CHECK(value->find("absent") == nullptr);
}

TEST_CASE("documents that two readers could read differently are refused") {
    for (const char* text : {"", " ", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[1,]", "{\"a\":1,}", "[1] x", "[NaN]", "[Infinity]",
                             "[01]", "[+1]", "[1.]", "['a']", "// c\n1", "[\"\\ud800\"]", "[\"\\ud800\\u0041\"]", "[\"\xff\"]",
                             "\xef\xbb\xbf[1]", "[\"a\nb\"]", "{1:2}", "[\"\\x41\"]", "nul", "[1", "\"a"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(parse(text).ok());
    }
    CHECK(parse(std::string_view("[1]\0", 4)).ok() == false);
    CHECK(parse("{\"a\":{\"a\":1},\"b\":{\"a\":1}}").ok());
    CHECK(parse("[\"\\ud83d\\ude00\"]").ok());
}

TEST_CASE("a million brackets are refused at the depth limit, not at the end of the stack") {
    CHECK_FALSE(parse(std::string(1'000'000, '[')).ok());
    CHECK_FALSE(parse(std::string(1'000'000, '[') + std::string(1'000'000, ']')).ok());
    CHECK(parse(std::string(100, '[') + std::string(100, ']')).ok());
    CHECK_FALSE(parse(std::string(101, '[') + std::string(101, ']')).ok());
    codec::JsonLimits few;
    few.values = 3;
    CHECK(parse("[1,2]", few).ok());
    CHECK_FALSE(parse("[1,2,3]", few).ok());
    few.bytes = 4;
    CHECK_FALSE(parse("[1,2]", few).ok());
}

TEST_CASE("every prefix of a document is refused, and the error says where") {
    const std::string text = R"({"a":[1,{"b":"c"}],"d":null})";
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto value = parse(text.substr(0, length));
        REQUIRE_FALSE(value.ok());
        CHECK(value.error().message.find("at byte") != std::string::npos);
    }
    CHECK(parse("{\"a\":1,\"a\":2}").error().message == "duplicate key \"a\" at byte 11");
}

TEST_CASE("JCS sorts by UTF-16 code units and writes compactly") {
    CHECK(codec::write_jcs(*parse("{\"b\" : 1, \"a\" : [ {\"d\":2,\"c\":3} ]}")) == "{\"a\":[{\"c\":3,\"d\":2}],\"b\":1}");
    // U+1F600 is D83D DE00 in UTF-16 and sorts before U+FB33.
    CHECK(codec::write_jcs(*parse("{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2}")) == "{\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}");
}

TEST_CASE("strings that are not UTF-8 are written with the replacement character") {
    CHECK(codec::write_json(Json::of(std::string("a\xff" "b"))) == "\"a\xef\xbf\xbd" "b\"");
    CHECK(codec::escape_json("\x1b[2J") == "\\u001b[2J");
}

TEST_CASE("the tree of a document has a size that it may not grow over") {
    std::string zeros = "[";
    for (int i = 0; i < 5'000'000; ++i) zeros += "0,";
    const auto refused = parse(zeros + "0]");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("MiB of values") != std::string::npos);
    std::string pairs = "[";                 // as tokenizers list what they merge
    for (int i = 0; i < 300'000; ++i) pairs += "[\"ab\",\"cd\"],";
    CHECK(parse(pairs + "[]]").ok());
}

TEST_CASE("where readers take the last of duplicate keys, it is what is read, and they are told") {
    std::vector<std::string> duplicates;
    const std::string text = R"({"a": {"x": 1, "y": [{"z": 1, "z": 2}], "x": {"w": 3}}, "b": 1, "a": {"x": 4, "v": null}})";
    const auto document = codec::parse_json_last_key(as_bytes(text), {}, duplicates);
    REQUIRE(document.ok());
    CHECK(duplicates == std::vector<std::string>{"a.y.z", "a.x", "a"});
    REQUIRE(document->members.size() == 2);
    CHECK(document->find("a")->members.size() == 2);
    CHECK(document->find("a")->find("x")->integer == 4);
    CHECK(document->find("b")->integer == 1);
    duplicates.clear();
    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\": 0, ";
    many += "\"k7\": 7, \"k7\": 8}";
    const auto large = codec::parse_json_last_key(as_bytes(many), {}, duplicates);
    REQUIRE(large.ok());
    CHECK(large->find("k7")->integer == 8);
    CHECK(duplicates == std::vector<std::string>{"k7", "k7"});
    CHECK_FALSE(codec::parse_json(as_bytes(text)).ok());
    CHECK_FALSE(codec::parse_json_last_key(as_bytes("{\"a\": 1, \"a\"}"), {}, duplicates).ok());
}

TEST_CASE("what nlohmann-json takes is taken and reads the same, and nothing else is") {
    const std::string text = R"([{"a":[-0,1.5e+3,"\u00e9\ud83d\ude00"],"b":null} , true,"Ã©",18446744073709551616,0])";
    static constexpr char kBytes[] = "\0\x01\n \"\\/{}[]:,0123456789+-.eEunltrfabcD\x7f\x80\xc3\xed\xff";
    const std::string bytes(kBytes, sizeof kBytes - 1);
    REQUIRE(parse(text).ok());
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char byte : bytes) {
            std::string changed = text;
            changed[at] = byte;
            CHECK(same_as_nlohmann(changed));
            changed.insert(at, 1, text[at]);
            CHECK(same_as_nlohmann(changed));
        }
        CHECK(same_as_nlohmann(text.substr(0, at) + text.substr(at + 1)));
        CHECK(same_as_nlohmann(text.substr(0, at)));
    }
    for (const char* number : {"-", "-0", "-01", "00", "1e999", "-1e999", "1e-999", "0.1", "1.", ".1", "1e", "1e+", "9223372036854775807", "9223372036854775808",
                               "-9223372036854775808", "-9223372036854775809", "0e0", "1E5"}) {
        CAPTURE(std::string(number));
        CHECK(same_as_nlohmann(number));
        CHECK(same_as_nlohmann(std::string(400, '1') + number));
    }
}
