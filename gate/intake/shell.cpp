#include "intake/shell.hpp"

#include <algorithm>
#include <array>

namespace headgate::intake::shell {
namespace {

constexpr int kDepth = 8;                 // substitutions within each other
constexpr std::size_t kLongestWord = 1U << 20U;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// Words of the grammar that a command may follow.
constexpr std::array<std::string_view, 12> kReserved = {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "}", "fi", "done"};

class Reader {
  public:
    Reader(std::string_view text, const Lookup& lookup, std::vector<Command>& commands, int depth)
        : text_(text), lookup_(lookup), commands_(commands), depth_(depth) {}

    bool read() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (is_blank(c)) {
                end_word();
                ++at_;
            } else if (text_.substr(at_).starts_with("\\\n")) {
                at_ += 2;
            } else if (c == '#' && !in_word_) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')') {
                separate(c);
            } else if (c == '<' || c == '>') {
                if (!redirect()) return false;
            } else if (!part_of_word(c)) {
                return false;
            }
            if (word_.text.size() > kLongestWord) return false;
        }
        end_word();
        end_command(false);
        return true;
    }

  private:
    void separate(char c) {
        end_word();
        const std::string_view rest = text_.substr(at_);
        const bool twice = rest.size() > 1 && rest[1] == c && (c == '&' || c == '|' || c == ';');
        const bool pipe = c == '|' && !twice;
        at_ += twice || rest.starts_with("|&") ? 2U : 1U;
        end_command(pipe);
    }

    /// "2>file", "<file", ">&2", "<<<word": neither of their words is an argument. "<(...)" is one.
    bool redirect() {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("<(") || rest.starts_with(">(")) {
            at_ += 2;
            in_word_ = true;
            return substitution(')');
        }
        const bool number = in_word_ && !word_.text.empty() && std::all_of(word_.text.begin(), word_.text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (number) {
            word_ = {};
            in_word_ = false;
        }
        end_word();
        while (at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>' || text_[at_] == '&' || text_[at_] == '-' || text_[at_] == '|')) ++at_;
        skip_ = true;
        return true;
    }

    bool part_of_word(char c) {
        in_word_ = true;
        if (c == '\'') {
            const std::size_t end = text_.find('\'', at_ + 1);
            if (end == std::string_view::npos) return false;
            word_.text += text_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
            return true;
        }
        if (c == '"') return quoted();
        if (c == '\\') {
            if (at_ + 1 < text_.size()) word_.text += text_[at_ + 1];
            at_ += 2;
            return true;
        }
        if (c == '$' || c == '`') return expansion();
        word_.text += c;
        ++at_;
        return true;
    }

    bool quoted() {
        for (++at_; at_ < text_.size() && text_[at_] != '"';) {
            const char c = text_[at_];
            if (c == '\\' && at_ + 1 < text_.size()) {
                const char next = text_[at_ + 1];
                if (next != '$' && next != '`' && next != '"' && next != '\\' && next != '\n') word_.text += c;
                if (next != '\n') word_.text += next;
                at_ += 2;
            } else if (c == '$' || c == '`') {
                if (!expansion()) return false;
            } else {
                word_.text += c;
                ++at_;
            }
        }
        if (at_ >= text_.size()) return false;
        ++at_;
        return true;
    }

    bool expansion() {
        if (text_[at_] == '`') {
            ++at_;
            return substitution('`');
        }
        const std::string_view rest = text_.substr(at_ + 1);
        if (rest.starts_with("((")) {    // arithmetic
            const std::size_t end = rest.find("))");
            if (end == std::string_view::npos) return false;
            at_ += end + 3;
            word_.computed = true;
            return true;
        }
        if (rest.starts_with('(')) {
            at_ += 2;
            return substitution(')');
        }
        if (rest.starts_with('{')) return braces();
        std::size_t end = 0;
        while (end < rest.size() && is_name_char(rest[end])) ++end;
        if (end == 0 || !is_name_start(rest[0])) {
            const bool special = !rest.empty() && std::string_view("?!#@*-$0123456789").find(rest[0]) != std::string_view::npos;
            if (!special) word_.text += '$';
            word_.computed = word_.computed || special;
            at_ += special ? 2 : 1;
            return true;
        }
        value(rest.substr(0, end));
        at_ += end + 1;
        return true;
    }

    /// ${NAME}, ${NAME:-word}; of every other form only the running shell knows the value.
    bool braces() {
        const std::size_t end = text_.find('}', at_);
        if (end == std::string_view::npos) return false;
        const std::string_view inner = text_.substr(at_ + 2, end - at_ - 2);
        std::size_t length = 0;
        while (length < inner.size() && is_name_char(inner[length])) ++length;
        std::string_view modifier = inner.substr(length);
        const auto known = length == 0 ? std::nullopt : lookup_(inner.substr(0, length));
        const bool fallback = modifier.starts_with(":-") || modifier.starts_with('-');
        if (known && !known->empty() && (modifier.empty() || fallback)) {
            word_.text += *known;
        } else if (fallback && modifier.find('$') == std::string_view::npos && modifier.find('`') == std::string_view::npos) {
            word_.text += modifier.substr(modifier.starts_with(':') ? 2 : 1);
        } else {
            word_.text += text_.substr(at_, end + 1 - at_);
            word_.computed = true;
        }
        at_ = end + 1;
        return true;
    }

    void value(std::string_view name) {
        const auto known = lookup_(name);
        word_.text += known ? *known : "$" + std::string(name);
        word_.computed = word_.computed || !known;
    }

    /// Up to the bracket that closes it, by counting them outside of quotes; its commands are read by themselves.
    bool substitution(char close) {
        if (depth_ >= kDepth) return false;
        const std::size_t begin = at_;
        int open = 1;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\') {
                ++at_;
            } else if (c == '"' && close != '`') {
                for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1U : 0U;
            } else if (c == '\'' && close != '`') {
                at_ = std::min(text_.find('\'', at_ + 1), text_.size());
            } else if (c == close && --open == 0) {
                break;
            } else if (close == ')' && c == '(') {
                ++open;
            }
        }
        if (at_ >= text_.size()) return false;
        const std::size_t first = commands_.size();
        if (!Reader(text_.substr(begin, at_ - begin), lookup_, commands_, depth_ + 1).read()) return false;
        for (std::size_t i = first; i < commands_.size(); ++i) word_.commands.push_back(i);
        word_.computed = true;
        ++at_;
        return true;
    }

    void end_word() {
        if (!in_word_) return;
        const bool reserved = command_.words.empty() && !word_.computed && std::find(kReserved.begin(), kReserved.end(), word_.text) != kReserved.end();
        if (!skip_ && !reserved) command_.words.push_back(std::move(word_));
        skip_ = false;
        word_ = {};
        in_word_ = false;
    }
    void end_command(bool piped) {
        skip_ = false;
        command_.piped = piped;
        if (!command_.words.empty()) commands_.push_back(std::move(command_));
        command_ = {};
    }

    std::string_view text_;
    const Lookup& lookup_;
    std::vector<Command>& commands_;
    int depth_;
    std::size_t at_ = 0;
    Word word_;
    Command command_;
    bool in_word_ = false;
    bool skip_ = false;                   // the next word is that of a redirection
};

}  // namespace

std::optional<std::vector<Command>> read_commands(std::string_view text, const Lookup& lookup) {
    std::vector<Command> commands;
    if (!Reader(text, lookup, commands, 0).read()) return std::nullopt;
    return commands;
}

}  // namespace headgate::intake::shell
