// What words are made of: quotes, variables, substitutions, arithmetic (POSIX Shell Command Language, 2.2 and 2.6).
#include <algorithm>

#include "intake/shell_reader.hpp"

namespace headgate::intake::shell {
namespace {

constexpr std::size_t kLongestName = 200;

}  // namespace

void Shared::remember_constants(const std::vector<Word>& words) {
    if (words.empty()) return;
    const std::string_view program = words[0].text;
    bool by_name = false;                // it sets variables to what it reads or finds
    for (const std::string_view one : {"read", "mapfile", "readarray", "getopts", "unset", "printf", "for", "select", "declare", "typeset", "local", "export", "readonly"}) {
        by_name = by_name || program == one;
    }
    for (const Word& word : words) {
        const std::string_view text = word.text;
        std::size_t end = 0;
        while (end < text.size() && is_name_char(text[end])) ++end;
        const bool appends = text.substr(end).starts_with("+=");
        const bool assigns = !assigned_name(text).empty();
        if (end == 0 || !is_name_start(text[0]) || (!assigns && !appends && !(by_name && end == text.size()))) continue;
        const bool one_word = assigns && !word.computed && text.find_first_of(" \t\n\r\f\v*?[") == std::string_view::npos;
        const auto at = constant.emplace(text.substr(0, end), one_word).first;
        at->second = at->second && one_word;
    }
}

bool Shared::is_constant(std::string_view written) const {
    written.remove_prefix(std::min<std::size_t>(1, written.size()));
    if (written.starts_with('{') && written.ends_with('}')) written = written.substr(1, written.size() - 2);
    const auto known = constant.find(written);
    return known != constant.end() && known->second && constant.find("IFS") == constant.end() && !lookup("IFS");
}

void Reader::start_word() {
    if (!in_word_) {
        word_begin_ = at_;
        quoted_ = false;
    }
    in_word_ = true;
}

/// $'it\'s'
bool Reader::escapes() {
    start_word();
    quoted_ = true;
    for (at_ += 2; at_ < text_.size() && text_[at_] != '\''; ++at_) {
        if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
            word_.text += text_[at_];
            continue;
        }
        ++at_;
        escape();
    }
    return at_++ < text_.size();
}

/// What stands behind a backslash in $'...'; at the last of its characters, behind it.
void Reader::escape() {
    constexpr std::string_view kLetters = "abefnrtvE'\"\\?";
    constexpr std::string_view kMeant = "\a\b\x1b\f\n\r\t\v\x1b'\"\\?";
    const char c = text_[at_];
    if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
        word_.text += kMeant[letter];
        return;
    }
    const bool octal = c >= '0' && c <= '7';
    const std::size_t most = octal ? 3 : c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    std::size_t end = octal ? at_ : at_ + 1;
    const std::size_t begin = end;
    std::uint32_t number = 0;
    for (; end < text_.size() && end - begin < most; ++end) {
        const char digit = text_[end];
        const int value = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : 16;
        if (value >= (octal ? 8 : 16)) break;
        number = number * (octal ? 8U : 16U) + static_cast<std::uint32_t>(value);
    }
    if (end == begin || number == 0 || (number > 0x7F && c != 'x' && !octal)) {
        gap();                           // "\\cx", no number, the end of the word, a letter that no program or name has
        word_.text += c;
        return;
    }
    word_.text += static_cast<char>(number & 0xFFU);
    at_ = end - 1;
}

bool Reader::part_of_word(char c) {
    const bool starts = !in_word_;
    start_word();
    quoted_ = quoted_ || c == '\'' || c == '"' || c == '\\';
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
    if (c == '$' || c == '`') {
        const std::size_t begin = at_;
        if (!expansion(false)) return false;
        const std::string_view written = text_.substr(begin, std::min(at_, text_.size()) - begin);
        splits_ = splits_ || (word_.computed && (written.size() > kLongestName || !known_.is_constant(written)));
        if (starts && word_.text.empty() && !word_.computed && at_ > begin) in_word_ = false;   // nothing is no word
        return true;
    }
    word_.text += c;
    ++at_;
    return true;
}

bool Reader::quoted() {
    for (++at_; at_ < text_.size() && text_[at_] != '"';) {
        const char c = text_[at_];
        if (c == '\\' && at_ + 1 < text_.size()) {
            const char next = text_[at_ + 1];
            if (next != '$' && next != '`' && next != '"' && next != '\\' && next != '\n') word_.text += c;
            if (next != '\n') word_.text += next;
            at_ += 2;
        } else if (c == '$' || c == '`') {
            if (!expansion(true)) return false;
        } else {
            word_.text += c;
            ++at_;
        }
    }
    return at_++ < text_.size();
}

