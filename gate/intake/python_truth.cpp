// Whether an expression is true, as far as that can be told without running it.
#include <algorithm>

#include "intake/python_module.hpp"

namespace headgate::intake::python {
namespace {

using Kind = Token::Kind;

constexpr int kDepth = 32;               // parentheses, operators and names in each other
constexpr std::size_t kMostTokens = 200;   // of an expression, what it has in brackets aside

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

Truth negated(Truth truth) { return truth == Truth::unknown ? truth : truth == Truth::no ? Truth::yes : Truth::no; }
/// What is one or the other.
Truth either(Truth one, Truth other) { return one == other ? one : Truth::unknown; }

Truth of_number(std::string_view written) { return written.find_first_not_of("0_.") == std::string_view::npos ? Truth::no : Truth::yes; }

}  // namespace

Range Module::expression_at(std::size_t begin) const {
    std::size_t end = begin;
    for (std::size_t seen = 0; !tokens_.is_line_end(end) && tokens_[end].kind != Kind::f_end; ++seen) {
        if (seen == kMostTokens) return {};
        if (tokens_[end].kind == Kind::op && is_one_of(tokens_[end].written, {",", ")", "]", "}", ";", "="})) break;
        end = next(end);
    }
    return {begin, std::min(end, tokens_.size())};
}

/// The operators from the weakest to the strongest: `lambda`, `if else`, `or`, `and`, `not`.
Truth Module::truth(Range range, int depth) const {
    range = trimmed(range);
    if (range.empty() || depth > kDepth) return Truth::unknown;
    if (tokens_.is_name(range.begin, "lambda")) return Truth::yes;
    if (tokens_.is_name(range.begin) && tokens_.is_op(range.begin + 1, ":=")) return truth({range.begin + 2, range.end}, depth + 1);
    std::size_t choice = 0;
    std::size_t otherwise = 0;
    std::size_t any = 0;
    std::size_t all = 0;
    bool texts = true;
    bool said = false;                   // a text that is not empty
    for (std::size_t at = range.begin; at < range.end; at = next(at)) {
        if (tokens_.is_name(at, "if") && choice == 0) choice = at;
        if (tokens_.is_name(at, "else") && choice != 0 && otherwise == 0) otherwise = at;
        if (tokens_.is_name(at, "or") && any == 0) any = at;
        if (tokens_.is_name(at, "and") && all == 0) all = at;
        if (tokens_.is_op(at, ",")) return Truth::yes;                     // a tuple
        if (tokens_.is_name(at, "for") || tokens_.is_name(at, "lambda")) return Truth::unknown;
        texts = texts && (tokens_[at].kind == Kind::text || tokens_[at].kind == Kind::f_begin);
        said = said || (tokens_[at].kind == Kind::text && !tokens_.text(at).empty());
    }
    if (texts) {
        const bool plain = std::none_of(tokens_.all.begin() + static_cast<std::ptrdiff_t>(range.begin), tokens_.all.begin() + static_cast<std::ptrdiff_t>(range.end),
                                        [](const Token& token) { return token.kind == Kind::f_begin || token.odd; });
        return said ? Truth::yes : plain ? Truth::no : Truth::unknown;
    }
    if (choice != 0) {
        if (otherwise == 0) return Truth::unknown;
        return either(truth({range.begin, choice}, depth + 1), truth({otherwise + 1, range.end}, depth + 1));
    }
    if (const std::size_t between = any != 0 ? any : all; between != 0) {
        const Truth left = truth({range.begin, between}, depth + 1);
        if (left == (any != 0 ? Truth::yes : Truth::no)) return left;
        const Truth right = truth({between + 1, range.end}, depth + 1);
        // Whatever the left one is: one that is true settles `or`, one that is false settles `and`.
        return right == (any != 0 ? Truth::yes : Truth::no) || left == right ? right : Truth::unknown;
    }
    if (tokens_.is_name(range.begin, "not")) return negated(truth({range.begin + 1, range.end}, depth + 1));
    if (range.end == range.begin + 1) return truth_of_one(range.begin, depth);
    const Token& first = tokens_[range.begin];
    const bool whole = first.partner == range.end - 1;
    if (whole && first.kind == Kind::op && is_one_of(first.written, {"(", "[", "{"})) return range.end == range.begin + 2 ? Truth::no : Truth::unknown;
    const bool sign = first.kind == Kind::op && is_one_of(first.written, {"-", "+"});
    if (sign && range.end == range.begin + 2 && tokens_[range.begin + 1].kind == Kind::number) return of_number(tokens_[range.begin + 1].written);
    const bool cast = tokens_.is_name(range.begin, "bool") && !is_bound("bool") && !imports_.contains("bool");
    if (cast && tokens_.is_op(range.begin + 1, "(") && tokens_[range.begin + 1].partner == range.end - 1) {
        return range.end == range.begin + 3 ? Truth::no : truth({range.begin + 1, range.end}, depth + 1);
    }
    return Truth::unknown;
}

Truth Module::truth_of_one(std::size_t at, int depth) const {
    const Token& token = tokens_[at];
    if (token.kind == Kind::number) return of_number(token.written);
    if (token.kind != Kind::name) return Truth::unknown;
    if (token.written == "True") return Truth::yes;
    if (token.written == "False" || token.written == "None") return Truth::no;
    return truth_of_name(token.written, depth);
}

/// Each name is looked at once: names of names, in any number and in circles, take no more than the source is long.
Truth Module::truth_of_name(std::string_view name, int depth) const {
    const auto known = truths_.find(name);
    if (known != truths_.end()) return known->second;
    truths_.emplace(name, Truth::unknown);       // while it is asked for, and where it is bound by more than assignments
    const auto binding = bindings_.find(name);
    const bool assigned = binding != bindings_.end() && !binding->second.values.empty() && binding->second.items.empty() && !binding->second.other;
    if (!assigned || imports_.contains(name) || defined_.contains(name)) return Truth::unknown;
    Truth all = truth(binding->second.values.front(), depth + 1);
    for (const Range value : binding->second.values) {
        if (all == Truth::unknown) break;
        all = either(all, truth(value, depth + 1));
    }
    truths_.find(name)->second = all;
    return all;
}

}  // namespace headgate::intake::python
