// Blocks of a Python module that an import passes over, what makes them run all the same, and how values reach several names at once.
#include <algorithm>

#include "formats/python_module.hpp"
#include "formats/python_walk.hpp"

namespace headgate::formats {
namespace {

using codec::PythonToken;
using Kind = PythonToken::Kind;
using Tokens = std::span<const PythonToken>;

/// Without the brackets around all of it.
Tokens bare(Tokens tokens) {
    while (tokens.size() > 2 && tokens.front().is_op("(") && tokens.back().is_op(")")) {
        std::size_t depth = 0;
        std::size_t at = 0;
        for (; at < tokens.size(); ++at) {
            if (opens_bracket(tokens[at])) ++depth;
            if (closes_bracket(tokens[at]) && --depth == 0) break;
        }
        if (at + 1 != tokens.size()) break;
        tokens = tokens.subspan(1, tokens.size() - 2);
    }
    return tokens;
}

bool is_main(const PythonToken& token) { return token.kind == Kind::text && token.value == "__main__" && !token.formatted && !token.bytes; }

/// `and` with what it likes to, and nothing by which the whole could be true while its beginning is not.
bool only_narrows(Tokens rest) {
    if (rest.empty()) return true;
    if (!rest.front().is_name("and")) return false;
    std::size_t depth = 0;
    for (const PythonToken& token : rest) {
        if (opens_bracket(token)) ++depth;
        if (closes_bracket(token) && depth > 0) --depth;
        // Another condition, or no condition at all: a tuple and a generator are always true.
        const bool other = token.is_name("or") || token.is_name("if") || token.is_name("else") || token.is_name("for") || token.is_name("async") ||
                           token.is_name("lambda") || token.is_op(",") || token.is_op(":=");
        if (depth == 0 && other) return false;
    }
    return true;
}

bool is_typing(std::string_view module) { return module == "typing" || module == "typing_extensions"; }

}  // namespace

/// `if __name__ == "__main__"`, either way round, or that and more; `if TYPE_CHECKING`, as typing has it. Anything else is a condition.
PythonModule::Guard PythonModule::guard_of(Tokens condition) {
    condition = bare(condition);
    bool imported = false;
    if (condition.size() == 1 && condition[0].kind == Kind::name) {
        const std::string meaning = resolve(intern(condition[0].text), imported);
        return meaning == "typing.TYPE_CHECKING" || meaning == "typing_extensions.TYPE_CHECKING" ? Guard::types : Guard::none;
    }
    if (condition.size() < 3) return Guard::none;
    if (condition.size() == 3 && condition[0].kind == Kind::name && condition[1].is_op(".") && condition[2].is_name("TYPE_CHECKING")) {
        return is_typing(resolve(intern(condition[0].text), imported)) ? Guard::types : Guard::none;
    }
    const bool main = condition[1].is_op("==") && ((condition[0].is_name("__name__") && is_main(condition[2])) || (is_main(condition[0]) && condition[2].is_name("__name__")));
    return main && only_narrows(condition.subspan(3)) ? Guard::main : Guard::none;
}

/// The block that follows is passed over.
bool PythonModule::take_guard(Tokens header) {
    const Guard guard = guard_of(header.subspan(1));
    if (guard == Guard::none) return false;
    const std::uint32_t scope = new_scope(kNoIndex);
    pending_.scope = scope;
    if (scope == scope_) return true;        // nested too deeply for one of its own: it counts as run
    scopes_[scope].of_main = guard == Guard::main;
    guards_.push_back({scope, scope_, header.front().line, guard});
    return true;
}

/// A token that gives `__name__` or TYPE_CHECKING another value, or may: `__name__ = ...`, `typing.TYPE_CHECKING = 1`,
/// `globals()["__name__"] = ...`. Attributes of that name are those of functions and classes.
void PythonModule::note_rebinding(Tokens before, const Token& token) {
    if (token.kind != Kind::op || before.empty()) return;
    const Token& last = before.back();
    const Token* const other = before.size() > 1 ? &before[before.size() - 2] : nullptr;
    const bool item = last.is_op("]") && other != nullptr && other->kind == Kind::text;
    if (token.text == "=" || token.text == ":=") {
        const bool attribute = other != nullptr && other->is_op(".");
        main_changed_ = main_changed_ || (last.is_name("__name__") && !attribute) || (item && other->value == "__name__");
        types_changed_ = types_changed_ || last.is_name("TYPE_CHECKING") || (item && other->value == "TYPE_CHECKING");
    } else if (token.text == "," || token.text == ":") {   // setattr(typing, "TYPE_CHECKING", 1), globals().update({"__name__": ...})
        types_changed_ = types_changed_ || (last.kind == Kind::text && last.value == "TYPE_CHECKING");
        main_changed_ = main_changed_ || (last.kind == Kind::text && last.value == "__name__");
    }
}

void PythonModule::note_rebound(std::uint32_t name) {
    main_changed_ = main_changed_ || names_[name] == "__name__";
    types_changed_ = types_changed_ || names_[name] == "TYPE_CHECKING";
}

/// At the end: whoever changes what a guard asks enters it.
void PythonModule::enter_guards() {
    for (const Guarded& one : guards_) {
        if (one.guard == Guard::main ? !main_changed_ : !types_changed_) continue;
        scope_ = one.outer;
        run_by_name({}, one.line, one.scope);
    }
}

/// `names` of one scope get what is read in another. Of many the first alone keeps it, and the others have what that has.
void PythonModule::flow_to(const std::vector<std::uint32_t>& names, std::uint32_t scope, const PythonValue& value, std::uint32_t from) {
    constexpr std::size_t kMostCopies = 8;
    if (value.deeds == 0 && value.names.empty()) return;
    for (std::size_t at = 0; at < names.size(); ++at) {
        PythonFlow& flow = flows_.emplace_back();
        flow.target = key(scope, names[at]);
        flow.scope = at < kMostCopies ? from : scope;
        if (at < kMostCopies) {
            flow.value = value;
        } else {
            flow.value.names.push_back(names.front());
        }
    }
}

/// What stands behind `match` flows into the names of each `case`; of all of a scope together.
void PythonModule::match_case(Tokens header) {
    PythonWalk walk(*this, header.subspan(1));
    walk.run();
    const std::uint32_t subject = intern("match subject");       // no name of a source has a blank
    if (header.front().is_name("match")) return flow_to({subject}, scope_, walk.value(), scope_);
    PythonValue value;
    value.names.push_back(subject);
    std::vector<std::uint32_t> captured;
    for (std::size_t at = 1; at < header.size() && !header[at].is_name("if"); ++at) {
        if (header[at].kind == Kind::name && !is_python_keyword(header[at].text)) captured.push_back(intern(header[at].text));
    }
    flow_to(captured, scope_, value, scope_);
}

}  // namespace headgate::formats
