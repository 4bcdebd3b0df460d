#include "formats/python_module.hpp"

#include <algorithm>
#include <utility>

#include "formats/python_walk.hpp"

namespace headgate::formats {
namespace {

using codec::PythonToken;
using Kind = PythonToken::Kind;
using Tokens = std::span<const PythonToken>;

// Of one logical line; what is longer is read in parts, each up to a comma. Honest ones of this length are tables of numbers and texts.
constexpr std::size_t kMostTokens = 500'000;
constexpr std::uint32_t kFarRight = 200;             // columns
constexpr std::size_t kEncoded = 4096;               // letters

/// Positions of an operator outside all brackets, and outside the parameters of lambdas.
std::vector<std::size_t> positions(Tokens tokens, std::string_view op) {
    std::vector<std::size_t> found;
    std::size_t depth = 0;
    std::size_t lambdas = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        const PythonToken& token = tokens[at];
        if (opens_bracket(token)) {
            ++depth;
        } else if (closes_bracket(token)) {
            depth -= depth > 0 ? 1 : 0;
        } else if (depth == 0 && token.is_name("lambda")) {
            ++lambdas;
        } else if (depth == 0 && lambdas > 0 && token.is_op(":")) {
            --lambdas;
        } else if (depth == 0 && lambdas == 0 && token.is_op(op)) {
            found.push_back(at);
        }
    }
    return found;
}

std::size_t first_of(Tokens tokens, std::string_view op) {
    const auto found = positions(tokens, op);
    return found.empty() ? tokens.size() : found.front();
}

std::size_t first_word(Tokens tokens, std::string_view word) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (opens_bracket(tokens[at])) ++depth;
        if (closes_bracket(tokens[at]) && depth > 0) --depth;
        if (depth == 0 && tokens[at].is_name(word)) return at;
    }
    return tokens.size();
}

/// The first "(" outside of brackets of other kinds: behind type parameters.
std::size_t first_bracket(Tokens tokens) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (depth == 0 && tokens[at].is_op("(")) return at;
        if (opens_bracket(tokens[at])) ++depth;
        if (closes_bracket(tokens[at]) && depth > 0) --depth;
    }
    return tokens.size();
}

/// What stands between the bracket that it begins with and its partner.
Tokens bracketed(Tokens tokens) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (opens_bracket(tokens[at])) ++depth;
        if (closes_bracket(tokens[at]) && --depth == 0) return tokens.subspan(1, at - 1);
    }
    return tokens.empty() ? tokens : tokens.subspan(1);
}

/// More than numbers and texts, behind the first '=' of it.
bool has_names(Tokens tokens) {
    const auto equals = std::find_if(tokens.begin(), tokens.end(), [](const PythonToken& token) { return token.is_op("="); });
    return std::any_of(equals == tokens.end() ? tokens.begin() : equals, tokens.end(), [](const PythonToken& token) {
        return token.kind == Kind::name && token.text != "True" && token.text != "False" && token.text != "None";
    });
}

/// Most of it is escapes: nobody writes text so who wants it read.
bool is_escaped(const PythonToken& token) {
    if (token.raw || token.value.size() < 160) return false;
    std::size_t escapes = 0;
    for (std::size_t at = token.value.find("\\x"); at != std::string_view::npos; at = token.value.find("\\x", at + 2)) ++escapes;
    return escapes * 4 * 10 >= token.value.size() * 6;
}

bool is_encoded(std::string_view value) {
    if (value.size() < kEncoded) return false;
    return std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == '-' || c == '_' || c == '\n' || c == '\\';
    });
}

}  // namespace

std::uint32_t PythonModule::intern(std::string_view name) {
    const auto [place, fresh] = ids_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    return place->second;
}

std::uint32_t PythonModule::id_of(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? kNoIndex : found->second;
}

