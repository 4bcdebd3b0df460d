#include "formats/python_walk.hpp"

#include <algorithm>
#include <array>

namespace headgate::formats {
namespace {

using codec::PythonToken;
using Kind = PythonToken::Kind;

constexpr std::size_t kMostCode = 1U << 20U;         // of a literal that is run
constexpr std::size_t kMostNames = 64;               // of one expression
constexpr std::uint32_t kManyNumbers = 16;

constexpr std::array<std::string_view, 35> kKeywords = {
    "False", "None",   "True",  "and",    "as",   "assert", "async", "await",    "break", "class",  "continue", "def",
    "del",   "elif",   "else",  "except", "finally", "for", "from",  "global",   "if",    "import", "in",       "is",
    "lambda", "nonlocal", "not", "or",    "pass", "raise",  "return", "try",     "while", "with",   "yield"};

void add_value(PythonValue& into, const PythonValue& value) {
    into.deeds |= value.deeds;
    for (const std::uint32_t name : value.names) add_python_name(into.names, name);
}

/// Encodings of `text.decode(...)` of Python 2 that give back other text.
bool is_transformation(std::string_view encoding) {
    static constexpr std::string_view kNames[] = {"base64", "base_64", "base64_codec", "hex", "hex_codec", "zlib", "zip", "zlib_codec",
                                                  "bz2", "bz2_codec", "rot13", "rot_13", "uu", "quopri"};
    return std::find(std::begin(kNames), std::end(kNames), encoding) != std::end(kNames);
}

std::string_view last_attribute(std::string_view callee) {
    if (callee.ends_with("()")) return {};
    const std::size_t dot = callee.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : callee.substr(dot + 1);
}

}  // namespace

bool is_python_keyword(std::string_view word) { return std::binary_search(kKeywords.begin(), kKeywords.end(), word); }

bool opens_bracket(const PythonToken& token) { return token.is_op("(") || token.is_op("[") || token.is_op("{"); }
bool closes_bracket(const PythonToken& token) { return token.is_op(")") || token.is_op("]") || token.is_op("}"); }

void add_python_name(std::vector<std::uint32_t>& names, std::uint32_t name) {
    if (names.size() < kMostNames && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add_python_text(std::string& into, std::string_view text) {
    if (text.empty() || into.size() >= kMostPythonText) return;
    if (!into.empty()) into += ' ';
    into += text.substr(0, kMostPythonText - into.size());
}

void PythonWalk::run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) token(tokens_[at_]);
    finish();
    while (frames_.size() > 1) close();
    finish();
    module_.scope_ = outer_scope_;
}

void PythonWalk::token(const Token& token) {
    if (top().bracket == '[' && top().shape.size() < 8) top().shape += token.text.substr(0, 4);
    switch (token.kind) {
        case Kind::name: return name(token);
        case Kind::text: return text(token);
        case Kind::number: return other_operand();
        case Kind::op: return op(token);
        case Kind::newline:
        case Kind::indent:
        case Kind::dedent:
        case Kind::end: return;
    }
}

void PythonWalk::name(const Token& token) {
    finish();
    if (token.text == "lambda") return begin_lambda();
    if (is_python_keyword(token.text)) {
        top().pure = false;
        if (token.text != "await" && token.text != "not") ++top().operands;
        return;
    }
    const std::uint32_t id = module_.intern(token.text);
    if (!lambdas_.empty() && lambdas_.back().parameters && lambdas_.back().depth == frames_.size()) {
        module_.scopes_[module_.scope_].parameters.push_back(id);
        module_.assigned_.insert(PythonModule::key(module_.scope_, id));
        return;
    }
    // The name of an argument is no operand.
    const bool keyword = top().bracket == '(' && at_ + 1 < tokens_.size() && tokens_[at_ + 1].is_op("=");
    top().pure = false;
    if (keyword) {
        target_ = token.text == "target";
        return;
    }
    if (target_) top().called.push_back(id);
    target_ = false;
    bool imported = false;
    primary_ = module_.resolve(id, imported);
    root_ = imported ? kNoIndex : id;
    has_primary_ = true;
    was_called_ = false;
    line_ = token.line;
}

void PythonWalk::text(const Token& token) {
    finish();
    module_.note_text(token, top().value.deeds);
    const std::string value = codec::python_unescaped(token.value.substr(0, kMostCode), token.raw);
    add_python_text(top().texts, value);
    if (top().literal.size() < kMostCode) top().literal += value;
    // ''.join, "...".decode
    if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].is_op(".")) {
        primary_ = "''";
        root_ = kNoIndex;
        has_primary_ = true;
        was_called_ = true;
        line_ = token.line;
    } else if (top().operands == 0) {
        ++top().operands;
    }
}

