// What a Python source binds: imports, assignments, parameters, loops.
#include <algorithm>
#include <array>

#include "intake/python_module.hpp"

namespace headgate::intake::python {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kMostImports = 64;         // that one name stands for

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

/// A statement that begins so has a header that ends with ':', and then others may stand on the line.
bool begins_header(std::string_view word) {
    return is_one_of(word, {"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async"});
}

}  // namespace

Module::Module(const Tokens& tokens) : tokens_(tokens) {
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
        if (!tokens_.is_name(at)) continue;
        const std::string_view word = tokens_[at].written;
        if (is_one_of(word, {"def", "class", "lambda"})) read_definition(at);
        if (word == "for") read_loop(at);
        if (word == "as" && tokens_.is_name(at + 1)) bindings_[std::string(tokens_[at + 1].written)].other = true;
        if (tokens_.is_op(at + 1, ":=")) bindings_[std::string(word)].other = true;
        if (word == "case" && (at == 0 || tokens_.is_line_end(at - 1))) read_pattern(at);
    }
    std::size_t begin = 0;
    for (std::size_t at = 0; at < tokens_.size(); at = next(at)) {
        if (tokens_.is_line_end(at) || tokens_.is_op(at, ";")) {
            read_statement({begin, at});
            begin = at + 1;
        } else if (tokens_.is_op(at, ":") && begin < at && tokens_.is_name(begin)) {
            const std::string_view word = tokens_[begin].written;
            const bool match = is_one_of(word, {"match", "case"}) && begin + 1 < at && !tokens_.is_op(begin + 1, ".");
            if (begins_header(word) || match) begin = at + 1;
        }
    }
}

std::size_t Module::next(std::size_t at) const { return std::max<std::size_t>(at, tokens_[at].partner) + 1; }

void Module::read_statement(Range statement) {
    if (statement.empty()) return;
    if (tokens_.is_name(statement.begin, "import") || tokens_.is_name(statement.begin, "from")) return read_imports(statement.begin);
    std::vector<std::size_t> equals;
    for (std::size_t at = statement.begin; at < statement.end; at = next(at)) {
        if (tokens_[at].kind != Kind::op) continue;
        const std::string_view op = tokens_[at].written;
        if (op == "=") equals.push_back(at);
        const bool changed = op.size() > 1 && op.ends_with('=') && !is_one_of(op, {"==", "!=", "<=", ">=", ":="});
        if (changed && equals.empty()) return bind({statement.begin, at}, {});
    }
    if (equals.empty()) return;
    const Range value = {equals.back() + 1, statement.end};
    std::size_t begin = statement.begin;
    for (const std::size_t end : equals) {
        Range target = {begin, end};
        for (std::size_t at = begin; at < end; at = next(at)) {
            if (tokens_.is_op(at, ":")) {           // what follows says its type
                target.end = at;
                break;
            }
        }
        bind(target, value);
        begin = end + 1;
    }
}

/// `case PATTERN:` gives what it matches to any name in the pattern.
void Module::read_pattern(std::size_t at) {
    for (++at; !tokens_.is_line_end(at) && !tokens_.is_op(at, ":"); ++at) {
        if (tokens_.is_name(at)) bindings_[std::string(tokens_[at].written)].other = true;
    }
}

/// An empty value: it becomes something that is not known.
void Module::bind(Range target, Range value) {
    target = trimmed(target);
    if (target.empty()) return;
    const bool list = tokens_.is_op(target.begin, "[") && tokens_[target.begin].partner == target.end - 1;
    if (list) return bind({target.begin + 1, target.end - 1}, {});
    const std::vector<Range> targets = split(target, ",");
    if (targets.size() > 1 || tokens_.is_op(target.end - 1, ",")) {
        const std::vector<Range> values = value.empty() ? std::vector<Range>() : split(trimmed(value), ",");
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const bool name = !targets[i].empty() && tokens_.is_name(targets[i].begin);
            bind(targets[i], name && values.size() == targets.size() ? values[i] : Range{});
        }
        return;
    }
    std::size_t first = target.begin;
    if (tokens_.is_op(first, "*")) value = {}, ++first;
    if (first >= target.end || !tokens_.is_name(target.end - 1)) return;
    std::size_t begin = 0;
    const std::string name = chain_to(target.end - 1, &begin);
    if (begin != first) return;
    Binding& binding = bindings_[name];
    if (value.empty()) {
        binding.other = true;
    } else if (binding.values.empty() || binding.values.back().begin != value.begin) {   // "a = a = a = x" is one value
        binding.values.push_back(value);
    }
}

