// package_scripts.hpp: scripts of a shell, and what a binding.gyp runs, taken apart into commands as package_commands.hpp takes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/package_words.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

struct ScriptLine {
    std::string text;
    std::uint32_t number = 0;            // of its first line
};

/// Lines as a shell puts them together, where one ends in a backslash, or in "|", "&&" or "||". Comments are left out.
std::vector<ScriptLine> script_lines(std::string_view text);

/// Without the ends of lines behind a backslash.
std::string without_continuations(std::string_view command);

/// Commands that node-gyp runs while it reads such a file, or later: "<!(...)", "<!@(...)", "action": ["program", ...].
std::vector<std::string> gyp_commands(std::string_view text);

/// "fetches-and-runs-at-install" for lines of a script that do so. `shell`: and for what its lines do together.
void note_fetching_lines(std::string_view text, bool shell, const PackageWords& words, ParseContext& context);

}  // namespace headgate::formats
