// executable.hpp: code is never inert: machine code by content (ELF, PE, Mach-O, WebAssembly, Java and Python byte
// code, and so llamafile, which is a PE, ELF and shell script at once), source text by name or shebang (code_kind.hpp).
//
// FormatFact with `code`; the format is the language where the name tells it ("python", "shell", "javascript",
// "notebook", ...). Machine code is also an Opaque: nothing here reads what it does.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// Machine and byte code, by content.
bool sniff_executable(ByteSource& source, std::string_view name);
Examined parse_executable(ByteSource& source, ParseContext& context);

/// Source text, by name or shebang. Behind every row that knows its format by content.
bool sniff_source(ByteSource& source, std::string_view name);
Examined parse_source(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
