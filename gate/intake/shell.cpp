#include "intake/shell.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "intake/shell_reader.hpp"

namespace headgate::intake::shell {
namespace {

constexpr std::size_t kGroups = 64;        // (...), {...}, if, loops within each other
constexpr std::size_t kLongestWord = 1U << 20U;
constexpr std::size_t kShown = 120;

/// Words of the grammar that a command may follow.
constexpr std::array<std::string_view, 14> kReserved = {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "}", "fi", "done", "esac", "coproc"};
constexpr std::array<std::string_view, 7> kOpens = {"if", "while", "until", "{", "for", "select", "case"};
constexpr std::array<std::string_view, 4> kCloses = {"}", "fi", "done", "esac"};

template <std::size_t Count>
bool is_in(std::string_view word, const std::array<std::string_view, Count>& list) { return std::find(list.begin(), list.end(), word) != list.end(); }

/// Functions have parameters of their own, and in a loop that changes them they are others each time.
bool has_parameters_of_its_own(std::string_view script) {
    const auto holds = [&](std::string_view word) { return script.find(word) != std::string_view::npos; };
    for (std::size_t at = script.find('('); at != std::string_view::npos; at = script.find('(', at + 1)) {
        if (script[std::min(script.find_first_not_of(" \t", at + 1), script.size() - 1)] == ')') return true;
    }
    const bool loops = holds("while") || holds("until") || holds("for");
    return holds("function") || (loops && (holds("shift") || holds("set")));
}

}  // namespace

bool Reader::read() {
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
    known_.conditional = depth_ > 0 || !groups_.empty() || listed_;
    end_command(false);
    bodies();
    return !broken_;
}

void Reader::open(char kind) {
    if (groups_.size() >= kGroups) broken_ = true;
    if (broken_) return;
    groups_.push_back({kind, commands_.size(), outer_input_});
    if (input_ != 0) outer_input_ = input_;
}

void Reader::close(char kind) {
    if (groups_.empty() || groups_.back().kind != kind) return;
    Group& group = groups_.back();
    if (repeats(group)) return;
    closed_ = group.first;
    outer_input_ = group.input;
    input_ = outer_input_;
    groups_.pop_back();
}

void Reader::close_word(std::string_view word) {
    if (word == "}") return close('{');
    if (word == "fi") return close('i');
    if (word == "esac") return close('c');
    if (groups_.empty()) return;
    const char kind = groups_.back().kind;
    if (kind == 'w' || kind == 'u' || kind == 'f' || kind == 's') close(kind);
}

/// "for NAME in WORDS": the body is read for each of the words.
void Reader::loop() {
    if (groups_.empty() || groups_.back().kind != 'f' || groups_.back().body != 0) return;
    const auto& words = command_.words;
    if (words.size() < 2 || words[0].text != "for") return;
    Group& group = groups_.back();
    group.variable = words[1].text;
    bool constant = known_.repeated > 0 && words.size() > 3 && words[2].text == "in";
    for (std::size_t i = 3; i < words.size(); ++i) constant = constant && !words[i].computed && words[i].text.find_first_of("*?[{") == std::string::npos;
    for (std::size_t i = words.size(); constant && i > 3; --i) group.values.push_back(words[i - 1].text);
    group.body = at_ - 1;
    known_.set.insert_or_assign(group.variable, constant ? std::optional(group.values.back()) : std::nullopt);
    if (constant) group.values.pop_back();
}

bool Reader::repeats(Group& group) {
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
        // Once more, with a value that nobody knows. Loops that begin from here on are read so at once: each within another would double
        // what there is to read.
        known_.repeated = 0;
        group.values.clear();
        broken_ = broken_ || length > known_.unknown;
        if (broken_) return false;
        known_.unknown -= length;
    }
    again_ = group.body;
    return true;
}

/// The last word has ended, and it ended a loop that is read again.
bool Reader::again() {
    end_word();
    return again_.has_value();
}

void Reader::repeat() {
    at_ = *std::exchange(again_, std::nullopt);
    skip_ = Skip::none;
    input_ = outer_input_;
    command_ = {};
}

void Reader::separate(char c) {
    const bool array = c == '(' && in_word_ && text_[at_ - 1] == '=' && !assigned_name(word_.text).empty();
    end_word();
    if (again_) return;
    const std::string_view rest = text_.substr(at_);
    const bool twice = rest.size() > 1 && rest[1] == c && (c == '&' || c == '|' || c == ';');
    const bool pipe = c == '|' && !twice;
    if (c == '(' && rest.starts_with("((")) ++arithmetic_;
    if (c == ')' && rest.starts_with("))") && arithmetic_ > 0) --arithmetic_;
    at_ += twice || rest.starts_with("|&") ? 2U : 1U;
    if (array && !command_.words.empty()) command_.words.back().computed = true;    // "NAME=(a b)", of which $NAME is the first
    if (c != '(') loop();
    const bool list = (twice && c != ';') || pipe || (listed_ && command_.words.empty() && !closed_);     // goes on behind the end of the line
    known_.conditional = depth_ > 0 || !groups_.empty() || listed_ || pipe || (c == '&' && !twice);
    end_command(pipe);
    listed_ = list;
    if (c == '\n') bodies();
    if (c == '(') open('(');
    if (c == ')') close('(');
}

