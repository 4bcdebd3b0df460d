#include "intake/shell_code.hpp"

#include <algorithm>
#include <string>

#include "intake/shell_programs.hpp"

namespace headgate::intake::shell {
namespace {

bool is_name_part(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// "exec(" and no "my_exec(", and with something in it.
bool calls(std::string_view text, std::string_view name) {
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const bool begins = at == 0 || !is_name_part(text[at - 1]);
        const std::string_view rest = text.substr(at + name.size());
        if (begins && rest.starts_with('(') && !rest.starts_with("()")) return true;
    }
    return false;
}

/// Each run of letters, digits, '_', '.' and '-' as the name of a program.
template <typename Test>
bool any_word(std::string_view text, const Test& test) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && (is_name_part(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
        if (end > at && end - at < 100 && test(program_of(text.substr(at, end - at)))) return true;
        at = std::max(end, at + 1);
    }
    return false;
}

}  // namespace

CodeRuns what_code_runs(std::string_view code) {
    std::string text(code);
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    const bool starts = has_any(text, {"subprocess", "os.system", "popen", "os.exec", "os.spawn", "pty.spawn", "child_process", "IO.popen", "`"}) || calls(text, "system");
    const bool runs = starts || calls(text, "exec") || calls(text, "eval") || has_any(text, {"runpy", "exec\"", "exec'", "iex("});
    const bool fetches = has_any(text, {"urlopen", "urllib", "urlretrieve", "requests", "httpx", "aiohttp", "http.client", "http://", "https://", "socket"});
    const bool of_pip = has_any(text, {"pip.main(", "pip._internal", "importpip", "frompip", "('pip'", "(\"pip\"", "['pip'", "[\"pip\""}) && has_any(text, {"main(", "'install'", "\"install\""});
    const bool installs = starts && has_any(text, {"install", "'add'", "\"add\""}) && any_word(code, [](const std::string& program) { return is_installer(program); });
    if (of_pip || installs) return CodeRuns::installer;
    return runs && fetches ? CodeRuns::fetched : CodeRuns::nothing;
}

bool mentions_installer(std::string_view script) {
    return any_word(script, [](const std::string& program) { return is_installer(program) || is_fetcher(program) || program == "easy_install"; });
}

}  // namespace headgate::intake::shell
