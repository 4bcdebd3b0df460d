// chat_template_lexer.hpp: Jinja2 text -> tokens (jinja2/lexer.py): data between tags is skipped, `{# #}` and
// `{% raw %}` too, whitespace control (`-`, `+`) is taken with its delimiter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"

namespace headgate::formats {

struct TemplateToken {
    enum class Kind { block_begin, block_end, print_begin, print_end, name, string, integer, real, symbol, data, end };
    Kind kind = Kind::end;
    std::string text;  // name, symbol, digits, or the decoded value of a string
    std::size_t offset = 0;

    bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
    bool is_name(std::string_view name) const { return kind == Kind::name && text == name; }
};

struct TemplateSyntaxError {
    std::string id = "template.malformed";
    std::string message;
    std::size_t offset = 0;
};

struct TemplateTokens {
    std::vector<TemplateToken> tokens;  // ends with one `end`; `data` tokens carry no text
    std::optional<TemplateSyntaxError> error;
};

TemplateTokens lex_template(std::string_view text, Budget& budget);

}  // namespace headgate::formats