void Module::read_imports(std::size_t at) {
    const bool from = tokens_.is_name(at, "from");
    ++at;
    const auto dotted = [&] {
        std::string name;
        while (tokens_.is_op(at, ".") || tokens_.is_op(at, "...") || (tokens_.is_name(at) && !tokens_.is_name(at, "import") && !tokens_.is_name(at, "as"))) {
            if (tokens_.is_name(at) && !name.empty() && name.back() != '.') break;
            name += tokens_[at++].written;
        }
        return name;
    };
    const std::string module = from ? dotted() : std::string();
    if (from) {
        if (!tokens_.is_name(at, "import")) return;
        ++at;
        roots_.insert(module.substr(0, module.find('.')));
        if (tokens_.is_op(at, "*")) stars_.insert(module);
    }
    while (!tokens_.is_line_end(at) && !tokens_.is_op(at, ";") && !tokens_.is_op(at, ")")) {
        if (!tokens_.is_name(at)) {
            ++at;
            continue;
        }
        const std::string name = from ? std::string(tokens_[at++].written) : dotted();
        if (name.empty()) return;
        std::string alias;
        if (tokens_.is_name(at, "as") && tokens_.is_name(at + 1)) {
            alias = tokens_[at + 1].written;
            at += 2;
        }
        if (!from) roots_.insert(name.substr(0, name.find('.')));
        const std::string full = from ? module + "." + name : alias.empty() ? name.substr(0, name.find('.')) : name;
        if (alias.empty()) alias = from ? name : full;
        std::vector<std::string>& known = imports_[alias];
        if (std::find(known.begin(), known.end(), full) != known.end()) continue;
        if (known.size() >= kMostImports) known.erase(known.begin());      // the last ones are what it most likely is
        known.push_back(full);
    }
}

/// Its parameters. A lambda among the defaults of another ends at the same ':', and has been read with it: many of them are no more work.
void Module::read_lambda(std::size_t at) {
    if (!lambdas_.insert(at).second) return;
    for (std::size_t i = at + 1; i < tokens_.size() && !tokens_.is_op(i, ":") && !tokens_.is_line_end(i); i = next(i)) {
        const bool inner = tokens_.is_name(i, "lambda");
        if (inner) lambdas_.insert(i);
        const bool first = i == at + 1 || tokens_.is_name(i - 1, "lambda") || tokens_.is_op(i - 1, ",") || tokens_.is_op(i - 1, "*") || tokens_.is_op(i - 1, "**");
        if (first && !inner && tokens_.is_name(i)) bindings_[std::string(tokens_[i].written)].other = true;
    }
}

void Module::read_definition(std::size_t at) {
    if (tokens_.is_name(at, "lambda")) return read_lambda(at);
    if (!tokens_.is_name(at + 1)) return;
    defined_.emplace(tokens_[at + 1].written);
    std::size_t open = at + 2;
    if (tokens_.is_op(open, "[")) open = next(open);     // type parameters
    if (!tokens_.is_name(at, "def") || !tokens_.is_op(open, "(")) return;
    for (const Range part : parts(open)) {
        std::size_t name = part.begin;
        while (name < part.end && (tokens_.is_op(name, "*") || tokens_.is_op(name, "**"))) ++name;
        if (name >= part.end || !tokens_.is_name(name)) continue;
        parameters_.insert(name);
        Binding& parameter = bindings_[std::string(tokens_[name].written)];
        parameter.other = true;
        for (std::size_t i = name + 1; i < part.end; i = next(i)) {
            if (!tokens_.is_op(i, "=")) continue;
            parameter.values.push_back({i + 1, part.end});
            break;
        }
    }
}

/// `for NAME in ITEMS`, as a statement and in comprehensions.
void Module::read_loop(std::size_t at) {
    std::size_t in = at + 1;
    while (in < tokens_.size() && !tokens_.is_name(in, "in") && !tokens_.is_name(in, "for") && !tokens_.is_line_end(in)) in = next(in);
    if (!tokens_.is_name(in, "in")) return;
    std::size_t end = in + 1;
    while (end < tokens_.size() && !tokens_.is_line_end(end) && !tokens_.is_op(end, ":") && !is_one_of(tokens_[end].written, {"if", "for", "async"})) {
        if (is_one_of(tokens_[end].written, {")", "]", "}"}) || tokens_[end].kind == Kind::f_end) break;
        end = next(end);
    }
    const Range target = {at + 1, in};
    if (target.end == target.begin + 1 && tokens_.is_name(target.begin)) {
        bindings_[std::string(tokens_[target.begin].written)].items.push_back({in + 1, end});
    } else {
        bind(target, {});
    }
}

