// chat_template.hpp: chat templates (Jinja2) inside models: parsed and judged, never run.
//
// A template is code that the loader renders for every conversation. Renderers without a sandbox (CVE-2024-34359) give
// it all of Python through attributes of any object. The check parses the template with a grammar of its own
// (chat_template_parser.hpp), follows how strings are built (chat_template_rules.hpp), and reports:
//
//   template.private-access     attribute or item whose name begins with "_" or leads to frames, code or globals
//   template.dynamic-access     attribute or item whose name is put together at run time
//   template.attribute-filter   the filter `attr`, or `map` and its like applying it
//   template.import-statement   import, include, extends, from, block inheritance
//   template.root-object        self, lipsum, config, request, cycler ... used as objects, or Python's own names
//   template.dangerous-call     a call of eval, popen, system, ...
//   template.unbounded-loop     range() over an absurd constant
//   template.malformed          it does not parse: nobody can say what it does
//   template.unscannable        larger or deeper than the limits
//
// What real chat templates use passes: namespace(), raise_exception(), strftime_now(), loops, macros, filters, slices,
// tests, generation blocks, break and continue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/parser.hpp"

namespace headgate::formats {

struct TemplateProblem {
    std::string id;  // "template.private-access", ...
    std::string message;
    std::size_t offset = 0;  // within the template
};

/// Judges one template. Empty: it parses, and nothing in it is refused. At most 32 problems, in order of their offset.
std::vector<TemplateProblem> check_template(std::string_view text, Budget& budget);

/// The same, as findings of `context`: `label` names the template ("tokenizer.chat_template"), `where` where it stands.
/// Offsets are relative to the template and said in the message, unless `base` gives its place in the file.
void report_template(std::string_view text, std::string_view label, const Location& where, ParseContext& context,
                     std::optional<std::uint64_t> base = std::nullopt);

/// For a string that only may be a template (a key that merely mentions one): unless `certain`, what does not parse is
/// not reported, for then it is none.
void report_embedded_template(std::string_view text, std::string_view label, bool certain, const Location& where,
                              ParseContext& context);

/// `.jinja`, `.jinja2`, `.j2` files by name, when they are text. FormatFact "jinja".
bool sniff_template(ByteSource& source, std::string_view name);
Examined parse_template(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
