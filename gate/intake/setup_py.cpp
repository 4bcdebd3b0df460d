// setup.py: a program that runs when its package is built. It is not run here: the lists that its call of setup() writes out are
// read, and whatever else it does is an Opaque, but for the few things that every such file does and that change nothing:
// imports of the standard library and setuptools, names for literals and for paths beside the file, and reading a file into a text.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/python_literals.hpp"
#include "intake/setup.hpp"

namespace headgate::intake {
namespace {

using literals::Token;
using literals::Value;
using Tokens = std::vector<Token>;

constexpr std::string_view kFormat = "setup.py";
constexpr std::size_t kCalls = 16;        // of setup(), which may stand in each other's arguments

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Modules whose import does nothing but define names.
constexpr std::array<std::string_view, 10> kModules = {"setuptools", "distutils", "os", "sys", "io", "re", "codecs", "pathlib", "glob", "__future__"};
/// What an expression may use that finds files and reads them: nothing of it fetches, runs or writes.
constexpr std::array<std::string_view, 24> kHarmless = {
    "find_packages", "find_namespace_packages", "setuptools", "os",     "path",     "pathlib", "Path", "parent", "resolve", "abspath", "dirname", "realpath",
    "join",          "__file__",                "open",       "io",     "codecs",   "read",    "read_text", "encoding", "True", "False", "None", "where"};

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        const bool whole = literals::tokenize(text, tokens_);
        for (at_ = 0; at_ < tokens_.size();) statement();
        calls();
        if (!whole) fail("the program is broken: a text or a bracket is not closed", tokens_.empty() ? 1 : tokens_.back().line);
        if (calls_ == 0) fail("no call of setup(): what it asks for, only running it shows", 1);
        return understood_;
    }

  private:
    void fail(const std::string& why, std::uint32_t line) {
        understood_ = false;
        if (context_.room()) not_understood(context_, why, line);
    }

    const Token* peek(std::size_t ahead = 0) const { return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr; }
    bool is(std::string_view text, std::size_t ahead = 0) const { return peek(ahead) != nullptr && peek(ahead)->is(text); }
    bool ends(std::size_t ahead = 0) const { return peek(ahead) == nullptr || peek(ahead)->kind == Token::Kind::newline; }
    bool is_kind(Token::Kind kind, std::size_t ahead = 0) const { return peek(ahead) != nullptr && peek(ahead)->kind == kind; }
    void skip_line() {
        while (!ends()) ++at_;
        if (at_ < tokens_.size()) ++at_;
    }

    /// One logical line. What is not harmless is said once: the lines behind it may be its own.
    void statement() {
        if (ends()) {
            ++at_;
            return;
        }
        const std::uint32_t line = peek()->line;
        if (!harmless_statement() && !said_) {
            said_ = true;
            fail("a statement beside setup(): what it does, only running it shows", line);
        }
        skip_line();
    }

    bool harmless_statement() {
        if (is("import")) return modules(1);
        if (is("from")) return is_kind(Token::Kind::name, 1) && is_one_of(peek(1)->written, kModules) && only_names(2);
        if (is("pass") && ends(1)) return true;
        if (is("with")) return reading();
        if (is("if") && is("__name__", 1) && is("=", 2) && is("=", 3) && is_kind(Token::Kind::text, 4) && is(":", 5) && ends(6)) return true;
        if (is_kind(Token::Kind::text)) return only_texts();
        if (begins_call(at_)) return ends_with_call();           // its arguments are looked at one by one
        if (is_kind(Token::Kind::name) && is("=", 1) && !is("=", 2)) return assignment();
        return false;
    }

    bool modules(std::size_t ahead) const {
        for (; !ends(ahead); ++ahead) {
            if (is(",", ahead)) continue;
            if (is("as", ahead)) {
                if (!is_alias(++ahead)) return false;
            } else if (is(".", ahead)) {
                ++ahead;                                         // of a package that was looked at
            } else if (!is_kind(Token::Kind::name, ahead) || !is_one_of(peek(ahead)->written, kModules)) {
                return false;
            }
        }
        return true;
    }