std::uint32_t PythonModule::new_scope(std::uint32_t name) {
    if (scopes_[scope_].depth >= kMostScopes) return scope_;
    PythonScope scope;
    scope.depth = scopes_[scope_].depth + 1;
    scope.parent = scope_;
    scope.name = name;
    scope.of_class = blocks_.back().of_class;
    scopes_.push_back(std::move(scope));
    return static_cast<std::uint32_t>(scopes_.size() - 1);
}

void PythonModule::add_call(PythonCall call) {
    if (call.deeds != 0 || call.calls_scope != kNoIndex) {
        calls_.push_back(std::move(call));
        return;
    }
    const auto [place, fresh] = own_calls_.try_emplace(std::to_string(call.scope) + " " + call.callee, calls_.size());
    if (fresh) {
        calls_.push_back(std::move(call));
        return;
    }
    PythonValue& known = calls_[place->second].arguments;
    known.deeds |= call.arguments.deeds;
    for (const std::uint32_t name : call.arguments.names) {
        if (add_python_name(known.names, name)) continue;
        place->second = calls_.size();           // one is full: the next begins
        calls_.push_back(std::move(call));
        return;
    }
}

/// What a name stands for where the module is being read: the import behind it, or itself.
std::string PythonModule::resolve(std::uint32_t name, bool& imported) const {
    for (std::uint32_t scope = scope_; scope != kNoIndex; scope = scopes_[scope].parent) {
        const auto found = aliases_.find(key(scope, name));
        if (found != aliases_.end()) {
            imported = imported_.contains(key(scope, name));
            return found->second;
        }
        if (assigned_.contains(key(scope, name))) return std::string(names_[name]);
    }
    const std::string_view word = names_[name];
    if (word == "__builtins__" || word == "__builtin__") return "builtins";
    return std::string(word.substr(0, kLongestPythonName));
}

unsigned PythonModule::deeds_of(const std::string& callee) const {
    unsigned deeds = words_.python().of(callee);
    for (const std::string& star : stars_) deeds |= words_.python().of(star + "." + callee);
    if (deeds == 0) return 0;
    // A function of the module's own that has the name of a built-in one.
    const std::uint32_t id = id_of(std::string_view(callee).substr(0, callee.find_first_of(".([")));
    for (std::uint32_t scope = scope_; id != kNoIndex && scope != kNoIndex; scope = scopes_[scope].parent) {
        if (assigned_.contains(key(scope, id)) && !aliases_.contains(key(scope, id)) && callee == names_[id]) return 0;
    }
    return deeds;
}

void PythonModule::alias(std::uint32_t name, std::string meaning) {
    assigned_.insert(key(scope_, name));
    imported_.erase(key(scope_, name));
    if (meaning.empty() || meaning.starts_with('?') || meaning.starts_with('\'') || meaning.size() > kLongestPythonName || meaning == names_[name]) {
        aliases_.erase(key(scope_, name));
    } else {
        aliases_[key(scope_, name)] = std::move(meaning);
    }
}

void PythonModule::note_text(const Token& token, unsigned& deeds) {
    if (is_escaped(token)) deeds |= kHidden;
    if (encoded_literal_ == 0 && is_encoded(token.value)) encoded_literal_ = token.line;
}

void PythonModule::read(std::string_view source) {
    codec::PythonTokens tokens(source);
    std::vector<Token> line;
    bool parts = false;                  // of a logical line that was cut
    for (;;) {
        const Token token = tokens.next();
        if (token.kind == Kind::end) break;
        if (token.kind == Kind::indent) {
            blocks_.push_back(has_pending_ ? pending_ : blocks_.back());
            has_pending_ = false;
        } else if (token.kind == Kind::dedent) {
            if (blocks_.size() > 1) blocks_.pop_back();
        } else if (token.kind == Kind::newline || (line.size() >= kMostTokens && (token.is_op(",") || line.size() >= 2 * kMostTokens))) {
            const bool cut = token.kind != Kind::newline;
            if (cut) line.push_back(token);
            if ((cut || parts) && oversized_ == 0 && !line.empty() && has_names(line)) oversized_ = line.front().line;
            parts = cut;
            logical_line(line);
            line.clear();
        } else {
            note_rebinding(line, token);
            if (token.blanks >= kFarRight && far_right_ == 0 && !line.empty()) far_right_ = token.line;
            line.push_back(token);
        }
    }
    if (!line.empty()) logical_line(line);
    enter_guards();
    problem_ = tokens.problem();
}

