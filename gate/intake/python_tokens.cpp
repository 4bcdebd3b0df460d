#include "intake/python_tokens.hpp"

#include <algorithm>
#include <array>

#include "intake/python_identifiers.hpp"

namespace headgate::intake::python {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kMostTokens = 2'000'000;   // of all sources together
constexpr std::size_t kMostNested = 200;         // brackets and f-strings in each other (CPython: 200)

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_name_char(char c) { return is_name_start(c) || is_digit(c); }
int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U)), put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U)), put(0x80U | ((code >> 6U) & 0x3FU)), put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U)), put(0x80U | ((code >> 12U) & 0x3FU)), put(0x80U | ((code >> 6U) & 0x3FU)), put(0x80U | (code & 0x3FU));
    }
}

/// What is open: a bracket, an f-string, a field of one, or the format of a field.
struct Open {
    enum class What : std::uint8_t { bracket, f_string, field, format };
    What what = What::bracket;
    char quote = 0;                      // of the f-string around it
    bool triple = false;
    bool raw = false;
    std::uint32_t token = 0;             // that opened it
};

class Lexer {
  public:
    Lexer(std::string_view source, std::uint32_t line, Tokens& tokens) : source_(source), line_(line), tokens_(tokens) {}

    std::string run() {
        while (at_ < source_.size() && problem_.empty()) {
            if (tokens_.size() > kMostTokens) return fail("more tokens than the limit");
            if (!open_.empty() && (open_.back().what == Open::What::f_string || open_.back().what == Open::What::format)) {
                literal_part();
            } else {
                step();
            }
        }
        if (!problem_.empty()) return problem_;
        const bool in_text = std::any_of(open_.begin(), open_.end(), [](const Open& one) { return one.what != Open::What::bracket; });
        if (in_text) return fail("a string is not closed");
        add(Kind::line_end, {});
        return {};
    }

  private:
    std::string fail(const std::string& what) {
        if (problem_.empty()) problem_ = what + " in line " + std::to_string(line_);
        return problem_;
    }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
    bool in_field() const { return !open_.empty() && open_.back().what == Open::What::field; }

    std::uint32_t add(Kind kind, std::string_view written) {
        const auto index = static_cast<std::uint32_t>(tokens_.size());
        Token token;
        token.kind = kind;
        token.line = line_;
        token.partner = index;
        token.written = written;
        tokens_.all.push_back(token);
        return index;
    }
    void add_text(std::string value, std::uint32_t line, bool odd, Kind kind = Kind::text) {
        Token& token = tokens_.all[add(kind, {})];
        token.line = line;
        token.odd = odd;
        token.value = static_cast<std::uint32_t>(tokens_.values.size());
        tokens_.values.push_back(std::move(value));
    }
    void open(Open what) {
        if (open_.size() >= kMostNested) fail("nested too deep");
        open_.push_back(what);
    }
    /// Closes what is open last; a closing token without an opening one is its own partner.
    void close(std::uint32_t token) {
        if (open_.empty()) return;
        tokens_.all[token].partner = open_.back().token;
        tokens_.all[open_.back().token].partner = token;
        open_.pop_back();
    }

    void new_line() {
        at_ += peek() == '\r' && peek(1) == '\n' ? 2U : 1U;
        if (open_.empty()) add(Kind::line_end, {});
        ++line_;
    }

