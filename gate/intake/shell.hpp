// shell.hpp: the commands in a piece of shell script, as far as they are plain: words, quotes, pipes, lists, substitutions (POSIX Shell
// Command Language, 2.3 to 2.9). Nothing is run, no file name expanded; what only the running shell knows makes a word computed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::intake::shell {

struct Word {
    std::string text;                     // quotes taken off, variables put in
    bool computed = false;                // something in it is only known when it runs
    std::vector<std::size_t> commands;    // numbers of the commands whose output stands in it
    std::string written;                  // of a computed one: the beginning of how it stands there
    std::vector<std::size_t> gaps;        // places in `text` at which something stands that only the running shell knows
    bool whole = false;                   // and that makes no other words of it: all of it is quoted
};

struct Command {
    std::vector<Word> words;              // without redirections and words of the grammar ("if", "then", "!")
    bool piped = false;                   // its output is the input of the command after it, or of the group after it
    std::size_t first = 0;                // number of the first command within it (of its substitutions), or its own
    std::size_t input = 0;                // if not 0: commands that stand before this number, and are piped, are its input
    bool fed = false;                     // it reads what the command writes in which ">(...)" stands
    std::vector<std::string> documents;   // here-documents and here-strings that it reads
    std::vector<std::string> outputs;     // files that it writes to (">file"), as they are written there
    std::vector<std::string> inputs;      // and that it reads ("<file"); "&" for a descriptor ("<&3"), "&$" for one that is computed
    std::vector<std::size_t> feeds = {};  // numbers of commands whose output it reads as such a file ("< <(...)")
};

/// Value of a variable; nullopt when nobody knows it here.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// What whoever runs a script gives it, and what can be said of it at its end.
struct Surroundings {
    std::vector<Word> parameters = {};    // $0, $1, ...: texts, and where they have gaps; none when only the running shell knows them. At the end, what they are then
    bool lost = false;                    // the script changes its parameters, or has functions with others: nothing is put in their place
    std::map<std::string, std::optional<std::string>, std::less<>> set = {};   // variables that it writes to; nullopt: what, only the running shell knows
    bool anything = false;                // and maybe all others
};

/// Commands within a substitution stand before the command that it is in, those within a here-document behind it; those of a loop over constants stand once for each of them.
/// `documents`: here-documents that another has taken out of the text. nullopt: a quote, bracket or substitution that does not end, or
/// more of them within each other, or more text from variables, than anybody writes.
/// `around`, where it is given: what "$1" and "$@" are, with what `set` makes of them.
std::optional<std::vector<Command>> read_commands(std::string_view text, const Lookup& lookup, std::span<const std::string> documents = {}, Surroundings* around = nullptr);

}  // namespace headgate::intake::shell