void PythonModule::logical_line(Tokens tokens) {
    if (tokens.empty()) return;
    has_pending_ = false;
    scope_ = blocks_.back().scope;
    if (tokens.front().is_op("@")) return decorator(tokens);
    handed_ = std::exchange(decorated_, false);
    static constexpr std::string_view kHeads[] = {"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async", "match", "case"};
    const bool head = tokens.front().kind == Kind::name && std::find(std::begin(kHeads), std::end(kHeads), tokens.front().text) != std::end(kHeads);
    const std::size_t colon = head ? first_of(tokens, ":") : tokens.size();
    const bool soft = tokens.front().text == "match" || tokens.front().text == "case";
    if (colon == tokens.size() || (soft && colon == 1)) return statements(tokens);
    pending_ = blocks_.back();
    compound(tokens.first(colon));
    const Tokens body = tokens.subspan(colon + 1);
    if (body.empty()) {
        has_pending_ = true;
        return;
    }
    blocks_.push_back(pending_);
    scope_ = pending_.scope;
    statements(body);
    blocks_.pop_back();
}

/// "@name" calls it; "@atexit.register" hands on what stands below it.
void PythonModule::decorator(Tokens tokens) {
    PythonWalk walk(*this, tokens.subspan(1));
    walk.run();
    const std::string sole = walk.sole();
    if (sole.empty() || sole.ends_with("()")) return;              // the walk has seen that call
    const unsigned deeds = deeds_of(sole);
    if ((deeds & kCalls) != 0) decorated_ = true;
    if ((deeds & kCode) != 0) {                                    // "@exec": it runs what another decorator makes
        PythonCall made;
        made.deeds = kCode;
        made.callee = sole;
        made.line = tokens.front().line;
        made.scope = scope_;
        made.arguments.deeds = kHidden;
        add_call(std::move(made));
    }
    run_by_name(sole, tokens.front().line);
}

/// A call that does not stand there as one.
void PythonModule::run_by_name(std::string callee, std::uint32_t line, std::uint32_t lambda) {
    if (callee.empty() && lambda == kNoIndex) return;
    PythonCall made;
    made.callee = std::move(callee);
    made.line = line;
    made.scope = scope_;
    made.calls_scope = lambda;
    add_call(std::move(made));
}

void PythonModule::statements(Tokens tokens) {
    std::size_t begin = 0;
    for (const std::size_t end : positions(tokens, ";")) {
        simple(tokens.subspan(begin, end - begin));
        begin = end + 1;
    }
    simple(tokens.subspan(begin));
}

void PythonModule::compound(Tokens header) {
    if (header.front().is_name("async") && header.size() > 1) header = header.subspan(1);
    const Token& word = header.front();
    if (word.is_name("def")) return define(header);
    if (word.is_name("class")) return define_class(header);
    if (word.is_name("for")) return loop(header);
    if (word.is_name("with")) return with(header);
    if (word.is_name("match") || word.is_name("case")) return match_case(header);
    if ((word.is_name("if") || word.is_name("elif")) && take_guard(header)) return;
    PythonWalk(*this, header.subspan(1)).run();
}