    void step() {
        const char c = peek();
        if (c == '\n' || c == '\r') return new_line();
        if (c == ' ' || c == '\t' || c == '\f') {
            ++at_;
        } else if (c == '#') {
            at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
        } else if (c == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
            at_ += peek(1) == '\r' && peek(2) == '\n' ? 3U : 2U;
            ++line_;
        } else if (c == '"' || c == '\'') {
            string({});
        } else if (is_name_start(c)) {
            name();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else {
            op();
        }
    }

    void name() {
        const std::size_t begin = at_;
        while (is_name_char(peek()) && at_ < source_.size()) ++at_;
        const std::string_view word = source_.substr(begin, at_ - begin);
        const bool quote = peek() == '"' || peek() == '\'';
        const bool prefix = quote && word.size() <= 2 && word.find_first_not_of("rRbBuUfFtT") == std::string_view::npos;
        if (prefix) return string(word);
        // Constants are none by another spelling: whoever writes one so means a variable.
        std::string same = folded(word);
        if (same.empty() || same == "False" || same == "None") {
            add(Kind::name, word);
        } else {
            add(Kind::name, tokens_.folded.emplace_back(std::move(same)));
        }
    }

    void number() {
        const std::size_t begin = at_;
        while (at_ < source_.size() && (is_name_char(peek()) || peek() == '.' || ((peek() == '+' || peek() == '-') && (source_[at_ - 1] == 'e' || source_[at_ - 1] == 'E')))) ++at_;
        add(Kind::number, source_.substr(begin, at_ - begin));
    }

    void op() {
        static constexpr std::array<std::string_view, 27> kLong = {"**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", ":=", "->", "**", "//", "<<",
                                                                   ">>",  "+=",  "-=",  "*=",  "/=",  "%=", "@=", "&=", "|=", "^=", "<>", "&&", "||"};
        const char c = peek();
        if (in_field()) {
            const bool conversion = c == '!' && peek(1) != '=';
            if (c == '}') return close(take(1));
            if (c == ':') {                       // and not ":=", which needs parentheses there
                take(1);
                return open({Open::What::format, open_.back().quote, open_.back().triple, open_.back().raw, 0});
            }
            if (conversion) {
                take(1);
                return;
            }
        }
        if (c == '(' || c == '[' || c == '{') return open({Open::What::bracket, 0, false, false, take(1)});
        if (c == ')' || c == ']' || c == '}') {
            if (in_field()) {
                fail("a bracket that was not opened");
                return;
            }
            return close(take(1));
        }
        for (const std::string_view known : kLong) {
            if (source_.substr(at_).starts_with(known)) {
                take(known.size());
                return;
            }
        }
        take(1);
    }
    std::uint32_t take(std::size_t length) {
        const std::uint32_t token = add(Kind::op, source_.substr(at_, length));
        at_ += length;
        return token;
    }

    /// At a quote, behind its prefix.
    void string(std::string_view prefix) {
        const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
        const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
        const bool fields = prefix.find_first_of("fFtT") != std::string_view::npos;
        const char quote = peek();
        const bool triple = peek(1) == quote && peek(2) == quote;
        const std::uint32_t line = line_;
        at_ += triple ? 3 : 1;
        if (fields) return open({Open::What::f_string, quote, triple, raw, add(Kind::f_begin, {})});
        std::string value;
        bool odd = false;
        while (at_ < source_.size()) {
            if (closes(quote, triple)) {
                at_ += triple ? 3 : 1;
                return add_text(std::move(value), line, odd, bytes ? Kind::bytes : Kind::text);
            }
            if (!triple && (peek() == '\n' || peek() == '\r')) break;
            character(raw, value, odd);
        }
        fail("a string is not closed");
    }
    bool closes(char quote, bool triple) const { return peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote)); }

    /// Literal text of an f-string, or of the format of a field, to the next field or the end.
    void literal_part() {
        const Open top = open_.back();
        const bool format = top.what == Open::What::format;
        const std::uint32_t line = line_;
        std::string value;
        bool odd = false;
        const auto finish = [&] {
            if (!value.empty()) add_text(std::move(value), line, odd);
        };
        while (at_ < source_.size()) {
            const char c = peek();
            if (!format && closes(top.quote, top.triple)) {
                finish();
                at_ += top.triple ? 3 : 1;
                return close(add(Kind::f_end, {}));
            }
            if (format && (c == '}' || closes(top.quote, top.triple))) {
                finish();
                open_.pop_back();
                if (c != '}') fail("a field of an f-string is not closed");
                return;                           // the field takes the brace
            }
            if (!top.triple && (c == '\n' || c == '\r')) break;
            if (c == '{' && (format || peek(1) != '{')) {
                finish();
                return open({Open::What::field, top.quote, top.triple, top.raw, take(1)});
            }
            if ((c == '{' || c == '}') && peek(1) == c) ++at_;
            if (c == '\\' && (peek(1) == '{' || peek(1) == '}')) {   // a backslash does not hide a field
                value += c;
                ++at_;
                continue;
            }
            character(top.raw, value, odd);
        }
        fail("a string is not closed");
    }

    void character(bool raw, std::string& value, bool& odd) {
        const char c = peek();
        if (c == '\n' || (c == '\r' && peek(1) != '\n')) ++line_;
        if (c != '\\' || at_ + 1 >= source_.size()) {
            value += c;
            ++at_;
            return;
        }
        if (raw) {
            value += c;
            value += peek(1);
            if (peek(1) == '\n') ++line_;
            at_ += 2;
            return;
        }
        ++at_;
        escape(value, odd);
    }

    /// Behind a backslash.
    void escape(std::string& value, bool& odd) {
        const char c = peek();
        ++at_;
        switch (c) {
            case '\n': ++line_; return;
            case '\r':
                if (peek() == '\n') ++at_;
                ++line_;
                return;
            case 'a': value += '\a'; return;
            case 'b': value += '\b'; return;
            case 'f': value += '\f'; return;
            case 'n': value += '\n'; return;
            case 'r': value += '\r'; return;
            case 't': value += '\t'; return;
            case 'v': value += '\v'; return;
            case 'x': return hexadecimal(2, value, odd);
            case 'u': return hexadecimal(4, value, odd);
            case 'U': return hexadecimal(8, value, odd);
            case 'N':                            // \N{NAME OF A CHARACTER}
                odd = true;
                if (peek() == '{') at_ = std::min(source_.find_first_of("}\n", at_), source_.size());
                if (peek() == '}') ++at_;
                return;
            case '\\':
            case '\'':
            case '"': value += c; return;
            default: break;
        }
        if (c >= '0' && c <= '7') {
            std::uint32_t code = static_cast<std::uint32_t>(c - '0');
            for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i) code = code * 8 + static_cast<std::uint32_t>(source_[at_++] - '0');
            return append_utf8(value, code);
        }
        value += '\\';
        value += c;
    }
    void hexadecimal(int digits, std::string& value, bool& odd) {
        std::uint32_t code = 0;
        for (int i = 0; i < digits; ++i) {
            const int digit = hex_value(peek());
            if (digit < 0) {
                odd = true;
                return;
            }
            code = (code << 4U) | static_cast<std::uint32_t>(digit);
            ++at_;
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
            odd = true;
        } else {
            append_utf8(value, code);
        }
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::uint32_t line_;
    Tokens& tokens_;
    std::vector<Open> open_;
    std::string problem_;
};

}  // namespace

std::string tokenise(std::string_view source, std::uint32_t line, Tokens& tokens) {
    const std::size_t known = tokens.all.size();
    const std::size_t values = tokens.values.size();
    std::string problem = Lexer(source, line, tokens).run();
    if (!problem.empty()) {
        tokens.all.resize(known);
        tokens.values.resize(values);
    }
    return problem;
}

}  // namespace headgate::intake::python
