#include "intake/notebook_lines.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"

namespace headgate::intake::notebook {
namespace {

using What = IpythonLine::What;

/// Cells that begin so are no Python.
constexpr std::array<std::string_view, 16> kOtherLanguages = {"%%html", "%%HTML", "%%javascript", "%%js", "%%markdown", "%%latex", "%%svg", "%%sql", "%%R",
                                                              "%%perl", "%%ruby", "%%cython", "%%writefile", "%%file", "%%cmd", "%%bigquery"};
constexpr std::array<std::string_view, 10> kShells = {"bash", "sh", "shell", "zsh", "dash", "ksh", "sx", "system", "!", "ash"};
/// Magics that are commands of the same name.
constexpr std::array<std::string_view, 8> kCommands = {"pip", "pip3", "uv", "conda", "mamba", "micromamba", "poetry", "pipx"};
/// Magics that run the rest of their line.
constexpr std::array<std::string_view, 6> kRunners = {"time", "timeit", "prun", "memit", "mprun", "lprun"};
/// Words of Python behind which a statement goes on: "pip in x".
constexpr std::array<std::string_view, 9> kOperators = {"in", "is", "and", "or", "not", "if", "else", "for", "as"};

bool is_one_of(std::string_view word, std::span<const std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string_view first_word(std::string_view line) { return line.substr(0, std::min(line.find_first_of(" \t"), line.size())); }

/// Behind the options of a magic and the numbers that they take.
std::string_view without_options(std::string_view text) {
    bool option = false;
    for (text = trim(text); !text.empty();) {
        const std::string_view word = first_word(text);
        const bool number = word.find_first_not_of("0123456789") == std::string_view::npos;
        if (!word.starts_with('-') && !(option && number)) break;
        option = word.starts_with('-');
        text = trim(text.substr(word.size()));
    }
    return text;
}

IpythonLine shell(std::string_view command) { return {What::shell, std::string(trim(command))}; }

/// `text` is behind "%".
IpythonLine magic(std::string_view text) {
    const std::string_view word = first_word(text);
    const std::string_view rest = trim(text.substr(word.size()));
    if (is_one_of(word, kCommands)) return shell(text);
    if (word == "sx" || word == "system" || word == "sc") return shell(rest);
    if (is_one_of(word, kRunners)) {
        const std::string_view run = without_options(rest);
        // A magic in a magic: at most one, so that no line is read without end.
        if (run.starts_with('!')) return shell(run.substr(run.starts_with("!!") ? 2 : 1));
        if (run.starts_with('%') && !is_one_of(first_word(run.substr(1)), kRunners)) return magic(run.substr(1));
        return {What::python, std::string(run)};
    }
    if (word == "env" || word == "set_env") {
        std::string assignment(rest);
        if (const std::size_t gap = assignment.find(' '); assignment.find('=') == std::string::npos && gap != std::string::npos) assignment[gap] = '=';
        return shell(assignment);
    }
    return {What::nothing, {}};
}

/// Magics need no "%" where no Python of that name is: what stands there is no Python.
bool is_automagic(std::string_view line) {
    const std::string_view word = first_word(line);
    const std::string_view rest = trim(line.substr(word.size()));
    const bool command = is_one_of(word, kCommands);
    const bool known = command || is_one_of(word, kRunners) || word == "sx" || word == "system" || word == "env" || word == "set_env";
    if (!known || rest.empty()) return false;
    if (command && rest.size() > 1 && rest[0] == '-') return is_letter(rest[1]) || rest[1] == '-';
    return (is_letter(rest[0]) && !is_one_of(first_word(rest), kOperators)) || rest[0] == '!';
}

/// "=" of `name = !command` and `name = %magic`, which IPython finds outside of brackets and quotes.
std::size_t assignment_of(std::string_view line) {
    int depth = 0;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote != 0) {
            if (c == '\\') ++at;
            if (c == quote) quote = 0;
            continue;
        }
        if (c == '"' || c == '\'') quote = c;
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == ')' || c == ']' || c == '}') --depth;
        if (c == '#') break;
        if (c != '=' || depth != 0 || at == 0) continue;
        const std::size_t next = line.find_first_not_of(" \t", at + 1);
        if (next == std::string_view::npos) break;
        if (line[next] == '!' || (line[next] == '%' && next + 1 < line.size() && is_letter(line[next + 1]))) return next;
    }
    return std::string_view::npos;
}

}  // namespace