bool Reader::expansion(bool quoted_here) {
    if (text_[at_] == '`') {
        ++at_;
        return substitution('`');
    }
    const std::string_view rest = text_.substr(at_ + 1);
    if (rest.starts_with("((")) {    // or "$((a); b)", a substitution that begins with a bracket
        if (const auto end = arithmetic_end(at_ + 3)) return arithmetic(*end);
    }
    if (rest.starts_with('(')) {
        at_ += 2;
        return substitution(')');
    }
    if (rest.starts_with('{')) return braces(quoted_here);
    std::size_t end = 0;
    while (end < rest.size() && is_name_char(rest[end])) ++end;
    if (end == 0 || !is_name_start(rest[0])) {
        const bool special = !rest.empty() && std::string_view("?!#@*-$0123456789").find(rest[0]) != std::string_view::npos;
        const bool text = !quoted_here && rest.starts_with('"');       // $"..." is a text that may be translated
        const char name = special ? rest[0] : '$';
        splits_ = splits_ || (rest.starts_with('@') && !known_.parameters);      // in quotes too
        at_ += special ? 2 : 1;
        if (special) return parameter(name, quoted_here);
        if (!text) word_.text += '$';
        return true;
    }
    const std::string_view name = rest.substr(0, end);
    at_ += end + 1;
    if (const auto known = known_.value(name)) return put(*known, quoted_here);
    word_.text += "$" + std::string(name);
    word_.computed = true;
    return true;
}

/// The place of the "))" that ends what begins with "$((". Quotes count as they do in substitution(), which so goes at least as far: what
/// is looked through here in vain is not looked through again.
std::optional<std::size_t> Reader::arithmetic_end(std::size_t from) const {
    int open = 2;
    for (std::size_t at = from; at < text_.size(); ++at) {
        const char c = text_[at];
        if (c == '\\') {
            ++at;
        } else if (c == '"') {
            for (++at; at < text_.size() && text_[at] != '"'; ++at) at += text_[at] == '\\' ? 1U : 0U;
        } else if (c == '\'') {
            at = std::min(text_.find('\'', at + 1), text_.size());
        } else if (c == '(') {
            ++open;
        } else if (c == ')' && --open == 1) {
            return at + 1 < text_.size() && text_[at + 1] == ')' ? std::optional(at) : std::nullopt;
        }
    }
    return std::nullopt;
}

bool Reader::arithmetic(std::size_t end) {
    if (sums_ >= kDeepest) return false;
    at_ += 3;
    ++sums_;
    const bool read = substitutions_to(end);
    --sums_;
    at_ = std::max(at_, end + 2);        // never back: what was read would be read again
    gap();
    return read;
}

/// Reads the commands within a text that is none itself: an arithmetic expression, a here-document.
bool Reader::substitutions_to(std::size_t end) {
    while (at_ < std::min(end, text_.size())) {
        const char c = text_[at_];
        const bool begins = c == '`' || (c == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '(');
        if (c == '\\') {
            at_ += 2;
        } else if (!begins) {
            ++at_;
        } else if (!expansion(true)) {
            return false;
        }
    }
    return true;
}

/// ${NAME}, ${NAME:-word}; of every other form only the running shell knows the value. The commands in the word are read.
bool Reader::braces(bool quoted_here) {
    const std::size_t begin = at_;
    const std::size_t commands = word_.commands.size();
    if (!braces_end(quoted_here)) return false;
    const std::size_t end = at_ - 1;
    const std::string_view inner = text_.substr(begin + 2, end - begin - 2);
    splits_ = splits_ || inner.starts_with('!') || inner.find('@') != std::string_view::npos;      // "${a[@]}", or the name of such a one
    std::size_t length = 0;
    while (length < inner.size() && is_name_char(inner[length])) ++length;
    if (inner.size() == 1 && known_.parameters && !is_name_start(inner[0])) return parameter(inner[0], quoted_here);
    std::string_view modifier = inner.substr(length);
    if (length > 0 && (modifier.starts_with('=') || modifier.starts_with(":="))) {
        known_.constant.insert_or_assign(std::string(inner.substr(0, length)), false);
        if (known_.value(inner.substr(0, length)).value_or("").empty()) known_.forget(inner.substr(0, length));
    }
    const auto known = length == 0 ? std::nullopt : known_.value(inner.substr(0, length));
    const bool fallback = modifier.starts_with(":-") || modifier.starts_with('-');
    if (known && (modifier.empty() || (fallback && !known->empty()))) return put(*known, quoted_here);
    if (fallback && known_.set.find(inner.substr(0, length)) == known_.set.end() && modifier.find_first_of("$`") == std::string_view::npos) {
        return put(modifier.substr(modifier.starts_with(':') ? 2 : 1), quoted_here);
    }
    if (word_.commands.size() > commands) return true;     // what they write stands there: a gap
    word_.text += text_.substr(begin, end + 1 - begin);
    word_.computed = true;
    return true;
}

