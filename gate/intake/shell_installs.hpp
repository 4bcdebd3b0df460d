// shell_installs.hpp: what the commands of a shell script install by name (pip, uv, npm and its kin, cargo, go, gem), and what they fetch
// and run (curl ... | sh; curl -o f ...; sh f). What a file beside the script names is that file's affair.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intake/manifest.hpp"
#include "intake/shell.hpp"
#include "intake/shell_files.hpp"

namespace headgate::intake::shell {

/// False, with an Opaque, where something that is installed is not understood. A name that only the running shell knows is a computed one.
/// `documents`: its here-documents, if something has taken them out of it. `files`: what scripts before it wrote, and it writes; nullptr: it is
/// alone.
bool read_installs(std::string_view script, std::uint32_t line, const Lookup& lookup, IntakeContext& context, std::span<const std::string> documents = {},
                   WrittenFiles* files = nullptr);

/// A shell with its options, the last of which makes it run the text that follows: what SHELL of a Dockerfile should be.
bool runs_text(const std::vector<std::string>& words);

}  // namespace headgate::intake::shell
