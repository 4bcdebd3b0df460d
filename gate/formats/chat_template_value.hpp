// chat_template_value.hpp: the abstract values of the template judge, and names it knows.
#pragma once

#include <string>
#include <string_view>

namespace headgate::formats {

/// What an expression could be. Ordered: a join is never lower than its parts.
struct TemplateValue {
    enum class Level {
        nothing,  // not reached yet
        number,   // number, boolean, None: never the name of an attribute
        literal,  // exactly `text`
        choice,   // one of the literals of the template, each judged where it stands
        data,     // from the conversation or unknown
        built,    // a string that the template puts together
    };
    Level level = Level::nothing;
    bool container = false;  // a list or dict of such values
    std::string text;        // of a literal

    static TemplateValue of(Level level, bool container = false) { return {level, container, {}}; }
    static TemplateValue literal(std::string text) { return {Level::literal, false, std::move(text)}; }
    bool is_literal() const { return level == Level::literal && !container; }
    bool operator==(const TemplateValue&) const = default;
};

TemplateValue join(const TemplateValue& a, const TemplateValue& b);
/// What iterating or indexing gives: elements of a container, characters of a string.
TemplateValue element_of(const TemplateValue& value);
/// Left `op` right, for + - * / // % ** ~. `count` of a repetition is the spelling of an integer, if known.
TemplateValue combine(std::string_view op, const TemplateValue& left, const TemplateValue& right);

/// Objects that are no part of a conversation: self, lipsum, request, config, Python's own names.
bool is_forbidden_root(std::string_view name);
/// Functions of the renderer: legitimate when called.
bool is_known_function(std::string_view name);
/// Method names whose call runs code or commands: popen, system, eval, ...
bool is_dangerous_method(std::string_view name);
/// A string literal that can only be meant as a way to Python's internals: "__class__", "a.__globals__.b".
bool is_private_literal(std::string_view text);

}  // namespace headgate::formats
