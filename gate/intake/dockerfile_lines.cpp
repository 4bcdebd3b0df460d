#include "intake/dockerfile_lines.hpp"

#include <deque>

#include "base/text.hpp"

namespace headgate::intake::dockerfile {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// "# key = value" at the very top of the file: letters and digits before '='.
bool directive(std::string_view line, std::string& key, std::string& value) {
    line = trim(line);
    if (!line.starts_with('#')) return false;
    line = trim(line.substr(1));
    std::size_t end = 0;
    while (end < line.size() && (is_letter(line[end]) || (line[end] >= '0' && line[end] <= '9'))) ++end;
    const std::string_view rest = trim(line.substr(end));
    if (end == 0 || !is_letter(line[0]) || !rest.starts_with('=')) return false;
    key = ascii_lower(line.substr(0, end));
    value = trim(rest.substr(1));
    return !value.empty();
}

/// A comment that some reader takes for a directive: white space other than blanks and tabs stands around its key.
bool disguised_directive(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return false;
    std::string key;
    for (const char c : line.substr(0, equals)) {
        if (is_letter(c)) key += c;
    }
    const std::string lower = ascii_lower(key);
    return lower == "syntax" || lower == "escape" || lower == "check";
}

struct Heredoc {
    std::string end;
    bool strip_tabs = false;
};

/// Quotes and escapes are gone; nullopt when the text is more than one word, or a quote does not end.
std::optional<std::string> one_plain_word(std::string_view text) {
    std::string plain;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            plain += text[++i];
        } else if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                plain += c;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else {
            plain += c;
        }
    }
    if (quote != 0 || plain.empty()) return std::nullopt;
    return plain;
}

/// The here-documents that a line opens, as BuildKit finds them: words that are [fd]<<[-]NAME from end to end, where blanks within
/// quotes, behind an escape or in ${...} part no words. `torn`: a quote or brace does not end, and then it finds none.
std::vector<Heredoc> heredocs(std::string_view line, bool& torn) {
    std::vector<std::string> parts;
    std::string word;
    char quote = 0;
    bool braces = false;
    for (std::size_t i = 0; i <= line.size(); ++i) {
        const char c = i < line.size() ? line[i] : ' ';
        const bool plain = quote == 0 && !braces;
        if (i == line.size() || (plain && is_space(c))) {
            if (!word.empty()) parts.push_back(std::move(word));
            word.clear();
            continue;
        }
        word += c;
        if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
            word += line[++i];
        } else if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '$' && i + 1 < line.size() && line[i + 1] == '{') {
            braces = true;
        } else if (c == '}') {
            braces = false;
        }
    }
    torn = quote != 0 || braces;
    std::vector<Heredoc> found;
    if (torn) return found;
    for (const std::string& part : parts) {
        std::size_t at = 0;
        while (at < part.size() && part[at] >= '0' && part[at] <= '9') ++at;
        if (part.compare(at, 2, "<<") != 0) continue;
        at += 2;
        Heredoc heredoc;
        if (at < part.size() && part[at] == '-') {
            heredoc.strip_tabs = true;
            ++at;
        }
        const std::string_view name = std::string_view(part).substr(at);
        if (name.empty() || name.find('<') != std::string_view::npos) continue;
        if (auto plain = one_plain_word(name)) {
            heredoc.end = std::move(*plain);
            found.push_back(std::move(heredoc));
        }
    }
    return found;
}

}  // namespace

