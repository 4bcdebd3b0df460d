// python_tokens.hpp: the tokens of Python source (Language Reference, 2 "Lexical analysis"), read forward, one at a time.
//
// Read as Python reads it: logical lines, INDENT and DEDENT, strings with every prefix, the expressions inside f-strings (PEP 701) as tokens of their
// own. What only some version of Python takes is taken here too (Python 2's strings and operators); a character that no version
// knows is an `op`. Comments are passed over. No recursion; what is open at once is bounded as Python bounds it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::codec {

struct PythonToken {
    enum class Kind : std::uint8_t {
        name,        // also keywords
        number,
        text,        // a literal of text or bytes; of an f-string each stretch around its expressions, also an empty one
        op,          // operator or delimiter: "(", ".", "=", "->", "**="
        newline,     // ends a logical line that has tokens
        indent,
        dedent,
        end
    };
    Kind kind = Kind::end;
    std::string_view text;               // as written, of the source; of a stretch of an f-string what `value` is
    std::string_view value;              // of text: what stands between the quotes, escapes as written
    bool raw = false;                    // of text: backslashes are letters
    bool bytes = false;
    bool formatted = false;              // of text: a stretch of an f-string
    std::uint32_t line = 1;              // of its first character, from 1
    std::uint32_t blanks = 0;            // directly before it on its line, behind another token; 0 for the first of a line

    bool is_op(std::string_view wanted) const { return kind == Kind::op && text == wanted; }
    bool is_name(std::string_view wanted) const { return kind == Kind::name && text == wanted; }
};

/// The source must outlive it, and every token is a view of it.
class PythonTokens {
  public:
    explicit PythonTokens(std::string_view source);

    /// `end` for ever behind the last token, and behind what cannot be followed.
    PythonToken next();
    /// A string that does not end, brackets that do not match, an indentation that fits no outer one, a NUL, more nesting than Python takes.
    bool failed() const { return !problem_.empty(); }
    /// "line 3: a string does not end"; "" before any failure.
    const std::string& problem() const { return problem_; }

  private:
    /// An f-string that is open. Each of its fields is an expression, and behind ':' a format, which may have fields of its own.
    struct Field {
        std::size_t brackets = 0;        // that were open when it began
        bool format = false;
    };
    struct Open {
        char quote = '"';
        bool triple = false;
        bool raw = false;
        std::vector<Field> fields;
        bool literal() const { return fields.empty() || fields.back().format; }
    };

    PythonToken fail(std::string_view what);
    PythonToken make(PythonToken::Kind kind, std::size_t begin, std::uint32_t line);
    PythonToken mark(PythonToken::Kind kind) const;
    bool indentation(PythonToken& token);
    PythonToken name_or_text();
    PythonToken number();
    PythonToken string(std::size_t begin, std::string_view prefix);
    PythonToken stretch();
    bool ends_here(char quote, bool triple) const;
    void pass_escaped();
    bool field_goes_on();
    PythonToken op();
    PythonToken last();
    bool take_blanks();
    bool line_end();
    bool in_brackets() const { return !brackets_.empty() || !open_.empty(); }

    std::string_view source_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t blanks_ = 0;
    bool line_begins_ = true;            // indentation is to be read
    bool line_has_tokens_ = false;
    std::vector<std::uint32_t> columns_;
    std::size_t dedents_ = 0;            // that are still to be given
    std::string brackets_;               // that are open
    std::vector<Open> open_;
    std::string problem_;
};

/// The value of a literal's text with its escapes read; what is no escape stays. Names of characters (\N{...}) stay as they are.
std::string python_unescaped(std::string_view value, bool raw);

/// The name as Python looks it up: letters that NFKC makes ASCII of (full width, mathematical, ligatures, ...) are ASCII; the others stay.
/// Two bytes of Latin-1 that are no UTF-8 count as what they are there.
std::string python_folded(std::string_view name);

}  // namespace headgate::codec
