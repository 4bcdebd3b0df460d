#include "codec/python_tokens.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "codec/compatibility.hpp"
#include "codec/escapes.hpp"

namespace headgate::codec {
namespace {

using Kind = PythonToken::Kind;

// Python's own bounds (Parser/lexer/state.h).
constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kMostBrackets = 200;
constexpr std::size_t kMostOpen = 150;       // f-strings in f-strings

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_quote(char c) { return c == '"' || c == '\''; }

bool is_prefix(std::string_view word) {
    return word.size() <= 3 && std::all_of(word.begin(), word.end(), [](char c) {
        return std::string_view("rRbBuUfFtT").find(c) != std::string_view::npos;
    });
}
bool has_letter(std::string_view prefix, char lower) {
    return std::any_of(prefix.begin(), prefix.end(), [&](char c) { return (c | 0x20) == lower; });
}

// Longest first.
constexpr std::array<std::string_view, 25> kOps = {"**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "==", "<=", ">=", "<>", "<<",
                                                   ">>",  "**",  "//",  "+=",  "-=",  "*=", "/=", "%=", "&=", "|=", "^=", "@="};

/// One to three octal digits.
bool take_octal(std::string_view text, std::size_t& at, std::uint32_t& code) {
    unsigned taken = 0;
    for (code = 0; taken < 3 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++taken) code = code * 8 + static_cast<std::uint32_t>(text[at++] - '0');
    return taken > 0;
}

}  // namespace

PythonTokens::PythonTokens(std::string_view source) : source_(source) {
    if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    columns_.push_back(0);
}

PythonToken PythonTokens::fail(std::string_view what) {
    if (problem_.empty()) problem_ = "line " + std::to_string(line_) + ": " + std::string(what);
    PythonToken token;
    token.line = line_;
    return token;
}

PythonToken PythonTokens::make(Kind kind, std::size_t begin, std::uint32_t line) {
    PythonToken token;
    token.kind = kind;
    token.text = source_.substr(begin, at_ - begin);
    token.line = line;
    token.blanks = line_has_tokens_ ? blanks_ : 0;
    blanks_ = 0;
    line_has_tokens_ = true;
    return token;
}

/// A token without text.
PythonToken PythonTokens::mark(Kind kind) const {
    PythonToken token;
    token.kind = kind;
    token.line = line_;
    return token;
}

/// Takes the end of a physical line, whichever it is.
bool PythonTokens::line_end() {
    if (at_ >= source_.size() || (source_[at_] != '\n' && source_[at_] != '\r')) return false;
    if (source_[at_] == '\r' && at_ + 1 < source_.size() && source_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
    return true;
}

/// Blanks, comments, joined lines. False where a logical line ends.
bool PythonTokens::take_blanks() {
    while (at_ < source_.size()) {
        const char c = source_[at_];
        if (c == ' ' || c == '\t' || c == '\f') {
            ++at_;
            ++blanks_;
        } else if (c == '#') {
            at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
        } else if (c == '\\' && at_ + 1 < source_.size() && (source_[at_ + 1] == '\n' || source_[at_ + 1] == '\r')) {
            ++at_;
            line_end();
            blanks_ = 0;
        } else if (c == '\n' || c == '\r') {
            if (!in_brackets()) return false;
            line_end();
            blanks_ = 0;
        } else {
            return true;
        }
    }
    return true;
}

/// At the beginning of a physical line outside brackets. True with a token or a failure; dedents are counted.
bool PythonTokens::indentation(PythonToken& token) {
    std::uint32_t column = 0;
    for (;; ++at_) {
        const char c = at_ < source_.size() ? source_[at_] : '\0';
        if (c == ' ') {
            ++column;
        } else if (c == '\t') {
            column = column / 8 * 8 + 8;
        } else if (c == '\f') {
            column = 0;
        } else {
            break;
        }
    }
    blanks_ = 0;
    // Lines of blanks and comments alone have no indentation.
    if (at_ < source_.size() && source_[at_] == '#') at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
    if (at_ >= source_.size() || line_end()) return false;
    line_begins_ = false;
    if (column > columns_.back()) {
        if (columns_.size() >= kMostColumns) {
            token = fail("it is indented deeper than Python takes");
            return true;
        }
        columns_.push_back(column);
        token = mark(Kind::indent);
        return true;
    }
    while (columns_.back() > column) {
        columns_.pop_back();
        ++dedents_;
    }
    if (columns_.back() == column) return false;
    token = fail("its indentation is that of no line around it");
    return true;
}

PythonToken PythonTokens::next() {
    while (!failed()) {
        if (dedents_ > 0) {
            --dedents_;
            return mark(Kind::dedent);
        }
        if (!open_.empty() && open_.back().literal()) return stretch();
        if (line_begins_ && at_ < source_.size()) {
            PythonToken token;
            if (indentation(token)) return token;
            continue;
        }
        if (!take_blanks()) {
            PythonToken token = mark(Kind::newline);
            line_end();
            line_begins_ = true;
            if (!line_has_tokens_) continue;
            line_has_tokens_ = false;
            return token;
        }
        if (at_ >= source_.size()) return last();
        const char c = source_[at_];
        if (c == '\0') return fail("a NUL");
        if (!open_.empty() && field_goes_on()) continue;
        if (is_name_start(c)) return name_or_text();
        if (is_digit(c) || (c == '.' && at_ + 1 < source_.size() && is_digit(source_[at_ + 1]))) return number();
        if (is_quote(c)) return string(at_, {});
        return op();
    }
    return fail({});
}

/// Behind everything: the end of the line, of the blocks, of the source.
PythonToken PythonTokens::last() {
    if (!open_.empty()) return fail("a string does not end");
    if (!brackets_.empty()) return fail("a bracket is not closed");
    if (line_has_tokens_) {
        line_has_tokens_ = false;
        return mark(Kind::newline);
    }
    if (columns_.size() > 1) {
        dedents_ = columns_.size() - 2;
        columns_.assign(1, 0);
        return mark(Kind::dedent);
    }
    return mark(Kind::end);
}

PythonToken PythonTokens::name_or_text() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && is_name_part(source_[at_])) ++at_;
    const std::string_view word = source_.substr(begin, at_ - begin);
    if (at_ < source_.size() && is_quote(source_[at_]) && is_prefix(word)) return string(begin, word);
    return make(Kind::name, begin, line_);
}

