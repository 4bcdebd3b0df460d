#include "codec/yaml.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

Result<codec::Yaml> parse(std::string_view text, const codec::YamlLimits& limits = {}) {
    return codec::parse_yaml(as_bytes(text), limits);
}

std::string error_of(std::string_view text) {
    const auto parsed = parse(text);
    return parsed.ok() ? "accepted" : parsed.error().message;
}

}  // namespace

TEST_CASE("a policy-like document keeps its order, positions and quoting") {
    const auto document = parse("a: 1\nlist:\n  - x\n  - { k: \"true\", n: no }\ntext: |\n  two\n  lines\nempty:\n");
    REQUIRE(document.ok());
    REQUIRE(document->entries.size() == 4);
    CHECK(document->find("a")->integer() == 1);
    const codec::Yaml& inner = document->find("list")->items[1];
    CHECK(inner.line == 4);
    CHECK(inner.find("k")->boolean() == std::nullopt);
    CHECK(inner.find("n")->text == "no");
    CHECK(inner.find("n")->boolean() == std::nullopt);
    CHECK(document->find("text")->text == "two\nlines\n");
    CHECK(document->find("empty")->type == codec::Yaml::Type::null);
    CHECK(document->entries[1].key_line == 2);
    CHECK(parse("")->type == codec::Yaml::Type::null);
    CHECK(parse("n: 010")->find("n")->integer() == 10);
}

TEST_CASE("what makes a document ambiguous is refused with its place") {
    CHECK(error_of("a: 1\na: 2") == "2:1: the key \"a\" is there twice, first at line 1");
    CHECK(error_of("a: &x 1").find("anchor") != std::string::npos);
    CHECK(error_of("a: 1\nb: *x").find("2:") == 0);
    CHECK(error_of("a: !!str 1").find("tag") != std::string::npos);
    CHECK(error_of("<<: {a: 1}").find("merge key") != std::string::npos);
    CHECK(error_of("a: 1\n---\nb: 2").find("more than one document") != std::string::npos);
    CHECK(error_of("? [a]\n: 1").find("key") != std::string::npos);
    CHECK(error_of("\xef\xbb\xbf" "a: 1").find("byte order mark") != std::string::npos);
    CHECK(error_of(std::string_view("a: \0", 4)).find("NUL") != std::string::npos);
    CHECK(error_of("a: \xff").find("not UTF-8") != std::string::npos);
    CHECK(error_of(std::string_view("\xff\xfe" "a\0", 4)) != "accepted");
    CHECK(error_of("a:\n\tb: 1").find("2:1: a tab") == 0);
    CHECK(error_of("%YAML 1.1\n---\na: yes").find("directive") != std::string::npos);
    CHECK(error_of("a: [1") != "accepted");
    CHECK(error_of("a: \"x") != "accepted");
}

TEST_CASE("depth, size and count are bounded before they hurt") {
    CHECK(error_of(std::string(500'000, '[')).find("nested deeper") != std::string::npos);
    CHECK(error_of(std::string(500'000, '{')) != "accepted");
    std::string indented;
    for (int i = 0; i < 100; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    CHECK(error_of(indented).find("nested deeper") != std::string::npos);
    CHECK(error_of(std::string((1U << 20U) + 1, 'a')).find("larger than") != std::string::npos);
    codec::YamlLimits few;
    few.nodes = 3;
    CHECK_FALSE(parse("[1,2,3]", few).ok());
    CHECK(parse("[1,2]", few).ok());
}

TEST_CASE("every prefix of a document parses or says where it does not") {
    const std::string text = "headgate: 1\nrules:\n  - { id: \"a b\", for: [model] }\n  - id: |\n      x\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto parsed = parse(text.substr(0, length));
        if (!parsed.ok()) CHECK(parsed.error().message.find(": ") != std::string::npos);
        CHECK((parsed.ok() || !parsed.error().message.empty()));
    }
}
