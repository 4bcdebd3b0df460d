// javascript_tokens.hpp: the tokens of JavaScript source (ECMA-262, 12 "Lexical Grammar"), read forward, one at a time.
//
// Whether '/' begins a regular expression depends on a parse that is not done here: it is guessed from the token before, rightly for
// what programs write. A string that its line ends is no failure but one quote as an `op`, so that a wrong guess ends with the line.
// Comments are passed over. Template literals come as the stretches around their expressions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::codec {

struct JavaScriptToken {
    enum class Kind : std::uint8_t { name, number, text, regex, op, end };
    Kind kind = Kind::end;
    std::string_view text;               // as written; of a stretch of a template what `value` is
    std::string_view value;              // of text: between the quotes, escapes as written
    std::uint32_t line = 1;
    std::uint32_t blanks = 0;            // directly before it on its line, behind another token; 0 for the first of a line

    bool is_op(std::string_view wanted) const { return kind == Kind::op && text == wanted; }
    bool is_name(std::string_view wanted) const { return kind == Kind::name && text == wanted; }
};

/// The source must outlive it.
class JavaScriptTokens {
  public:
    explicit JavaScriptTokens(std::string_view source);

    /// `end` for ever behind the last token.
    JavaScriptToken next();

  private:
    struct Bracket {
        char open = '(';
        bool of_statement = false;       // "if (...)": what follows it is no operand
    };

    JavaScriptToken make(JavaScriptToken::Kind kind, std::size_t begin, std::uint32_t line);
    JavaScriptToken string(char quote);
    JavaScriptToken stretch();
    JavaScriptToken op();
    bool regex(std::size_t& end);
    void look_ahead(std::size_t stop);
    void take_blanks();

    std::string_view source_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t blanks_ = 0;
    bool first_of_line_ = true;
    bool operand_before_ = false;        // then '/' divides
    bool keyword_before_ = false;        // if, while, for, with
    std::vector<Bracket> brackets_;      // open '`' ones are templates with an expression that is open
    bool in_template_ = false;
    std::array<std::size_t, 2> unended_{};   // up to where no string ends that begins with '"', with '\''
    std::size_t looked_from_ = 0;        // from here ...
    std::size_t looked_to_ = 0;          // ... to there it is known ...
    std::vector<bool> closes_;           // ... whether a regular expression that begins there ends on the line
};

/// The value of a literal's text with its escapes read; what is no escape stays.
std::string javascript_unescaped(std::string_view value);

}  // namespace headgate::codec