void PythonWalk::other_operand() {
    finish();
    top().pure = false;
    ++top().operands;
    ++top().numbers;
}

void PythonWalk::op(const Token& token) {
    const std::string_view op = token.text;
    if (op == "." && has_primary_ && at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == Kind::name) {
        ++at_;
        if (primary_.size() < kLongestPythonName) primary_.append(".").append(tokens_[at_].text);
        was_called_ = false;
        top().pure = false;
        return;
    }
    if (opens_bracket(token)) return open(token);
    if (closes_bracket(token)) {
        finish();
        end_lambdas();
        if (frames_.size() > 1) close();
        return;
    }
    finish();
    if (op == ",") {
        end_lambdas();
        next_argument();
    } else if (op == ":" && !lambdas_.empty() && lambdas_.back().parameters && lambdas_.back().depth == frames_.size()) {
        lambdas_.back().parameters = false;
    } else if (op != "+") {
        top().pure = false;
        if (op != "=") ++top().operands;
    }
}

void PythonWalk::next_argument() {
    Frame& frame = top();
    end_argument(frame);
    ++frame.argument;
    frame.literal.clear();
    frame.pure = true;
    frame.operands = 0;
    frame.sole.clear();
    target_ = false;
}

void PythonWalk::end_argument(Frame& frame) {
    if (frame.argument == 0) {
        frame.first_literal = std::move(frame.literal);
        frame.first_pure = frame.pure;
        frame.first_sole = frame.operands == 1 ? frame.sole : std::string();
    } else if (frame.argument == 1) {
        frame.second_literal = frame.pure ? std::move(frame.literal) : std::string();
    }
}

void PythonWalk::open(const Token& token) {
    Frame frame;
    frame.bracket = token.text.front();
    frame.applied = has_primary_ && frame.bracket != '{';
    if (frame.applied) {
        frame.callee = std::move(primary_);
        frame.line = line_;
        has_primary_ = false;
        frame.callee_root = root_;
    } else {
        finish();
        frame.line = token.line;
    }
    frames_.push_back(std::move(frame));
}

void PythonWalk::close() {
    Frame frame = std::move(top());
    frames_.pop_back();
    end_lambdas_above();
    end_argument(frame);
    has_primary_ = true;
    was_called_ = true;
    root_ = kNoIndex;
    line_ = frame.line;
    primary_ = "?";
    if (frame.applied && frame.bracket == '(') {
        call(frame);
    } else if (frame.applied) {
        subscript(frame);
    } else if (frame.bracket == '(' && frame.argument == 0) {
        // (exec)(x), (lambda: ...)()
        if (frame.lambda != kNoIndex) {
            primary_ = "?lambda";
            applied_lambda_ = frame.lambda;
        } else if (!frame.first_sole.empty()) {
            primary_ = frame.first_sole;
        }
    }
    if (frame.shape == "::-1]") top().value.deeds |= kHidden;       // read backwards
    if (!frame.applied && frame.numbers >= kManyNumbers) top().value.deeds |= kNumbers;
    add_value(top().value, frame.value);
    add_python_text(top().texts, frame.texts);
    if (frame.applied || frame.bracket != '(' || !frame.first_pure) {
        top().pure = false;
    } else if (top().literal.size() < kMostCode) {
        top().literal += frame.first_literal;        // ("a" "b")
    }
}

void PythonWalk::subscript(const Frame& frame) {
    primary_ = frame.callee.size() < kLongestPythonName ? frame.callee + "[]" : "?";
    if (!frame.first_pure || frame.first_literal.empty()) return;
    if (frame.callee == "sys.modules") primary_ = frame.first_literal;
    if (frame.callee == "builtins" || frame.callee == "builtins.__dict__" || frame.callee == "globals()") {
        primary_ = frame.first_literal == "__builtins__" ? "builtins" : "builtins." + frame.first_literal;
    }
    if (frame.callee.ends_with(".__dict__") && frame.first_literal.size() < kLongestPythonName) primary_ = frame.callee.substr(0, frame.callee.size() - 9) + "." + frame.first_literal;
}

