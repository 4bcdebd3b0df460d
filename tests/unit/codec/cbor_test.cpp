#include "codec/cbor.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"

using namespace headgate;
using codec::Cbor;

namespace {

// The views of an item point into the bytes: they live as long as the program.
Result<Cbor> parse(std::string_view hex, const codec::CborLimits& limits = {}) {
    static std::vector<std::unique_ptr<Bytes>> kept;
    kept.push_back(std::make_unique<Bytes>(from_hex(hex).value()));
    return codec::parse_cbor(*kept.back(), limits);
}

std::string problem(std::string_view hex, const codec::CborLimits& limits = {}) {
    const auto item = parse(hex, limits);
    return item.ok() ? "" : item.error().message;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("CBOR items of every kind that is taken") {
    CHECK(parse("00")->integer == 0);
    CHECK(parse("1818")->integer == 24);
    CHECK(parse("1903e8")->integer == 1000);
    CHECK(parse("1b7fffffffffffffff")->integer == INT64_MAX);
    CHECK(parse("3b7fffffffffffffff")->integer == INT64_MIN);
    CHECK(parse("3824")->integer == -37);
    CHECK(parse("1bffffffffffffffff")->type == Cbor::Type::big_integer);
    CHECK(parse("43010203")->bytes.size() == 3);
    CHECK(parse("63e282ac")->text() == "\xe2\x82\xac");
    CHECK(parse("83010203")->items.size() == 3);
    CHECK(parse("f5")->boolean);
    CHECK_FALSE(parse("f4")->boolean);
    CHECK(parse("f6")->type == Cbor::Type::null);
    const auto map = parse("a2013824616102");
    REQUIRE(map.ok());
    REQUIRE(map->find(1) != nullptr);
    CHECK(map->find(1)->integer == -37);
    REQUIRE(map->find("a") != nullptr);
    CHECK(map->find("a")->integer == 2);
    CHECK(map->find(2) == nullptr);
    const auto tag = parse("d28440a04040");
    REQUIRE(tag.ok());
    REQUIRE(tag->tagged(18) != nullptr);
    CHECK(tag->tagged(18)->items.size() == 4);
    CHECK(tag->tagged(17) == nullptr);
}

TEST_CASE("CBOR that two readers could read differently is refused by name") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"1817", "longer than it needs"},         {"190018", "longer than it needs"},
        {"1a0000ffff", "longer than it needs"},   {"1b00000000ffffffff", "longer than it needs"},
        {"5803010203", "longer than it needs"},   {"5f4101ff", "indefinite"},
        {"9f01ff", "indefinite"},                 {"bf0102ff", "indefinite"},
        {"1c", "reserved"},                       {"fb3ff0000000000000", "float"},
        {"f93c00", "float"},                      {"f7", "simple value"},
        {"f0", "simple value"},                   {"61ff", "UTF-8"},
        {"a201020103", "the key 1 twice"},        {"a2616101616102", "the key \"a\" twice"},
        {"a1400a", "neither integer nor text"},   {"a1f50a", "neither integer nor text"},
        {"0000", "bytes follow"},                 {"", "ends within"},
        {"ff", "indefinite"},
    };
    for (const auto& [hex, what] : cases) {
        INFO(hex << ": " << problem(hex));
        CHECK(contains(problem(hex), what));
    }
    CHECK(problem("a20102020a").empty());  // the twin with two keys
}

TEST_CASE("declared lengths are never believed") {
    CHECK(contains(problem("5b7fffffffffffffff"), "not there"));
    CHECK(contains(problem("7bffffffffffffffff"), "not there"));
    CHECK(contains(problem("9b7fffffffffffffff"), "ends within"));
    CHECK(contains(problem("bb7fffffffffffffff"), "more than 64 members"));
}

TEST_CASE("CBOR limits: depth, items, members, bytes") {
    codec::CborLimits limits;
    CHECK(problem("8181818181818181818181818181818100").empty());
    std::string deep;
    for (int i = 0; i < 17; ++i) deep += "81";
    CHECK(contains(problem(deep + "00"), "deeper than 16"));
    limits.values = 3;
    CHECK(problem("820102", limits).empty());
    CHECK(contains(problem("83010203", limits), "more than 3 items"));
    limits = {};
    limits.members = 2;
    CHECK(problem("a201010202", limits).empty());
    CHECK(contains(problem("a3010102020303", limits), "more than 2 members"));
    limits = {};
    limits.bytes = 3;
    CHECK(problem("420102", limits).empty());
    CHECK(contains(problem("43010203", limits), "at most 3"));
}

TEST_CASE("every prefix of a CBOR document is refused") {


    const Bytes good = from_hex("d28444a1013824a1182181410143010203420a0b").value();
    REQUIRE(codec::parse_cbor(good).ok());
    for (std::size_t length = 0; length < good.size(); ++length) {
        INFO(length);
        CHECK_FALSE(codec::parse_cbor(ByteView(good).first(length)).ok());
    }
}

TEST_CASE("heads are written in their shortest form") {
    const std::vector<std::pair<std::uint64_t, std::string>> cases = {
        {0, "40"}, {23, "57"}, {24, "5818"}, {255, "58ff"}, {256, "590100"}, {65535, "59ffff"}, {65536, "5a00010000"},
        {0x1'0000'0000ULL, "5b0000000100000000"}};
    for (const auto& [length, hex] : cases) {
        Bytes out;
        codec::append_cbor_head(out, 2, length);
        CHECK(to_hex(out) == hex);
    }
}
