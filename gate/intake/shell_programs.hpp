// shell_programs.hpp: which program a command runs, past those that run another ("sudo -u root", "timeout 600", "conda run"). Private to
// intake/shell_*.cpp and intake/served*.cpp.
#pragma once

#include <string>
#include <string_view>

#include "intake/install_commands.hpp"

namespace headgate::intake::shell {

/// "python" of "/usr/bin/python3.12"; "." and names without letters stay.
std::string program_of(std::string_view path);

/// "NAME" of "NAME=value", "NAME+=value" and "NAME[...]=value"; "" when it is none.
std::string_view assigned_variable(std::string_view text);
inline bool is_assignment(std::string_view text) { return !assigned_variable(text).empty(); }
bool is_shell(std::string_view program);
/// It runs what it reads, or what is in its arguments: a shell, python, perl, ...
bool is_interpreter(std::string_view program);
bool is_fetcher(std::string_view program);
bool is_installer(std::string_view program);
/// A word behind which an installer names what it installs.
bool is_verb(std::string_view word);
/// Its arguments are text, names of files or of packages of a system, and no commands.
bool is_harmless(std::string_view program);

/// The number of the word that is the program, from `first` on; the number of words when there is none.
std::size_t program_at(const Words& words, std::size_t first = 0);

}  // namespace headgate::intake::shell
