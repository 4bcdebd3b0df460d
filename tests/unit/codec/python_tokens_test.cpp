// Python's tokens: what a line is made of, where blocks begin and end, and what cannot be followed.
#include "codec/python_tokens.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using codec::PythonToken;
using codec::PythonTokens;
using Kind = PythonToken::Kind;

namespace {

struct Read {
    std::string text;            // tokens, one blank between them: NEWLINE, INDENT and DEDENT by name, literals as "<value>"
    std::string problem;
};

Read read(std::string_view source) {
    PythonTokens tokens(source);
    Read result;
    for (PythonToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
        if (!result.text.empty()) result.text += ' ';
        switch (one.kind) {
            case Kind::newline: result.text += "NEWLINE"; break;
            case Kind::indent: result.text += "INDENT"; break;
            case Kind::dedent: result.text += "DEDENT"; break;
            case Kind::text: result.text += '<' + std::string(one.value) + '>'; break;
            default: result.text += one.text;
        }
    }
    CHECK(tokens.next().kind == Kind::end);
    result.problem = tokens.problem();
    return result;
}

}  // namespace

TEST_CASE("python: names, numbers, operators, blocks") {
    CHECK(read("x = 0x1F + 1e-5j ** y\n").text == "x = 0x1F + 1e-5j ** y NEWLINE");
    CHECK(read("if a:\n    b\n\n  # a comment\n    c\nd").text == "if a : NEWLINE INDENT b NEWLINE c NEWLINE DEDENT d NEWLINE");
    CHECK(read("if a:\n\tb\n        c\n").text == "if a : NEWLINE INDENT b NEWLINE c NEWLINE DEDENT");
    CHECK(read("f(1,\n  2) \\\n  .g\n").text == "f ( 1 , 2 ) . g NEWLINE");
    CHECK(read("\xEF\xBB\xBFx->y:=z!=1").text == "x -> y := z != 1 NEWLINE");
    CHECK(read("print `x`, 0777, a<>b\r\nexec 'y'\r\n").text == "print ` x ` , 0777 , a <> b NEWLINE exec <y> NEWLINE");
    CHECK(read("").text.empty());
    CHECK(read("  # only\n\n").text.empty());
}

TEST_CASE("python: strings of every kind") {
    CHECK(read("a = 'x\\'y' \"z\"").text == "a = <x\\'y> <z> NEWLINE");
    CHECK(read("a = '''x\n'y''' + rB'\\d'").text == "a = <x\n'y> + <\\d> NEWLINE");
    CHECK(read("a = 'x\\\ny'").text == "a = <x\\\ny> NEWLINE");
    PythonTokens tokens("rb'\\x41'");
    const PythonToken token = tokens.next();
    CHECK(token.raw);
    CHECK(token.bytes);
    CHECK(token.text == "rb'\\x41'");
}

TEST_CASE("python: the expressions of f-strings are tokens") {
    CHECK(read("f'a{b}c'").text == "<a> b <c> NEWLINE");
    CHECK(read("f'{{a}}{b!r:>{w}}{c}'").text == "<{{a}}> b ! r <>> w <> <> c <> NEWLINE");
    CHECK(read("f\"{d[\"k\"]}\"").text == "<> d [ <k> ] <> NEWLINE");
    CHECK(read("f'{f\"{x}\"}' + y").text == "<> <> x <> <> + y NEWLINE");
    CHECK(read("f'{lambda_(x, {1: 2})}'").text == "<> lambda_ ( x , { 1 : 2 } ) <> NEWLINE");
    CHECK(read("f'\\N{DASH}{x}'").text == "<\\N{DASH}> x <> NEWLINE");
    CHECK(read("f'''{\n  x  # why\n}'''").text == "<> x <> NEWLINE");
}

TEST_CASE("python: what cannot be followed is said, with its line, and nothing comes after it") {
    CHECK(read("a\n'b\nc").problem == "line 2: a string does not end");
    CHECK(read("'''b\nc").problem == "line 2: a string does not end");
    CHECK(read("f'{x").problem == "line 1: a string does not end");
    CHECK(read("(a").problem == "line 1: a bracket is not closed");
    CHECK(read("a)").problem == "line 1: a bracket is closed that is not open");
    CHECK(read("(a]").problem == "line 1: a bracket is closed that is not open");
    CHECK(read("f'{a)}'").problem == "line 1: a bracket is closed that is not open");
    CHECK(read("if a:\n    b\n  c\n").problem == "line 3: its indentation is that of no line around it");
    CHECK(read(std::string("a\0b", 3)).problem == "line 1: a NUL");
    CHECK(read(std::string(300, '(')).problem == "line 1: brackets are nested deeper than Python takes");
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "if a:\n";
    CHECK(read(deep).problem == "line 101: it is indented deeper than Python takes");
    std::string nested;
    for (int i = 0; i < 300; ++i) nested += "f'{";
    CHECK(read(nested).problem == "line 1: f-strings are nested deeper than Python takes");
    CHECK(read("a = 1").problem.empty());
}

TEST_CASE("python: blanks in front of a token count on its own line only") {
    PythonTokens tokens("    a = 1;          b\nc");
    std::vector<std::uint32_t> blanks;
    for (PythonToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
        if (one.kind != Kind::indent && one.kind != Kind::newline && one.kind != Kind::dedent) blanks.push_back(one.blanks);
    }
    CHECK(blanks == std::vector<std::uint32_t>{0, 1, 1, 0, 10, 0});
}

TEST_CASE("python: every prefix of a source ends, and lines only grow") {
    const std::string source = "@d\ndef f(a, *b, c=f'{x!r:>{w}}'):\n    '''doc\n    more'''\n    return {1: [b\"x\\n\", 0x1_0]} if a else (\\\n        lambda: 1)\n";
    for (std::size_t length = 0; length <= source.size(); ++length) {
        PythonTokens tokens(std::string_view(source).substr(0, length));
        std::uint32_t line = 1;
        std::size_t count = 0;
        for (PythonToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
            REQUIRE(one.line >= line);
            line = one.line;
            REQUIRE(++count < 200);
        }
        CHECK(tokens.failed() == !tokens.problem().empty());
    }
    CHECK(read(source).problem.empty());
}

TEST_CASE("python: escapes of a literal") {
    CHECK(codec::python_unescaped("a\\x41\\n\\u00e9\\U0001F600\\101\\q\\\n", false) == "aA\n\xC3\xA9\xF0\x9F\x98\x80" "A\\q");
    CHECK(codec::python_unescaped("a\\x41", true) == "a\\x41");
    CHECK(codec::python_unescaped("\\x4", false) == "\\x4");
    CHECK(codec::python_unescaped("\\", false) == "\\");
    CHECK(codec::python_unescaped("\\U00110000", false) == "\\U00110000");
}
