#include "codec/javascript_tokens.hpp"

#include <algorithm>
#include <array>

#include "codec/escapes.hpp"

namespace headgate::codec {
namespace {

using Kind = JavaScriptToken::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

// Behind these an operand follows, though they are names.
constexpr std::array<std::string_view, 17> kBeforeOperand = {"await", "case", "delete", "do",    "else",   "extends", "in",    "instanceof", "new",
                                                             "of",    "return", "throw", "typeof", "void", "yield",  "default", "export"};
constexpr std::array<std::string_view, 4> kBeforeCondition = {"if", "while", "for", "with"};
constexpr std::array<std::string_view, 12> kOps = {"...", "=>", "===", "!==", "==", "!=", "?.", "??", "&&", "||", "++", "--"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

JavaScriptTokens::JavaScriptTokens(std::string_view source) : source_(source) {
    if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (source_.substr(at_).starts_with("#!")) at_ = std::min(source_.find('\n', at_), source_.size());
}

JavaScriptToken JavaScriptTokens::make(Kind kind, std::size_t begin, std::uint32_t line) {
    JavaScriptToken token;
    token.kind = kind;
    token.text = source_.substr(begin, at_ - begin);
    token.line = line;
    token.blanks = first_of_line_ ? 0 : blanks_;
    blanks_ = 0;
    first_of_line_ = false;
    operand_before_ = kind != Kind::op;
    keyword_before_ = false;
    return token;
}

void JavaScriptTokens::take_blanks() {
    while (at_ < source_.size()) {
        const char c = source_[at_];
        if (c == '\n') {
            ++line_;
            ++at_;
            blanks_ = 0;
            first_of_line_ = true;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            ++at_;
            ++blanks_;
        } else if (source_.substr(at_).starts_with("//")) {
            at_ = std::min(source_.find('\n', at_), source_.size());
        } else if (source_.substr(at_).starts_with("/*")) {
            const std::size_t end = source_.find("*/", at_ + 2);
            const std::size_t stop = end == std::string_view::npos ? source_.size() : end + 2;
            line_ += static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_), source_.begin() + static_cast<std::ptrdiff_t>(stop), '\n'));
            at_ = stop;
        } else {
            return;
        }
    }
}

JavaScriptToken JavaScriptTokens::next() {
    if (in_template_) return stretch();
    take_blanks();
    JavaScriptToken end;
    end.line = line_;
    if (at_ >= source_.size()) return end;
    const char c = source_[at_];
    const std::size_t begin = at_;
    if (is_name_start(c) || c == '#') {
        for (++at_; at_ < source_.size() && is_name_part(source_[at_]);) ++at_;
        const std::string_view word = source_.substr(begin, at_ - begin);
        JavaScriptToken token = make(Kind::name, begin, line_);
        operand_before_ = !is_in(kBeforeOperand, word);
        keyword_before_ = is_in(kBeforeCondition, word);
        return token;
    }
    if (is_digit(c) || (c == '.' && at_ + 1 < source_.size() && is_digit(source_[at_ + 1]))) {
        for (++at_; at_ < source_.size() && (is_name_part(source_[at_]) || source_[at_] == '.');) ++at_;
        return make(Kind::number, begin, line_);
    }
    if (c == '"' || c == '\'') return string(c);
    if (c == '`') {
        ++at_;
        in_template_ = true;
        return stretch();
    }
    if (c == '/' && !operand_before_) {
        std::size_t stop = at_;
        if (regex(stop)) {
            at_ = stop;
            return make(Kind::regex, begin, line_);
        }
    }
    return op();
}

JavaScriptToken JavaScriptTokens::string(char quote) {
    const std::size_t begin = at_;
    const std::uint32_t line = line_;
    std::uint32_t lines = 0;
    // Where one of this kind did not end, none that begins before there does: it is no quote of its own to the first, but escaped.
    std::size_t& unended = unended_[quote == '"' ? 0 : 1];
    std::size_t at = at_ + 1;
    while (at_ >= unended && at < source_.size() && source_[at] != quote && source_[at] != '\n') {
        if (source_[at] == '\\' && at + 1 < source_.size()) {
            if (source_[at + 1] == '\r' && at + 2 < source_.size() && source_[at + 2] == '\n') ++at;
            lines += source_[at + 1] == '\n' ? 1U : 0U;
            ++at;
        }
        ++at;
    }
    if (at_ < unended || at >= source_.size() || source_[at] != quote) {
        unended = std::max(unended, at);
        ++at_;
        return make(Kind::op, begin, line);
    }
    at_ = at + 1;
    line_ += lines;
    JavaScriptToken token = make(Kind::text, begin, line);
    token.value = token.text.substr(1, token.text.size() - 2);
    return token;
}

