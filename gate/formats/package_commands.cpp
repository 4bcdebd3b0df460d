#include "formats/package_commands.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace

std::vector<std::string> commands_of(std::string_view line) {
    std::vector<std::string> commands(1);
    char quote = '\0';
    for (const char c : line) {
        const bool redirection = c == '&' && commands.back().ends_with('>');      // 2>&1
        if (quote == '\0' && !redirection && (c == '&' || c == '|' || c == ';' || c == '\n' || c == '(' || c == ')')) {
            if (trim(commands.back()).empty()) {
                commands.back().clear();     // of blanks alone: they are not looked at again
            } else {
                commands.emplace_back();
            }
            continue;
        }
        if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        }
        commands.back() += c;
    }
    for (std::string& one : commands) one = std::string(trim(one));
    std::erase_if(commands, [](const std::string& one) { return one.empty(); });
    return commands;
}

std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    char quote = '\0';
    bool open = false;
    for (std::size_t at = 0; at < command.size(); ++at) {
        const char c = command[at];
        if (quote == '\0' && (c == ' ' || c == '\t')) {
            open = false;
            continue;
        }
        if (!open) words.emplace_back();
        open = true;
        if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        } else if (c == '\\' && at + 1 < command.size() && quote != '\'' && (quote == '\0' || command[at + 1] == '"' || command[at + 1] == '\'' || command[at + 1] == '\\')) {
            words.back() += command[++at];
        } else {
            words.back() += c;
        }
    }
    return words;
}

Runner runner_of(std::string_view program) {
    static constexpr std::string_view kNode[] = {"node", "nodejs", "bun", "deno", "tsx", "ts-node", "babel-node", "esno", "jiti", "electron", "iojs"};
    static constexpr std::string_view kShell[] = {"sh", "bash", "zsh", "dash", "ash", "ksh", ".", "source", "busybox"};
    static constexpr std::string_view kOther[] = {"perl", "ruby", "php", "pwsh", "powershell", "cmd", "osascript", "lua", "cscript", "wscript"};
    program = program.substr(program.find_last_of("/\\") + 1);      // npos + 1 is 0
    if (program.ends_with(".exe")) program.remove_suffix(4);
    if (is_one_of(program, kNode)) return Runner::node;
    if (is_one_of(program, kShell)) return Runner::shell;
    const std::string_view version = program.substr(0, program.find_last_not_of("0123456789.") + 1);
    if (version == "python" || version == "pypy" || program == "py") return Runner::python;
    return is_one_of(program, kOther) ? Runner::other : Runner::none;
}

std::size_t first_of_command(const std::vector<std::string>& words) {
    static constexpr std::string_view kStarters[] = {"cross-env", "cross-env-shell", "env", "npx", "bunx", "sudo", "time", "nohup", "exec", "command", "dotenv", "then", "do", "else", "if", "!", "{"};
    static constexpr std::string_view kValued[] = {"-u", "-C", "-p", "--package", "--chdir", "--unset"};
    std::size_t at = 0;
    bool started = false;
    for (; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (started && word.starts_with('-')) {
            if (is_one_of(word, kValued)) ++at;
        } else if (is_one_of(word.substr(word.rfind('/') + 1), kStarters)) {
            started = true;
        } else if (word.find('=') == std::string::npos) {
            break;
        }
    }
    return std::min(at, words.size());
}

bool is_remote(std::string_view word) {
    const bool scheme = word.find("://") != std::string_view::npos;
    return scheme || word.starts_with("git+") || word.starts_with("github:") || word.starts_with("gitlab:") || word.starts_with("bitbucket:") || word.starts_with("gist:");
}

std::string_view fetched_by(const std::vector<std::string>& words, std::size_t at) {
    static constexpr std::string_view kVerbs[] = {"install", "i", "add", "exec", "x", "dlx", "run"};
    static constexpr std::string_view kManagers[] = {"npm", "yarn", "pnpm", "bun", "deno", "pip", "pip3"};
    const auto is_one = [](const auto& list, std::string_view word) { return std::find(std::begin(list), std::end(list), word) != std::end(list); };
    const bool starter = std::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at), [](const std::string& word) { return word == "npx" || word == "bunx"; });
    std::size_t from = starter ? 0 : words.size();
    if (!starter && at + 1 < words.size() && is_one(kManagers, words[at])) {
        std::size_t verb = at + 1;
        while (verb < words.size() && words[verb].starts_with('-')) ++verb;
        if (verb < words.size() && is_one(kVerbs, words[verb])) from = verb + 1;
    }
    // Of npx and "run" what follows the first operand is for the program that is run.
    const bool one = starter || (from < words.size() && from > 0 && words[from - 1] == "run");
    for (std::size_t word = from; word < words.size(); ++word) {
        const std::string& text = words[word];
        const bool value = word > 0 && words[word - 1] == "--registry";
        if (!value && !text.starts_with('-') && text.find_first_of(" \t") == std::string::npos && is_remote(text)) return text;
        if (one && word >= at && !text.starts_with('-')) break;
    }
    return {};
}

std::optional<std::string> joined_path(std::string_view written, std::string_view folder) {
    std::vector<std::string_view> parts;
    for (const std::string_view from : {folder, written}) {
        for (const std::string_view part : split(from, '/')) {
            if (part == "..") {
                if (parts.empty()) return std::nullopt;
                parts.pop_back();
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
    }
    std::string path;
    for (const std::string_view part : parts) path += (path.empty() ? "" : "/") + std::string(part);
    return path;
}

}  // namespace headgate::formats
