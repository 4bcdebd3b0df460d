#include "formats/chat_template_lexer.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMaxTokens = 200'000;

bool name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<std::uint8_t>(c) >= 0x80;
}
bool digit(char c) {
    return c >= '0' && c <= '9';
}
bool white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

int hex_digit(char c) {
    if (digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_point(std::string& out, std::uint32_t point) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xc0U | (point >> 6U));
    } else {
        if (point < 0x10000) {
            put(0xe0U | (point >> 12U));
        } else {
            put(0xf0U | ((point >> 18U) & 7U));
            put(0x80U | ((point >> 12U) & 0x3fU));
        }
        put(0x80U | ((point >> 6U) & 0x3fU));
    }
    put(0x80U | (point & 0x3fU));
}

class Lexer {
  public:
    Lexer(std::string_view text, Budget& budget) : text_(text), budget_(budget) {}

    TemplateTokens run() {
        while (!result_.error && at_ < text_.size()) {
            if (!data()) break;
        }
        push(TemplateToken::Kind::end, {}, text_.size());
        return std::move(result_);
    }

  private:
    using Kind = TemplateToken::Kind;

    bool fail(std::string message, std::size_t offset) {
        if (!result_.error) result_.error = TemplateSyntaxError{"template.malformed", std::move(message), offset};
        return false;
    }
    bool push(Kind kind, std::string text, std::size_t offset) {
        if (result_.tokens.size() >= kMaxTokens || !budget_.step()) {
            if (!result_.error) result_.error = {"template.unscannable", "more tokens than the limit allows", offset};
            return false;
        }
        result_.tokens.push_back({kind, std::move(text), offset});
        return true;
    }

    // Up to and through the next tag.
    bool data() {
        const std::size_t begin = at_;
        std::size_t open = text_.find('{', at_);
        while (open != std::string_view::npos &&
               (open + 1 >= text_.size() || std::string_view("{%#").find(text_[open + 1]) == std::string_view::npos)) {
            open = text_.find('{', open + 1);
        }
        const std::size_t end = std::min(open, text_.size());
        if (end > begin && !push(Kind::data, {}, begin)) return false;
        at_ = end;
        if (at_ == text_.size()) return true;
        const char kind = text_[at_ + 1];
        at_ += 2;
        if (kind == '#') return comment(open);
        if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
        if (kind == '%' && raw(open)) return !result_.error;
        if (!push(kind == '{' ? Kind::print_begin : Kind::block_begin, {}, open)) return false;
        return code(kind == '{' ? "}}" : "%}", open);
    }
    bool comment(std::size_t open) {
        const std::size_t close = text_.find("#}", at_);
        if (close == std::string_view::npos) return fail("a comment does not end", open);
        at_ = close + 2;
        return true;
    }
    // `{% raw %} ... {% endraw %}`: true when there was one (or an error).
    bool raw(std::size_t open) {
        std::size_t at = at_;
        if (!word(at, "raw") || !close_tag(at)) return false;
        for (std::size_t next = text_.find("{%", at); next != std::string_view::npos;
             next = text_.find("{%", next + 1)) {
            std::size_t behind = next + 2;
            if (behind < text_.size() && (text_[behind] == '-' || text_[behind] == '+')) ++behind;
            if (!word(behind, "endraw") || !close_tag(behind)) continue;
            at_ = behind;
            push(Kind::data, {}, at);
            return true;
        }
        fail("a raw block does not end", open);
        return true;
    }
    bool word(std::size_t& at, std::string_view expected) const {
        std::size_t here = at;
        while (here < text_.size() && white(text_[here])) ++here;
        if (text_.substr(here, expected.size()) != expected) return false;
        at = here + expected.size();
        return true;
    }
    bool close_tag(std::size_t& at) const {
        std::size_t here = at;
        while (here < text_.size() && white(text_[here])) ++here;
        if (here < text_.size() && (text_[here] == '-' || text_[here] == '+')) ++here;
        if (text_.substr(here, 2) != "%}") return false;
        at = here + 2;
        return true;
    }

