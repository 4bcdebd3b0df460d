// chat_template_parser.hpp: Jinja2 tokens -> expressions and bindings (jinja2/parser.py). Whatever does not parse is an
// error: a template that we misread could be one that the renderer reads.
//
// The judge (chat_template_rules.hpp) does not follow control flow, so statements are kept only as what they bind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/chat_template_lexer.hpp"

namespace headgate::formats {

using NodeId = std::uint32_t;

/// An expression. Children always have smaller ids than their parent: walking the vector is a post-order walk.
struct TemplateNode {
    enum class Kind {
        text,       // string literal: `text` is its value
        integer,    // `text` is its spelling
        number,     // real literals, booleans, None, comparisons, `not`, tests: nothing that could name an attribute
        name,       // `text`
        sequence,   // list, tuple
        mapping,    // dict: children are keys and values in turn
        attribute,  // children[0] "." text
        item,       // children[0] "[" children[1] "]"
        slice,      // children[0] "[a:b:c]", bounds behind it
        call,       // children[0] "(" the other children ")"
        filter,     // children[0] "|" text "(" the other children ")"
        test,       // children[0] "is" text, arguments behind it
        binary,     // children[0] text children[1]; text is an operator symbol
        either,     // `and`, `or`, `a if c else b`: one of the children (the condition is not among them)
    };
    Kind kind = Kind::number;
    std::string text;
    std::vector<NodeId> children;
    std::vector<std::string> keywords;  // of call, filter, test: names of the last keywords.size() children
    std::size_t offset = 0;
    bool called = false;  // of a name: only called, `f(...)`
    bool tested = false;  // of a name: only asked whether it is defined
};

/// A name that gets a value.
struct TemplateBinding {
    enum class How {
        value,      // set, with: the value itself; for several targets its elements
        element,    // for: each element of the value
        rendered,   // set block: text that the template builds
        parameter,  // of a macro (or `caller` block): what calls pass; `value` is the default, if any
    };
    How how = How::value;
    std::string name;  // "ns.key" for an attribute of a namespace
    std::optional<NodeId> value;
    std::string macro;         // parameter: of which macro; "caller" for call blocks
    std::size_t position = 0;  // parameter: which
    bool unpacked = false;     // one of several targets
};

struct TemplateProgram {
    std::vector<TemplateNode> nodes;
    std::vector<TemplateBinding> bindings;
    std::vector<std::string> macros;
    std::vector<TemplateSyntaxError> forbidden;  // import and its like: parsed no further
    std::optional<TemplateSyntaxError> error;
};

TemplateProgram parse_template_tokens(const std::vector<TemplateToken>& tokens);

}  // namespace headgate::formats
