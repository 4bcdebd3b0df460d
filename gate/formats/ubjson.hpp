// ubjson.hpp: Universal Binary JSON (draft 12), the form in which XGBoost saves models (.ubj).
//
// The whole document is walked: every marker, length and count lies inside the file, containers nest within the limit, nothing follows.
// FormatFact "ubjson", inert, if and only if that holds; else a finding `ubjson.*`. Numbers and texts are not looked at.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// An object whose first key has a length of 64 bits, as XGBoost writes it; of other lengths only under the name `.ubj`.
bool sniff_ubjson(ByteSource& source, std::string_view name);
Examined parse_ubjson(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
