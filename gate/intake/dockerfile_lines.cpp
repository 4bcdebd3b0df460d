#include "intake/dockerfile_lines.hpp"

#include "base/text.hpp"

namespace headgate::intake::dockerfile {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// "# key = value" at the very top of the file.
bool directive(std::string_view line, std::string& key, std::string& value) {
    line = trim(line);
    if (!line.starts_with('#')) return false;
    line = trim(line.substr(1));
    std::size_t end = 0;
    while (end < line.size() && is_word_char(line[end])) ++end;
    const std::string_view rest = trim(line.substr(end));
    if (end == 0 || !rest.starts_with('=')) return false;
    key = ascii_lower(line.substr(0, end));
    value = trim(rest.substr(1));
    return !value.empty();
}

/// Names of the here-documents that a RUN, COPY or ADD line opens: <<EOF, <<-EOF, <<"EOF", 3<<EOF.
struct Heredoc {
    std::string end;
    bool strip_tabs = false;
};
std::vector<Heredoc> heredocs(std::string_view line) {
    std::vector<Heredoc> found;
    char quote = 0;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        if (quote != 0) {
            if (line[i] == quote) quote = 0;
            continue;
        }
        if (line[i] == '"' || line[i] == '\'') {
            quote = line[i];
            continue;
        }
        if (line[i] != '<' || line[i + 1] != '<') continue;
        if (i + 2 < line.size() && line[i + 2] == '<') {  // a here-string
            i += 2;
            continue;
        }
        std::size_t at = i + 2;
        Heredoc heredoc;
        if (at < line.size() && line[at] == '-') {
            heredoc.strip_tabs = true;
            ++at;
        }
        const char mark = at < line.size() && (line[at] == '"' || line[at] == '\'') ? line[at] : '\0';
        if (mark != '\0') ++at;
        while (at < line.size() && !is_space(line[at]) && line[at] != '<' && line[at] != '>' && line[at] != '|' &&
               line[at] != ';' && line[at] != '&' && line[at] != ')' && (mark == '\0' || line[at] != mark)) {
            heredoc.end += line[at++];
        }
        if (!heredoc.end.empty() && (is_word_char(heredoc.end[0]))) found.push_back(std::move(heredoc));
        i = at > i + 1 ? at - 1 : i + 1;
    }
    return found;
}

Instruction split_instruction(std::string_view text, std::uint32_t line) {
    Instruction instruction;
    instruction.line = line;
    text = trim(text);
    std::size_t end = 0;
    while (end < text.size() && !is_space(text[end])) ++end;
    for (const char c : text.substr(0, end)) instruction.name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    text = trim(text.substr(end));
    while (text.starts_with("--")) {
        end = 0;
        char quote = 0;
        while (end < text.size() && (quote != 0 || !is_space(text[end]))) {
            if (quote != 0 && text[end] == quote) {
                quote = 0;
            } else if (quote == 0 && (text[end] == '"' || text[end] == '\'')) {
                quote = text[end];
            }
            ++end;
        }
        if (end == 2) break;  // "--" ends the flags
        instruction.flags.emplace_back(text.substr(0, end));
        text = trim(text.substr(end));
    }
    instruction.rest = text;
    return instruction;
}

}  // namespace

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
    std::vector<Heredoc> open;
    const auto finish = [&] {
        if (!trim(joined).empty()) {
            document.instructions.push_back(split_instruction(joined, first));
            const Instruction& instruction = document.instructions.back();
            const bool onbuild = instruction.name == "ONBUILD";
            if (onbuild || instruction.name == "RUN" || instruction.name == "COPY" || instruction.name == "ADD") {
                open = heredocs(joined);
            }
        }
        joined.clear();
        first = 0;
    };
    for (std::string_view line : split_lines(text)) {
        ++number;
        if (!open.empty()) {
            std::string_view body = line;
            while (open.front().strip_tabs && body.starts_with('\t')) body.remove_prefix(1);
            if (body == open.front().end) open.erase(open.begin());
            continue;
        }
        if (directives) {
            std::string key;
            std::string value;
            if (!(number == 1 && line.starts_with("#!"))) {
                directives = directive(line, key, value);
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
        std::size_t end = line.size();
        while (end > 0 && is_space(line[end - 1])) --end;
        if (end > 0 && line[end - 1] == escape) {
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
