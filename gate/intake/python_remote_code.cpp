#include "intake/python_remote_code.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "intake/served.hpp"

namespace headgate::intake::python {
namespace {

using Kind = Token::Kind;

constexpr std::string_view kOption = "trust_remote_code";
constexpr std::size_t kMostType = 100;           // tokens of an annotation

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool is_text(const Token& token) { return token.kind == Kind::text || token.kind == Kind::f_begin; }

class Finder {
  public:
    Finder(const Module& module, const Locate& locate, IntakeContext& context) : module_(module), tokens_(module.tokens()), locate_(locate), context_(context) {}

    void find() {
        for (std::size_t at = 0; at < tokens_.size() && context_.room(); ++at) {
            if (tokens_.is_name(at, kOption)) assignment(at, at + 1);
            const bool inside = at > 0 && (is_text(tokens_[at - 1]) || tokens_[at - 1].kind == Kind::f_end || tokens_.is_op(at - 1, "}"));
            if (is_text(tokens_[at]) && !inside) text(at);
            if (tokens_.is_op(at, "{")) table(at);
            if (tokens_.is_op(at, "]")) subscript(at);
            if (tokens_[at].kind != Kind::op) continue;
            if (is_one_of(tokens_[at].written, {"(", "[", "{"})) open_.push_back(at);
            if (is_one_of(tokens_[at].written, {")", "]", "}"}) && !open_.empty()) open_.pop_back();
        }
    }

  private:
    /// What stands at `at` is "=", with or without a type in front of it, or an operator that assigns.
    void assignment(std::size_t name, std::size_t at) {
        if (tokens_.is_op(at, ":")) {
            const std::size_t most = at + kMostType;
            for (++at; !tokens_.is_line_end(at) && !is_assignment(at) && !tokens_.is_op(at, ",") && !tokens_.is_op(at, ")"); at = module_.next(at)) {
                if (at > most) return report(name, Truth::unknown, {});
            }
        }
        if (!is_assignment(at) || is_said(name)) return;
        const bool changed = tokens_[at].written.size() > 1 && tokens_[at].written != ":=";
        if (changed) return report(name, Truth::unknown, {});
        judge(name, module_.expression_at(at + 1));
    }
    bool is_assignment(std::size_t at) const {
        if (at >= tokens_.size() || tokens_[at].kind != Kind::op) return false;
        const std::string_view op = tokens_[at].written;
        return op.ends_with('=') && !is_one_of(op, {"==", "!=", "<=", ">="});
    }

    /// The constant that it can be.
    bool is_option(Range expression) const {
        if (expression.empty() || tokens_[expression.begin].kind == Kind::number) return false;
        if (expression.end == expression.begin + 1 && tokens_[expression.begin].kind == Kind::text) return tokens_.text(expression.begin) == kOption;
        const Values values = module_.evaluate(expression);
        return std::find(values.constants.begin(), values.constants.end(), kOption) != values.constants.end();
    }

    /// {"trust_remote_code": True}, whatever the key is written like.
    void table(std::size_t open) {
        for (const Range part : module_.parts(open)) {
            std::size_t colon = part.begin;
            while (colon < part.end && !tokens_.is_op(colon, ":")) colon = module_.next(colon);
            if (colon < part.end && is_option({part.begin, colon})) judge(part.begin, {colon + 1, part.end});
        }
    }

    /// kwargs["trust_remote_code"] = True
    void subscript(std::size_t close) {
        const std::size_t open = tokens_[close].partner;
        if ((is_assignment(close + 1) || tokens_.is_op(close + 1, ":")) && open + 1 < close && is_option({open + 1, close})) assignment(open + 1, close + 1);
    }

