// TOML: what is read, and what is refused.
#include <catch2/catch.hpp>

#include "codec/toml.hpp"

using namespace headgate;

namespace {

Result<codec::Tree> read(const std::string& text, const codec::TreeLimits& limits = {}) { return codec::parse_toml(as_bytes(text), limits); }

}  // namespace

TEST_CASE("toml: values, tables, arrays of tables, lines") {
    const auto root = read("a = \"x\"\nb = [1, 2]\n[t.u]\nc = true\n\n[[list]]\nd = 'y'\n[[list]]\nd = 1979-05-27\ne = 0.5\n");
    REQUIRE(root.ok());
    CHECK(root->find("a")->text == "x");
    CHECK(root->find("b")->items.at(1).integer == 2);
    CHECK(root->find("t")->find("u")->find("c")->boolean);
    const codec::Tree& list = *root->find("list");
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0].line == 6U);
    CHECK(list.items[1].line == 8U);
    CHECK(list.items[1].find("d")->type == codec::Tree::Type::time);
    CHECK(list.items[1].find("d")->text == "1979-05-27");
    CHECK(list.items[1].find("e")->type == codec::Tree::Type::real);
    CHECK(root->entries[0].line == 1U);
    CHECK(read("")->is_table());
}

TEST_CASE("toml: dates and times are text as RFC 3339 writes them") {
    const auto root = read("a = 1979-05-27T07:32:09.999Z\nb = 1979-05-27 07:32:00-07:30\nc = 0979-05-27T00:00:00\nd = 23:59:59\ne = 2024-02-29T12:00:00+14:00\n");
    REQUIRE(root.ok());
    CHECK(root->find("a")->text == "1979-05-27T07:32:09Z");
    CHECK(root->find("b")->text == "1979-05-27T07:32:00-07:30");
    CHECK(root->find("c")->text == "0979-05-27T00:00:00");
    CHECK(root->find("d")->text == "23:59:59");
    CHECK(root->find("e")->text == "2024-02-29T12:00:00+14:00");
    for (const auto& entry : root->entries) CHECK(entry.value.type == codec::Tree::Type::time);
}

TEST_CASE("toml: duplicate keys, encodings and broken text are refused, with the place") {
    for (const char* text : {"a = 1\na = 2\n", "[a]\n[a]\n", "a = {b = 1}\na.c = 2\n", "a = \"\xff\"\n", "\xEF\xBB\xBF" "a = 1\n", "a = \"x\ny\"\n", "a\n",
                             "a = \"\x01\"\n", "[[a]]\n[a]\n", "a = 1 b = 2\n"}) {
        CAPTURE(text);
        const auto root = read(text);
        REQUIRE_FALSE(root.ok());
        CHECK(root.error().message.find_first_of("0123456789") == 0);
    }
    CHECK(read("a = 1\nb = 2\n").ok());
}

TEST_CASE("toml: keys of large tables are found") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + " = " + std::to_string(i) + "\n";
    const auto root = read(text);
    REQUIRE(root.ok());
    CHECK(root->find("k0")->integer == 0);
    CHECK(root->find("k999")->integer == 999);
    CHECK(root->find("k1000") == nullptr);
    CHECK(root->entries[500].key == "k500");
}

TEST_CASE("toml: depth, size and the parts of a key are bounded") {
    const auto nested = [](int depth) { return "a = " + std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']') + "\n"; };
    CHECK(read(nested(20)).ok());
    CHECK_FALSE(read(nested(40)).ok());
    CHECK_FALSE(read(nested(100'000)).ok());
    std::string key = "a";
    for (int i = 0; i < 15; ++i) key += ".a";
    CHECK(read(key + " = 1\n").ok());
    CHECK(read("[" + key + "]\n").ok());
    CHECK_FALSE(read(key + ".a = 1\n").ok());
    CHECK_FALSE(read("[" + key + ".a]\n").ok());
    CHECK_FALSE(read("x = { y = 1, " + key + ".a = 1 }\n").ok());
    // Dots in strings and comments are no parts of keys.
    CHECK(read("a = \"....................\" # ....................\nb = '''\n....................'''\n\"....................\" = 1\n").ok());
    CHECK_FALSE(read("a = [1, 2, 3]\n", {.depth = 64, .bytes = 100, .values = 3}).ok());
    CHECK_FALSE(read("a = \"0123456789\"\n", {.depth = 64, .bytes = 10, .values = 10}).ok());
}

TEST_CASE("toml: what breaks an assertion of the library is refused, in every build") {
    for (const char* text : {"[ = 1]\n", "[ = \"x\"\n", "[[ = ]]\n", "[ ,a]\n", "a.= 1\n", "[a. = ]\n", "[\n", "[ ", "a\u0218b = 1\n",
                             "a = 1 \u0219\n"}) {
        CAPTURE(text);
        const auto root = read(text);
        REQUIRE_FALSE(root.ok());
        CHECK(root.error().code == ErrorCode::malformed);
    }
}
