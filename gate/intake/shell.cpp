#include "intake/shell.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "intake/here_document.hpp"
#include "intake/shell_variables.hpp"

namespace headgate::intake::shell {
namespace {

constexpr int kDepth = 8;                 // substitutions within each other
constexpr std::size_t kGroups = 64;        // (...), {...}, if, loops within each other
constexpr std::size_t kLongestWord = 1U << 20U;
constexpr std::size_t kShown = 120;


/// Words of the grammar that a command may follow.
constexpr std::array<std::string_view, 14> kReserved = {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "}", "fi", "done", "esac", "coproc"};
constexpr std::array<std::string_view, 7> kOpens = {"if", "while", "until", "{", "for", "select", "case"};
constexpr std::array<std::string_view, 4> kCloses = {"}", "fi", "done", "esac"};

template <std::size_t Count>
bool is_in(std::string_view word, const std::array<std::string_view, Count>& list) { return std::find(list.begin(), list.end(), word) != list.end(); }

class Reader {
  public:
    Reader(std::string_view text, Known& known, std::vector<Command>& commands, int depth, std::size_t input)
        : text_(text), known_(known), commands_(commands), depth_(depth), begin_(commands.size()), outer_input_(input), input_(input) {}

    bool read() {
        while (at_ < text_.size() || again()) {
            if (again_) repeat();
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
            } else if (c == '$' && text_.substr(at_).starts_with("$'")) {
                if (!escapes()) return false;
            } else if (!part_of_word(c)) {
                return false;
            }
            if (word_.text.size() > kLongestWord) return false;
        }
        end_command(false);
        bodies();
        return !broken_;
    }

  private:
    // Groups: what is piped to one is the input of its commands, and what it is piped to reads the output of them all.
    struct Group {
        char kind = '(';                  // first letter of its opening word
        std::size_t first = 0;            // number of its first command
        std::size_t input = 0;            // of what stands around it
        std::size_t body = 0;             // of a loop over words: the separator behind them
        std::string variable = {};
        std::vector<std::string> values = {};   // those that are still to come, the last first
    };

    void open(char kind) {
        if (groups_.size() >= kGroups) broken_ = true;
        if (broken_) return;
        groups_.push_back({kind, commands_.size(), outer_input_});
        if (input_ != 0) outer_input_ = input_;
    }
    void close(char kind) {
        if (groups_.empty() || groups_.back().kind != kind) return;
        Group& group = groups_.back();
        if (repeats(group)) return;
        closed_ = group.first;
        outer_input_ = group.input;
        input_ = outer_input_;
        groups_.pop_back();
    }
    void close_word(std::string_view word) {
        if (word == "}") return close('{');
        if (word == "fi") return close('i');
        if (word == "esac") return close('c');
        if (groups_.empty()) return;
        const char kind = groups_.back().kind;
        if (kind == 'w' || kind == 'u' || kind == 'f' || kind == 's') close(kind);
    }

    /// "for NAME in WORDS": the body is read for each of the words.
    void loop() {
        if (groups_.empty() || groups_.back().kind != 'f' || groups_.back().body != 0) return;
        const auto& words = command_.words;
        if (words.size() < 2 || words[0].text != "for") return;
        Group& group = groups_.back();
        group.variable = words[1].text;
        bool constant = words.size() > 3 && words[2].text == "in";
        for (std::size_t i = 3; i < words.size(); ++i) constant = constant && !words[i].computed && words[i].text.find_first_of("*?[{") == std::string::npos;
        for (std::size_t i = words.size(); constant && i > 3; --i) group.values.push_back(words[i - 1].text);
        group.body = at_ - 1;
        known_.set.insert_or_assign(group.variable, constant ? std::optional(group.values.back()) : std::nullopt);
        if (constant) group.values.pop_back();
    }
    bool repeats(Group& group) {
        if (group.body == 0) return false;
        const bool more = !group.values.empty();
        auto& value = known_.set[group.variable];
        value.reset();                   // behind the loop, and for values that are too many
        if (!more) return false;
        const std::size_t length = at_ - std::min(at_, group.body);
        if (known_.repeated >= length && length > 0) {
            known_.repeated -= length;
            value = std::move(group.values.back());
            group.values.pop_back();
        } else {
            group.values.clear();
        }
        again_ = group.body;
        return true;
    }
    /// The last word has ended, and it ended a loop that is read again.
    bool again() {
        end_word();
        return again_.has_value();
    }
    void repeat() {
        at_ = *std::exchange(again_, std::nullopt);
        skip_ = Skip::none;
        input_ = outer_input_;
        command_ = {};
    }

