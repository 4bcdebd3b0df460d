// chat_template_rules.hpp: what a parsed template may not do. An abstract interpretation without control flow: every
// expression gets the join of what it could be, every name the join of what it is ever bound to, until nothing changes.
//
// The question behind it: can a string that the template *puts together* (`~`, join, format, "\x5f", reversed, out of
// characters of another string) become the name of an attribute or item? Names that stand in the template are read and
// judged; names that come from the conversation (`schema[key]`) are the renderer's own data; names put together at run
// time are refused.
#pragma once

#include <vector>

#include "formats/chat_template.hpp"
#include "formats/chat_template_parser.hpp"

namespace headgate::formats {

/// Appends the problems of a program without syntax errors, in no particular order.
void judge_template(const TemplateProgram& program, Budget& budget, std::vector<TemplateProblem>& problems);

/// True for attribute names that lead out of data: "_private", "__dunder__", frames, code, function internals.
bool is_private_attribute(std::string_view name);

}  // namespace headgate::formats
