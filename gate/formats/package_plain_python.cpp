#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "codec/python_tokens.hpp"
#include "formats/package_plain.hpp"
#include "formats/python_walk.hpp"
#include "formats/source_text.hpp"

namespace headgate::formats {
namespace {

using codec::PythonToken;
using Kind = PythonToken::Kind;

constexpr std::uint64_t kLongest = 16ULL << 20U;     // what examine_python() reads
constexpr std::size_t kMostTokens = 500'000;         // of one logical line; what is longer is read in parts
constexpr std::size_t kLongestText = 512;
constexpr std::size_t kMostGrown = 1U << 20U;        // bytes that texts in the place of their names add

// What calls the function that it gets first, on what it gets besides.
constexpr std::array<std::string_view, 9> kCallers = {"map", "filter", "starmap", "imap", "reduce", "submit", "register", "call_soon", "apply_async"};
// What calls a lambda that it gets.
constexpr std::array<std::string_view, 8> kRunners = {"Thread", "Timer", "Process", "submit", "register", "start_new_thread", "call_soon", "run_in_executor"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Plain {
  public:
    Plain(std::string_view source, bool every_function, const PackageWords& words) : source_(source), every_function_(every_function), words_(words) {}

    void read() {
        codec::PythonTokens tokens(source_);
        std::vector<PythonToken> line;
        for (PythonToken token = tokens.next(); !tokens.failed() && token.kind != Kind::end; token = tokens.next()) {
            if (token.kind == Kind::indent) {
                blocks_.push_back(blocks_.back() || opens_function_);
            } else if (token.kind == Kind::dedent) {
                if (blocks_.size() > 1) blocks_.pop_back();
            } else if (token.kind == Kind::newline || line.size() >= kMostTokens) {
                if (token.kind != Kind::newline) line.push_back(token);
                logical_line(line);
                line.clear();
            } else {
                line.push_back(token);
            }
        }
        if (!line.empty()) logical_line(line);
    }

    /// Line on which a function that runs text as code is a value; 0: none.
    std::uint32_t value_line() const { return value_line_; }
    /// Line of a name that is left as it is, since texts in the place of others make the source longer than the limit allows; 0: none.
    std::uint32_t beyond() const { return beyond_; }
    bool changed() const { return !edits_.empty(); }

    std::string text() const {
        std::string out;
        std::size_t at = 0;
        for (const auto& [begin, edit] : edits_) {
            out += source_.substr(at, begin - at);
            out += edit.text;
            at = begin + edit.length;
        }
        out += source_.substr(at);
        return out;
    }

  private:
    struct Edit {
        std::size_t length = 0;
        std::string text;
    };

    void logical_line(const std::vector<PythonToken>& tokens) {
        if (tokens.empty()) return;
        tokens_ = &tokens;
        names_.clear();
        for (const PythonToken& token : tokens) names_.push_back(token.kind == Kind::name ? folded(token) : std::string());
        const bool main = tokens.size() > 4 && names_[1] == "__name__" && is_op(2, "==") && tokens[3].value == "__main__" && is_op(4, ":");
        const bool guard = names_[0] == "if" && (main || (tokens.size() > 2 && names_[1] == "TYPE_CHECKING" && is_op(2, ":")));
        opens_function_ = names_[0] == "def" || names_[0] == "async" || guard;
        runs_ = every_function_ || !(blocks_.back() || opens_function_);
        brackets_.clear();
        for (std::size_t at = 0; at < tokens.size(); ++at) token_at(at);
    }

    /// The name as Python looks it up. A word of the language in other letters is a name like any other, and stays.
    std::string folded(const PythonToken& token) {
        if (std::all_of(token.text.begin(), token.text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return std::string(token.text);
        std::string plain = codec::python_folded(token.text);
        if (plain == token.text || is_python_keyword(plain)) return std::string(token.text);
        put(token, plain);
        return plain;
    }

    void token_at(std::size_t at) {
        const PythonToken& token = (*tokens_)[at];
        if (opens_bracket(token)) brackets_.push_back(token.is_op("(") && at > 0 ? names_[at - 1] : std::string());
        if (closes_bracket(token) && !brackets_.empty()) brackets_.pop_back();
        if (token.is_op("(")) handed_first(at);
        if (token.kind != Kind::name) return;
        if (names_[at] == "lambda") return handed_lambda(at);
        if (names_[at] == "target" && is_op(at + 1, "=")) handed_target(at);
        if (names_[at] == "exec" || names_[at] == "eval") value(at);
        known_text(at);
    }

    bool is_op(std::size_t at, std::string_view op) const { return at < tokens_->size() && (*tokens_)[at].is_op(op); }

    /// The end of the dotted name at `at`, and what calling it does; `at` itself where there is none.
    std::size_t dotted(std::size_t at, unsigned& deeds) const {
        std::string name;
        std::size_t end = at;
        while (end < tokens_->size() && (*tokens_)[end].kind == Kind::name && !is_python_keyword(names_[end])) {
            name += names_[end++];
            if (!is_op(end, ".") || name.size() > kLongestPythonName) break;
            name += '.';
            ++end;
        }
        deeds = words_.python().of(name);
        return end;
    }

    /// map(exec, x) -> exec(x)
    void handed_first(std::size_t bracket) {
        if (bracket == 0 || (*tokens_)[bracket - 1].kind != Kind::name) return;
        const std::string& caller = names_[bracket - 1];
        const bool partial = caller == "partial" || caller == "partialmethod";
        if (!partial && !is_one_of(caller, kCallers)) return;
        unsigned deeds = 0;
        const std::size_t end = dotted(bracket + 1, deeds);
        if (!is_op(end, ",") || (deeds & (kCode | kProcess | kLoad)) == 0) return;
        // What is only made ready and not called, people do with programs, but not with code.
        if (partial && (deeds & kCode) == 0 && !is_called(bracket)) return;
        std::size_t begin = bracket - 1;
        while (begin >= 2 && is_op(begin - 1, ".") && (*tokens_)[begin - 2].kind == Kind::name) begin -= 2;
        if (begin > 0 && is_op(begin - 1, ".")) return;      // of the value of an expression: ThreadPool().map
        for (std::size_t at = begin; at <= bracket; ++at) put((*tokens_)[at], " ");
        put((*tokens_)[end], "(");
    }

    /// A call stands behind the bracket that is opened here.
    bool is_called(std::size_t bracket) const {
        std::size_t depth = 0;
        for (std::size_t at = bracket; at < tokens_->size(); ++at) {
            if (opens_bracket((*tokens_)[at])) ++depth;
            if (closes_bracket((*tokens_)[at]) && --depth == 0) return is_op(at + 1, "(");
        }
        return false;
    }

    /// Thread(target=exec, args=(x,)) -> Thread(exec (x,))
    void handed_target(std::size_t at) {
        unsigned deeds = 0;
        const std::size_t end = dotted(at + 2, deeds);
        const bool arguments = is_op(end, ",") && end + 3 < tokens_->size() && names_[end + 1] == "args" && is_op(end + 2, "=") && is_op(end + 3, "(");
        if (!arguments || (deeds & (kCode | kProcess | kLoad)) == 0) return;
        for (const std::size_t one : {at, at + 1, end, end + 1, end + 2}) put((*tokens_)[one], " ");
    }

    /// Thread(target=lambda: f()) -> Thread(f())
    void handed_lambda(std::size_t at) {
        if (!is_op(at + 1, ":") || brackets_.empty() || at == 0 || !is_one_of(brackets_.back(), kRunners)) return;
        const bool keyword = is_op(at - 1, "=") && at > 1 && (names_[at - 2] == "target" || names_[at - 2] == "function");
        if (!keyword && !is_op(at - 1, "(") && !is_op(at - 1, ",")) return;
        put((*tokens_)[at], " ");
        put((*tokens_)[at + 1], " ");
        if (!keyword) return;
        put((*tokens_)[at - 1], " ");
        put((*tokens_)[at - 2], " ");
    }

    void value(std::size_t at) {
        if (!runs_ || value_line_ != 0 || names_[0] == "import" || names_[0] == "from") return;
        if (at == 0 || is_op(at - 1, ";") || is_op(at - 1, ":")) return;       // the statement of Python 2
        const bool attribute = is_op(at - 1, ".") && (at < 2 || (names_[at - 2] != "builtins" && names_[at - 2] != "__builtins__"));
        if (attribute || names_[at - 1] == "def" || names_[at - 1] == "class") return;
        if (is_op(at + 1, "(") || is_op(at + 1, "=") || is_op(at + 1, ".")) return;
        value_line_ = (*tokens_)[at].line;
    }

    /// c = "curl URL", and c further down.
    void known_text(std::size_t at) {
        const bool begins = at == 0 || (*tokens_)[at - 1].is_op(";") || (*tokens_)[at - 1].is_op(":");
        const bool ends = at + 3 == tokens_->size() || is_op(at + 3, ";");
        if (begins && ends && brackets_.empty() && is_op(at + 1, "=") && (*tokens_)[at + 2].kind == Kind::text) {
            const PythonToken& text = (*tokens_)[at + 2];
            const bool plain = !text.formatted && !text.bytes && text.text.size() <= kLongestText && text.text.find('\n') == std::string_view::npos && text.text.find('\r') == std::string_view::npos;
            if (plain && words_.fetches_and_runs(std::string(text.value) + " | sh")) texts_.emplace(names_[at], text.text);
            return;
        }
        const auto known = texts_.find(names_[at]);
        const bool other = at > 0 && (is_op(at - 1, ".") || ((*tokens_)[at - 1].kind == Kind::name && is_python_keyword(names_[at - 1]) && names_[at - 1] != "return"));
        if (known == texts_.end() || other || is_op(at + 1, "=")) return;
        if (grown_ + known->second.size() > kMostGrown) {
            if (beyond_ == 0) beyond_ = (*tokens_)[at].line;
            return;
        }
        grown_ += known->second.size();
        put((*tokens_)[at], std::string(known->second));
    }

    void put(const PythonToken& token, std::string text) { edits_[static_cast<std::size_t>(token.text.data() - source_.data())] = {token.text.size(), std::move(text)}; }

    std::string_view source_;
    bool every_function_;
    const PackageWords& words_;
    const std::vector<PythonToken>* tokens_ = nullptr;   // of the line
    std::vector<std::string> names_;                     // of them, as Python looks them up; "" for what is no name
    std::vector<std::string> brackets_;                  // that are open, by the name in front of each
    std::vector<bool> blocks_ = {false};                 // that are open: of a function?
    bool opens_function_ = false;
    bool runs_ = true;
    std::uint32_t value_line_ = 0;
    std::map<std::string, std::string_view, std::less<>> texts_;
    std::size_t grown_ = 0;
    std::uint32_t beyond_ = 0;
    std::map<std::size_t, Edit> edits_;                  // by where they begin; each of one token
};

/// Nothing is in it that could be rewritten: so most modules are.
bool may_be_roundabout(std::string_view source) {
    if (std::any_of(source.begin(), source.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return true;
    static constexpr std::string_view kWords[] = {"exec", "eval", "map", "partial", "submit", "lambda", "register", "target", "reduce", "filter", "curl", "wget", "Invoke", "irm", "iwr", "apply_async"};
    return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) { return source.find(word) != std::string_view::npos; });
}

/// Encodings of two bytes whose second may be a backslash: there a text ends elsewhere than the tokens here, which are those of ASCII, say.
bool hides_backslashes(std::string_view source) {
    static constexpr std::string_view kEncodings[] = {"shift", "sjis", "s_jis", "cp932", "932", "ms932", "mskanji", "windows_31j", "gbk", "gb18030", "936", "cp936", "ms936", "big5", "cp950", "950", "johab", "cp1361"};
    const std::string encoding = ascii_lower(declared_encoding(source));
    const bool wide = std::any_of(std::begin(kEncodings), std::end(kEncodings), [&](std::string_view one) { return encoding.find(one) != std::string::npos; });
    if (!wide) return false;
    for (std::size_t at = source.find('\\', 1); at != std::string_view::npos; at = source.find('\\', at + 1)) {
        if (at > 0 && static_cast<unsigned char>(source[at - 1]) >= 0x80) return true;
    }
    return false;
}

}  // namespace

void examine_python_plainly(ByteView source, const PythonRole& role, const PackageWords& words, ParseContext& context) {
    const std::string_view text = as_text(source);
    if (source.size() <= kLongest && hides_backslashes(text)) PackageTraits(context).add("unusual-encoding", "letters that end in a backslash, in " + std::string(declared_encoding(text)), 1);
    // Where it is not read here, examine_python() says why.
    const bool looked_at = source.size() <= kLongest && may_be_roundabout(text) && context.budget.step(source.size() / 8 + 1);
    if (!looked_at) return examine_python(source, role, words, context);
    Plain plain(text, role.every_function, words);
    plain.read();
    const std::size_t before = context.evidence.traits.size();
    const std::string rewritten = plain.changed() ? plain.text() : std::string();
    examine_python(plain.changed() ? as_bytes(rewritten) : source, role, words, context);
    if (plain.beyond() != 0) PackageTraits(context).add("oversized-source", "more commands in the place of their names than the limit allows", plain.beyond());
    if (plain.value_line() == 0) return;
    const std::string network = "network-at-" + std::string(role.stage);
    const std::string sent = "environment-sent-at-" + std::string(role.stage);
    const auto& traits = context.evidence.traits;
    const bool fetches = std::any_of(traits.begin() + static_cast<std::ptrdiff_t>(before), traits.end(), [&](const Trait& one) { return one.trait == network || one.trait == sent; });
    if (fetches) PackageTraits(context).add("downloaded-code-at-" + std::string(role.stage), "exec or eval as a value, where it uses the network too", plain.value_line());
}

}  // namespace headgate::formats
