// code_kind.hpp: is a member source or machine code? By content first (ELF, PE, Mach-O, WebAssembly, Java, Python byte
// code, a shebang), by extension for source text.
#pragma once

#include <string_view>

#include "base/bytes.hpp"

namespace headgate::formats {

/// "elf", "pe", "mach-o", "wasm", "java-class", "python-bytecode", "script" or "source"; "" for anything else. `head` is
/// the first bytes of the content.
std::string_view code_kind(ByteView head, std::string_view name);

}  // namespace headgate::formats
