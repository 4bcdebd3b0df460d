// The constants that an expression can be.
#include <algorithm>

#include "intake/python_module.hpp"

namespace headgate::intake::python {
namespace {

using Kind = Token::Kind;

constexpr int kDepth = 16;                       // names of names, parentheses in parentheses
constexpr std::size_t kMostConstants = 16;       // that one expression can be
constexpr std::size_t kMostBytes = 4096;         // of one of them
constexpr std::size_t kMostLooked = 200;         // tokens in which a path is looked for
constexpr std::size_t kMostItems = 100'000;    // of lists of lists, in all; a long one counts as several
constexpr std::size_t kTokensOfItem = 100;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

void add(Values& values, std::string constant) {
    if (std::find(values.constants.begin(), values.constants.end(), constant) != values.constants.end()) return;
    if (values.constants.size() == kMostConstants || constant.size() > kMostBytes) {
        values.computed = true;
    } else {
        values.constants.push_back(std::move(constant));
    }
}

void merge(Values& into, const Values& other) {
    for (const std::string& constant : other.constants) add(into, constant);
    into.computed = into.computed || other.computed;
    into.local = into.local || other.local;
}

bool is_only_local(const Values& values) { return values.local && !values.computed && values.constants.empty(); }

/// Each of these with each of those behind it.
Values joined(const Values& left, const Values& right, std::string_view between = {}) {
    const bool nothing = left.constants.size() == 1 && left.constants[0].empty() && !left.computed;
    if (is_only_local(left)) return left;
    if (is_only_local(right) && nothing) return right;
    Values values;
    values.local = left.local;
    values.computed = left.computed || right.computed || left.constants.empty() || right.constants.empty();
    for (const std::string& front : left.constants) {
        for (const std::string& back : right.constants) add(values, front + std::string(between) + back);
    }
    // What is known of one part alone names nothing.
    if (values.computed && (left.computed || right.computed)) values.constants.clear();
    return values;
}

Values unknown() { return {{}, true, false}; }

}  // namespace

Values Module::evaluate(Range range, int depth) const {
    range = trimmed(range);
    if (range.empty()) return {};
    if (depth > kDepth) return unknown();
    bool texts = true;
    bool chain = true;
    bool other = false;
    std::size_t choice = 0;
    std::size_t otherwise = 0;
    for (std::size_t at = range.begin; at < range.end; at = next(at)) {
        const Token& token = tokens_[at];
        const bool word = token.kind == Kind::name;
        texts = texts && (token.kind == Kind::text || token.kind == Kind::f_begin);
        chain = chain && (word || (token.kind == Kind::op && token.written == "."));
        if (word && token.written == "if" && choice == 0) choice = at;
        if (word && token.written == "else" && choice != 0) otherwise = at;
        other = other || (word && is_one_of(token.written, {"lambda", "not", "and", "await", "yield", "for"}));
        const bool sum = token.kind == Kind::op && is_one_of(token.written, {"+", "/", ".", "(", "[", "{"});
        other = other || (token.kind == Kind::op && !sum) || token.kind == Kind::bytes;
    }
    if (choice != 0 && otherwise > choice) {
        Values values = evaluate({range.begin, choice}, depth + 1);
        merge(values, evaluate({otherwise + 1, range.end}, depth + 1));
        return values;
    }
    // A path beside the source leads nowhere else.
    for (std::size_t at = range.begin; at < std::min(range.end, range.begin + kMostLooked); ++at) {
        if (tokens_.is_name(at, "__file__")) return {{}, false, true};
    }
    for (std::size_t at = range.begin; at < range.end; at = next(at)) {
        if (!tokens_.is_name(at, "or")) continue;
        Values values = evaluate({range.begin, at}, depth + 1);
        merge(values, evaluate({at + 1, range.end}, depth + 1));
        return values;
    }
    if (other) return unknown();
    if (const std::vector<Range> terms = split(range, "+"); terms.size() > 1) {
        Values values = evaluate(terms[0], depth + 1);
        for (std::size_t i = 1; i < terms.size(); ++i) values = joined(values, evaluate(terms[i], depth + 1));
        return values;
    }
    if (const std::vector<Range> steps = split(range, "/"); steps.size() > 1) {   // of pathlib
        Values values = evaluate(steps[0], depth + 1);
        for (std::size_t i = 1; i < steps.size(); ++i) values = joined(values, evaluate(steps[i], depth + 1), "/");
        return values;
    }
    if (texts) {
        Values values{{""}, false, false};
        for (std::size_t at = range.begin; at < range.end; at = next(at)) {
            const bool plain = tokens_[at].kind == Kind::text;
            Values part = plain ? Values{{tokens_.text(at)}, false, false} : f_string(at, depth);
            if (plain && tokens_[at].odd) part = unknown();
            values = joined(values, part);
        }
        return values;
    }
    const Token& last = tokens_[range.end - 1];
    if (range.end == range.begin + 1 && (last.kind == Kind::number || is_one_of(last.written, {"None", "True", "False"}))) return {};
    std::size_t first = 0;
    if (chain && last.kind == Kind::name) {
        const std::string name = chain_to(range.end - 1, &first);
        return first == range.begin ? value_of(name, depth) : unknown();
    }
    if (last.kind == Kind::op && last.written == ")" && last.partner > range.begin) return call(range, depth);
    return unknown();
}

Values Module::value_of(const std::string& name, int depth) const {
    const auto known = known_.find(name);
    if (known != known_.end()) return known->second;
    known_[name] = unknown();                    // while it is asked for: of a name that stands for itself
    auto binding = bindings_.find(name);
    const std::size_t dot = name.rfind('.');
    if (binding == bindings_.end() && dot != std::string::npos) {
        // An attribute of the class, by an object of it or by the class.
        const std::string owner = name.substr(0, dot);
        if (owner == "self" || owner == "cls" || defined_.contains(owner)) binding = bindings_.find(name.substr(dot + 1));
    }
    if (binding == bindings_.end() || imports_.contains(name)) return unknown();
    Values values;
    for (const Range value : binding->second.values) merge(values, evaluate(value, depth + 1));
    for (const Range items : binding->second.items) evaluate_items(items, depth + 1, values);
    values.computed = values.computed || binding->second.other;
    known_[name] = values;
    return values;
}

Values Module::f_string(std::size_t begin, int depth) const {
    Values values{{""}, false, false};
    const std::size_t end = tokens_[begin].partner;
    for (std::size_t at = begin + 1; at < end; at = next(at)) {
        if (tokens_[at].kind == Kind::text) {
            values = joined(values, tokens_[at].odd ? unknown() : Values{{tokens_.text(at)}, false, false});
            continue;
        }
        if (!tokens_.is_op(at, "{")) continue;
        Range field = {at + 1, tokens_[at].partner};
        for (std::size_t i = field.begin; i < field.end; i = next(i)) {
            if (tokens_.is_op(i, ":") || tokens_.is_op(i, "!") || tokens_.is_op(i, "=")) return unknown();   // a format, a conversion
        }
        values = joined(values, evaluate(field, depth + 1));
    }
    return values;
}

Values Module::call(Range expression, int depth) const {
    const std::size_t open = tokens_[expression.end - 1].partner;
    if (open == expression.begin || !tokens_.is_name(open - 1)) return unknown();
    const std::string callee = chain_to(open - 1);
    const std::string_view function = std::string_view(callee).substr(callee.rfind('.') + 1);
    const std::vector<Range> arguments = parts(open);
    const auto argument = [&](std::size_t position, std::string_view keyword) -> Range {
        for (const Range part : arguments) {
            if (tokens_.is_name(part.begin, keyword) && tokens_.is_op(part.begin + 1, "=")) return {part.begin + 2, part.end};
        }
        return position < arguments.size() && !tokens_.is_op(arguments[position].begin + 1, "=") ? arguments[position] : Range{};
    };
    if (is_one_of(function, {"getenv", "get", "pop", "setdefault"})) {
        Values values = evaluate(argument(1, "default"), depth + 1);
        values.computed = true;
        return values;
    }
    if (is_one_of(function, {"field", "Field", "Option", "Argument"})) {
        Values values = evaluate(argument(function == "field" ? arguments.size() : 0, "default"), depth + 1);
        values.computed = true;
        return values;
    }
    if (is_one_of(function, {"str", "Path", "PurePath", "PosixPath", "fspath"}) && arguments.size() == 1) return evaluate(arguments[0], depth + 1);
    if (function == "join" && callee.ends_with("path.join") && !arguments.empty()) {
        Values values = evaluate(arguments[0], depth + 1);
        for (std::size_t i = 1; i < arguments.size(); ++i) values = joined(values, evaluate(arguments[i], depth + 1), "/");
        return values;
    }
    if (is_one_of(function, {"cwd", "getcwd", "mkdtemp", "gettempdir"})) return {{}, false, true};
    return unknown();
}

Values Module::evaluate_all(Range expression) const {
    Values values;
    evaluate_items(expression, 0, values);
    return values;
}

void Module::evaluate_items(Range expression, int depth, Values& values) const {
    expression = trimmed(expression);
    if (expression.empty()) return;
    items_ += 1 + (expression.end - expression.begin) / kTokensOfItem;     // else a long sum would be read once for each who asks
    if (depth > kDepth || items_ > kMostItems) {
        values.computed = true;
        return;
    }
    const Token& first = tokens_[expression.begin];
    const bool literal = first.kind == Kind::op && is_one_of(first.written, {"[", "{"}) && first.partner == expression.end - 1;
    const std::vector<Range> items = literal ? parts(expression.begin) : split(expression, ",");
    if (literal || items.size() > 1) {
        for (Range item : items) {
            for (std::size_t at = item.begin; at < item.end; at = next(at)) {
                if (tokens_.is_op(at, ":")) item.begin = at + 1;   // the value of a key
            }
            evaluate_items(item, depth + 1, values);
        }
        return;
    }
    const bool name = expression.end == expression.begin + 1 && tokens_.is_name(expression.begin);
    const auto binding = name ? bindings_.find(first.written) : bindings_.end();
    if (binding == bindings_.end()) return merge(values, evaluate(expression, depth + 1));
    for (const Range value : binding->second.values) evaluate_items(value, depth + 1, values);
    for (const Range list : binding->second.items) evaluate_items(list, depth + 1, values);
    values.computed = values.computed || binding->second.other;
}

}  // namespace headgate::intake::python