Instruction split_instruction(std::string_view text, std::uint32_t line) {
    Instruction instruction;
    instruction.line = line;
    text = trim(text);
    std::size_t end = 0;
    while (end < text.size() && !is_space(text[end])) ++end;
    for (const char c : text.substr(0, end)) instruction.name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    text = trim(text.substr(end));
    while (text.starts_with("--")) {
        std::string flag;                // without its quotes and escapes
        std::size_t at = 0;
        char quote = 0;
        for (; at < text.size() && (quote != 0 || !is_space(text[at])); ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) {
                flag += text[++at];
            } else if (quote == 0 && (text[at] == '"' || text[at] == '\'')) {
                quote = text[at];
            } else if (quote != 0 && text[at] == quote) {
                quote = 0;
            } else {
                flag += text[at];
            }
        }
        text = trim(text.substr(at));
        if (flag == "--") break;         // ends the flags
        instruction.flags.push_back(std::move(flag));
    }
    instruction.rest = text;
    return instruction;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> result;
    std::string word;
    char quote = 0;
    for (const char c : text) {
        if (quote == 0 && is_space(c)) {
            if (!word.empty()) result.push_back(std::move(word));
            word.clear();
            continue;
        }
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        }
        word += c;
    }
    if (!word.empty()) result.push_back(std::move(word));
    return result;
}

std::optional<Document> read(ByteView bytes, IntakeContext& context) {
    std::string_view text = as_text(bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        const Location where = {context.path, {}, std::nullopt, std::nullopt};
        context.finding("dockerfile.encoding", Severity::high, "the file is not UTF-8 text", where,
                        "A build may read other instructions from these bytes than a reviewer sees.",
                        "Save the file as UTF-8.");
        context.opaque("the file is not UTF-8 text", where);
        return std::nullopt;
    }
    Document document;
    char escape = '\\';
    bool directives = true;
    std::string joined;
    std::uint32_t first = 0;
    std::uint32_t number = 0;
    std::deque<Heredoc> open;
    const auto finish = [&] {
        if (!trim(joined).empty()) {
            document.instructions.push_back(split_instruction(joined, first));
            const Instruction& instruction = document.instructions.back();
            const std::string name = instruction.name == "ONBUILD" ? split_instruction(instruction.rest, first).name : instruction.name;
            if (name == "RUN" || name == "COPY" || name == "ADD") {
                bool torn = false;
                const std::vector<Heredoc> found = heredocs(joined, torn);
                open.assign(found.begin(), found.end());
                if (torn && joined.find("<<") != std::string::npos) context.opaque("a quote that does not end, beside a here-document", context.at_line(number));
                if (!open.empty()) document.instructions.back().bodies.emplace_back();
            }
        }
        joined.clear();
        first = 0;
    };
    for (std::string_view line : split_lines(text)) {
        ++number;
        if (!open.empty()) {
            std::string_view body = line;
            while (body.ends_with('\r')) body.remove_suffix(1);
            while (open.front().strip_tabs && body.starts_with('\t')) body.remove_prefix(1);
            if (body == open.front().end) {
                open.pop_front();
                if (!open.empty()) document.instructions.back().bodies.emplace_back();
            } else {
                document.instructions.back().bodies.back() += std::string(body) + "\n";
            }
            continue;
        }
        if (directives) {
            std::string key;
            std::string value;
            if (!(number == 1 && line.starts_with("#!"))) {
                directives = directive(line, key, value);
                if (!directives && trim(line).starts_with('#') && disguised_directive(line)) {
                    context.opaque("a comment that some tools take for a directive", context.at_line(number));
                }
                if (key == "syntax" && document.syntax.empty()) {
                    document.syntax = value;
                    document.syntax_line = number;
                }
                if (key == "escape" && value == "`") escape = '`';
            }
        }
        const std::string_view content = trim(line);
        if (content.starts_with('#')) continue;            // comments may stand inside a continuation
        if (content.empty()) continue;                     // empty lines too (deprecated, still accepted)
        if (first == 0) first = number;
        // The escape, which no other stands before, and blanks behind it: the line goes on.
        std::size_t end = line.size();
        while (end > 0 && line[end - 1] == '\r') --end;
        while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
        const bool goes_on = end > 0 && line[end - 1] == escape && (end == 1 || line[end - 2] != escape);
        if (goes_on) {
            joined += line.substr(0, end - 1);
        } else {
            joined += line;
            finish();
        }
    }
    if (first != 0) finish();
    if (!open.empty()) {
        context.opaque("a here-document that does not end", context.at_line(number));
    }
    return document;
}

}  // namespace headgate::intake::dockerfile
