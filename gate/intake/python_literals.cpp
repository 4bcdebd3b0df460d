#include "intake/python_literals.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::intake::literals {
namespace {

constexpr int kDepth = 8;                 // of lists in lists

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_open(char c) { return c == '(' || c == '[' || c == '{'; }
bool is_close(char c) { return c == ')' || c == ']' || c == '}'; }
char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

class Lexer {
  public:
    Lexer(std::string_view text, std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

    bool read() {
        while (at_ < text_.size()) {
            while (begins_line_ && at_ < text_.size()) indent();
            if (at_ >= text_.size()) break;
            if (!next()) return false;
        }
        if (!begins_line_) push(Token::Kind::newline, 0);
        return open_.empty();
    }

  private:
    bool next() {
        const char c = text_[at_];
        if (c == '\n') {
            if (open_.empty()) {
                push(Token::Kind::newline, 0);
                begins_line_ = true;
            }
            ++line_;
            ++at_;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
            ++at_;
        } else if (c == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (c == '\\' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r')) {
            ++at_;
            if (at_ < text_.size() && text_[at_] == '\r') ++at_;
            if (at_ < text_.size() && text_[at_] == '\n') ++at_, ++line_;
        } else if (is_name_start(c)) {
            const std::size_t end = end_of_word();
            const bool prefix = end < text_.size() && (text_[end] == '"' || text_[end] == '\'') && end - at_ <= 2 && ascii_lower(text_.substr(at_, end - at_)).find_first_not_of("rbuft") == std::string::npos;
            if (prefix) return string(end);
            push(Token::Kind::name, end - at_);
        } else if (c == '"' || c == '\'') {
            return string(at_);
        } else if (is_digit(c)) {
            std::size_t end = at_;
            while (end < text_.size() && (is_digit(text_[end]) || is_name_start(text_[end]) || text_[end] == '.')) ++end;
            push(Token::Kind::number, end - at_);
        } else {
            if (is_open(c)) open_.push_back(closing(c));
            if (is_close(c)) {
                if (open_.empty() || open_.back() != c) return false;
                open_.pop_back();
            }
            push(Token::Kind::mark, 1);
        }
        return true;
    }

    /// White space before the first token of a logical line; lines without one do not count.
    void indent() {
        std::size_t at = at_;
        std::uint32_t width = 0;
        while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\f')) ++at, ++width;
        if (at < text_.size() && text_[at] == '#') at = std::min(text_.find('\n', at), text_.size());
        at_ = at;
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') {
            ++at_;
            ++line_;
        } else {
            begins_line_ = false;
            indent_ = width;
        }
    }

    std::size_t end_of_word() const {
        std::size_t end = at_;
        while (end < text_.size() && (is_name_start(text_[end]) || is_digit(text_[end]))) ++end;
        return end;
    }

    void push(Token::Kind kind, std::size_t length) {
        Token token;
        token.kind = kind;
        token.written = text_.substr(at_, length);
        token.line = line_;
        token.indent = indent_;
        tokens_.push_back(std::move(token));
        at_ += length;
    }

    bool string(std::size_t quote_at) {
        const std::string prefix = ascii_lower(text_.substr(at_, quote_at - at_));
        const char quote = text_[quote_at];
        const bool triple = text_.substr(quote_at).starts_with(std::string(3, quote));
        Token token;
        token.kind = Token::Kind::text;
        token.line = line_;
        token.indent = indent_;
        token.computed = prefix.find_first_of("ft") != std::string::npos;
        token.plain = !token.computed && prefix.find('b') == std::string::npos;
        const bool raw = prefix.find('r') != std::string::npos;
        std::size_t at = quote_at + (triple ? 3 : 1);
        for (;; ++at) {
            if (at >= text_.size() || (!triple && text_[at] == '\n')) return false;
            if (text_[at] == quote && (!triple || text_.substr(at).starts_with(std::string(3, quote)))) break;
            if (text_[at] == '\n') ++line_;
            if (text_[at] == '\\') {
                if (++at >= text_.size()) return false;
                if (text_[at] == '\n') ++line_;
                if (raw) token.value += '\\';
                escape(text_[at], raw, token);
            } else {
                token.value += text_[at];
            }
        }
        const std::size_t end = at + (triple ? 3 : 1);
        token.written = text_.substr(at_, end - at_);
        tokens_.push_back(std::move(token));
        at_ = end;
        return true;
    }

    static void escape(char c, bool raw, Token& token) {
        if (raw || c == '\\' || c == '\'' || c == '"') {
            token.value += c;
        } else if (c == 'n' || c == 't') {
            token.value += c == 'n' ? '\n' : '\t';
        } else if (c != '\n') {
            token.plain = false;
        }
    }

    std::string_view text_;
    std::vector<Token>& tokens_;
    std::string open_;                    // closing brackets that are awaited
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t indent_ = 0;
    bool begins_line_ = true;
};

class Expression {
  public:
    Expression(const std::vector<Token>& tokens, std::size_t& at) : tokens_(tokens), at_(at) {}

