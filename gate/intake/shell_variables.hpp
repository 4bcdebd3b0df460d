// shell_variables.hpp: what the readers of one shell script know of its variables, and how much they may still put in. Private to
// intake/shell*.cpp.
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

/// "NAME" of "NAME=value"; "" when it is no assignment.
inline std::string_view assigned_name(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_name_char(text[end])) ++end;
    return end > 0 && is_name_start(text[0]) && end < text.size() && text[end] == '=' ? text.substr(0, end) : std::string_view{};
}

/// What all readers of one script know.
struct Known {
    const Lookup& lookup;
    std::span<const std::string> documents;
    std::map<std::string, std::optional<std::string>, std::less<>> set = {};   // by the script; nullopt: to what, only the running shell knows
    std::size_t values = kMostValues;     // bytes that are left
    std::size_t repeated = kMostRepeated;
    std::size_t unknown = kMostUnknown;

    std::optional<std::string> value(std::string_view name) const {
        const auto own = set.find(name);
        if (own != set.end()) return own->second;
        auto given = lookup(name);
        return !given && name == "IFS" ? std::optional<std::string>(" ") : given;   // "pip${IFS}install"
    }
    /// What a command of assignments, and nothing else, sets; and what one that reads its input does.
    void remember(const std::vector<Word>& words) {
        if (words.empty()) return;
        const std::string& program = words[0].text;
        const bool reads = program == "read" || program == "unset" || program == "mapfile" || program == "getopts";
        const std::size_t first = reads || program == "export" || program == "readonly" || program == "declare" || program == "local" ? 1 : 0;
        for (std::size_t i = first; first == 0 && i < words.size(); ++i) {
            if (assigned_name(words[i].text).empty()) return;
        }
        for (std::size_t i = first; i < words.size(); ++i) {
            const std::string_view name = assigned_name(words[i].text);
            if (reads) set.insert_or_assign(words[i].text, std::nullopt);
            if (reads || name.empty()) continue;
            assign(name, words[i].computed ? std::nullopt : std::optional(words[i].text.substr(name.size() + 1)));
        }
    }
    /// Which of two different values counts, depends on what runs.
    void assign(std::string_view name, std::optional<std::string> to) {
        const auto before = value(name);
        const bool another = before ? before != to : set.find(name) != set.end();
        set.insert_or_assign(std::string(name), another ? std::nullopt : std::move(to));
    }
};

}  // namespace headgate::intake::shell
