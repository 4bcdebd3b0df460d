// unread.hpp: formats that are known by their magic, or by the name of a file that is nothing else, and that nothing here can read:
// machine code for an accelerator, objects that run code while they are read, archives without a free reader. Naming them makes the
// refusal clear, and loose files of these formats subjects.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_unread(ByteSource& source, std::string_view name);
/// By name only, for a late row: formats whose files have no magic, or hide it.
bool sniff_named_unread(ByteSource& source, std::string_view name);
/// Records the format, as code where it is, and an Opaque over the whole content that says what it is, why nothing can read it, and
/// what to publish instead.
Examined parse_unread(ByteSource& source, ParseContext& context);

/// Name of the format ("rds", "rar", ...), "" for content that is none of them.
std::string_view unread_format(ByteSource& source);

}  // namespace headgate::formats