void PythonModule::define(Tokens header) {
    if (header.size() < 2 || header[1].kind != Kind::name) return;
    // Defaults and annotations run where the function is defined.
    const std::size_t open = std::min(first_bracket(header), header.size());
    PythonWalk(*this, header.subspan(2, std::max<std::size_t>(open, 2) - 2)).run();
    const Tokens inside = bracketed(header.subspan(open));
    std::vector<std::uint32_t> parameters;
    std::vector<std::pair<std::uint32_t, PythonValue>> defaults;
    std::size_t begin = 0;
    std::vector<std::size_t> ends = positions(inside, ",");
    ends.push_back(inside.size());
    for (const std::size_t end : ends) {
        Tokens part = inside.subspan(begin, end - begin);
        begin = end + 1;
        while (!part.empty() && (part.front().is_op("*") || part.front().is_op("**"))) part = part.subspan(1);
        if (part.empty()) continue;
        const bool named = part.front().kind == Kind::name;
        if (named) parameters.push_back(intern(part.front().text));
        const std::size_t equals = first_of(part, "=");
        if (named) PythonWalk(*this, part.first(equals).subspan(1)).run();
        PythonWalk walk(*this, named ? part.subspan(std::min(equals + 1, part.size())) : part);
        walk.run();
        if (named && (walk.value().deeds != 0 || !walk.value().names.empty())) defaults.emplace_back(parameters.back(), walk.value());
    }
    PythonWalk(*this, header.subspan(std::min(open + inside.size() + 2, header.size()))).run();
    const std::uint32_t name = intern(header[1].text);
    const std::uint32_t scope = new_scope(name);
    if (pending_.of_class == kNoIndex) alias(name, {});
    if (std::exchange(handed_, false)) run_by_name(std::string(header[1].text), header[1].line);
    pending_ = {scope, kNoIndex};
    for (const std::uint32_t parameter : parameters) {
        scopes_[scope].parameters.push_back(parameter);
        assigned_.insert(key(scope, parameter));
    }
    for (const auto& [parameter, value] : defaults) flow_to({parameter}, scope, value, scope_);
}

void PythonModule::define_class(Tokens header) {
    if (header.size() < 2 || header[1].kind != Kind::name) return;
    PythonClass made;
    made.name = intern(header[1].text);
    made.line = header[1].line;
    const Tokens bases = header.size() > 3 ? header.subspan(3, header.size() - 4) : Tokens();
    std::size_t begin = 0;
    std::vector<std::size_t> ends = positions(bases, ",");
    ends.push_back(bases.size());
    for (const std::size_t end : ends) {
        const Tokens part = bases.subspan(begin, end - begin);
        if (part.size() > 2 && part[0].is_name("metaclass") && part[1].is_op("=")) {     // it makes the class, here
            PythonWalk walk(*this, part.subspan(2));
            walk.run();
            run_by_name(walk.sole(), made.line);
        } else if (end > begin) {
            PythonWalk walk(*this, part);
            walk.run();
            if (const std::string base = walk.sole(); !base.empty()) run_by_name(base + ".__init_subclass__", made.line);
            made.deeds |= words_.python().of(walk.sole());
            add_python_text(made.bases, walk.sole());
        }
        begin = end + 1;
    }
    alias(made.name, {});
    classes_.push_back(std::move(made));
    pending_.of_class = static_cast<std::uint32_t>(classes_.size() - 1);
}

void PythonModule::loop(Tokens header) {
    const std::size_t in = first_word(header, "in");
    PythonWalk walk(*this, header.subspan(std::min(in + 1, header.size())));
    walk.run();
    const Tokens targets = header.subspan(1, std::max<std::size_t>(in, 1) - 1);
    if (targets.size() > 1) PythonWalk(*this, targets).run();          // for x[f()] in
    bind(targets, walk.value(), {});
}

void PythonModule::with(Tokens header) {
    Tokens items = header.subspan(1);
    // with (a as b, c as d):
    if (items.size() > 2 && items.front().is_op("(") && items.back().is_op(")") && first_word(items.subspan(1, items.size() - 2), "as") < items.size() - 2) {
        items = items.subspan(1, items.size() - 2);
    }
    std::size_t begin = 0;
    std::vector<std::size_t> ends = positions(items, ",");
    ends.push_back(items.size());
    for (const std::size_t end : ends) {
        const Tokens item = items.subspan(begin, end - begin);
        begin = end + 1;
        if (item.empty()) continue;
        const std::size_t as = first_word(item, "as");
        PythonWalk walk(*this, item.first(as));
        walk.run();
        if (as >= item.size()) continue;
        const Tokens target = item.subspan(as + 1);
        if (target.size() > 1) PythonWalk(*this, target).run();
        bind(target, walk.value(), walk.sole());
    }
}

