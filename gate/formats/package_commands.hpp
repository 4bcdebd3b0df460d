// package_commands.hpp: command lines of a shell, taken apart as far as it shows which program runs and on which file. No shell: what only
// running it would show (variables, functions) stays a word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::formats {

/// The commands of a line: what stands between &&, ||, ;, |, & and brackets. Quotes hold together.
std::vector<std::string> commands_of(std::string_view line);

/// Words as a shell takes them apart; quotes and backslashes are taken off.
std::vector<std::string> words_of(std::string_view command);

/// What reads the file that a command runs.
enum class Runner : std::uint8_t { none, node, shell, python, other };

/// By the name of a program, with or without its folder and ".exe".
Runner runner_of(std::string_view program);

/// Where the command begins: behind NAME=value and what only starts others (env, cross-env, npx, sudo, time, ...), with their options.
std::size_t first_of_command(const std::vector<std::string>& words);

/// A URL or a repository, which a package manager or a runner fetches and runs.
bool is_remote(std::string_view word);

/// Another package, or source, that the command fetches from a place and runs: npx https://..., npm install git+https://..., deno run https://...
std::string_view fetched_by(const std::vector<std::string>& words, std::size_t at);

/// The path below a package of what is written in a folder of it; nullopt outside of it.
std::optional<std::string> joined_path(std::string_view written, std::string_view folder);

}  // namespace headgate::formats