    /// The names behind `from module import`.
    bool only_names(std::size_t ahead) const {
        for (; !ends(ahead); ++ahead) {
            if (is("as", ahead)) {
                if (!is_alias(++ahead)) return false;
            } else if (!is_kind(Token::Kind::name, ahead) && !is(",", ahead) && !is(".", ahead) && !is("(", ahead) && !is(")", ahead)) {
                return false;
            }
        }
        return true;
    }

    /// A new name for what is imported, which must not be one that is taken for harmless.
    bool is_alias(std::size_t ahead) const {
        return is_kind(Token::Kind::name, ahead) && !is_one_of(peek(ahead)->written, kHarmless) && !is("setup", ahead);
    }

    /// A docstring.
    bool only_texts() const {
        for (std::size_t ahead = 0; !ends(ahead); ++ahead) {
            if (!is_kind(Token::Kind::text, ahead) || peek(ahead)->computed) return false;
        }
        return true;
    }

    /// Nothing stands behind the call on its line.
    bool ends_with_call() const {
        std::size_t at = at_;
        while (!tokens_[at].is("(")) ++at;
        for (std::size_t open = 0; at < tokens_.size(); ++at) {
            if (tokens_[at].is("(")) ++open;
            if (tokens_[at].is(")") && --open == 0) return at + 1 >= tokens_.size() || tokens_[at + 1].kind == Token::Kind::newline;
        }
        return true;                     // it is not closed, which is said
    }

    /// with open("README.md") as f:  text = f.read()
    bool reading() {
        std::size_t end = at_ + 1;
        while (end < tokens_.size() && tokens_[end].kind != Token::Kind::newline && !tokens_[end].is("as")) ++end;
        if (!harmless_expression(at_ + 1, end)) return false;
        at_ = end;
        if (!is("as") || !is_kind(Token::Kind::name, 1) || !is(":", 2)) return false;
        const std::string_view file = peek(1)->written;
        at_ += 3;
        if (ends()) ++at_;
        const bool reads = is_kind(Token::Kind::name) && is("=", 1) && is(file, 2) && is(".", 3) && is("read", 4) && is("(", 5) && is(")", 6) && ends(7);
        if (reads) define(std::string(peek()->written), {});
        return reads;
    }

    bool assignment() {
        const std::string name(peek()->written);
        const std::size_t begin = at_ + 2;
        std::size_t at = begin;
        Value value = literals::read_value(tokens_, at);
        const bool whole = at >= tokens_.size() || tokens_[at].kind == Token::Kind::newline;
        const bool literal = whole && literals::is_literal(value);
        std::size_t end = begin;
        while (end < tokens_.size() && tokens_[end].kind != Token::Kind::newline) ++end;
        const bool ok = literal || harmless_expression(begin, end);
        define(name, literal ? std::move(value) : Value{});
        return ok;
    }

    /// A name that is given twice has no value that can be told.
    void define(std::string name, Value value) {
        const auto [known, added] = names_.emplace(std::move(name), std::move(value));
        if (!added) known->second = {};
    }

    /// Finds, joins and reads, and does nothing else: known words, texts and numbers; a file is not opened to be written.
    bool harmless_expression(std::size_t begin, std::size_t end) const {
        bool opens = false;
        for (std::size_t i = begin; i < end; ++i) {
            const Token& token = tokens_[i];
            if (token.kind == Token::Kind::name) {
                if (!is_one_of(token.written, kHarmless) && !names_.contains(std::string(token.written))) return false;
                if (token.written == "open" && (i + 1 == end || !tokens_[i + 1].is("("))) return false;
                opens = opens || token.written == "open";
            } else if (token.kind == Token::Kind::text) {
                if (token.computed || (token.value.size() <= 3 && token.value.find_first_of("wax+") != std::string::npos && opens)) return false;
            } else if (token.kind == Token::Kind::newline) {
                return false;
            }
        }
        return begin < end;
    }

    /// setup(, setuptools.setup(, distutils.core.setup(
    bool begins_call(std::size_t at) const {
        const auto token = [&](std::size_t i, std::string_view text) { return i < tokens_.size() && tokens_[i].is(text); };
        if (token(at, "setuptools") || token(at, "core")) return token(at + 1, ".") && begins_call(at + 2);
        if (token(at, "distutils")) return token(at + 1, ".") && token(at + 2, "core") && begins_call(at + 2);
        return token(at, "setup") && token(at + 1, "(");
    }