PythonToken PythonTokens::number() {
    const std::size_t begin = at_;
    const char second = at_ + 1 < source_.size() ? static_cast<char>(source_[at_ + 1] | 0x20) : '\0';
    const bool based = source_[at_] == '0' && (second == 'x' || second == 'o' || second == 'b');
    if (based) at_ += 2;
    for (; at_ < source_.size(); ++at_) {
        const char c = source_[at_];
        if (is_digit(c) || c == '_' || (!based && c == '.')) continue;
        if (based && hex_digit(c) >= 0) continue;
        const char lower = static_cast<char>(c | 0x20);
        if (!based && lower == 'e' && at_ + 1 < source_.size()) {
            const char next = source_[at_ + 1];
            if (is_digit(next)) continue;
            if ((next == '+' || next == '-') && at_ + 2 < source_.size() && is_digit(source_[at_ + 2])) {
                ++at_;
                continue;
            }
        }
        if (lower == 'j' || lower == 'l') ++at_;
        break;
    }
    return make(Kind::number, begin, line_);
}

bool PythonTokens::ends_here(char quote, bool triple) const {
    if (source_[at_] != quote) return false;
    return !triple || (at_ + 2 < source_.size() && source_[at_ + 1] == quote && source_[at_ + 2] == quote);
}

/// A backslash and what stands behind it, be that the end of the line.
void PythonTokens::pass_escaped() {
    ++at_;
    if (at_ < source_.size() && !line_end()) ++at_;
}

PythonToken PythonTokens::string(std::size_t begin, std::string_view prefix) {
    const std::uint32_t line = line_;
    const char quote = source_[at_];
    const bool triple = ends_here(quote, true);
    at_ += triple ? 3 : 1;
    if (has_letter(prefix, 'f') || has_letter(prefix, 't')) {
        if (open_.size() >= kMostOpen) return fail("f-strings are nested deeper than Python takes");
        open_.push_back({quote, triple, has_letter(prefix, 'r'), {}});
        return stretch();
    }
    const std::size_t inner = at_;
    while (at_ < source_.size() && !ends_here(quote, triple)) {
        const char c = source_[at_];
        if (c == '\0') return fail("a NUL");
        if (c == '\\') {
            pass_escaped();
        } else if (c == '\n' || c == '\r') {
            if (!triple) return fail("a string does not end");
            line_end();
        } else {
            ++at_;
        }
    }
    if (at_ >= source_.size()) return fail("a string does not end");
    const std::string_view value = source_.substr(inner, at_ - inner);
    at_ += triple ? 3 : 1;
    PythonToken token = make(Kind::text, begin, line);
    token.value = value;
    token.raw = has_letter(prefix, 'r');
    token.bytes = has_letter(prefix, 'b');
    return token;
}