    Value read(int depth) {
        const std::size_t begin = at_;
        Value value = literal(depth);
        if (!ends()) {                    // an operator, a call, an index: what it comes to, running it shows
            value = {};
            skip();
        }
        if (begin < tokens_.size()) value.line = tokens_[begin].line;
        return value;
    }

  private:
    bool done() const { return at_ >= tokens_.size() || tokens_[at_].kind == Token::Kind::newline; }
    bool is(std::string_view mark) const { return !done() && tokens_[at_].is(mark); }
    bool ends() const { return done() || is(",") || is(")") || is("]") || is("}") || is(":"); }

    /// To the end of the expression, over brackets in it.
    void skip() {
        std::size_t open = 0;
        for (; !done(); ++at_) {
            const Token& token = tokens_[at_];
            if (token.kind != Token::Kind::mark) continue;
            if (open == 0 && (is_close(token.written[0]) || token.written[0] == ',')) return;
            if (is_open(token.written[0])) ++open;
            if (is_close(token.written[0])) --open;
        }
    }

    Value literal(int depth) {
        Value value;
        if (done() || depth >= kDepth) return value;
        if (tokens_[at_].kind == Token::Kind::text) return texts();
        if (is("[") || is("(")) return list(depth);
        if (is("{")) return table(depth);
        return value;
    }

    /// Texts that stand beside each other are one.
    Value texts() {
        Value value;
        value.kind = Value::Kind::text;
        for (; !done() && tokens_[at_].kind == Token::Kind::text; ++at_) {
            if (!tokens_[at_].plain) value.kind = Value::Kind::other;
            value.text += tokens_[at_].value;
        }
        return value;
    }

    /// ("a") is a text in brackets, ("a",) a list.
    Value list(int depth) {
        const bool round = is("(");
        const std::string_view close = round ? ")" : "]";
        ++at_;
        Value value;
        value.kind = Value::Kind::list;
        bool comma = false;
        while (!done() && !is(close)) {
            value.items.push_back(read(depth + 1));
            comma = is(",");
            if (!comma) break;
            ++at_;
        }
        if (!is(close)) return broken();
        ++at_;
        if (round && value.items.size() == 1 && !comma) {
            Value inner = std::move(value.items.front());
            return inner;
        }
        return value;
    }

    Value table(int depth) {
        ++at_;
        Value value;
        value.kind = Value::Kind::table;
        while (!done() && !is("}")) {
            Value key = read(depth + 1);
            if (key.kind != Value::Kind::text || !is(":")) return broken();
            ++at_;
            value.entries.emplace_back(std::move(key.text), read(depth + 1));
            if (!is(",")) break;
            ++at_;
        }
        if (!is("}")) return broken();
        ++at_;
        return value;
    }

    /// Behind the bracket that is open.
    Value broken() {
        for (std::size_t open = 1; !done() && open > 0; ++at_) {
            if (tokens_[at_].kind != Token::Kind::mark) continue;
            if (is_open(tokens_[at_].written[0])) ++open;
            if (is_close(tokens_[at_].written[0])) --open;
        }
        return {};
    }

    const std::vector<Token>& tokens_;
    std::size_t& at_;
};

}  // namespace

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

// As deep as read_value() goes.
bool is_literal(const Value& value) {
    return value.kind != Value::Kind::other && std::all_of(value.items.begin(), value.items.end(), is_literal) &&
           std::all_of(value.entries.begin(), value.entries.end(), [](const auto& entry) { return is_literal(entry.second); });
}

bool tokenize(std::string_view text, std::vector<Token>& tokens) { return Lexer(text, tokens).read(); }

Value read_value(const std::vector<Token>& tokens, std::size_t& at) { return Expression(tokens, at).read(0); }

}  // namespace headgate::intake::literals
