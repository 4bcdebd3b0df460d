// shell_texts.hpp: words of a command as the text of another script, and what their texts tell of it. Private to intake/shell_*.cpp and
// intake/served*.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/install_commands.hpp"

namespace headgate::intake::shell {

/// A word as a script: "$0" stands for what only the running shell knows.
std::string script_of(const Word& word);
/// One word for a script, whatever is in it.
std::string quoted(const Word& word);
/// "\\n" of echo and printf is the end of a line.
std::string with_lines(std::string_view text);

/// The name of the program is not told by what stands there.
bool is_computed_program(const Word& word);
/// A script that runs its arguments: '"$@"', '$0 $1'.
bool runs_arguments(std::string_view script);
/// It takes them apart: "${@:2}", "${1#x}".
bool changes_arguments(std::string_view script);
/// "npm" of "npm-cli.js", "composer" of "composer.phar": what an interpreter is given for the program of that name.
std::string program_of_file(std::string_view path);
/// The first word behind an installer says that it takes away, or shows.
bool installs_nothing(const Words& words, std::size_t first);
bool is_standard_input(std::string_view text);
/// What "echo" and "printf" write, as a script: the words from `first` on.
std::string said(std::string_view program, const Words& words, std::size_t first);

enum class Filled { not_at_all, part, whole };

/// xargs -I{} sh -c "{}", xargs -0 sh -c: how far what xargs reads makes up the script that the interpreter at `at` runs.
Filled filled_by_xargs(const Words& words, std::size_t at);

struct Executed {
    std::size_t program = 0;             // the number of its word
    std::string_view name = {};          // that the files have; "" for any
};

/// find FOLDER -name NAME -exec PROGRAM ...: the first sixteen of them.
std::vector<Executed> executed_by_find(const Words& words, std::size_t at);

}  // namespace headgate::intake::shell