std::vector<std::string> Module::full_names(std::string_view callee) const {
    const std::size_t dot = callee.find('.');
    const std::string_view head = callee.substr(0, dot);
    const auto found = imports_.find(head);
    const std::string_view rest = dot == std::string_view::npos ? std::string_view{} : callee.substr(dot);
    std::vector<std::string> names;
    for (const std::string& name : found == imports_.end() ? aliases_of(head) : found->second) names.push_back(name + std::string(rest));
    return names;
}

/// What a variable stands for that is assigned an imported name, or an attribute of one. Each variable is looked at once; other names of
/// other names are followed, too.
const std::vector<std::string>& Module::aliases_of(std::string_view name) const {
    constexpr std::size_t kMostAliases = 64;
    constexpr std::size_t kMostDepth = 16;
    constexpr std::size_t kMostChain = 40;       // tokens: the names that chain_to() follows
    const auto [known, fresh] = aliases_.try_emplace(std::string(name));      // empty while it is asked for
    const auto binding = fresh ? bindings_.find(name) : bindings_.end();
    if (binding == bindings_.end()) return known->second;
    std::vector<std::string> names;
    for (const Range written : binding->second.values) {
        const Range value = trimmed(written);
        if (names.size() >= kMostAliases) break;
        if (value.empty() || value.end - value.begin > kMostChain || !tokens_.is_name(value.end - 1)) continue;
        std::size_t first = 0;
        const std::string chain = chain_to(value.end - 1, &first);
        const std::string_view head = std::string_view(chain).substr(0, chain.find('.'));
        if (first != value.begin || alias_depth_ >= kMostDepth) continue;
        ++alias_depth_;
        const auto found = imports_.find(head);
        for (const std::string& full : found == imports_.end() ? aliases_of(head) : found->second) {
            std::string one = full + chain.substr(head.size());
            if (std::find(names.begin(), names.end(), one) == names.end()) names.push_back(std::move(one));
        }
        --alias_depth_;
    }
    return aliases_.find(name)->second = std::move(names);
}

std::vector<Range> Module::split(Range range, std::string_view op) const {
    std::vector<Range> found;
    std::size_t begin = range.begin;
    for (std::size_t at = range.begin; at < range.end; at = next(at)) {
        if (!tokens_.is_op(at, op)) continue;
        found.push_back({begin, at});
        begin = at + 1;
    }
    if (begin < range.end) found.push_back({begin, range.end});
    return found;
}

std::vector<Range> Module::parts(std::size_t open) const {
    const std::size_t close = tokens_[open].partner;
    if (close <= open) return {};
    std::vector<Range> found = split({open + 1, close}, ",");
    for (Range& part : found) {
        while (!part.empty() && tokens_.is_line_end(part.begin)) ++part.begin;
    }
    std::erase_if(found, [](const Range& part) { return part.empty(); });
    return found;
}

/// Without parentheses around all of it.
Range Module::trimmed(Range range) const {
    while (range.end > range.begin + 1 && tokens_.is_op(range.begin, "(") && tokens_[range.begin].partner == range.end - 1) range = {range.begin + 1, range.end - 1};
    return range;
}

std::string Module::chain_to(std::size_t last, std::size_t* first) const {
    std::size_t begin = last;
    std::string name(tokens_[last].written);
    constexpr std::size_t kMostParts = 20;
    for (std::size_t parts = 0; begin >= 1 && tokens_.is_op(begin - 1, "."); ++parts) {
        const bool named = begin >= 2 && tokens_.is_name(begin - 2) && parts < kMostParts;
        name = (named ? std::string(tokens_[begin - 2].written) : "?") + "." + name;
        begin -= named ? 2 : 1;
        if (!named) break;
    }
    if (first != nullptr) *first = begin;
    return name;
}

std::string Module::shown(Range expression) const {
    constexpr std::size_t kShown = 80;
    std::string text;
    for (std::size_t at = expression.begin; at < expression.end && text.size() < kShown; ++at) {
        const Token& token = tokens_[at];
        const bool word = token.kind == Kind::name && at > expression.begin && tokens_[at - 1].kind == Kind::name;
        if (word) text += ' ';
        const bool of_f_string = at > expression.begin && (tokens_[at - 1].kind == Kind::f_begin || tokens_.is_op(at - 1, "}"));
        switch (token.kind) {
            case Kind::text: text += of_f_string ? tokens_.text(at) : '"' + tokens_.text(at) + '"'; break;
            case Kind::f_begin: text += "f\""; break;
            case Kind::f_end: text += '"'; break;
            default: text += token.written; break;
        }
    }
    if (text.size() > kShown) text = text.substr(0, kShown) + "...";
    return text;
}

}  // namespace headgate::intake::python