/// Of a template literal, up to "${" or its end, which is passed.
JavaScriptToken JavaScriptTokens::stretch() {
    const std::size_t begin = at_;
    const std::uint32_t line = line_;
    std::size_t end = source_.size();
    for (; at_ < source_.size(); ++at_) {
        const char c = source_[at_];
        if (c == '\n') {
            ++line_;
        } else if (c == '\\') {
            if (at_ + 1 < source_.size() && source_[at_ + 1] == '\n') ++line_;
            ++at_;
        } else if (c == '`') {
            end = at_++;
            break;
        } else if (c == '$' && at_ + 1 < source_.size() && source_[at_ + 1] == '{') {
            end = at_;
            at_ += 2;
            brackets_.push_back({'`', false});
            break;
        }
    }
    at_ = std::min(at_, source_.size());
    in_template_ = false;
    JavaScriptToken token = make(Kind::text, begin, line);
    token.value = token.text = source_.substr(begin, end - begin);
    operand_before_ = brackets_.empty() || brackets_.back().open != '`' || end >= source_.size() || source_[end] == '`';
    return token;
}

/// A regular expression that begins here and ends on this line.
bool JavaScriptTokens::regex(std::size_t& end) {
    if (at_ >= looked_from_ && at_ < looked_to_ && !closes_[at_ - looked_from_]) return false;
    bool in_class = false;
    std::size_t at = at_ + 1;
    for (; at < source_.size() && source_[at] != '\n'; ++at) {
        const char c = source_[at];
        if (c == '\\') {
            if (at + 1 < source_.size() && source_[at + 1] != '\n') ++at;
        } else if (c == '[') {
            in_class = true;
        } else if (c == ']') {
            in_class = false;
        } else if (c == '/' && !in_class) {
            for (++at; at < source_.size() && is_name_part(source_[at]);) ++at;
            end = at;
            return true;
        }
    }
    look_ahead(at);
    return false;
}

/// One that begins here does not end before `stop`, where the line does. Which of those that may begin behind it do, is found out for all of
/// them at once, from the end: else each would be read to the end of the line.
void JavaScriptTokens::look_ahead(std::size_t stop) {
    looked_from_ = at_;
    looked_to_ = stop;
    closes_.assign(stop - at_, false);
    bool closed = false, closed_in_class = false;                    // read on from the character behind
    bool later = false, later_in_class = false;                      // and from the one behind that
    for (std::size_t at = stop; at-- > at_;) {
        closes_[at - at_] = closed;
        const char c = source_[at];
        bool here = closed, here_in_class = closed_in_class;
        if (c == '\\') {
            here = later;
            here_in_class = later_in_class;
        } else if (c == '[') {
            here = closed_in_class;
        } else if (c == ']') {
            here_in_class = closed;
        } else if (c == '/') {
            here = true;
        }
        later = closed;
        later_in_class = closed_in_class;
        closed = here;
        closed_in_class = here_in_class;
    }
}

JavaScriptToken JavaScriptTokens::op() {
    const std::size_t begin = at_;
    const char c = source_[at_];
    const std::string_view rest = source_.substr(at_);
    bool operand = false;
    if (c == '(' || c == '[' || c == '{') {
        brackets_.push_back({c, c == '(' && keyword_before_});
    } else if (c == ')' || c == ']' || c == '}') {
        operand = c != '}';
        if (!brackets_.empty()) {
            if (c == ')' && brackets_.back().of_statement) operand = false;
            if (c == '}' && brackets_.back().open == '`') in_template_ = true;
            brackets_.pop_back();
        }
    }
    const auto known = std::find_if(kOps.begin(), kOps.end(), [&](std::string_view one) { return rest.starts_with(one); });
    at_ += known == kOps.end() ? 1 : known->size();
    const bool behind_operand = operand_before_;
    JavaScriptToken token = make(Kind::op, begin, line_);
    operand_before_ = operand || ((token.text == "++" || token.text == "--") && behind_operand);
    return token;
}

std::string javascript_unescaped(std::string_view value) {
    if (value.find('\\') == std::string_view::npos) return std::string(value);
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
        constexpr std::string_view kLetters = "bfnrtv";
        constexpr std::string_view kMeant = "\b\f\n\r\t\v";
        if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
            out += kMeant[known];
            ++at;
        } else if (letter == '\n') {
            ++at;
        } else if ((letter == 'x' && take_hex(value, digits, 2, code)) || (letter == 'u' && take_hex(value, digits, 4, code))) {
            append_utf8(code, out);
            at = digits;
        } else if (letter == 'u' && digits < value.size() && value[digits] == '{') {
            const std::size_t end = value.find('}', digits);
            std::size_t from = digits + 1;
            if (end != std::string_view::npos && end - from <= 6 && take_hex(value, from, static_cast<unsigned>(end - from), code) && code <= 0x10FFFF) {
                append_utf8(code, out);
                at = end + 1;
            } else {
                out += letter;
                ++at;
            }
        } else {
            out += letter;
            ++at;
        }
    }
    return out;
}

}  // namespace headgate::codec
