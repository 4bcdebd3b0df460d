// python_literals.hpp: what can be told of a Python program without running it: its tokens, and the literals among them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::intake::literals {

struct Token {
    enum class Kind : std::uint8_t { name, text, number, mark, newline };
    Kind kind = Kind::mark;
    std::string_view written;             // a mark is one character
    std::string value;                    // of a text
    bool plain = true;                    // of a text: `value` is what it says; no bytes, no escape that is not read
    bool computed = false;                // of a text: an f-string, whose expressions run
    std::uint32_t line = 0;
    std::uint32_t indent = 0;             // of the first token of a logical line: the white space before it

    bool is(std::string_view text) const { return (kind == Kind::name || kind == Kind::mark) && written == text; }
};

/// Tokens in order; logical lines end with a newline token, also the last. False: a string or a bracket is not closed, or closed
/// by another; the tokens up to there stay.
bool tokenize(std::string_view text, std::vector<Token>& tokens);

/// A literal: a text, a list or tuple of them, a dictionary by texts. `other`: an expression that only running it settles.
struct Value {
    enum class Kind : std::uint8_t { other, text, list, table };
    Kind kind = Kind::other;
    std::string text;
    std::vector<Value> items;
    std::vector<std::pair<std::string, Value>> entries;
    std::uint32_t line = 0;

    // Defined where Value is complete: clang looks into the pairs as soon as one of these is inline.
    Value();
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();
};

/// Nothing in it is `other`.
bool is_literal(const Value& value);

/// The expression that begins at `at`, up to the comma, closing bracket or end of line behind it, where `at` then is.
Value read_value(const std::vector<Token>& tokens, std::size_t& at);

}  // namespace headgate::intake::literals
