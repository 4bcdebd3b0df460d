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
    for (const std::uint32_t name : value.names) add_python_name(into, name);
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

bool add_python_name(std::vector<std::uint32_t>& names, std::uint32_t name) {
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    if (names.size() >= kMostNames) return false;
    names.push_back(name);
    return true;
}

void add_python_name(PythonValue& into, std::uint32_t name) {
    if (!add_python_name(into.names, name)) into.deeds |= kHidden;     // what is dropped may be anything
}

void add_python_text(std::string& into, std::string_view text, bool joined) {
    if (text.empty() || into.size() >= kMostPythonText) return;
    if (!into.empty() && !joined) into += ' ';
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
        if (token.text == "for" && top().bracket != '\0') begin_loop();
        if (token.text == "in") top().targets = false;
        top().pure = false;
        if (token.text != "await" && token.text != "not") ++top().operands;
        return;
    }
    const std::uint32_t id = module_.intern(token.text);
    if (is_parameter()) {
        const std::uint32_t scope = lambdas_.back().scope;
        module_.scopes_[scope].parameters.push_back(id);
        module_.assigned_.insert(PythonModule::key(scope, id));
        lambdas_.back().defaults = lambdas_.back().defaults || (at_ + 1 < tokens_.size() && tokens_[at_ + 1].is_op("="));
        return;
    }
    if (top().targets && (at_ + 1 == tokens_.size() || (!tokens_[at_ + 1].is_op(".") && !tokens_[at_ + 1].is_op("[")))) {
        top().looped.push_back(id);
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
    // "cu" "rl", "cu" + "rl"
    const bool joined = at_ > 0 && (tokens_[at_ - 1].kind == Kind::text || (at_ > 1 && tokens_[at_ - 1].is_op("+") && tokens_[at_ - 2].kind == Kind::text));
    add_python_text(top().texts, value, joined);
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
        end_bodies();
        if (!in_parameters()) next_argument();
    } else if (op == ":" && begins_body()) {
        return;
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
    end_loop(frame);
    if (top().targets) top().looped.insert(top().looped.end(), frame.value.names.begin(), frame.value.names.end());      // for (a, b) in ...
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
        if (callee != "importlib.import_module") primary_ = imported(frame);
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
    if (local) add_python_name(frame.value, frame.callee_root);
    if (const std::string_view attribute = last_attribute(callee); local && !attribute.empty()) {
        const std::uint32_t id = module_.id_of(attribute);
        if (id != kNoIndex) add_python_name(frame.value, id);
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
        // A command that is longer than what is kept of texts is looked at whole.
        const bool whole = (deeds & kCode) != 0 || ((deeds & kProcess) != 0 && frame.first_literal.size() > kMostPythonText);
        if (deeds != 0) made.text = made.literal && whole ? frame.first_literal : frame.texts;
        made.calls_scope = lambda;
        module_.add_call(std::move(made));
    }
    if ((deeds & kCalls) != 0 && frame.lambda != kNoIndex) module_.run_by_name({}, frame.line, frame.lambda);
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
    if (root_ != kNoIndex) add_python_name(frame.value, root_);
    // map(chr, ...): what is handed over is called there.
    const unsigned handed = frame.bracket == '(' ? kEnvironment | kDecode : kEnvironment;
    frame.value.deeds |= module_.deeds_of(primary_) & handed;
}

/// What __import__ gives: of "a.b" that is a, unless a fourth argument asks for something of it. Whether one does, what follows tells.
std::string PythonWalk::imported(const Frame& frame) const {
    const std::string_view module = std::string_view(frame.first_literal).substr(0, kLongestPythonName);
    const std::size_t dot = module.find('.');
    if (dot == std::string_view::npos) return std::string(module);
    const std::string_view second = module.substr(dot + 1, module.find('.', dot + 1) - dot - 1);
    const bool named = at_ + 2 < tokens_.size() && tokens_[at_ + 1].is_op(".") && tokens_[at_ + 2].text == second;
    return std::string(frame.argument == 0 || named ? module.substr(0, dot) : module);
}

/// "BODY for TARGETS in ITEMS" in brackets: what is read behind `for` flows into the targets.
void PythonWalk::begin_loop() {
    Frame& frame = top();
    if (!frame.loops) std::swap(frame.body, frame.value);
    frame.loops = true;
    frame.targets = true;
}

void PythonWalk::end_loop(Frame& frame) {
    if (!frame.loops) return;
    module_.flow_to(frame.looped, module_.scope_, frame.value, module_.scope_);
    add_value(frame.value, frame.body);
}

bool PythonWalk::in_parameters() const { return !lambdas_.empty() && lambdas_.back().parameters && lambdas_.back().depth == frames_.size(); }

/// A default stands among the parameters too.
bool PythonWalk::is_parameter() const {
    if (!in_parameters() || at_ == 0) return false;
    const Token& before = tokens_[at_ - 1];
    return before.is_name("lambda") || before.is_op(",") || before.is_op("*") || before.is_op("**");
}

/// Defaults are worked out where the lambda stands, its body is not.
void PythonWalk::begin_lambda() {
    ++top().operands;
    top().pure = false;
    const std::uint32_t scope = module_.new_scope(kNoIndex);
    if (!in_parameters()) top().lambda = scope;
    lambdas_.push_back({frames_.size(), module_.scope_, scope});
}

/// The ':' of a lambda. One of anything else ends the lambdas before it.
bool PythonWalk::begins_body() {
    end_bodies();
    if (!in_parameters()) return false;
    Lambda& lambda = lambdas_.back();
    lambda.parameters = false;
    module_.scope_ = lambda.scope;
    if (lambda.defaults) module_.flow_to(module_.scopes_[lambda.scope].parameters, lambda.scope, top().value, lambda.outer);
    return true;
}

/// Of the lambdas that are open here, up to one whose parameters are still being read.
void PythonWalk::end_bodies() {
    while (!lambdas_.empty() && lambdas_.back().depth == frames_.size() && !lambdas_.back().parameters) end_lambda();
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
