#include "intake/shell_texts.hpp"

#include "intake/shell_programs.hpp"

namespace headgate::intake::shell {

std::string script_of(const Word& word) {
    std::string script;
    std::size_t from = 0;
    for (const std::size_t gap : word.gaps) {
        script += std::string_view(word.text).substr(from, gap - from);
        script += "$0";
        from = gap;
    }
    return script += std::string_view(word.text).substr(from);
}

bool is_computed_program(const Word& word) {
    const std::size_t slash = word.text.rfind('/');
    const std::string_view name = std::string_view(word.text).substr(slash + 1);
    if (!word.computed) return name.find_first_of("*?") != std::string_view::npos || has_braces(name);   // "/usr/bin/pi? install x"
    const bool gap = !word.gaps.empty() && (slash == std::string::npos || word.gaps.back() > slash);
    return gap || name.empty() || name.find_first_of("$}") != std::string_view::npos;
}

std::string with_lines(std::string_view text) {
    std::string lines;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool ends = text.substr(at).starts_with("\\n");
        lines += ends ? '\n' : text[at];
        at += ends ? 1U : 0U;
    }
    return lines;
}

std::string quoted(const Word& word) {
    if (word.computed) return script_of(word);
    std::string text = "'";
    for (const char c : word.text) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

bool runs_arguments(std::string_view script) {
    for (std::size_t at = script.find('$'); at != std::string_view::npos; at = script.find('$', at + 1)) {
        std::string_view rest = script.substr(at + 1);
        if (rest.starts_with('{')) rest.remove_prefix(1);
        if (!rest.empty() && std::string_view("@*0123456789").find(rest[0]) != std::string_view::npos) return true;
    }
    return false;
}

bool changes_arguments(std::string_view script) {
    for (std::size_t at = script.find("${"); at != std::string_view::npos; at = script.find("${", at + 1)) {
        const std::string_view rest = script.substr(at + 2);
        if (rest.starts_with("!")) return true;
        if (rest.size() > 1 && std::string_view("@*0123456789").find(rest[0]) != std::string_view::npos && rest[1] != '}') return true;
    }
    return false;
}

std::string program_of_file(std::string_view path) {
    std::string name = program_of(path);
    for (const std::string_view ending : {"-cli.js", ".js", ".cjs", ".mjs", ".phar", ".pyz"}) {
        if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    }
    return name;
}

bool installs_nothing(const Words& words, std::size_t first) {
    while (first < words.size() && words[first].text.starts_with('-')) ++first;
    return first < words.size() && !words[first].computed && is_any(words[first].text, {"uninstall", "un", "remove", "rm", "list", "ls", "show", "info", "view", "freeze", "check", "cache", "outdated", "search"});
}

std::string said(std::string_view program, const Words& words, std::size_t first) {
    std::string script;
    for (std::size_t i = first; i < words.size(); ++i) {
        const bool format = program == "printf" && is_any(words[i].text, {"%s", "%b", "%s\\n", "%b\\n"});
        if (!format && !words[i].text.starts_with('-')) script += script_of(words[i]) + " ";
    }
    return script;
}

Filled filled_by_xargs(const Words& words, std::size_t at) {
    std::string mark = "{}";
    for (std::size_t i = 0; i < at; ++i) {
        const std::string& text = words[i].text;
        if (text == "-I" && i + 1 < at) mark = words[i + 1].text;
        if ((text.starts_with("-I") || text.starts_with("-i")) && text.size() > 2) mark = text.substr(2);
        if (text.starts_with("--replace=")) mark = text.substr(10);
    }
    bool code = false;
    for (std::size_t i = at + 1; i < words.size(); ++i) {
        const std::string& text = words[i].text;
        const bool is_mark = !mark.empty() && text.find(mark) != std::string::npos;
        if (code) return !is_mark ? Filled::not_at_all : text == mark ? Filled::whole : Filled::part;
        code = text.starts_with('-') && !text.starts_with("--") && text.find_first_of("ce") != std::string::npos;
        if (!text.starts_with('-')) return Filled::not_at_all;     // a file
    }
    return code ? Filled::whole : Filled::not_at_all;
}

std::vector<Executed> executed_by_find(const Words& words, std::size_t at) {
    constexpr std::size_t kMost = 16;
    std::vector<Executed> all;
    std::string_view name;
    for (std::size_t i = at + 1; i + 1 < words.size() && all.size() < kMost; ++i) {
        if (is_any(words[i].text, {"-name", "-iname"}) && !words[i + 1].computed) name = words[i + 1].text;
        if (is_any(words[i].text, {"-o", "-or", "!", "-not"})) name = {};
        if (is_any(words[i].text, {"-exec", "-execdir", "-ok", "-okdir"})) all.push_back({i + 1, name});
    }
    return all;
}

bool is_standard_input(std::string_view text) { return text == "-" || text == "/dev/stdin" || text == "/dev/fd/0" || text == "/proc/self/fd/0"; }

}  // namespace headgate::intake::shell