    void separate(char c) {
        end_word();
        if (again_) return;
        const std::string_view rest = text_.substr(at_);
        const bool twice = rest.size() > 1 && rest[1] == c && (c == '&' || c == '|' || c == ';');
        const bool pipe = c == '|' && !twice;
        if (c == '(' && rest.starts_with("((")) ++arithmetic_;
        if (c == ')' && rest.starts_with("))") && arithmetic_ > 0) --arithmetic_;
        at_ += twice || rest.starts_with("|&") ? 2U : 1U;
        if (c != '(') loop();
        end_command(pipe);
        if (c == '\n') bodies();
        if (c == '(') open('(');
        if (c == ')') close('(');
    }

    /// "2>file", "<file", ">&2": neither of their words is an argument, and of "<<<word" and "<<END" the command reads what they hold.
    /// "<(...)" is an argument.
    bool redirect() {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("<(") || rest.starts_with(">(")) {
            start_word();
            at_ += 2;
            const std::size_t before = commands_.size();
            if (!substitution(')')) return false;
            for (std::size_t i = before; i < commands_.size(); ++i) commands_[i].fed = rest[0] == '>';
            return true;
        }
        const bool number = in_word_ && !word_.text.empty() && std::all_of(word_.text.begin(), word_.text.end(), [](char c) { return c >= '0' && c <= '9'; });
        const bool begins = !in_word_ || number;
        const bool index = in_word_ && word_.text.find('[') != std::string::npos;   // "a[1<<2]=x"
        if (number) {
            word_ = {};
            in_word_ = false;
        }
        end_word();
        if (again_) return true;
        if (rest.starts_with("<<<")) {
            at_ += 3;
            skip_ = Skip::string;
            return true;
        }
        if (rest.starts_with("<<") && arithmetic_ == 0 && !index) {
            at_ += 2;
            strips_ = at_ < text_.size() && text_[at_] == '-';
            if (strips_) ++at_;
            skip_ = begins ? Skip::document : Skip::glued_document;
            return true;
        }
        const bool descriptor = rest.size() > 1 && rest[1] == '&';     // ">&2"
        while (at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>' || text_[at_] == '&' || text_[at_] == '-' || text_[at_] == '|')) ++at_;
        skip_ = descriptor ? Skip::word : rest[0] == '>' ? Skip::output : Skip::input;
        return true;
    }

    struct Pending {
        std::string end;
        bool strips = false;
        bool glued = false;               // to a word: nobody has taken it out
        bool expands = false;             // its end is not quoted: substitutions in it run
        std::size_t first = 0;            // numbers of its commands: more than one of a group
        std::size_t last = 0;
    };

    /// Behind the line: what stands there, or what another has taken out of the text.
    void bodies() {
        for (const Pending& one : std::exchange(pending_, {})) {
            std::string body;
            if (auto found = here_documents_.find(text_, at_, one.end, one.strips)) {
                body = std::move(found->body);
                at_ = found->behind;
            } else if (!one.glued && !known_.documents.empty()) {
                body = known_.documents.front();
                known_.documents = known_.documents.subspan(1);
            } else {
                continue;                 // its lines are read as commands
            }
            for (std::size_t i = one.first; i <= one.last && i < commands_.size(); ++i) give(i, body, i > one.first);
            if (one.expands) expand(body);
        }
    }
    /// The commands of its substitutions stand behind those that read it.
    void expand(const std::string& body) {
        if (body.find("$(") == std::string::npos && body.find('`') == std::string::npos) return;
        Reader inner(body, known_, commands_, depth_ + 1, 0);
        broken_ = broken_ || depth_ >= kDepth || !inner.substitutions_to(body.size());
        begin_ = commands_.size();
    }

    void start_word() {
        if (!in_word_) {
            word_begin_ = at_;
            quoted_ = false;
        }
        in_word_ = true;
    }

