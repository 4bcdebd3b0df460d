// chat_template_work.hpp: what a template may not ask of its renderer: numbers and strings that are larger than memory. range() is
// judged with the other calls (chat_template_rules.cpp).
//
// Only what the template itself spells is counted: 'a' * 99999999999, not what a loop adds up.
#pragma once

#include <vector>

#include "formats/chat_template.hpp"
#include "formats/chat_template_parser.hpp"
#include "formats/chat_template_value.hpp"

namespace headgate::formats {

inline constexpr unsigned kMostBits = 24;  // of a count: 16 million

/// Judges a node of kind binary, call or filter; `values` are those of all nodes.
void judge_work(const TemplateNode& node, const TemplateProgram& program, const std::vector<TemplateValue>& values,
                std::vector<TemplateProblem>& problems);

}  // namespace headgate::formats