/// "2>file", "<file", ">&2": neither of their words is an argument, and of "<<<word" and "<<END" the command reads what they hold.
/// "<(...)" is an argument.
bool Reader::redirect() {
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
        named_ = 0;
        splits_ = false;
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
    skip_ = descriptor ? (rest[0] == '<' ? Skip::descriptor : Skip::word) : rest[0] == '>' ? Skip::output : Skip::input;
    if (descriptor && text_[at_ - 1] == '-') skip_ = Skip::none;      // "<&-" is closed
    return true;
}

/// Behind the line: what stands there, or what another has taken out of the text.
void Reader::bodies() {
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
void Reader::expand(const std::string& body) {
    if (body.find("$(") == std::string::npos && body.find('`') == std::string::npos) return;
    Reader inner(body, known_, commands_, depth_ + 1, 0);
    broken_ = broken_ || depth_ >= kDeepest || !inner.substitutions_to(body.size());
    begin_ = commands_.size();
}

void Reader::end_word() {
    if (!in_word_) return;
    if (word_.computed) word_.written = text_.substr(word_begin_, std::min(kShown, at_ - std::min(at_, word_begin_)));
    const Skip skip = std::exchange(skip_, Skip::none);
    word_.whole = word_.computed && !std::exchange(splits_, false);
    Word word = std::exchange(word_, {});
    named_ = 0;
    in_word_ = false;
    if (skip == Skip::string) command_.documents.push_back(std::move(word.text));
    if (skip == Skip::output) command_.outputs.push_back(std::move(word.text));
    if (skip == Skip::input) {
        command_.inputs.push_back(std::move(word.text));
        command_.feeds.insert(command_.feeds.end(), word.commands.begin(), word.commands.end());
    }
    const bool standard = word.text == "0" || word.text == "1" || word.text == "2";
    if (skip == Skip::descriptor && !standard) command_.inputs.emplace_back(word.computed ? "&$" : "&");
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

void Reader::end_command(bool piped) {
    skip_ = Skip::none;
    known_.remember_constants(command_.words);
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
            feed(i, command_);
        }
        if (!closed_ && depth_ > 0 && !command_.inputs.empty()) command_.words.emplace_back().text = "cat";      // "$(<file)"
    }
    if (!command_.words.empty()) {
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
void Reader::give(std::size_t command, const std::string& document, bool again) {
    const std::size_t bytes = again ? document.size() : 0;
    broken_ = broken_ || bytes > known_.values;
    if (broken_) return;
    known_.values -= bytes;
    commands_[command].documents.push_back(document);
}

/// The same of a file that a group writes to.
void Reader::writes(std::size_t command, const std::string& file) {
    broken_ = broken_ || file.size() + 1 > known_.values;
    if (broken_) return;
    known_.values -= file.size() + 1;
    commands_[command].outputs.push_back(file);
}

/// And of what it reads.
void Reader::feed(std::size_t command, const Command& redirections) {
    const bool itself = !redirections.feeds.empty() && command >= redirections.feeds.front();      // what feeds the group stands behind it
    if (itself) return;
    std::size_t bytes = redirections.feeds.size();
    for (const std::string& file : redirections.inputs) bytes += file.size() + 1;
    broken_ = broken_ || bytes > known_.values;
    if (broken_) return;
    known_.values -= bytes;
    auto& one = commands_[command];
    one.inputs.insert(one.inputs.end(), redirections.inputs.begin(), redirections.inputs.end());
    one.feeds.insert(one.feeds.end(), redirections.feeds.begin(), redirections.feeds.end());
}

std::optional<std::vector<Command>> read_commands(std::string_view text, const Lookup& lookup, std::span<const std::string> documents, Surroundings* around) {
    std::vector<Command> commands;
    Shared known{{lookup, documents}};
    const bool own = around != nullptr && has_parameters_of_its_own(text);
    known.tracks = around != nullptr && !own;
    if (known.tracks && !around->parameters.empty()) known.parameters = around->parameters;
    if (!Reader(text, known, commands, 0, 0).read()) return std::nullopt;
    for (const std::string& left : std::exchange(known.documents, {})) {   // which the shell takes for no here-document: it runs them
        if (!Reader(left, known, commands, 0, 0).read()) return std::nullopt;
    }
    if (around != nullptr) {
        around->lost = own || !known.parameters;
        around->parameters = known.parameters ? std::move(*known.parameters) : std::vector<Word>();
        around->set = std::move(known.set);
        around->anything = known.anything;
    }
    return commands;
}

}  // namespace headgate::intake::shell
