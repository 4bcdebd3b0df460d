#include "formats/javascript_source.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "codec/javascript_tokens.hpp"
#include "formats/source_text.hpp"

namespace headgate::formats {
namespace {

using codec::JavaScriptToken;
using codec::JavaScriptTokens;
using Kind = JavaScriptToken::Kind;

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMostText = 4096;          // of the literals of a call
constexpr std::size_t kMostPattern = 300;        // tokens of `{ a, b: c }` and of an import
constexpr std::size_t kMostLoads = 50;
constexpr std::size_t kMostFrames = 10'000;
constexpr std::size_t kMostAliases = 500'000;
constexpr std::uint32_t kFarRight = 200;         // columns
// An obfuscator renames everything; a person who likes such a name uses it once.
constexpr std::size_t kObfuscatedNames = 12;     // different ones
constexpr std::uint64_t kObfuscatedUses = 40;

constexpr std::array<std::string_view, 29> kKeywords = {
    "await",  "case",   "catch",  "class", "const",  "delete", "do",     "else",  "export", "extends", "finally", "for", "function", "if", "in",
    "instanceof", "let", "new", "of", "return", "switch", "throw", "try", "typeof", "var", "void", "while", "with", "yield"};

bool is_keyword(std::string_view word) { return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end(); }

bool is_obfuscated(std::string_view name) {
    if (!name.starts_with("_0x") || name.size() < 6 || name.size() > 12) return false;
    return std::all_of(name.begin() + 3, name.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_encoding(std::string_view name) { return name == "base64" || name == "base64url" || name == "hex"; }

std::string module_name(std::string_view written) {
    if (written.starts_with("node:")) written.remove_prefix(5);
    return std::string(written.substr(0, kLongestName));
}

class Reader {
  public:
    Reader(bool run_by_hook, const PackageWords& words, PackageTraits& traits) : hook_(run_by_hook), words_(words), traits_(traits) { frames_.emplace_back(); }

    std::vector<std::string> run(std::string_view source) {
        JavaScriptTokens tokens(source);
        for (JavaScriptToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
            count(one);
            if (pattern_.empty() ? begins_pattern(one) : goes_on_in_pattern(one)) {
                before_ = one;
                continue;
            }
            token(one);
            before_ = one;
        }
        finish(JavaScriptToken{});
        while (frames_.size() > 1) close();
        commit();
        if (obfuscated_.size() >= kObfuscatedNames && obfuscated_uses_ >= kObfuscatedUses) {
            traits_.add("obfuscated-source", std::to_string(obfuscated_uses_) + " names like " + first_obfuscated_, obfuscated_line_);
        }
        return std::move(loads_);
    }

  private:
    struct Frame {
        char bracket = '\0';
        bool applied = false;
        bool fetched = false;            // of a callback that gets what was fetched
        std::string callee;
        std::string root;                // the name that it begins with
        std::uint32_t line = 0;
        unsigned deeds = 0;
        std::string texts;
        std::string literal;
        bool pure = true;
        std::uint32_t argument = 0;
        std::string first_literal;
        bool first_pure = false;
        std::string second_literal;
        std::string sole;
        std::uint32_t operands = 0;
        std::string target;              // that gets the value of what is being read
        unsigned before_target = 0;      // deeds of what stood before it
    };
    Frame& top() { return frames_.back(); }

    void count(const JavaScriptToken& token) {
        if (token.blanks >= kFarRight && !far_right_) {
            far_right_ = true;
            traits_.add("far-right", "code behind blanks, to the right of other code", token.line);
        }
        if (token.kind != Kind::name || !is_obfuscated(token.text)) return;
        if (first_obfuscated_.empty()) {
            first_obfuscated_ = token.text;
            obfuscated_line_ = token.line;
        }
        ++obfuscated_uses_;
        if (obfuscated_.size() < kObfuscatedNames) obfuscated_.insert(std::string(token.text));
    }

    // const { exec, spawn: run } = require("child_process"); import run, { exec } from "child_process"
    bool begins_pattern(const JavaScriptToken& token) {
        const bool declared = before_.is_name("const") || before_.is_name("let") || before_.is_name("var");
        const bool import = token.is_name("import") && !before_.is_op(".");
        if (!import && !(declared && token.is_op("{"))) return false;
        finish(token);
        pattern_.push_back(token);
        return true;
    }
    bool goes_on_in_pattern(const JavaScriptToken& token) {
        const bool import = pattern_.front().is_name("import");
        if (import && pattern_.size() == 1 && (token.is_op("(") || token.is_op("."))) {      // import("x"), import.meta
            pattern_.clear();
            primary_ = "import";
            has_primary_ = true;
            return false;
        }
        if (pattern_.size() >= kMostPattern) {
            pattern_.clear();
            return false;
        }
        pattern_.push_back(token);
        if (import && token.kind == Kind::text) {
            bind_pattern(module_name(token.value));
            load(token.value);
            pattern_.clear();
        } else if (!import && token.is_op("}")) {
            destructured_ = std::move(pattern_);
            pattern_.clear();
        } else if (token.is_op(";")) {
            pattern_.clear();
        }
        return true;
    }

    /// The names of a pattern stand for members of `module`.
    void bind_pattern(const std::string& module) {
        bool inside = false;
        for (std::size_t at = 0; at < pattern_.size(); ++at) {
            const JavaScriptToken& token = pattern_[at];
            if (token.is_op("{")) inside = true;
            if (token.is_op("}")) inside = false;
            if (token.kind != Kind::name || token.is_name("import") || token.is_name("from") || token.is_name("as") || token.is_name("type")) continue;
            std::string_view here = token.text;
            const bool renamed = at + 2 < pattern_.size() && (pattern_[at + 1].is_op(":") || pattern_[at + 1].is_name("as"));
            if (renamed) {
                here = pattern_[at + 2].text;
                at += 2;
            }
            aliases_[std::string(here)] = inside && token.text != "default" ? module + "." + std::string(token.text) : module;
        }
    }

    void load(std::string_view written) {
        if (written.starts_with('.') && loads_.size() < kMostLoads) loads_.emplace_back(written);
    }

    void token(const JavaScriptToken& token) {
        switch (token.kind) {
            case Kind::name: return name(token);
            case Kind::text: return text(token);
            case Kind::number:
            case Kind::regex:
                finish(token);
                top().pure = false;
                ++top().operands;
                return;
            case Kind::op: return op(token);
            case Kind::end: return;
        }
    }

    void name(const JavaScriptToken& token) {
        if ((before_.is_op(".") || before_.is_op("?.")) && attribute_) {
            attribute_ = false;
            if (primary_.size() < kLongestName && token.text != "default") primary_.append(".").append(token.text);
            was_called_ = false;
            return;
        }
        // Of what is no name: "text".split, /x/.test
        const bool attribute = before_.is_op(".") || before_.is_op("?.");
        finish(token);
        top().pure = false;
        if (is_keyword(token.text) && !attribute) return;
        if (before_.is_name("function") || before_.is_name("class")) {
            own_.insert(std::string(token.text));
            return;
        }
        if (attribute) {
            primary_ = "?." + std::string(token.text.substr(0, kLongestName));
            root_ = {};
            has_primary_ = true;
            was_called_ = true;
            line_ = token.line;
            return;
        }
        const auto known = aliases_.find(std::string(token.text));
        primary_ = known == aliases_.end() ? std::string(token.text.substr(0, kLongestName)) : known->second;
        root_ = token.text;
        has_primary_ = true;
        was_called_ = false;
        line_ = token.line;
    }

    void text(const JavaScriptToken& token) {
        finish(token);
        const std::string value = codec::javascript_unescaped(token.value.substr(0, kMostText));
        Frame& frame = top();
        if (frame.texts.size() < kMostText && !value.empty()) frame.texts += (frame.texts.empty() ? "" : " ") + value;
        if (frame.literal.size() < kMostText) frame.literal += value;
        if (frame.operands == 0) ++frame.operands;
    }

    void op(const JavaScriptToken& token) {
        if ((token.is_op(".") || token.is_op("?.")) && has_primary_) {
            attribute_ = true;
            return;
        }
        attribute_ = false;
        if (token.is_op("(") || token.is_op("[")) return open(token);
        if (token.is_op("{")) {
            finish(token);
            return push('{', false, token.line);
        }
        finish(token);
        if (token.is_op(")") || token.is_op("]") || token.is_op("}")) {
            commit();
            if (frames_.size() > 1) close();
        } else if (token.is_op(",")) {
            commit();
            next_argument();
        } else if (token.is_op(";")) {
            commit();
            top().operands = 0;
        } else if (token.is_op("=")) {
            commit();
            const bool plain = before_.kind == Kind::name && !is_keyword(before_.text);
            top().target = plain ? std::string(before_.text.substr(0, kLongestName)) : std::string();
            top().before_target = top().deeds;
            top().deeds = 0;
            top().operands = 0;
            top().literal.clear();
            top().pure = true;
        } else if (!token.is_op("+")) {
            top().pure = false;
            ++top().operands;
        }
    }

    void push(char bracket, bool applied, std::uint32_t line) {
        if (frames_.size() >= kMostFrames) return;
        Frame frame;
        frame.bracket = bracket;
        frame.applied = applied;
        frame.line = line;
        frame.fetched = top().fetched;
        if (applied) {
            frame.callee = std::move(primary_);
            frame.root = root_;
            const std::string_view first = std::string_view(frame.callee).substr(0, frame.callee.find("()"));
            frame.fetched = frame.fetched || (bracket == '(' && (words_.javascript().of(first) & kNetwork) != 0);
            has_primary_ = false;
        }
        frames_.push_back(std::move(frame));
    }

    void open(const JavaScriptToken& token) {
        // A bracket on the next line behind an operand goes on with it; behind a keyword it begins something.
        if (!has_primary_) finish(token);
        push(token.text.front(), has_primary_, has_primary_ ? line_ : token.line);
    }

    static void end_argument(Frame& frame) {
        if (frame.argument == 0) {
            frame.first_literal = frame.literal;
            frame.first_pure = frame.pure && !frame.literal.empty();
        } else if (frame.argument == 1) {
            frame.second_literal = frame.pure ? frame.literal : std::string();
        }
    }
    void next_argument() {
        Frame& frame = top();
        end_argument(frame);
        ++frame.argument;
        frame.literal.clear();
        frame.pure = true;
        frame.operands = 0;
    }

    void close() {
        Frame frame = std::move(top());
        frames_.pop_back();
        end_argument(frame);
        has_primary_ = frame.bracket != '{';
        was_called_ = true;
        line_ = frame.line;
        root_ = {};
        primary_ = "?";
        if (frame.applied && frame.bracket == '(') {
            call(frame);
        } else if (frame.applied) {
            primary_ = frame.first_pure ? frame.callee + "." + frame.first_literal.substr(0, kLongestName) : frame.callee + "[]";
            was_called_ = !frame.first_pure;
            if (primary_.size() > 2 * kLongestName) primary_ = "?";
        } else if (frame.bracket == '(') {
            if (!frame.sole.empty()) primary_ = frame.sole;       // (eval)(x), (0, m.exec)(x)
        }
        top().deeds |= frame.deeds | deeds_of(frame.root);
        if (top().texts.size() < kMostText && !frame.texts.empty()) top().texts += (top().texts.empty() ? "" : " ") + frame.texts;
        top().pure = top().pure && !frame.applied && frame.bracket == '(';
    }

    void call(Frame& frame) {
        const std::string& callee = frame.callee;
        if ((callee == "require" || callee == "import" || callee == "module.require") && frame.first_pure) {
            primary_ = module_name(frame.first_literal);
            load(frame.first_literal);
            was_called_ = false;
            return;
        }
        // What compilers put around a module: __importDefault(require("x")), _interopRequireWildcard(...)
        if (frame.argument == 0 && !frame.sole.empty() && (callee.find("nterop") != std::string::npos || callee.find("mport") != std::string::npos)) {
            primary_ = frame.sole;
            was_called_ = false;
            return;
        }
        primary_ = callee.size() < kLongestName ? callee + "()" : "?";
        unsigned deeds = own_.contains(callee) && !aliases_.contains(callee) ? 0 : words_.javascript().of(callee);
        const bool buffer = callee == "Buffer.from" || callee == "Buffer" || callee == "buffer.Buffer.from";
        if (buffer && !is_encoding(frame.second_literal)) deeds = 0;
        if (deeds != 0) tell(frame, deeds);
        frame.deeds |= deeds & (kDecode | kNetwork | kIdentity);
    }

    void tell(const Frame& frame, unsigned deeds) {
        const std::string what = frame.callee + "(" + shortened(frame.texts, 100) + ")";
        const auto add = [&](std::string_view trait) { traits_.add(std::string(trait) + "-at-install", what, frame.line); };
        if (!hook_) {
            if ((deeds & kCode) != 0 && (frame.deeds & kDecode) != 0) traits_.add("decoded-code", what, frame.line);
            return;
        }
        if ((deeds & kCode) != 0) {
            if ((frame.deeds & kNetwork) != 0 || (top().fetched && !frame.first_pure)) {
                add("downloaded-code");
            } else if ((frame.deeds & (kDecode | kHidden)) != 0) {
                add("decoded-code");
            }
        }
        if ((deeds & kNetwork) != 0) add((frame.deeds & (kEnvironment | kIdentity)) != 0 ? "environment-sent" : "network");
        if ((deeds & kProcess) == 0) return;
        if (words_.fetches_and_runs(frame.texts)) {
            add("fetches-and-runs");
        } else if ((frame.deeds & kDecode) != 0) {
            add("decoded-command");
        } else {
            add("process");
        }
    }

    /// The operand is whole. `next` is what follows it.
    void finish(const JavaScriptToken& next) {
        attribute_ = false;
        if (!has_primary_) return;
        has_primary_ = false;
        Frame& frame = top();
        ++frame.operands;
        frame.sole = primary_;
        frame.pure = frame.pure && primary_ == "?";
        if (!destructured_.empty()) {
            pattern_ = std::move(destructured_);
            destructured_.clear();
            bind_pattern(primary_);
            pattern_.clear();
            return;
        }
        if (!was_called_ && primary_ == "process.env" && !next.is_op("[")) frame.deeds |= kEnvironment;
        frame.deeds |= deeds_of(root_);
        const bool whole = next.is_op(";") || next.is_op(",") || next.is_op(")") || next.is_op("}") || next.kind == Kind::name || next.kind == Kind::end;
        if (!frame.target.empty() && frame.operands == 1 && whole && primary_ != "?" && primary_.size() <= kLongestName && aliases_.size() < kMostAliases) {
            aliases_[frame.target] = primary_;
        }
        // Without a semicolon: a word behind an operand begins a statement, unless it is an operator.
        if (next.kind == Kind::name && next.text != "in" && next.text != "instanceof" && next.text != "of") commit();
    }

    /// Of the value that a name has, in this file.
    unsigned deeds_of(std::string_view name) const {
        if (!hook_ || name.empty()) return 0;
        const auto known = deeds_.find(std::string(name));
        return known == deeds_.end() ? 0 : known->second;
    }

    /// What is being read is whole: its deeds are those of the name that gets it.
    void commit() {
        Frame& frame = top();
        if (frame.target.empty()) return;
        if (hook_ && frame.deeds != 0) deeds_[frame.target] |= frame.deeds;
        frame.deeds |= frame.before_target;
        frame.target.clear();
    }

    bool hook_;
    const PackageWords& words_;
    PackageTraits& traits_;
    std::vector<Frame> frames_;
    std::string primary_;
    std::string_view root_;
    bool has_primary_ = false;
    bool was_called_ = false;
    bool attribute_ = false;
    std::uint32_t line_ = 0;
    JavaScriptToken before_;
    std::vector<JavaScriptToken> pattern_;
    std::vector<JavaScriptToken> destructured_;
    std::unordered_map<std::string, std::string> aliases_;
    std::unordered_map<std::string, unsigned> deeds_;
    std::unordered_set<std::string> own_;        // functions and classes of this file
    std::vector<std::string> loads_;
    std::unordered_set<std::string> obfuscated_;
    std::string first_obfuscated_;
    std::uint32_t obfuscated_line_ = 0;
    std::uint64_t obfuscated_uses_ = 0;
    bool far_right_ = false;
};

}  // namespace

std::vector<std::string> examine_javascript(ByteView source, bool run_by_hook, const PackageWords& words, ParseContext& context) {
    PackageTraits traits(context);
    if (source.size() > kLongestSource) {
        traits.add("oversized-source", std::to_string(source.size()) + " bytes of JavaScript");
        return {};
    }
    if (!context.budget.step(source.size() / 8 + 1)) {
        context.unscannable("package", "its source needs more steps than the limit allows", context.whole());
        return {};
    }
    note_hidden_text(as_text(source), traits);
    return Reader(run_by_hook, words, traits).run(as_text(source));
}

}  // namespace headgate::formats