    /// The text stands among arguments or items, or is kept for later.
    void text(std::size_t begin) {
        std::size_t end = begin;
        while (end < tokens_.size() && is_text(tokens_[end])) end = module_.next(end);
        if (is_said(begin)) return;
        const std::size_t sum = sum_of_option(begin);
        if (sum == begin && !is_option({begin, end})) return;
        end = std::max(end, sum);
        const bool kept = begin > 0 && tokens_.is_op(begin - 1, "=") && tokens_.is_line_end(end);
        if (kept) return report(begin, Truth::unknown, {});
        if (open_.empty()) return;
        const std::size_t open = open_.back();
        const bool of_something = open > 0 && ((tokens_.is_name(open - 1) && !is_one_of(tokens_[open - 1].written, {"in", "for", "return", "and", "or", "not", "if", "else", "yield"})) ||
                                               tokens_.is_op(open - 1, ")") || tokens_.is_op(open - 1, "]"));
        if (tokens_.is_op(open, "{") && tokens_.is_op(end, ":")) return judge(begin, module_.expression_at(end + 1));
        if (tokens_.is_op(end, ",")) return judge(begin, value_behind(end + 1));
        // ["trust_remote_code"], for names that become keys.
        const bool item = begin > 0 && (tokens_.is_op(begin - 1, ",") || begin - 1 == open);
        const bool ends = tokens_.is_op(end, ")") || tokens_.is_op(end, "]") || tokens_.is_op(end, "}");
        const bool wrapped = tokens_.is_op(open, "(") && begin - 1 == open;
        if (item && ends && !of_something && !wrapped) report(begin, Truth::unknown, {});
    }
    /// "trust_remote" + "_code": where the sum ends that begins here; `begin` when it is none, or of something else. It is given up as soon as
    /// it is longer, so that a sum takes no more than it is long.
    std::size_t sum_of_option(std::size_t begin) const {
        if (begin > 0 && tokens_.is_op(begin - 1, "+")) return begin;
        std::string joined;
        bool sum = false;
        for (std::size_t at = begin; at < tokens_.size();) {
            const Values part = module_.evaluate({at, module_.next(at)});
            if (part.computed || part.constants.size() != 1) return begin;
            joined += part.constants.front();
            if (!kOption.starts_with(joined)) return begin;
            at = module_.next(at);
            if (tokens_.is_op(at, "+")) {
                sum = true;
                ++at;
            } else if (at >= tokens_.size() || !is_text(tokens_[at])) {
                return sum && joined == kOption ? at : begin;
            }
        }
        return begin;
    }

    /// Of the argument behind the name of the option; its own name does not matter.
    Range value_behind(std::size_t begin) const {
        return module_.expression_at(tokens_.is_name(begin) && tokens_.is_op(begin + 1, "=") ? begin + 2 : begin);
    }

    void judge(std::size_t token, Range value) {
        const Truth truth = module_.truth(value);
        if (truth != Truth::no) report(token, truth, value);
    }
    /// Once for each line of the tokens: what repeats on one is not looked at again.
    bool is_said(std::size_t token) const { return said_.contains(tokens_[token].line); }
    void report(std::size_t token, Truth truth, Range value) {
        if (!said_.insert(tokens_[token].line).second) return;
        const Location where = locate_(tokens_[token].line);
        if (truth == Truth::yes) return add_remote_code("trust_remote_code=True", where, context_);
        const std::string shown = value.empty() ? "" : " (" + escape_terminal(module_.shown(value), 100) + ")";
        context_.finding("source.trust-remote-code", Severity::high,
                         "trust_remote_code is computed" + shown + ": whether code runs that the model's repository brings cannot be told", where,
                         "If it comes out true, whoever may push to that repository runs code here, with everything that this process may do.",
                         "Write trust_remote_code=False, or leave the option out.");
    }

    const Module& module_;
    const Tokens& tokens_;
    const Locate& locate_;
    IntakeContext& context_;
    std::vector<std::size_t> open_;      // brackets around the token
    std::set<std::uint32_t> said_;       // lines
};

}  // namespace

void find_remote_code(const Module& module, const Locate& locate, IntakeContext& context) { Finder(module, locate, context).find(); }

}  // namespace headgate::intake::python
