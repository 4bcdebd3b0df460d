// install_commands.hpp: the command lines of package managers, each as far as it names what is installed. Private to intake/shell_installs.cpp
// and intake/install_*.cpp.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/entry.hpp"
#include "intake/shell.hpp"

namespace headgate::intake::shell {

using Words = std::vector<Word>;

inline bool is_any(std::string_view text, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), text) != words.end(); }
/// A URL, or git's own spelling of one.
inline bool is_place(std::string_view text) { return text.find("://") != std::string_view::npos || text.starts_with("git@"); }
/// A path, or a file that is an archive.
bool is_local(std::string_view text);

/// "{a,b}" is several words.
inline bool has_braces(std::string_view text) { return text.find('{') < text.find(',') && text.find(',') != std::string_view::npos; }

/// What follows the name of a program.
struct Arguments {
    std::vector<Word> operands;
    std::vector<std::pair<std::string, Word>> options;   // name, value; a value is empty for a flag

    const Word* option(std::initializer_list<std::string_view> names) const;
    /// Removes the first operand, if it is one of these.
    bool take(std::initializer_list<std::string_view> verbs);
};

/// From the word `first` on. `valued` lists the options with a value, parted by spaces; that of "-r" may stand in the same word.
Arguments read_arguments(const Words& words, std::size_t first, std::string_view valued);

/// Where what is installed is recorded.
struct Installing {
    IntakeContext& context;
    std::uint32_t line;
    bool understood = true;
    std::size_t repeated = 0;            // records that drop_repeated() took out

    /// False, and not understood, when no more may be recorded.
    bool has_room();
    /// Takes out what was recorded last, if the one before it is the same.
    void drop_repeated();
    void option(IndexOption::Role role, std::string_view ecosystem, std::string_view url, std::string_view written);
    void computed(std::string_view type, std::string_view written);
    void computed(std::string_view type, const Word& word) { computed(type, word.written.empty() ? std::string_view(word.text) : std::string_view(word.written)); }
    void add(Entry entry);
    /// An option that chooses a place, with a value that only the build knows.
    void unknown(std::string_view option);
    /// A URL whose content decides what is installed or run. False: the word is none.
    bool place(const Word& word);
    void computed_place(std::string_view written);
    /// A setting of a package manager that is kept, by the variable of the same meaning.
    void setting(std::string_view variable, const Word& value);
};

/// Each reads from the word behind the program's name on.
void pip(const Words& words, std::size_t first, Installing& here);
void uv(std::string_view program, const Words& words, std::size_t first, Installing& here);
void npm_command(std::string_view program, const Words& words, std::size_t first, Installing& here);
/// What "uv run" runs: the number of its word, or the number of words.
std::size_t uv_run_at(const Words& words, std::size_t first);
/// poetry, pdm, pipenv, rye
void python_project(const Words& words, std::size_t first, Installing& here);
void cargo(const Words& words, std::size_t first, Installing& here);
void go(const Words& words, std::size_t first, Installing& here);
void gem(const Words& words, std::size_t first, Installing& here);
void bundle(const Words& words, std::size_t first, Installing& here);
void composer(const Words& words, std::size_t first, Installing& here);
void dotnet(const Words& words, std::size_t first, Installing& here);

}  // namespace headgate::intake::shell