IpythonLine read_ipython(std::string_view line) {
    const std::string_view text = trim(line);
    if (text.starts_with('!')) return shell(text.substr(text.starts_with("!!") ? 2 : 1));
    if (text.starts_with('%')) {
        const std::string_view rest = text.substr(text.starts_with("%%") ? 2 : 1);
        return !rest.empty() && is_letter(rest[0]) ? magic(rest) : IpythonLine{What::python, std::string(line)};
    }
    if (const std::size_t value = assignment_of(text); value != std::string_view::npos) {
        if (text[value] == '!') return shell(text.substr(value + (text.substr(value).starts_with("!!") ? 2 : 1)));
        return magic(text.substr(value + 1));
    }
    if (is_automagic(text)) return magic(text);
    if (text.starts_with('?') || text.ends_with('?')) return {What::nothing, {}};
    return {What::python, std::string(line)};
}

CellMagic read_cell_magic(std::string_view line) {
    using Cell = CellMagic::What;
    line = trim(line);
    const std::string_view magic = first_word(line);
    const std::string_view name = magic.substr(2);
    const std::string_view rest = trim(line.substr(magic.size()));
    if (name.starts_with('!')) return {Cell::shell, std::string(line.substr(3)), {}};
    if (name == "sx" || name == "system") return {Cell::shell, std::string(rest), {}};
    if (is_one_of(name, kShells)) return {Cell::shell, {}, {}};
    if (magic == "%%writefile" || magic == "%%file") return {line.ends_with(".py") ? Cell::python : Cell::other, {}, {}};
    if (is_one_of(magic, kOtherLanguages)) return {Cell::other, {}, {}};
    if (name == "script") {
        // Whatever the program is, it is a command itself.
        CellMagic cell{Cell::other, std::string(without_options(rest)), {}};
        for (const std::string_view word : split(rest, ' ')) {
            const std::string_view program = word.substr(word.rfind('/') + 1);
            if (is_one_of(program, kShells)) cell.what = Cell::shell;
            if (program.starts_with("python") && cell.what == Cell::other) cell.what = Cell::python;
        }
        return cell;
    }
    if (is_one_of(name, kRunners)) return {Cell::python, {}, std::string(without_options(rest))};
    if (name == "capture" || name.starts_with("python") || name == "pypy") return {Cell::python, {}, {}};
    return {Cell::unknown, {}, {}};
}

std::string flat_shell(std::string_view command) {
    std::string flat;
    char quote = 0;
    int braces = 0;                      // {expression} of Python, which IPython fills in
    bool back = false;
    for (std::size_t at = 0; at < command.size(); ++at) {
        const char c = command[at];
        const bool begins = flat.empty() || std::string_view(" \t;&|").find(flat.back()) != std::string_view::npos;
        if (quote == '\'' && c != quote) {
            flat += c;
            continue;
        }
        if (c == '\\' && at + 1 < command.size()) {
            flat += c;
            flat += command[++at];
        } else if (c == quote) {
            quote = 0;
            flat += c;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            flat += c;
        } else if (c == '`') {
            // Inside a text too; what the text goes on with is then read as a command, which finds nothing.
            flat += back ? ";" : "$;";
            if (quote != 0) quote = 0, flat.insert(flat.size() - (back ? 1 : 2), 1, '"');
            back = !back;
        } else if (quote == '"') {
            if (c == '$' && at + 1 < command.size() && command[at + 1] == '(') {
                flat += "$\";";
                quote = 0;
                ++at;
            } else {
                flat += c;
            }
        } else if ((c == '{' && begins && (at + 1 == command.size() || command[at + 1] == ' ')) || ((c == '(' || c == ')') && braces == 0)) {
            flat += ';';
        } else if (c == '{' || c == '}') {
            braces = std::max(0, braces + (c == '{' ? 1 : -1));
            flat += c;
        } else {
            flat += c;
        }
    }
    return flat;
}

}  // namespace headgate::intake::notebook