void PythonWalk::call(Frame& frame) {
    const std::string& callee = frame.callee;
    primary_ = callee.size() < kLongestPythonName ? callee + "()" : "?";
    root_ = frame.callee_root;
    if (frame.first_pure && (callee == "__import__" || callee == "importlib.import_module" || callee == "builtins.__import__")) {
        primary_ = frame.first_literal.substr(0, kLongestPythonName);
        was_called_ = false;
        return;
    }
    if ((callee == "getattr" || callee == "builtins.getattr") && !frame.second_literal.empty() && !frame.first_sole.empty()) {
        primary_ = frame.first_sole + "." + frame.second_literal.substr(0, kLongestPythonName);
        was_called_ = false;
        return;
    }
    unsigned deeds = module_.deeds_of(callee);
    if (callee.ends_with(".decode") && frame.first_pure && is_transformation(frame.first_literal)) deeds |= kDecode;
    const std::uint32_t lambda = callee == "?lambda" ? applied_lambda_ : kNoIndex;
    // Of the module itself: a function, a class, a method.
    const bool local = frame.callee_root != kNoIndex && deeds == 0;
    if (local) add_python_name(frame.value.names, frame.callee_root);
    if (const std::string_view attribute = last_attribute(callee); local && !attribute.empty()) {
        const std::uint32_t id = module_.id_of(attribute);
        if (id != kNoIndex) add_python_name(frame.value.names, id);
    }
    constexpr unsigned kKept = kCode | kLoad | kNetwork | kProcess | kTerminal;
    if (local || lambda != kNoIndex || (deeds & kKept) != 0) {
        PythonCall made;
        made.deeds = deeds;
        made.callee = callee;
        made.line = frame.line;
        made.scope = module_.scope_;
        made.arguments = frame.value;
        made.literal = frame.first_pure && !frame.first_literal.empty();
        if (deeds != 0) made.text = made.literal && (deeds & kCode) != 0 ? frame.first_literal : frame.texts;
        made.calls_scope = lambda;
        module_.add_call(std::move(made));
    }
    std::vector<std::uint32_t> called = std::move(frame.called);
    if ((deeds & kCalls) != 0) called.insert(called.end(), frame.value.names.begin(), frame.value.names.end());
    for (const std::uint32_t name : called) {
        PythonCall made;
        made.callee = std::string(module_.name(name));
        made.line = frame.line;
        made.scope = module_.scope_;
        module_.add_call(std::move(made));
    }
    frame.value.deeds |= deeds & (kDecode | kLoad | kNetwork | kEnvironment | kIdentity);
}

/// The operand is whole: nothing that follows belongs to it.
void PythonWalk::finish() {
    if (!has_primary_) return;
    has_primary_ = false;
    Frame& frame = top();
    ++frame.operands;
    frame.sole = primary_;
    frame.pure = frame.pure && was_called_ && primary_ == "?";
    if (was_called_) return;
    if (root_ != kNoIndex) add_python_name(frame.value.names, root_);
    // map(chr, ...): what is handed over is called there.
    const unsigned handed = frame.bracket == '(' ? kEnvironment | kDecode : kEnvironment;
    frame.value.deeds |= module_.deeds_of(primary_) & handed;
}

void PythonWalk::begin_lambda() {
    ++top().operands;
    top().pure = false;
    const std::uint32_t scope = module_.new_scope(kNoIndex);
    top().lambda = scope;
    lambdas_.push_back({frames_.size(), module_.scope_, true});
    module_.scope_ = scope;
}

void PythonWalk::end_lambdas() {
    while (!lambdas_.empty() && lambdas_.back().depth == frames_.size()) end_lambda();
}

void PythonWalk::end_lambdas_above() {
    while (!lambdas_.empty() && lambdas_.back().depth > frames_.size()) end_lambda();
}

void PythonWalk::end_lambda() {
    module_.scope_ = lambdas_.back().outer;
    lambdas_.pop_back();
}

}  // namespace headgate::formats
