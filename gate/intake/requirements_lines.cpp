// Bytes of a requirements file -> logical lines: encoding, line ends, continuations, comments.
#include "base/text.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake::requirements {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r'; }

/// Length of the line end at the front, 0 if there is none. Python's splitlines() ends lines at more characters than an
/// editor shows: what an editor shows as the rest of a comment is then a requirement.
std::size_t line_end(std::string_view text, bool& hidden) {
    hidden = false;
    if (text[0] == '\n') return 1;
    if (text.starts_with("\r\n")) return 2;
    hidden = true;
    if (text[0] == '\r' || text[0] == '\v' || text[0] == '\f' || (text[0] >= '\x1c' && text[0] <= '\x1e')) return 1;
    if (text.starts_with("\xc2\x85")) return 2;
    if (text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9")) return 3;
    return 0;
}

/// `#` begins a comment at the start of the line or behind white space.
std::string_view without_comment(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '#' && (i == 0 || is_space(line[i - 1]))) return line.substr(0, i);
    }
    return line;
}

bool is_comment_line(std::string_view line) {
    std::size_t i = 0;
    while (i < line.size() && is_space(line[i])) ++i;
    return i < line.size() && line[i] == '#';
}

/// PEP 263 in one of the first two lines. Only encodings that read ASCII alike are taken.
bool declares_foreign_encoding(std::string_view line, bool ascii) {
    if (!line.starts_with('#')) return false;
    std::size_t at = line.find("coding");
    while (at != std::string_view::npos) {
        std::string_view rest = line.substr(at + 6);
        if (rest.starts_with(':') || rest.starts_with('=')) {
            const std::string_view value = trim(rest.substr(1));
            std::string name;
            for (const char c : value) {
                if (is_space(c)) break;
                name += c == '_' ? '-' : c;
            }
            name = ascii_lower(name);
            if (name == "utf-8" || name == "utf8" || name == "utf-8-sig") return false;
            const bool superset = name == "ascii" || name == "us-ascii" || name == "latin-1" || name == "iso-8859-1" ||
                                  name == "iso-8859-15" || name == "cp1252";
            return !superset || !ascii;
        }
        at = line.find("coding", at + 1);
    }
    return false;
}

void refuse(IntakeContext& context, const std::string& what) {
    const Location where = {context.path, {}, std::nullopt, std::nullopt};
    context.finding("requirements.encoding", Severity::high, what, where,
                    "pip may read other requirements from these bytes than a reviewer sees.", "Save the file as UTF-8.");
    context.opaque(what, where);
}

}  // namespace

std::optional<std::vector<Line>> read_lines(ByteView bytes, IntakeContext& context) {
    std::string_view text = as_text(bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        refuse(context, "the file is UTF-16 or UTF-32");
        return std::nullopt;
    }
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        refuse(context, "the file is not UTF-8 text");
        return std::nullopt;
    }
    bool ascii = true;
    for (const char c : text) ascii = ascii && static_cast<unsigned char>(c) < 0x80;

    std::vector<Line> lines;
    std::string joined;
    std::uint32_t number = 0;
    std::uint32_t first = 0;
    const auto finish = [&] {
        const std::string_view content = trim(without_comment(joined));
        if (!content.empty()) lines.push_back({std::string(content), first});
        joined.clear();
        first = 0;
    };
    while (!text.empty()) {
        ++number;
        std::size_t length = 0;
        std::size_t end = 0;
        bool hidden = false;
        while (length < text.size() && (end = line_end(text.substr(length), hidden)) == 0) ++length;
        std::string_view line = text.substr(0, length);
        text.remove_prefix(length + end);
        if (hidden && end != 0) {
            context.finding("requirements.hidden-line-break", Severity::high,
                            "a line ends with a character that editors do not show as a line end",
                            context.at_line(number),
                            "For pip a new line begins there: what looks like the rest of a comment is installed.",
                            "End lines with a plain line feed.");
        }
        if (number <= 2 && declares_foreign_encoding(line, ascii)) {
            refuse(context, "the file declares an encoding other than UTF-8");
            return std::nullopt;
        }
        if (first == 0) first = number;
        const bool comment = is_comment_line(line);
        if (!line.ends_with('\\') || comment) {
            if (comment) joined += ' ';  // so that the comment is seen as one behind a continuation
            joined += line;
            finish();
        } else {
            while (line.ends_with('\\')) line.remove_suffix(1);  // as pip strips them: all, on both ends
            while (line.starts_with('\\')) line.remove_prefix(1);
            joined += line;
        }
    }
    if (first != 0) finish();
    return lines;
}

std::optional<std::vector<std::string>> shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (is_space(c) || c == '\n')) {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
            continue;
        }
        in_word = true;
        if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'') {
            if (++i >= text.size()) return std::nullopt;
            if (quote == '"' && text[i] != '"' && text[i] != '\\') word += '\\';
            word += text[i];
        } else {
            word += c;
        }
    }
    if (quote != 0) return std::nullopt;
    if (in_word) words.push_back(std::move(word));
    return words;
}

bool has_variable(std::string_view text) {
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        std::size_t i = at + 2;
        while (i < text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '0' && text[i] <= '9') || text[i] == '_')) ++i;
        if (i > at + 2 && i < text.size() && text[i] == '}') return true;
    }
    return false;
}

}  // namespace headgate::intake::requirements