    bool code(std::string_view close, std::size_t open) {
        std::string brackets;
        while (true) {
            while (at_ < text_.size() && white(text_[at_])) ++at_;
            if (at_ == text_.size()) return fail("a tag does not end", open);
            const std::size_t start = at_;
            if (brackets.empty() && ends_here(close)) {
                return push(close == "}}" ? Kind::print_end : Kind::block_end, {}, start);
            }
            const char c = text_[at_];
            bool good = false;
            if (name_start(c)) {
                good = name(start);
            } else if (digit(c)) {
                good = number(start);
            } else if (c == '"' || c == '\'') {
                good = string(start, c);
            } else {
                good = symbol(start, brackets);
            }
            if (!good) return false;
        }
    }
    bool ends_here(std::string_view close) {
        const bool marked = (text_[at_] == '-' || text_[at_] == '+') && text_.substr(at_ + 1, 2) == close;
        if (!marked && text_.substr(at_, 2) != close) return false;
        at_ += marked ? 3 : 2;
        return true;
    }
    bool name(std::size_t start) {
        while (at_ < text_.size() && (name_start(text_[at_]) || digit(text_[at_]))) ++at_;
        return push(Kind::name, std::string(text_.substr(start, at_ - start)), start);
    }
    bool number(std::size_t start) {
        const auto digits = [&] {
            while (at_ < text_.size() && (digit(text_[at_]) || text_[at_] == '_')) ++at_;
        };
        if (text_[at_] == '0' && at_ + 1 < text_.size() &&
            std::string_view("xXoObB").find(text_[at_ + 1]) != std::string_view::npos) {
            at_ += 2;
            while (at_ < text_.size() && (hex_digit(text_[at_]) >= 0 || text_[at_] == '_')) ++at_;
            return push(Kind::integer, std::string(text_.substr(start, at_ - start)), start);
        }
        digits();
        bool real = false;
        if (at_ + 1 < text_.size() && text_[at_] == '.' && digit(text_[at_ + 1])) {
            real = true;
            ++at_;
            digits();
        }
        if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
            std::size_t exponent = at_ + 1;
            if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
            if (exponent < text_.size() && digit(text_[exponent])) {
                real = true;
                at_ = exponent;
                digits();
            }
        }
        return push(real ? Kind::real : Kind::integer, std::string(text_.substr(start, at_ - start)), start);
    }
    // Escapes as Python's unicode_escape decodes them: "\x5f" and "\137" are underscores too.
    bool string(std::size_t start, char quote) {
        std::string value;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == quote) {
                ++at_;
                return push(Kind::string, std::move(value), start);
            }
            if (c != '\\') {
                value += c;
            } else if (++at_ == text_.size() || !escape(value)) {
                return fail("a malformed escape in a string", start);
            }
        }
        return fail("a string does not end", start);
    }
    bool escape(std::string& value) {  // at_ is on the character behind the backslash and ends on the last one
        static constexpr std::string_view kLetters = "\\'\"abfnrtv";
        static constexpr std::string_view kValues = "\\'\"\a\b\f\n\r\t\v";
        const char c = text_[at_];
        const std::size_t simple = kLetters.find(c);
        if (simple != std::string_view::npos) {
            value += kValues[simple];
            return true;
        }
        if (c == '\n') return true;
        if (c >= '0' && c <= '7') {
            std::uint32_t point = 0;
            std::size_t count = 0;
            for (; count < 3 && at_ + count < text_.size() && text_[at_ + count] >= '0' && text_[at_ + count] <= '7';
                 ++count) {
                point = point * 8 + static_cast<std::uint32_t>(text_[at_ + count] - '0');
            }
            at_ += count - 1;
            append_point(value, point);
            return true;
        }
        if (c == 'N') {  // "\N{LOW LINE}" names any character: taken as an underscore, which is what it would be for
            const std::size_t close = text_.find('}', at_);
            if (text_.substr(at_ + 1, 1) != "{" || close == std::string_view::npos) return false;
            at_ = close;
            value += '_';
            return true;
        }
        const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (count == 0) {  // Python keeps an unknown escape as it stands
            value += '\\';
            value += c;
            return true;
        }
        if (text_.size() - at_ <= count) return false;
        std::uint32_t point = 0;
        for (std::size_t i = 1; i <= count; ++i) {
            const int digit_value = hex_digit(text_[at_ + i]);
            if (digit_value < 0) return false;
            point = point * 16 + static_cast<std::uint32_t>(digit_value);
        }
        if (point > 0x10ffff) return false;
        at_ += count;
        append_point(value, point);
        return true;
    }
    bool symbol(std::size_t start, std::string& brackets) {
        static constexpr std::string_view kTwo[] = {"//", "**", "==", "!=", ">=", "<="};
        const std::string_view two = text_.substr(at_, 2);
        if (std::find(std::begin(kTwo), std::end(kTwo), two) != std::end(kTwo)) {
            at_ += 2;
            return push(Kind::symbol, std::string(two), start);
        }
        const char c = text_[at_];
        if (std::string_view("+-/*%~[](){}><=.:|,;").find(c) == std::string_view::npos) {
            return fail("unexpected character '" + std::string(1, c) + "' in a tag", start);
        }
        if (c == '(' || c == '[' || c == '{') brackets += c == '(' ? ')' : c == '[' ? ']' : '}';
        if (c == ')' || c == ']' || c == '}') {
            if (brackets.empty() || brackets.back() != c) return fail("unbalanced '" + std::string(1, c) + "'", start);
            brackets.pop_back();
        }
        ++at_;
        return push(Kind::symbol, std::string(1, c), start);
    }

    std::string_view text_;
    Budget& budget_;
    std::size_t at_ = 0;
    TemplateTokens result_;
};

}  // namespace

TemplateTokens lex_template(std::string_view text, Budget& budget) {
    return Lexer(text, budget).run();
}

}  // namespace headgate::formats
