// chat_template_expression.hpp: the expression half of the template parser: precedence as in jinja2/parser.py.
#pragma once

#include "formats/chat_template_parser.hpp"

namespace headgate::formats {

/// Reads expressions from a token list. After a failure every function returns nullopt and error() says why.
class TemplateExpressions {
  public:
    TemplateExpressions(const std::vector<TemplateToken>& tokens, TemplateProgram& program)
        : tokens_(tokens), program_(program) {}

    const TemplateToken& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    void next() {
        if (at_ + 1 < tokens_.size()) ++at_;
    }
    bool accept(std::string_view symbol);
    bool accept_name(std::string_view name);
    bool expect(std::string_view symbol);
    std::optional<std::string> identifier(std::string_view what);
    bool fail(std::string message);
    bool failed() const { return program_.error.has_value(); }

    std::optional<NodeId> expression(bool with_condition = true);
    /// `a, b` makes a sequence; a single one is itself. Stops in front of `stop` (a name), if given.
    std::optional<NodeId> tuple(bool with_condition = true);
    /// A primary with its postfix parts: what a call block calls.
    std::optional<NodeId> postfixed();
    /// `name(arguments)` of `{% filter %}`, chained with `|`, applied to `base`.
    std::optional<NodeId> filters(NodeId base, bool first_without_bar);
    NodeId add(TemplateNode node);

  private:
    std::optional<NodeId> either();
    std::optional<NodeId> conjunction();
    std::optional<NodeId> negation();
    std::optional<NodeId> comparison();
    std::optional<NodeId> sum();
    std::optional<NodeId> concatenation();
    std::optional<NodeId> product();
    std::optional<NodeId> power();
    std::optional<NodeId> unary(bool with_filter);
    std::optional<NodeId> primary();
    std::optional<NodeId> sequence(std::string_view close, std::size_t offset);
    std::optional<NodeId> mapping(std::size_t offset);
    std::optional<NodeId> postfix(NodeId node);
    std::optional<NodeId> subscript(NodeId node);
    std::optional<NodeId> tests(NodeId base);
    bool arguments(TemplateNode& node);
    std::optional<NodeId> binary(std::string_view op, NodeId left, NodeId right, std::size_t offset);

    const std::vector<TemplateToken>& tokens_;
    TemplateProgram& program_;
    std::size_t at_ = 0;
    std::uint32_t depth_ = 0;
};

}  // namespace headgate::formats