/// Behind the '}' that belongs to the "${" at hand.
bool Reader::braces_end(bool quoted_here) {
    std::size_t open = 0;
    bool quoted = false;
    while (at_ < text_.size()) {
        const char c = text_[at_];
        const bool dollar = c == '$' && at_ + 1 < text_.size();
        if (c == '\\') {
            at_ += 2;
        } else if (c == '`' || (dollar && text_[at_ + 1] == '(')) {
            if (!expansion(true)) return false;
        } else if (dollar && text_[at_ + 1] == '{') {
            ++open;
            at_ += 2;
        } else if (c == '\'' && !quoted_here && !quoted) {
            at_ = std::min(text_.find('\'', at_ + 1), text_.size() - 1) + 1;
        } else {
            ++at_;
            if (c == '"') quoted = !quoted;
            if (c == '}' && !quoted && --open == 0) return true;
        }
    }
    return false;
}

/// The word at hand begins with "NAME=": looked at once, however many values are put in.
bool Reader::word_assigns() {
    const std::string& text = word_.text;
    while (named_ < text.size() && is_name_char(text[named_])) ++named_;
    const std::string_view behind = std::string_view(text).substr(named_);
    return named_ > 0 && is_name_start(text[0]) && (behind.starts_with('=') || behind.starts_with("+="));
}

/// A value; outside of quotes, and of assignments, blanks in it part words.
bool Reader::put(std::string_view value, bool quoted_here) {
    if (value.size() > known_.values) return false;
    known_.values -= value.size();
    const bool assigns = assigns_ && word_assigns();
    if (quoted_here || assigns || skip_ != Skip::none) {
        word_.text += value;
        return true;
    }
    const std::size_t begin = word_begin_;
    for (const char c : value) {
        if (!is_blank(c) && c != '\n' && known_.separators.find(c) == std::string::npos) {
            in_word_ = true;
            word_.text += c;
            continue;
        }
        if (word_.text.empty() && !word_.computed) in_word_ = false;
        end_word();
        word_begin_ = begin;
    }
    return true;
}

/// The same of a word that may have gaps.
bool Reader::put(const Word& value, bool quoted_here) {
    if (!value.computed) return put(std::string_view(value.text), quoted_here);
    if (value.text.size() > known_.values) return false;
    known_.values -= value.text.size();
    for (const std::size_t gap : value.gaps) word_.gaps.push_back(word_.text.size() + gap);
    word_.text += value.text;
    word_.computed = true;
    return true;
}

/// $1, "$@": what the script was given, where that is known.
bool Reader::parameter(char name, bool quoted_here) {
    const bool every = name == '@' || name == '*';
    if (!known_.parameters || (!every && (name < '0' || name > '9'))) {
        gap();
        return true;
    }
    const std::vector<Word>& all = *known_.parameters;
    const bool joins = (quoted_here && name == '*') || skip_ != Skip::none || (assigns_ && word_assigns());
    const std::size_t first = every ? 1 : static_cast<std::size_t>(name - '0');
    const std::size_t end = std::min(every ? all.size() : first + 1, all.size());
    for (std::size_t i = first; i < end; ++i) {
        if (i > first && joins) word_.text += ' ';
        if (i > first && !joins) {
            end_word();
            start_word();
            quoted_ = quoted_here;
        }
        if (known_.values == 0) return false;
        --known_.values;                 // of very many empty ones, too
        if (!put(all[i], quoted_here)) return false;
    }
    return true;
}

/// Something that only the running shell knows.
void Reader::gap() {
    word_.gaps.push_back(word_.text.size());
    word_.computed = true;
}

/// Up to the bracket that closes it, by counting them outside of quotes; its commands are read by themselves.
bool Reader::substitution(char close) {
    if (depth_ >= kDeepest) return false;
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
    if (!Reader(text_.substr(begin, at_ - begin), known_, commands_, depth_ + 1, input_ != 0 ? input_ : outer_input_).read()) return false;
    for (std::size_t i = first; i < commands_.size(); ++i) word_.commands.push_back(i);
    gap();
    ++at_;
    return true;
}

}  // namespace headgate::intake::shell
