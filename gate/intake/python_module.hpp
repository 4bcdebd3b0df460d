// python_module.hpp: what the names in a Python source stand for: imports, and what is bound to variables, as far as it is a constant.
// Private to intake/python*.cpp and notebook.cpp.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "intake/python_tokens.hpp"

namespace headgate::intake::python {

/// Tokens [begin, end).
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool empty() const { return begin >= end; }
};

/// What an expression can be.
struct Values {
    std::vector<std::string> constants;  // a few, each once
    bool computed = false;               // or something that only running it tells
    bool local = false;                  // a path below the source's own folder: names nothing elsewhere
};

/// What an expression is where Python asks whether it is true. `unknown`: only running it tells, or it can be either.
enum class Truth : std::uint8_t { no, yes, unknown };

/// The tokens, and everything that they bind, wherever in the source. A name that is bound several times is each of its values: which of
/// them it is where it is used, is not asked.
class Module {
  public:
    /// The tokens must outlive it.
    explicit Module(const Tokens& tokens);

    /// The constants that an expression can be: texts, names of such, their sums, choices between them, defaults of environment variables.
    Values evaluate(Range expression) const { return evaluate(expression, 0); }
    /// The same of the items (of a mapping: the values) of a literal, or of a name of one, at any depth; of anything else, of itself.
    Values evaluate_all(Range expression) const;

    /// A name is `no` or `yes` when each of its assignments is; in doubt, and beyond the bounds, `unknown`.
    Truth truth(Range expression) const { return truth(expression, 0); }
    /// The expression that begins at `begin`: up to the comma, closing bracket, "=" or end of the statement behind it. Empty, of
    /// which truth() knows nothing, when it is too long.
    Range expression_at(std::size_t begin) const;
    /// The token behind this one, and behind everything that it opens.
    std::size_t next(std::size_t at) const;

    /// Full dotted names that a callee "a.b.c" can have, by its imports, or because its head is another name for such a one (`h = torch.hub`);
    /// empty when its head is neither.
    std::vector<std::string> full_names(std::string_view callee) const;
    /// The head of it is bound by something else than an import: a variable, a function, a class.
    bool is_bound(std::string_view name) const { return bindings_.contains(name) || defined_.contains(name); }
    /// The token names a parameter of a function, where that is defined.
    bool is_parameter(std::size_t at) const { return parameters_.contains(at); }
    bool is_imported(std::string_view name) const { return imports_.contains(name); }
    /// A variable too, and each that it is bound to is what a call answers: `pipeline = pipeline("ner")`.
    bool is_object(std::string_view name) const {
        const auto known = objects_.find(name);
        if (known != objects_.end()) return known->second;
        const auto binding = bindings_.find(name);
        const bool is = binding != bindings_.end() && !binding->second.values.empty() &&
                        std::all_of(binding->second.values.begin(), binding->second.values.end(), [&](const Range& value) { return tokens_.is_op(value.end - 1, ")") && tokens_[value.end - 1].partner > value.begin; });
        objects_.emplace(name, is);
        return is;
    }
    /// `from MODULE import *` stands there.
    bool imports_all_of(std::string_view module) const { return stars_.contains(module); }
    /// The first part of a module that is imported, or from which something is, is such a one.
    bool imports_root(std::string_view root) const { return roots_.contains(root); }
    bool imports_any_root(bool (*is_such)(std::string_view root)) const { return std::any_of(roots_.begin(), roots_.end(), is_such); }
    /// Parts of a list of arguments or items, parted by commas, between an opening token and its partner.
    std::vector<Range> parts(std::size_t open) const;
    /// As written, shortened, for messages.
    std::string shown(Range expression) const;
    /// "a.b.c" of the tokens that end at `last`, a name; what the chain begins with may be no name: then "?.b.c".
    std::string chain_to(std::size_t last, std::size_t* first = nullptr) const;

    const Tokens& tokens() const { return tokens_; }

  private:
    struct Binding {
        std::vector<Range> values;
        std::vector<Range> items;        // it is each item of these
        bool other = false;              // something else too: a parameter, an import, the target of a `with`
    };

    const std::vector<std::string>& aliases_of(std::string_view name) const;
    void read_imports(std::size_t at);
    void read_definition(std::size_t at);
    void read_lambda(std::size_t at);
    void read_loop(std::size_t at);
    void read_pattern(std::size_t at);
    void read_statement(Range statement);
    void bind(Range target, Range value);
    std::vector<Range> split(Range range, std::string_view op) const;
    Range trimmed(Range range) const;
    Values evaluate(Range range, int depth) const;
    Truth truth(Range range, int depth) const;
    Truth truth_of_one(std::size_t at, int depth) const;
    Truth truth_of_name(std::string_view name, int depth) const;
    Values value_of(const std::string& name, int depth) const;
    Values f_string(std::size_t begin, int depth) const;
    Values call(Range expression, int depth) const;
    void evaluate_items(Range expression, int depth, Values& values) const;

    const Tokens& tokens_;
    std::map<std::string, std::vector<std::string>, std::less<>> imports_;
    std::map<std::string, Binding, std::less<>> bindings_;
    std::set<std::string, std::less<>> defined_;
    std::set<std::string, std::less<>> stars_;
    std::set<std::size_t> parameters_;
    std::set<std::size_t> lambdas_;      // whose parameters were read
    std::set<std::string, std::less<>> roots_;
    mutable std::map<std::string, Values, std::less<>> known_;   // of names that were asked for
    mutable std::map<std::string, Truth, std::less<>> truths_;   // the same
    mutable std::map<std::string, bool, std::less<>> objects_;   // the same
    mutable std::map<std::string, std::vector<std::string>, std::less<>> aliases_;   // the same
    mutable std::size_t alias_depth_ = 0;
    mutable std::size_t items_ = 0;      // that were looked at
};

}  // namespace headgate::intake::python