void PythonModule::simple(Tokens tokens) {
    if (tokens.empty()) return;
    const Token& first = tokens.front();
    if (first.is_name("import")) return import_names(tokens.subspan(1));
    if (first.is_name("from") && tokens.size() > 1 && !tokens[1].is_op("=")) return import_from(tokens.subspan(1));
    if (first.is_name("return") || first.is_name("yield")) {
        PythonWalk walk(*this, tokens.subspan(1));
        walk.run();
        const PythonScope& scope = scopes_[scope_];
        if (scope.name != kNoIndex) flows_.push_back({key(scope.parent, scope.name), scope_, walk.value()});
        return;
    }
    // The statement of Python 2.
    if (first.is_name("exec") && tokens.size() > 1 && tokens[1].kind != Kind::op) {
        PythonWalk walk(*this, tokens.subspan(1));
        walk.run();
        PythonCall made;
        made.deeds = kCode;
        made.callee = "exec";
        made.line = first.line;
        made.scope = scope_;
        made.arguments = walk.value();
        made.literal = walk.sole_is_text();
        made.text = walk.literal();
        add_call(std::move(made));
        return;
    }
    const auto equals = positions(tokens, "=");
    if (!equals.empty()) return assign(tokens, equals);
    PythonWalk walk(*this, tokens);
    walk.run();
    // x += ..., x: T; and x := ... anywhere in it.
    if (tokens.size() > 2 && tokens[1].kind == Kind::op && tokens[1].text.size() >= 2 && tokens[1].text.ends_with('=')) {
        bind(tokens.first(1), walk.value(), {});
    }
    for (std::size_t at = 1; at < tokens.size(); ++at) {
        if (tokens[at].is_op(":=")) bind(tokens.subspan(at - 1, 1), walk.value(), {});
    }
}

void PythonModule::assign(Tokens tokens, const std::vector<std::size_t>& equals) {
    PythonWalk walk(*this, tokens.subspan(equals.back() + 1));
    walk.run();
    std::size_t begin = 0;
    for (const std::size_t end : equals) {
        const Tokens target = tokens.subspan(begin, end - begin);
        begin = end + 1;
        if (target.size() > 1) {                                       // x[f()] = ..., sys.excepthook = f
            PythonWalk place(*this, target);
            place.run();
            if ((deeds_of(place.sole()) & kCalls) != 0) run_by_name(walk.sole(), target.front().line, walk.lambda());
        }
        bind(target.first(std::min(first_of(target, ":"), target.size())), walk.value(), walk.sole());
        // f = lambda: ...
        if (walk.lambda() != kNoIndex && target.size() == 1 && target.front().kind == Kind::name) {
            scopes_[walk.lambda()].name = intern(target.front().text);
        }
    }
}

/// Gives a value to the names of a target: "a", "a, b", "(a, *b)". What is no plain name is passed over.
void PythonModule::bind(Tokens targets, const PythonValue& value, const std::string& primary) {
    std::vector<std::uint32_t> names;
    for (std::size_t at = 0; at < targets.size(); ++at) {
        const bool attribute = (at > 0 && targets[at - 1].is_op(".")) || (at + 1 < targets.size() && (targets[at + 1].is_op(".") || targets[at + 1].is_op("[")));
        if (targets[at].kind == Kind::name && !attribute && !is_python_keyword(targets[at].text)) names.push_back(intern(targets[at].text));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::uint32_t name : names) {
        alias(name, targets.size() == 1 ? primary : std::string());
        note_rebound(name);
    }
    flow_to(names, scope_, value, scope_);
}

}  // namespace headgate::formats
