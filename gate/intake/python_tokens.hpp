// python_tokens.hpp: Python source -> tokens (the language reference, "Lexical analysis"), as far as names of models can hide in them.
// Private to intake/python*.cpp and notebook.cpp.
//
// An f-string comes as Python 3.12 and later sees it: f_begin, the literal parts as `text`, each field between the operators "{" and
// "}", f_end. Comments, white space and line ends inside brackets are gone. Linear, without recursion, bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace headgate::intake::python {

struct Token {
    enum class Kind : std::uint8_t { name, number, text, bytes, op, f_begin, f_end, line_end };
    Kind kind = Kind::line_end;
    bool odd = false;                    // of text: it has an escape that is not decoded (\N{...})
    std::uint32_t line = 0;              // 1-based
    std::uint32_t partner = 0;           // of what opens or closes (brackets, f_begin, f_end): the index of the other; itself without one
    std::string_view written;            // of name, number and op, in the source
    std::uint32_t value = 0;             // of text: index into Tokens::values
};

struct Tokens {
    std::vector<Token> all;
    std::vector<std::string> values;     // what the texts are, decoded
    std::deque<std::string> folded;      // names that Python takes for others: these never move

    const Token& operator[](std::size_t at) const { return all[at]; }
    std::size_t size() const { return all.size(); }
    const std::string& text(std::size_t at) const { return values[all[at].value]; }
    bool is_op(std::size_t at, std::string_view op) const { return at < all.size() && all[at].kind == Token::Kind::op && all[at].written == op; }
    bool is_name(std::size_t at) const { return at < all.size() && all[at].kind == Token::Kind::name; }
    bool is_name(std::size_t at, std::string_view name) const { return is_name(at) && all[at].written == name; }
    bool is_line_end(std::size_t at) const { return at >= all.size() || all[at].kind == Token::Kind::line_end; }
};

/// Appends the tokens of `source`, which must outlive them and is UTF-8; its first line is number `line`. "" when all went well, else what
/// is wrong, with the line; nothing is appended then. The last token is a line_end.
std::string tokenise(std::string_view source, std::uint32_t line, Tokens& tokens);

}  // namespace headgate::intake::python
