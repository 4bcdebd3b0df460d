// chat_template_value.hpp: the abstract values of the template judge, and names it knows.
#pragma once

#include <cstdint>
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
    // How many bits the largest number has that it could be, or the length of the longest string: as far as the template says, so 0 of
    // data; at most kManyBits, which is every number beyond.
    unsigned bits = 0;

    static TemplateValue of(Level level, bool container = false, unsigned bits = 0) { return {level, container, {}, bits}; }
    static TemplateValue literal(std::string text);
    bool is_literal() const { return level == Level::literal && !container; }
    bool operator==(const TemplateValue&) const = default;
};

inline constexpr unsigned kManyBits = 64;

/// Bits of a number as a template spells it: 10_000, 0xff, 1e9.
unsigned spelled_bits(std::string_view spelling);

/// Bits of base ** exponent, which are at most as many as its digits would take; `exponent` is its spelling, "" where it is no literal.
std::uint64_t power_bits(const TemplateValue& base, const TemplateValue& exponent, std::string_view spelling);

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
