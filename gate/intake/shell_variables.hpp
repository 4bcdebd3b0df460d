// shell_variables.hpp: what the readers of one shell script know of its variables and parameters, and how much they may still put in. Private
// to intake/shell*.cpp.
#pragma once

#include <map>
#include <utility>

#include "intake/shell.hpp"

namespace headgate::intake::shell {

constexpr std::size_t kMostValues = 1U << 16U;     // bytes that variables come to, in all
constexpr std::size_t kMostRepeated = 1U << 16U;   // bytes of loops that are read once more
constexpr std::size_t kMostUnknown = 1U << 18U;    // the same, for values that are too many to read it for each

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
inline bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// "NAME=value", "NAME+=value", "NAME[...]=value"
struct Assignment {
    std::string_view name = {};          // "" when it is none
    std::size_t value = 0;               // where it begins
    bool appends = false;
    bool element = false;                // of an array
};
Assignment assignment_in(std::string_view text);
inline std::string_view assigned_name(std::string_view text) { return assignment_in(text).name; }

/// What all readers of one script know.
struct Known {
    const Lookup& lookup;
    std::span<const std::string> documents;
    std::map<std::string, std::optional<std::string>, std::less<>> set = {};   // by the script; nullopt: to what, only the running shell knows
    std::size_t values = kMostValues;     // bytes that are left
    std::size_t repeated = kMostRepeated;
    std::size_t unknown = kMostUnknown;
    std::optional<std::vector<Word>> parameters = {};   // $0, $1, ...; nullopt: only the running shell knows them
    bool tracks = false;                  // somebody asks for the parameters: what `set` and `shift` do to them is followed
    bool conditional = false;             // whether the command at hand runs here, and in this shell, depends on others
    bool anything = false;                // a computed name was written to: any variable may have any value
    std::string separators = {};          // beside blanks: all that IFS ever was

    std::optional<std::string> value(std::string_view name) const;
    /// What a command sets: assignments and nothing else, and commands that write to variables or parameters.
    void remember(const std::vector<Word>& words);
    void forget(std::string_view name) { set.insert_or_assign(std::string(name), std::nullopt); }

  private:
    void assign(const Word& word, bool computed);
    void declare(std::span<const Word> arguments);
    void written_to(std::string_view program, std::span<const Word> arguments);
    void evaluated(std::span<const Word> arguments);
    void change_parameters(std::string_view program, std::span<const Word> arguments);
};

}  // namespace headgate::intake::shell
