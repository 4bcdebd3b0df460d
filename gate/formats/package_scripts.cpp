#include "formats/package_scripts.hpp"

#include "base/text.hpp"
#include "codec/python_tokens.hpp"
#include "formats/package_traits.hpp"

namespace headgate::formats {
namespace {

using codec::PythonToken;
using Kind = PythonToken::Kind;

constexpr std::size_t kLongestLine = 4096;       // in which what stands together belongs together
constexpr std::size_t kMostGypCommands = 1000;

enum class End : std::uint8_t { whole, backslash, operation };

/// How a line ends: in a backslash that nothing escapes, or in an operator that wants another command.
End end_of(std::string_view line) {
    if (line.ends_with('\\')) {
        const std::size_t last = line.find_last_not_of('\\');
        const std::size_t count = line.size() - (last == std::string_view::npos ? 0 : last + 1);
        return count % 2 == 0 ? End::whole : End::backslash;
    }
    const std::string_view text = trim(line);
    return text.ends_with('|') || text.ends_with("&&") ? End::operation : End::whole;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
        out.append(text.substr(0, at)).append(to);
        text.remove_prefix(at + from.size());
    }
    return out.append(text);
}

/// Up to the ")" that belongs to the "(" at `open`, or all of it.
std::string_view inside(std::string_view text, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t at = open; at < text.size(); ++at) {
        if (text[at] == '(') ++depth;
        if (text[at] == ')' && --depth == 0) return text.substr(open + 1, at - open - 1);
    }
    return text.substr(open + 1);
}

/// What is in a text behind "<!(" and "<!@(", or "<!pymod_do_main(", which imports a module; ">" and "^" do the same later.
void expansions(std::string_view text, std::vector<std::string>& commands) {
    for (std::size_t at = text.find('!'); at != std::string_view::npos && commands.size() < kMostGypCommands; at = text.find('!', at + 1)) {
        if (at == 0 || std::string_view("<>^").find(text[at - 1]) == std::string_view::npos) continue;
        std::size_t open = at + 1;
        if (open < text.size() && text[open] == '@') ++open;
        constexpr std::string_view kModule = "pymod_do_main";
        const bool module = text.substr(open).starts_with(kModule);
        if (module) open += kModule.size();
        if (open >= text.size() || text[open] != '(') continue;
        const std::string_view command = inside(text, open);
        commands.push_back(module ? "python -m " + std::string(trim(command)) : std::string(command));
        at = open + command.size();
    }
}

/// A word of an action as a command line has it.
std::string quoted(std::string_view written) {
    const std::string word = replaced(replaced(written, "<(module_root_dir)", "."), "<(python)", "python");
    if (word.find_first_of(" \t\n;|&()\"'") == std::string::npos) return word;
    return word.find('\'') == std::string::npos ? "'" + word + "'" : '"' + word + '"';
}

bool is_action(std::string_view key) {
    constexpr std::string_view kAction = "action";
    return key.starts_with(kAction) && key.find_first_not_of("+=?!%/", kAction.size()) == std::string_view::npos;
}

}  // namespace

std::vector<ScriptLine> script_lines(std::string_view text) {
    std::vector<ScriptLine> lines;
    std::uint32_t number = 0;
    End before = End::whole;
    for (std::string_view line : split_lines(text)) {
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::string_view plain = trim(line);
        if (before != End::backslash && plain.starts_with('#')) continue;
        if (before == End::operation && plain.empty()) continue;
        if (before == End::whole) lines.push_back({{}, number});
        before = end_of(line);
        if (before == End::backslash) line.remove_suffix(1);
        lines.back().text += line;
        if (before == End::operation) lines.back().text += ' ';
    }
    return lines;
}

std::string without_continuations(std::string_view command) { return replaced(replaced(command, "\\\r\n", ""), "\\\n", ""); }

std::vector<std::string> gyp_commands(std::string_view text) {
    std::vector<std::string> commands;
    codec::PythonTokens tokens(text);
    std::string literal;                 // what stands beside each other is one text
    bool in_literal = false;
    bool action = false;                 // the key before
    bool colon = false;
    bool in_action = false;
    std::string line;
    for (PythonToken token = tokens.next();; token = tokens.next()) {
        if (token.kind == Kind::text) {
            literal += codec::python_unescaped(token.value, token.raw);
            in_literal = true;
            continue;
        }
        if (in_literal) {
            expansions(literal, commands);
            if (in_action) line += (line.empty() ? "" : " ") + quoted(literal);
            action = is_action(literal);
            literal.clear();
            in_literal = false;
        }
        if (token.is_op(":")) {
            colon = action;
        } else if (token.is_op("[") && colon) {
            in_action = true;
            line.clear();
        } else if (token.is_op("]") || token.kind == Kind::end) {
            if (in_action && !line.empty() && commands.size() < kMostGypCommands) commands.push_back(line);
            in_action = false;
        }
        if (!token.is_op(":")) action = colon = false;
        if (token.kind == Kind::end) break;
    }
    return commands;
}

void note_fetching_lines(std::string_view text, bool shell, const PackageWords& words, ParseContext& context) {
    PackageTraits traits(context);
    bool any = false;
    std::string together;
    for (const ScriptLine& line : script_lines(text)) {
        if (shell) {
            const std::string_view begin = trim(line.text);
            const bool runs = begin.starts_with("sh ") || begin.starts_with("bash ") || begin.starts_with("./");
            together += (runs ? " ; " : "\n") + std::string(begin);
        }
        if (!words.fetches_and_runs(line.text)) continue;
        any = true;
        const bool oversized = line.text.size() > kLongestLine;
        traits.add(oversized ? "oversized-source" : "fetches-and-runs-at-install", line.text, line.number);
    }
    if (shell && !any && words.fetches_and_runs(together)) traits.add("fetches-and-runs-at-install", "what its lines do together");
}

}  // namespace headgate::formats