    /// $'it\'s'
    bool escapes() {
        start_word();
        quoted_ = true;
        for (at_ += 2; at_ < text_.size() && text_[at_] != '\''; ++at_) {
            if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
                word_.text += text_[at_];
                continue;
            }
            const char next = text_[++at_];
            const bool plain = next == '\'' || next == '"' || next == '\\';
            if (!plain && next != 'n' && next != 't') gap();   // numbers of characters, which hide words from whoever reads them
            word_.text += next == 'n' ? '\n' : next == 't' ? '\t' : next;
        }
        return at_++ < text_.size();
    }

    bool part_of_word(char c) {
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
            if (starts && word_.text.empty() && !word_.computed && at_ > begin) in_word_ = false;   // nothing is no word
            return true;
        }
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
                if (!expansion(true)) return false;
            } else {
                word_.text += c;
                ++at_;
            }
        }
        return at_++ < text_.size();
    }

    bool expansion(bool quoted_here) {
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
            if (special) gap();
            if (!special) word_.text += '$';
            at_ += special ? 2 : 1;
            return true;
        }
        const std::string_view name = rest.substr(0, end);
        at_ += end + 1;
        if (const auto known = known_.value(name)) return put(*known, quoted_here);
        word_.text += "$" + std::string(name);
        word_.computed = true;
        return true;
    }

    /// The place of the "))" that ends what begins with "$((".
    std::optional<std::size_t> arithmetic_end(std::size_t from) const {
        int open = 2;
        for (std::size_t at = from; at < text_.size(); ++at) {
            const char c = text_[at];
            if (c == '\\') {
                ++at;
            } else if (c == '(') {
                ++open;
            } else if (c == ')' && --open == 1) {
                return at + 1 < text_.size() && text_[at + 1] == ')' ? std::optional(at) : std::nullopt;
            }
        }
        return std::nullopt;
    }
    bool arithmetic(std::size_t end) {
        if (sums_ >= kDepth) return false;
        at_ += 3;
        ++sums_;
        const bool read = substitutions_to(end);
        --sums_;
        at_ = end + 2;
        gap();
        return read;
    }

    /// Reads the commands within a text that is none itself: an arithmetic expression, a here-document.
    bool substitutions_to(std::size_t end) {
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
    bool braces(bool quoted_here) {
        const std::size_t begin = at_;
        const std::size_t commands = word_.commands.size();
        if (!braces_end()) return false;
        const std::size_t end = at_ - 1;
        const std::string_view inner = text_.substr(begin + 2, end - begin - 2);
        std::size_t length = 0;
        while (length < inner.size() && is_name_char(inner[length])) ++length;
        std::string_view modifier = inner.substr(length);
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
    bool braces_end() {
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
            } else {
                ++at_;
                if (c == '"') quoted = !quoted;
                if (c == '}' && !quoted && --open == 0) return true;
            }
        }
        return false;
    }

    /// A value; outside of quotes, and of assignments, blanks in it part words.
    bool put(std::string_view value, bool quoted_here) {
        if (value.size() > known_.values) return false;
        known_.values -= value.size();
        const bool assigns = assigns_ && !assigned_name(word_.text).empty();
        if (quoted_here || assigns || skip_ != Skip::none) {
            word_.text += value;
            return true;
        }
        const std::size_t begin = word_begin_;
        for (const char c : value) {
            if (!is_blank(c) && c != '\n') {
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

    /// Something that only the running shell knows.
    void gap() {
        word_.gaps.push_back(word_.text.size());
        word_.computed = true;
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
        if (!Reader(text_.substr(begin, at_ - begin), known_, commands_, depth_ + 1, input_ != 0 ? input_ : outer_input_).read()) return false;
        for (std::size_t i = first; i < commands_.size(); ++i) word_.commands.push_back(i);
        gap();
        ++at_;
        return true;
    }

    void end_word() {
        if (!in_word_) return;
        if (word_.computed) word_.written = text_.substr(word_begin_, std::min(kShown, at_ - std::min(at_, word_begin_)));
        const Skip skip = std::exchange(skip_, Skip::none);
        Word word = std::exchange(word_, {});
        in_word_ = false;
        if (skip == Skip::string) command_.documents.push_back(std::move(word.text));
        if (skip == Skip::output) command_.outputs.push_back(std::move(word.text));
        if (skip == Skip::input) command_.inputs.push_back(std::move(word.text));
        const bool document = skip == Skip::document || skip == Skip::glued_document;
        // In the word that ends one, nothing is put in.
        broken_ = broken_ || (document && text_.substr(word_begin_, at_ - word_begin_).find_first_of("$`") != std::string_view::npos);
        if (document) opened_.push_back({std::move(word.text), strips_, skip == Skip::glued_document, !quoted_});
        if (skip != Skip::none) return;
        const bool grammar = command_.words.empty() && !word.computed;
        if (grammar && is_in(word.text, kCloses)) return close_word(word.text);
        if (grammar && is_in(word.text, kOpens)) open(word.text[0]);
        if (grammar && is_in(word.text, kReserved)) return;
        closed_.reset();
        assigns_ = assigns_ && (!assigned_name(word.text).empty() || word.text == "export");
        command_.words.push_back(std::move(word));
    }
    void end_command(bool piped) {
        skip_ = Skip::none;
        known_.remember(command_.words);
        for (Pending& one : opened_) {
            const bool alone = !command_.words.empty();
            one.first = alone ? commands_.size() : closed_.value_or(commands_.size() + 1);
            one.last = alone || !closed_ ? commands_.size() : commands_.size() - 1;
            pending_.push_back(std::move(one));
        }
        opened_.clear();
        const bool ends = !command_.words.empty() || closed_ || piped;   // or else it has not begun
        if (command_.words.empty()) {
            // Behind a group: what it reads, all that is in it reads.
            for (std::size_t i = closed_.value_or(commands_.size()); i < commands_.size(); ++i) {
                commands_[i].piped = commands_[i].piped || piped;
                for (const std::string& document : command_.documents) give(i, document, true);
                for (const std::string& file : command_.outputs) writes(i, file);
            }
        } else {
            command_.piped = piped;
            command_.first = begin_;
            command_.input = input_;
            commands_.push_back(std::move(command_));
        }
        closed_.reset();
        command_ = {};
        assigns_ = true;
        begin_ = commands_.size();
        if (ends) input_ = piped ? begin_ : outer_input_;
    }
    /// A document that many commands read is no reason to hold it many times.
    void give(std::size_t command, const std::string& document, bool again) {
        const std::size_t bytes = again ? document.size() : 0;
        broken_ = broken_ || bytes > known_.values;
        if (broken_) return;
        known_.values -= bytes;
        commands_[command].documents.push_back(document);
    }

    /// The same of a file that a group writes to.
    void writes(std::size_t command, const std::string& file) {
        broken_ = broken_ || file.size() + 1 > known_.values;
        if (broken_) return;
        known_.values -= file.size() + 1;
        commands_[command].outputs.push_back(file);
    }

    enum class Skip { none, word, output, input, string, document, glued_document };

    std::string_view text_;
    Known& known_;
    std::vector<Command>& commands_;
    int depth_;
    std::size_t begin_;                   // number of the first command within the one at hand
    std::size_t outer_input_;             // of the group at hand
    std::size_t input_;                   // of the command at hand
    std::vector<Group> groups_ = {};
    std::optional<std::size_t> closed_ = {};   // the first command of the group that has just ended
    std::vector<Pending> opened_ = {};    // here-documents of the command at hand
    std::vector<Pending> pending_ = {};   // and of the line
    HereDocuments here_documents_;
    std::optional<std::size_t> again_ = {};    // where a loop is read again
    int arithmetic_ = 0;
    int sums_ = 0;                        // "$((...))" around what is read
    bool quoted_ = false;                 // something in the word at hand is
    bool assigns_ = true;                 // the words of the command at hand do nothing else
    bool strips_ = false;
    bool broken_ = false;
    std::size_t word_begin_ = 0;
    std::size_t at_ = 0;
    Word word_;
    Command command_;
    bool in_word_ = false;
    Skip skip_ = Skip::none;              // the next word is that of a redirection
};

}  // namespace

std::optional<std::vector<Command>> read_commands(std::string_view text, const Lookup& lookup, std::span<const std::string> documents) {
    std::vector<Command> commands;
    Known known{lookup, documents};
    if (!Reader(text, known, commands, 0, 0).read()) return std::nullopt;
    for (const std::string& left : std::exchange(known.documents, {})) {   // which the shell takes for no here-document: it runs them
        if (!Reader(left, known, commands, 0, 0).read()) return std::nullopt;
    }
    return commands;
}

}  // namespace headgate::intake::shell
