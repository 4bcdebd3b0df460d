// text_markup.hpp: HTML, SVG and XML: text that can carry script, or a model.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By name (.html, .htm, .xhtml, .svg, .xml, .pmml) or by a doctype, XML declaration or root element at the beginning.
bool is_markup(ByteSource& source, std::string_view lower_name);
/// Content that is text as a whole. FormatFact "html" or "svg" (by the name, or by the root element), inert unless a script is
/// found; other XML, and whatever is named .xml or .pmml, as in xml_model.hpp.
Examined parse_markup(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
