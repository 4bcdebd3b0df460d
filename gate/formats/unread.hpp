// unread.hpp: formats that this build knows by their magic and cannot read yet. Naming them makes the refusal clear, and
// makes loose files of these formats subjects.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_unread(ByteSource& source, std::string_view name);
/// Records the format and an Opaque over the whole content.
Examined parse_unread(ByteSource& source, ParseContext& context);

/// Name of the format ("rar", "cab", ...), "" for content that is none of them.
std::string_view unread_format(ByteSource& source);

}  // namespace headgate::formats
