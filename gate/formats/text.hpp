// text.hpp: the last resort: text is UTF-8 without NUL (and, unless its name promises text,
// without the control characters of binary formats). What it is called decides how it is looked at:
//
//   .csv .tsv                  "csv", inert
//   .html .htm .svg .xhtml     "html" or "svg": inert without script, else a finding `markup.script`
//   .xml and XML by content    "xml", inert, read as in xml_model.hpp
//   .yaml .yml                 "yaml", inert; chat templates inside are checked (chat_template.hpp)
//   .template .tmpl .tpl       "text"; judged as a template where it parses as one
//   text that is Python        "python", code (imports at the start of lines, under a name that promises no prose)
//   anything else              "text", inert
//
// Pickles of protocol 0 are text too: their row stands before this one, and files called .pkl, .pt, .bin, ... are never
// inert text (extension.hpp: `format.extension-mismatch`). A file that turns out not to be text behind its first window
// yields no fact and a finding `text.malformed`.
#pragma once

#include <initializer_list>

#include "formats/parser.hpp"

namespace headgate::formats {

/// Letter by letter: `name` is in lower case where the case does not matter.
bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings);

/// The first 64 KiB are UTF-8 without NUL (a sequence cut by the window's end is allowed). Empty content is text.
/// `strict`: nor with control characters that only binary formats have (.txt, .csv and their like may have them).
bool looks_like_text(ByteSource& source, bool strict = true);

/// The whole content is: reads it in windows. On failure a finding `<area>.malformed` or `<area>.unscannable` is added
/// (unless the source failed).
bool is_whole_text(ByteSource& source, ParseContext& context, std::string_view area);

bool sniff_text(ByteSource& source, std::string_view name);
Examined parse_text(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