    /// Every call, also one inside a function or a condition.
    void calls() {
        for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
            const bool of_another = i > 0 && (tokens_[i - 1].is("def") || (tokens_[i - 1].is(".") && i > 1 && !tokens_[i - 2].is("setuptools") && !tokens_[i - 2].is("core")));
            if (!tokens_[i].is("setup") || !tokens_[i + 1].is("(") || of_another || !context_.room()) continue;
            if (++calls_ > kCalls) return fail("more than " + std::to_string(kCalls) + " calls of setup()", tokens_[i].line);
            at_ = i + 2;
            arguments();
        }
    }

    void arguments() {
        while (!ends() && !is(")")) {
            const std::uint32_t line = peek()->line;
            const bool named = is_kind(Token::Kind::name) && is("=", 1) && !is("=", 2);
            const std::string key(named ? peek()->written : std::string_view{});
            if (named) at_ += 2;
            const std::size_t begin = at_;
            Value value = literals::read_value(tokens_, at_);
            if (at_ == begin) return fail("setup() is given what is no expression", line);
            if (named) {
                argument(key, value, begin, line);
            } else {
                fail("setup() is given what only running the program shows", line);
            }
            if (!is(",")) break;
            ++at_;
        }
    }

    void argument(const std::string& key, const Value& written, std::size_t begin, std::uint32_t line) {
        const bool name = at_ == begin + 1 && tokens_[begin].kind == Token::Kind::name;
        const auto known = name ? names_.find(std::string(tokens_[begin].written)) : names_.end();
        const Value& value = known != names_.end() ? known->second : written;
        const auto marker = setup::marker_of_list(key);
        if (marker) return list(value, key, *marker, line);
        if (key == "dependency_links") return links(value, line);
        if (key == "extras_require") {
            if (value.kind != Value::Kind::table) return fail("`extras_require` is computed", line);
            for (const auto& [extra, items] : value.entries) list(items, key, "extra " + extra, items.line == 0 ? line : items.line);
            return;
        }
        if (!literals::is_literal(value) && !harmless_expression(begin, at_)) fail("`" + escape_terminal(key, 60) + "` is computed: what that does, only running it shows", line);
    }

    /// A list of requirements, or one text with a requirement on each line.
    void list(const Value& value, const std::string& key, const std::string& marker, std::uint32_t line) {
        std::vector<Value> lines;
        if (value.kind == Value::Kind::text) {
            for (const std::string_view one : split_lines(value.text)) {
                Value item;
                item.kind = Value::Kind::text;
                item.text = one;
                lines.push_back(std::move(item));
            }
        } else if (value.kind != Value::Kind::list) {
            return fail("`" + key + "` is computed: what it asks for, only running the program shows", line);
        }
        for (const Value& item : value.kind == Value::Kind::text ? lines : value.items) {
            const std::uint32_t at = item.line == 0 ? line : item.line;
            if (item.kind != Value::Kind::text) {
                fail("an item of `" + key + "` is computed", at);
            } else if (!setup::add(trim(item.text), marker, at, context_)) {
                understood_ = false;
            }
        }
    }

    void links(const Value& value, std::uint32_t line) {
        if (value.kind != Value::Kind::list) return fail("`dependency_links` is computed", line);
        for (const Value& item : value.items) {
            if (item.kind == Value::Kind::text) {
                understood_ = setup::add_link(trim(item.text), "dependency_links", std::max(item.line, 1U), context_) && understood_;
            } else {
                fail("an item of `dependency_links` is computed", item.line == 0 ? line : item.line);
            }
        }
    }

    IntakeContext& context_;
    Tokens tokens_;
    std::map<std::string, Value> names_;  // of the program, with their literals
    std::size_t at_ = 0;
    bool said_ = false;
    std::size_t calls_ = 0;
    bool understood_ = true;
};

}  // namespace

bool matches_setup_py(std::string_view file_name) { return file_name == "setup.py"; }

bool parse_setup_py(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return Reader(context).read(*text);
}

}  // namespace headgate::intake
