// JavaScript's tokens: strings, templates, regular expressions.
#include "codec/javascript_tokens.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using codec::JavaScriptToken;
using codec::JavaScriptTokens;
using Kind = JavaScriptToken::Kind;

namespace {

/// Tokens, one blank between them: texts as "<value>", regular expressions as "/.../".
std::string read(std::string_view source) {
    JavaScriptTokens tokens(source);
    std::string text;
    for (JavaScriptToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
        if (!text.empty()) text += ' ';
        text += one.kind == Kind::text ? '<' + std::string(one.value) + '>' : std::string(one.text);
        if (one.kind == Kind::regex) CHECK(one.text.starts_with('/'));
    }
    CHECK(tokens.next().kind == Kind::end);
    return text;
}

std::size_t count(std::string_view source, Kind kind) {
    JavaScriptTokens tokens(source);
    std::size_t found = 0;
    for (JavaScriptToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) found += one.kind == kind ? 1U : 0U;
    return found;
}

}  // namespace

TEST_CASE("javascript: names, numbers, operators, comments") {
    CHECK(read("#!/usr/bin/env node\nconst $a = 0x1f /* b */ + c?.d // e\n") == "const $a = 0x1f + c ?. d");
    CHECK(read("a=>a===b&&c") == "a => a === b && c");
    CHECK(read("'a\\'b' \"c\"") == "<a\\'b> <c>");
}

TEST_CASE("javascript: a slash divides behind an operand and begins a regular expression elsewhere") {
    CHECK(count("a / b / c", Kind::regex) == 0);
    CHECK(count("x = /a'b/g.test(c)", Kind::regex) == 1);
    CHECK(count("return /a\"/", Kind::regex) == 1);
    CHECK(count("if (a) /'/.test(b)", Kind::regex) == 1);
    CHECK(count("(a) / b / c", Kind::regex) == 0);
    CHECK(count("x = /[/']/", Kind::regex) == 1);
    CHECK(count("i++ / 2 / 3", Kind::regex) == 0);
}

TEST_CASE("javascript: templates come as stretches around their expressions") {
    CHECK(read("`a${b + `c${d}`}e` + f") == "<a> b + <c> d } <> } <e> + f");
    CHECK(read("`a`") == "<a>");
    CHECK(read("`${a}") == "<> a } <>");
}

TEST_CASE("javascript: a string that its line ends is one quote") {
    CHECK(read("'a\nb") == "' a b");
    CHECK(read("'a\\\nb'") == "<a\\\nb>");
}

TEST_CASE("javascript: what does not end on its line is looked for once") {
    std::string slashes = "x = ", quotes = "x = ";
    for (int i = 0; i < 500'000; ++i) {
        slashes += "/[";
        quotes += "\\\"";
    }
    CHECK(count(slashes + "\ny = /a/\n", Kind::regex) == 1);
    CHECK(count(quotes + "\ny = \"a\"\n", Kind::text) == 1);
    // Others that begin behind it on the line end all the same.
    CHECK(read("x = /[ /a/ y\nz = /b/") == "x = / [ /a/ y z = /b/");
    CHECK(read("x = /[ 'a' \"b\" /[/\n") == "x = / [ <a> <b> / [ /");
    CHECK(read("x = /a\\\ny = 'b'\n") == "x = / a \\ y = <b>");
    CHECK(read("x = \" 'a' \\\"\ny = \"b\"\n") == "x = \" <a> \\ \" y = <b>");
}

TEST_CASE("javascript: every prefix of a source ends") {
    const std::string source = "import a, { b as c } from 'm'; /* x */ const t = `a${{d: /[\"]/}}b`; f('\\u{41}', 1e5) / 2\n";
    for (std::size_t length = 0; length <= source.size(); ++length) {
        JavaScriptTokens tokens(std::string_view(source).substr(0, length));
        std::size_t many = 0;
        for (JavaScriptToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) REQUIRE(++many < 200);
    }
    CHECK(count(source, Kind::text) == 4);
}

TEST_CASE("javascript: escapes of a literal") {
    CHECK(codec::javascript_unescaped("a\\x41\\u0041\\u{41}\\n\\q\\\nb") == "aAAA\nqb");
    CHECK(codec::javascript_unescaped("\\x4") == "x4");
    CHECK(codec::javascript_unescaped("\\u{110000}") == "u{110000}");
    CHECK(codec::javascript_unescaped("\\") == "\\");
}
