#include "formats/chat_template_expression.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using Kind = TemplateNode::Kind;
constexpr std::uint32_t kMaxDepth = 100;

// Words that end an expression or belong to operators: no variable is called so.
bool reserved(std::string_view word) {
    static constexpr std::string_view kWords[] = {"and", "or", "not", "in", "is", "if", "else", "elif", "recursive"};
    return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

struct DepthGuard {
    explicit DepthGuard(std::uint32_t& depth) : depth_(depth) { ++depth_; }
    ~DepthGuard() { --depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    std::uint32_t& depth_;
};

}  // namespace

bool TemplateExpressions::accept(std::string_view symbol) {
    if (!peek().is(symbol)) return false;
    next();
    return true;
}
bool TemplateExpressions::accept_name(std::string_view name) {
    if (!peek().is_name(name)) return false;
    next();
    return true;
}
bool TemplateExpressions::expect(std::string_view symbol) {
    return accept(symbol) || fail("expected '" + std::string(symbol) + "'");
}
bool TemplateExpressions::fail(std::string message) {
    if (!program_.error) program_.error = TemplateSyntaxError{"template.malformed", std::move(message), peek().offset};
    return false;
}
std::optional<std::string> TemplateExpressions::identifier(std::string_view what) {
    if (peek().kind != TemplateToken::Kind::name || reserved(peek().text)) {
        fail("expected " + std::string(what));
        return std::nullopt;
    }
    std::string name = peek().text;
    next();
    return name;
}

NodeId TemplateExpressions::add(TemplateNode node) {
    program_.nodes.push_back(std::move(node));
    return static_cast<NodeId>(program_.nodes.size() - 1);
}
std::optional<NodeId> TemplateExpressions::binary(std::string_view op, NodeId left, NodeId right, std::size_t offset) {
    return add({Kind::binary, std::string(op), {left, right}, {}, offset});
}

std::optional<NodeId> TemplateExpressions::expression(bool with_condition) {
    const DepthGuard guard(depth_);
    if (depth_ > kMaxDepth) {
        if (!program_.error)
            program_.error = {"template.unscannable", "expressions are nested deeper than 100", peek().offset};
        return std::nullopt;
    }
    auto value = either();
    while (value && with_condition && peek().is_name("if")) {
        const std::size_t offset = peek().offset;
        next();
        if (!either()) return std::nullopt;
        TemplateNode node{Kind::either, {}, {*value}, {}, offset};
        if (accept_name("else")) {
            const auto other = expression();
            if (!other) return std::nullopt;
            node.children.push_back(*other);
        }
        value = add(std::move(node));
    }
    return value;
}

std::optional<NodeId> TemplateExpressions::tuple(bool with_condition) {
    const std::size_t offset = peek().offset;
    auto first = expression(with_condition);
    if (!first || !peek().is(",")) return first;
    TemplateNode node{Kind::sequence, {}, {*first}, {}, offset};
    while (accept(",")) {
        const auto kind = peek().kind;
        if (kind == TemplateToken::Kind::block_end || kind == TemplateToken::Kind::print_end || peek().is(")")) break;
        const auto item = expression(with_condition);
        if (!item) return std::nullopt;
        node.children.push_back(*item);
    }
    return add(std::move(node));
}

std::optional<NodeId> TemplateExpressions::either() {
    auto left = conjunction();
    while (left && peek().is_name("or")) {
        const std::size_t offset = peek().offset;
        next();
        const auto right = conjunction();
        if (!right) return std::nullopt;
        left = add({Kind::either, {}, {*left, *right}, {}, offset});
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::conjunction() {
    auto left = negation();
    while (left && peek().is_name("and")) {
        const std::size_t offset = peek().offset;
        next();
        const auto right = negation();
        if (!right) return std::nullopt;
        left = add({Kind::either, {}, {*left, *right}, {}, offset});
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::negation() {
    const std::size_t offset = peek().offset;
    bool negated = false;
    while (accept_name("not")) negated = true;
    const auto value = comparison();
    if (!value || !negated) return value;
    return add({Kind::number, {}, {*value}, {}, offset});
}
std::optional<NodeId> TemplateExpressions::comparison() {
    static constexpr std::string_view kOperators[] = {"==", "!=", "<", ">", "<=", ">="};
    auto left = sum();
    while (left) {
        const std::size_t offset = peek().offset;
        const bool symbol =
            peek().kind == TemplateToken::Kind::symbol &&
            std::find(std::begin(kOperators), std::end(kOperators), peek().text) != std::end(kOperators);
        if (peek().is_name("not") && peek(1).is_name("in")) {
            next();
        } else if (!symbol && !peek().is_name("in")) {
            return left;
        }
        next();
        const auto right = sum();
        if (!right) return std::nullopt;
        left = add({Kind::number, {}, {*left, *right}, {}, offset});
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::sum() {
    auto left = concatenation();
    while (left && (peek().is("+") || peek().is("-"))) {
        const TemplateToken op = peek();
        next();
        const auto right = concatenation();
        if (!right) return std::nullopt;
        left = binary(op.text, *left, *right, op.offset);
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::concatenation() {
    auto left = product();
    while (left && peek().is("~")) {
        const std::size_t offset = peek().offset;
        next();
        const auto right = product();
        if (!right) return std::nullopt;
        left = binary("~", *left, *right, offset);
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::product() {
    auto left = power();
    while (left && (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%"))) {
        const TemplateToken op = peek();
        next();
        const auto right = power();
        if (!right) return std::nullopt;
        left = binary(op.text, *left, *right, op.offset);
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::power() {
    auto left = unary(true);
    while (left && peek().is("**")) {
        const std::size_t offset = peek().offset;
        next();
        const auto right = unary(true);
        if (!right) return std::nullopt;
        left = binary("**", *left, *right, offset);
    }
    return left;
}
std::optional<NodeId> TemplateExpressions::unary(bool with_filter) {
    const std::size_t offset = peek().offset;
    bool signs = false;
    while (peek().is("-") || peek().is("+")) {
        signs = true;
        next();
    }
    auto value = primary();
    if (value) value = postfix(*value);
    if (value && signs) value = add({Kind::number, {}, {*value}, {}, offset});
    if (value && with_filter) {
        // Filters, tests, and postfix parts behind a call may follow each other.
        value = filters(*value, false);
        if (value) value = tests(*value);
    }
    return value;
}

std::optional<NodeId> TemplateExpressions::postfixed() {
    auto value = primary();
    return value ? postfix(*value) : value;
}

std::optional<NodeId> TemplateExpressions::primary() {
    const TemplateToken token = peek();
    switch (token.kind) {
        case TemplateToken::Kind::string: {
            TemplateNode node{Kind::text, {}, {}, {}, token.offset};
            while (peek().kind == TemplateToken::Kind::string) {  // adjacent literals are one
                node.text += peek().text;
                next();
            }
            return add(std::move(node));
        }
        case TemplateToken::Kind::integer:
        case TemplateToken::Kind::real:
            next();
            return add({token.kind == TemplateToken::Kind::integer ? Kind::integer : Kind::number,
                        token.text,
                        {},
                        {},
                        token.offset});
        case TemplateToken::Kind::name: {
            static constexpr std::string_view kConstants[] = {"true", "false", "none", "True", "False", "None"};
            if (reserved(token.text)) break;
            next();
            const bool constant =
                std::find(std::begin(kConstants), std::end(kConstants), token.text) != std::end(kConstants);
            return add({constant ? Kind::number : Kind::name, token.text, {}, {}, token.offset});
        }
        case TemplateToken::Kind::symbol:
            if (accept("(")) {
                if (accept(")")) return add({Kind::sequence, {}, {}, {}, token.offset});
                const auto value = tuple();
                if (!value || !expect(")")) return std::nullopt;
                return value;
            }
            if (accept("[")) return sequence("]", token.offset);
            if (accept("{")) return mapping(token.offset);
            break;
        default:
            break;
    }
    fail(token.kind == TemplateToken::Kind::name || token.kind == TemplateToken::Kind::symbol
             ? "unexpected '" + token.text + "'"
             : "an expression is missing");
    return std::nullopt;
}

std::optional<NodeId> TemplateExpressions::sequence(std::string_view close, std::size_t offset) {
    TemplateNode node{Kind::sequence, {}, {}, {}, offset};
    while (!accept(close)) {
        if (!node.children.empty()) {
            if (!expect(",")) return std::nullopt;
            if (accept(close)) break;
        }
        const auto item = expression();
        if (!item) return std::nullopt;
        node.children.push_back(*item);
    }
    return add(std::move(node));
}

std::optional<NodeId> TemplateExpressions::mapping(std::size_t offset) {
    TemplateNode node{Kind::mapping, {}, {}, {}, offset};
    while (!accept("}")) {
        if (!node.children.empty()) {
            if (!expect(",")) return std::nullopt;
            if (accept("}")) break;
        }
        const auto key = expression();
        if (!key || !expect(":")) return std::nullopt;
        const auto value = expression();
        if (!value) return std::nullopt;
        node.children.push_back(*key);
        node.children.push_back(*value);
    }
    return add(std::move(node));
}

std::optional<NodeId> TemplateExpressions::postfix(NodeId node) {
    std::optional<NodeId> value = node;
    while (value) {
        const std::size_t offset = peek().offset;
        if (accept(".")) {
            if (peek().kind == TemplateToken::Kind::integer) {
                const NodeId index = add({Kind::integer, peek().text, {}, {}, offset});
                next();
                value = add({Kind::item, {}, {*value, index}, {}, offset});
                continue;
            }
            if (peek().kind != TemplateToken::Kind::name) {  // any word is an attribute name, reserved or not
                fail("expected a name behind '.'");
                return std::nullopt;
            }
            value = add({Kind::attribute, peek().text, {*value}, {}, offset});
            next();
        } else if (accept("[")) {
            value = subscript(*value);
        } else if (accept("(")) {
            TemplateNode call{Kind::call, {}, {*value}, {}, offset};
            if (!arguments(call)) return std::nullopt;
            program_.nodes[*value].called = true;
            value = add(std::move(call));
        } else {
            return value;
        }
    }
    return value;
}

std::optional<NodeId> TemplateExpressions::subscript(NodeId node) {
    const std::size_t offset = peek().offset;
    std::vector<NodeId> bounds;
    bool slice = false;
    bool several = false;
    bool needs_value = true;
    while (!accept("]")) {
        if (accept(":")) {
            slice = true;
            needs_value = true;
            continue;
        }
        if (accept(",")) {
            several = true;
            needs_value = true;
            continue;
        }
        if (!needs_value) {
            fail("expected ']'");
            return std::nullopt;
        }
        const auto value = expression();
        if (!value) return std::nullopt;
        bounds.push_back(*value);
        needs_value = false;
    }
    if (slice || several) {
        bounds.insert(bounds.begin(), node);
        return add({Kind::slice, {}, std::move(bounds), {}, offset});
    }
    if (bounds.size() != 1) {
        fail("an empty subscript");
        return std::nullopt;
    }
    return add({Kind::item, {}, {node, bounds.front()}, {}, offset});
}

bool TemplateExpressions::arguments(TemplateNode& node) {  // behind "("
    bool first = true;
    while (!accept(")")) {
        if (!first) {
            if (!expect(",")) return false;
            if (accept(")")) return true;
        }
        first = false;
        if (accept("**") || accept("*")) {
            const auto rest = expression();
            if (!rest) return false;
            node.children.push_back(*rest);
            if (!node.keywords.empty()) node.keywords.emplace_back("*");
            continue;
        }
        std::string keyword;
        if (peek().kind == TemplateToken::Kind::name && peek(1).is("=")) {
            keyword = peek().text;
            next();
            next();
        }
        const auto value = expression();
        if (!value) return false;
        node.children.push_back(*value);
        if (!keyword.empty())
            node.keywords.push_back(std::move(keyword));
        else if (!node.keywords.empty())
            return fail("a positional argument behind a named one");
    }
    return true;
}

std::optional<NodeId> TemplateExpressions::filters(NodeId base, bool first_without_bar) {
    std::optional<NodeId> value = base;
    while (value && (first_without_bar || peek().is("|"))) {
        if (!first_without_bar) next();
        first_without_bar = false;
        TemplateNode node{Kind::filter, {}, {*value}, {}, peek().offset};
        auto name = identifier("the name of a filter");
        if (!name) return std::nullopt;
        node.text = std::move(*name);
        while (accept(".")) {
            name = identifier("the name of a filter");
            if (!name) return std::nullopt;
            node.text += "." + *name;
        }
        if (accept("(") && !arguments(node)) return std::nullopt;
        value = postfix(add(std::move(node)));
    }
    return value;
}

std::optional<NodeId> TemplateExpressions::tests(NodeId base) {
    std::optional<NodeId> value = base;
    while (value && peek().is_name("is")) {
        next();
        TemplateNode node{Kind::test, {}, {*value}, {}, peek().offset};
        accept_name("not");
        if (peek().kind != TemplateToken::Kind::name) {
            fail("expected the name of a test");
            return std::nullopt;
        }
        node.text = peek().text;
        next();
        const bool defined = node.text == "defined" || node.text == "undefined" || node.text == "callable";
        if (defined) program_.nodes[*value].tested = true;
        const TemplateToken& token = peek();
        const bool bare = token.kind == TemplateToken::Kind::string || token.kind == TemplateToken::Kind::integer ||
                          token.kind == TemplateToken::Kind::real || token.is("[") || token.is("{") ||
                          (token.kind == TemplateToken::Kind::name && !reserved(token.text));
        if (accept("(")) {
            if (!arguments(node)) return std::nullopt;
        } else if (bare) {
            auto argument = primary();
            if (argument) argument = postfix(*argument);
            if (!argument) return std::nullopt;
            node.children.push_back(*argument);
        }
        value = filters(add(std::move(node)), false);
    }
    return value;
}

}  // namespace headgate::formats