/// Of the innermost f-string, up to its next field, the end of the field's format, or its own end, which is passed.
PythonToken PythonTokens::stretch() {
    Open& open = open_.back();
    const bool format = !open.fields.empty();
    const bool raw = open.raw;
    const std::size_t begin = at_;
    const std::uint32_t line = line_;
    std::size_t end = std::string_view::npos;
    while (end == std::string_view::npos) {
        if (at_ >= source_.size()) return fail("a string does not end");
        const char c = source_[at_];
        const char next = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
        if (ends_here(open.quote, open.triple)) {
            end = at_;
            at_ += open.triple ? 3 : 1;
            open_.pop_back();
        } else if (c == '\0') {
            return fail("a NUL");
        } else if (c == '\\') {
            if (!raw && !format && source_.substr(at_).starts_with("\\N{")) {
                at_ = std::min(source_.find_first_of("}\n", at_), source_.size());
            } else if (next == '{' || next == '}') {
                ++at_;
            } else {
                pass_escaped();
            }
        } else if (c == '\n' || c == '\r') {
            if (!open.triple) return fail("a string does not end");
            line_end();
        } else if (c == '{' && next == '{' && !format) {
            at_ += 2;
        } else if (c == '{') {
            end = at_++;
            if (open.fields.size() >= kMostOpen) return fail("an f-string is nested deeper than Python takes");
            open.fields.push_back({brackets_.size(), false});
        } else if (c == '}' && format) {
            end = at_++;
            open.fields.pop_back();
        } else {
            ++at_;
        }
    }
    PythonToken token = make(Kind::text, begin, line);
    token.value = token.text = source_.substr(begin, end - begin);
    token.raw = raw;
    token.formatted = true;
    return token;
}

/// In the expression of a field: true when its end, or the beginning of its format, was passed.
bool PythonTokens::field_goes_on() {
    Open& open = open_.back();
    if (brackets_.size() != open.fields.back().brackets) return false;
    if (source_[at_] == '}') {
        open.fields.pop_back();
    } else if (source_[at_] == ':') {
        open.fields.back().format = true;
    } else {
        return false;
    }
    ++at_;
    return true;
}

PythonToken PythonTokens::op() {
    const std::size_t begin = at_;
    const char c = source_[at_];
    const std::string_view rest = source_.substr(at_);
    if (c == '(' || c == '[' || c == '{') {
        if (brackets_.size() >= kMostBrackets) return fail("brackets are nested deeper than Python takes");
        brackets_ += c;
    } else if (c == ')' || c == ']' || c == '}') {
        const char opener = c == ')' ? '(' : c == ']' ? '[' : '{';
        const std::size_t outer = open_.empty() ? 0 : open_.back().fields.back().brackets;
        if (brackets_.size() <= outer || brackets_.back() != opener) return fail("a bracket is closed that is not open");
        brackets_.pop_back();
    }
    const auto known = std::find_if(kOps.begin(), kOps.end(), [&](std::string_view one) { return rest.starts_with(one); });
    at_ += known == kOps.end() ? 1 : known->size();
    return make(Kind::op, begin, line_);
}

std::string python_unescaped(std::string_view value, bool raw) {
    if (raw || value.find('\\') == std::string_view::npos) return std::string(value);
    std::string out;
    out.reserve(value.size());
    for (std::size_t at = 0; at < value.size();) {
        const char c = value[at++];
        if (c != '\\' || at == value.size()) {
            out += c;
            continue;
        }
        const char letter = value[at];
        std::uint32_t code = 0;
        std::size_t digits = at + 1;
        const unsigned count = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        constexpr std::string_view kLetters = "abfnrtv\\'\"";
        constexpr std::string_view kMeant = "\a\b\f\n\r\t\v\\'\"";
        if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
            out += kMeant[known];
            ++at;
        } else if (letter == '\n') {
            ++at;
        } else if (count != 0 && take_hex(value, digits, count, code) && code <= 0x10FFFF) {
            append_utf8(code, out);
            at = digits;
        } else if (take_octal(value, at, code)) {
            append_utf8(code, out);
        } else {
            out += c;
        }
    }
    return out;
}

namespace {

// Of full-width characters the marks too; the others that become ASCII are those of names.
void append_folded(std::uint32_t code, std::string_view written, std::string& out) {
    if (code >= 0xFF01 && code <= 0xFF5E) {
        out += static_cast<char>(code - 0xFF01 + 0x21);
        return;
    }
    const std::string_view ascii = ascii_of(code);
    out += ascii.empty() ? written : ascii;
}

}  // namespace

std::string python_folded(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size();) {
        const auto byte = static_cast<unsigned char>(name[at]);
        const std::size_t length = byte < 0x80 ? 1 : utf8_sequence(name.substr(at, 4));
        std::uint32_t code = length <= 1 ? byte : byte & (0xFFU >> (length + 1));
        for (std::size_t more = 1; more < length; ++more) code = code << 6U | (static_cast<unsigned char>(name[at + more]) & 0x3FU);
        const std::string_view written = name.substr(at, std::max<std::size_t>(length, 1));
        at += written.size();
        if (byte < 0x80) {
            out += written;
        } else {
            append_folded(code, written, out);
        }
    }
    return out;
}

}  // namespace headgate::codec
