#include "codec/yaml.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using codec::Yaml;

namespace {

Result<Yaml> parse(std::string_view text, const codec::YamlLimits& limits = {}) {
    return codec::parse_yaml(as_bytes(text), limits);
}

std::string error_of(std::string_view text, const codec::YamlLimits& limits = {}) {
    const auto result = parse(text, limits);
    return result.ok() ? "accepted" : result.error().message;
}

std::string repeat(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

}  // namespace

TEST_CASE("a document becomes a tree with positions") {
    const auto document = parse("# comment\nname: acme/ai\nrules:\n  - id: a.b\n    for: [model, \"data set\"]\n  - {}\nempty:\n");
    REQUIRE(document.ok());
    REQUIRE(document->is_mapping());
    REQUIRE(document->entries.size() == 3);
    CHECK(document->find("name")->text == "acme/ai");
    CHECK(document->find("name")->line == 2);
    CHECK(document->find("name")->column == 7);
    CHECK(document->entries[1].key == "rules");
    CHECK(document->entries[1].key_line == 3);
    CHECK(document->entries[1].key_column == 1);
    const Yaml& rule = document->find("rules")->items.at(0);
    CHECK(rule.find("for")->items.at(0).text == "model");
    CHECK_FALSE(rule.find("for")->items[0].quoted);
    CHECK(rule.find("for")->items.at(1).text == "data set");
    CHECK(rule.find("for")->items[1].quoted);
    CHECK(rule.find("for")->items[1].line == 5);
    CHECK(document->find("rules")->items.at(1).is_mapping());
    CHECK(document->find("empty")->type == Yaml::Type::null);
    CHECK(document->find("absent") == nullptr);
}

TEST_CASE("scalars follow the core schema of YAML 1.2") {
    const auto document = parse("[yes, no, on, off, true, False, 'true', 010, 0x10, 1_000, -7, '8', 2026-11-01, 9223372036854775807, "
                                "9223372036854775808, 1e3, ~, null, '~', Null, ' ']");
    REQUIRE(document.ok());
    const auto& items = document->items;
    REQUIRE(items.size() == 21);
    for (std::size_t i = 0; i < 4; ++i) CHECK_FALSE(items[i].boolean());
    CHECK(items[1].text == "no");
    CHECK(items[4].boolean() == true);
    CHECK(items[5].boolean() == false);
    CHECK_FALSE(items[6].boolean());
    CHECK(items[7].integer() == 10);
    CHECK_FALSE(items[8].integer());
    CHECK_FALSE(items[9].integer());
    CHECK(items[10].integer() == -7);
    CHECK_FALSE(items[11].integer());
    CHECK(items[12].text == "2026-11-01");
    CHECK(items[13].integer() == 9223372036854775807);
    CHECK_FALSE(items[14].integer());
    CHECK_FALSE(items[15].integer());
    CHECK(items[16].type == Yaml::Type::null);
    CHECK(items[17].type == Yaml::Type::null);
    CHECK(items[18].is_scalar());
    CHECK(items[19].type == Yaml::Type::null);
    CHECK(items[20].text == " ");
}

TEST_CASE("block and folded scalars are text") {
    const auto document = parse("a: |\n  true\n  \ttabs inside text are text\nb: >-\n  one\n  two\nc: plain\n  goes on\n");
    INFO(error_of("a: |\n  true\n"));
    CHECK_THAT(error_of("a: |\n  \ttab\n"), Catch::Matchers::StartsWith("2:3: a tab as indentation; YAML is indented by spaces"));
    REQUIRE_FALSE(document.ok());
    const auto good = parse("a: |\n  true\nb: >-\n  one\n  two\nc: plain\n  goes on\n");
    REQUIRE(good.ok());
    CHECK(good->find("a")->text == "true\n");
    CHECK(good->find("a")->quoted);
    CHECK(good->find("b")->text == "one two");
    CHECK(good->find("c")->text == "plain goes on");
}

TEST_CASE("what the language does not need is refused, with its place") {
    CHECK_THAT(error_of("a: &x 1\n"), Catch::Matchers::StartsWith("1:4: anchors are not accepted; if text begins with '&', quote it"));
    CHECK_THAT(error_of("&x a: 1\n"), Catch::Matchers::StartsWith("1:1: anchors are not accepted; if text begins with '&', quote it"));
    CHECK_THAT(error_of("a: &x\n  b: 1\n"), Catch::Matchers::StartsWith("1:4: anchors are not accepted; if text begins with '&', quote it"));
    CHECK_THAT(error_of("a: &x [1]\n"), Catch::Matchers::StartsWith("1:4: anchors are not accepted; if text begins with '&', quote it"));
    CHECK(error_of("a: &x\n").find("anchors are not accepted") != std::string::npos);
    CHECK_THAT(error_of("a: &x 1\nb: *x\n"), Catch::Matchers::StartsWith("1:4: anchors are not accepted; if text begins with '&', quote it"));
    CHECK_THAT(error_of("a: !!str 1\n"), Catch::Matchers::StartsWith("1:4: tags are not accepted"));
    CHECK_THAT(error_of("a: !x [1]\n"), Catch::Matchers::StartsWith("1:4: tags are not accepted"));
    CHECK_THAT(error_of("a: ! x\n"), Catch::Matchers::StartsWith("1:4: tags are not accepted"));
    CHECK_THAT(error_of("a: !!null ~\n"), Catch::Matchers::StartsWith("1:4: tags are not accepted"));
    CHECK_THAT(error_of("a: !<tag:yaml.org,2002:str> x\n"), Catch::Matchers::StartsWith("1:4: tags are not accepted"));
    CHECK_THAT(error_of("!!map {a: 1}\n"), Catch::Matchers::StartsWith("1:1: tags are not accepted"));
    CHECK_THAT(error_of("<<: {a: 1}\n"), Catch::Matchers::StartsWith("1:1: merge keys are not accepted"));
    CHECK(error_of("'<<': {a: 1}\n") == "accepted");
    CHECK_THAT(error_of("a: 1\n---\nb: 2\n"), Catch::Matchers::StartsWith("3:1: a second document is not accepted"));
    CHECK(error_of("---\na: 1\n...\n") == "accepted");
    CHECK_THAT(error_of("a: 1\nb: 2\na: 3\n"), Catch::Matchers::StartsWith("3:1: duplicate key 'a'; it is there already, in line 1"));
    CHECK_THAT(error_of("a: 1\n\"a\": 3\n"), Catch::Matchers::StartsWith("2:1: duplicate key 'a'; it is there already, in line 1"));
    CHECK(error_of("{a: 1, b: {a: 1}, c: [{a: 1}]}") == "accepted");
    CHECK_THAT(error_of("? [a]\n: 1\n"), Catch::Matchers::StartsWith("1:3: a key must be text"));
    CHECK_THAT(error_of("? {a: 1}\n: 1\n"), Catch::Matchers::StartsWith("1:3: a key must be text"));
    CHECK_THAT(error_of("~: 1\n"), Catch::Matchers::StartsWith("1:1: a key must be text"));
    CHECK_THAT(error_of("%YAML 1.1\n---\na: 1\n"), Catch::Matchers::StartsWith("1:1: directives (%YAML, %TAG) are not accepted"));
    CHECK_THAT(error_of("a:\n\tb: 1\n"), Catch::Matchers::StartsWith("2:1: a tab as indentation; YAML is indented by spaces"));
    CHECK(error_of("a: 1\t# comment\n \t\nb: 2\n") == "accepted");
}

TEST_CASE("anchors, aliases, merge keys and tags, where they are taken") {
    codec::YamlLimits limits;
    limits.aliases = true;
    const auto document = parse("a: &a {x: 1, y: &b [p, q]}\nb: *b\nc:\n  <<: *a\n  x: own\nd:\n  <<: [*a, {z: 2, x: 3}]\ne: !reset [1]\nf: !!str true\ng: &n\nh: *n\ni: {\"<<\": text}\n", limits);
    REQUIRE(document.ok());
    CHECK(document->find("b")->items.at(1).text == "q");
    const Yaml& merged = *document->find("c");
    CHECK(merged.find("x")->text == "own");
    CHECK(merged.find("y")->items.size() == 2);
    CHECK(merged.entries.size() == 2);
    const Yaml& of_several = *document->find("d");
    CHECK(of_several.find("x")->text == "1");       // the first that has it
    CHECK(of_several.find("z")->text == "2");
    REQUIRE(document->find("e")->is_mapping());
    CHECK(document->find("e")->entries.at(0).key == "!reset");
    CHECK_FALSE(document->find("f")->boolean().has_value());
    CHECK(document->find("h")->type == Yaml::Type::null);
    CHECK(document->find("i")->find("<<")->text == "text");
    for (const char* text : {"a: &a [*a]\n", "a: *b\n", "<<: x\n", "<<: [1]\n", "*a : 1\n", "a: 1\n<<: {b: 2}\n<<: {c: 3}\n"}) {
        CAPTURE(std::string(text));
        CHECK(error_of(text, limits) != "accepted");
    }
    // What aliases add counts as if it were written out.
    std::string bomb = "a0: &a0 [x]\n";
    for (int i = 1; i < 30; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + "]\n";
    }
    CHECK(error_of(bomb, limits).find("aliases that come to more") != std::string::npos);
    CHECK(error_of("a: &a \"" + std::string(100'000, 'x') + "\"\nb: [" + repeat("*a, ", 1000) + "]\n", limits).find("aliases that come to more") != std::string::npos);
    CHECK(error_of("a: &a " + repeat("[", 30) + repeat("]", 30) + "\nb: [[[*a]]]\n", limits).find("nested deeper") != std::string::npos);
}

TEST_CASE("bytes that are not plain UTF-8 text are refused before YAML is read") {
    CHECK_THAT(error_of("\xef\xbb\xbf" "a: 1\n"), Catch::Matchers::StartsWith("1:1: a byte order mark is not accepted"));
    CHECK_THAT(error_of("a: x\xef\xbb\xbf\n"), Catch::Matchers::StartsWith("1:5: a byte order mark is not accepted"));
    CHECK_THAT(error_of(std::string_view("\xff\xfe" "a\0:\0", 6)), Catch::Matchers::StartsWith("1:1: UTF-16 is not accepted; save as UTF-8"));
    CHECK_THAT(error_of(std::string_view("\xfe\xff\0a\0:", 6)), Catch::Matchers::StartsWith("1:1: UTF-16 is not accepted; save as UTF-8"));
    CHECK_THAT(error_of(std::string_view("a\0:\0 \0", 6)), Catch::Matchers::StartsWith("1:2: a control character is not accepted"));
    CHECK_THAT(error_of(std::string_view("a: b\0c\n", 7)), Catch::Matchers::StartsWith("1:5: a control character is not accepted"));
    CHECK_THAT(error_of("a: 1\nb: \x1b[31m\n"), Catch::Matchers::StartsWith("2:4: a control character is not accepted"));
    CHECK_THAT(error_of("a: \xc2\x85\n"), Catch::Matchers::StartsWith("1:4: a control character is not accepted"));
    CHECK_THAT(error_of("a: 1\rb: 2\n"), Catch::Matchers::StartsWith("1:5: a control character is not accepted"));
    CHECK_THAT(error_of("a: \xc3\n"), Catch::Matchers::StartsWith("1:4: not UTF-8"));
    CHECK_THAT(error_of("a: \xed\xa0\x80\n"), Catch::Matchers::StartsWith("1:4: not UTF-8"));
    CHECK(error_of("a: 1\r\nb: \xc3\xa9\r\n") == "accepted");
}

TEST_CASE("depth, size and count are bounded before anything recurses") {
    const codec::YamlLimits limits;
    CHECK(error_of(repeat("[", 32) + repeat("]", 32)) == "accepted");
    CHECK_THAT(error_of(repeat("[", 33) + repeat("]", 33)), Catch::Matchers::StartsWith("1:33: nested deeper than 32 levels"));
    CHECK_THAT(error_of(repeat("[", 400) + repeat("]", 400)), Catch::Matchers::StartsWith("1:33: nested deeper than 32 levels"));
    CHECK(error_of(repeat("{a: ", 200) + repeat("}", 200)).find("nested deeper") != std::string::npos);
    CHECK(error_of(repeat("[", 1'000'000)) != "accepted");
    CHECK(error_of(repeat("{a: ", 200'000)) != "accepted");
    CHECK(error_of(repeat("- ", 500'000)).find("nested deeper") != std::string::npos);
    CHECK(error_of(repeat("? ", 500'000)) != "accepted");
    CHECK_THAT(error_of(std::string(limits.bytes + 1, ' ')), Catch::Matchers::StartsWith("1:1: longer than 1048576 bytes"));
    CHECK(error_of(std::string(limits.bytes, ' ')) == "accepted");
    CHECK(error_of("[1,2,3]", {32, 100, 4}) == "accepted");
    CHECK_THAT(error_of("[1,2,3]", {32, 100, 3}), Catch::Matchers::StartsWith("1:6: more than 3 values"));
}

TEST_CASE("a duplicate among many keys is found, in linear time") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
    CHECK(error_of(text) == "accepted");
    CHECK_THAT(error_of(text + "k49999: 2\n"), Catch::Matchers::StartsWith("50001:1: duplicate key 'k49999'; it is there already, in line 50000"));
    CHECK_THAT(error_of(text + "k3: 2\n"), Catch::Matchers::StartsWith("50001:1: duplicate key 'k3'; it is there already, in line 4"));
}

TEST_CASE("an empty document is null") {
    for (const char* text : {"", "\n", "# only a comment\n", "---\n", "~\n"}) {
        CAPTURE(std::string(text));
        const auto document = parse(text);
        REQUIRE(document.ok());
        CHECK(document->type == Yaml::Type::null);
    }
}

TEST_CASE("every prefix of a document either parses or says where it is wrong") {
    const std::string text = "a: {b: [1, 'x', \"y\\n\"], c: |\n  z\n}\nd:\n  - e: f\n  - [g]\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto document = parse(std::string_view(text).substr(0, length));
        if (!document.ok()) CHECK(document.error().message.find(':') != std::string::npos);
        CHECK((document.ok() || document.error().code == ErrorCode::malformed));
    }
}
