#include "formats/chat_template_parser.hpp"

#include <algorithm>

#include "formats/chat_template_expression.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMaxOpen = 200;  // blocks in blocks: kept in a list, so this is no matter of the stack

using How = TemplateBinding::How;

class StatementParser {
  public:
    explicit StatementParser(const std::vector<TemplateToken>& tokens) : read_(tokens, program_) {}

    TemplateProgram run() {
        while (!read_.failed()) {
            const TemplateToken token = read_.peek();
            if (token.kind == TemplateToken::Kind::end) break;
            read_.next();
            if (token.kind == TemplateToken::Kind::print_begin) {
                if (read_.tuple()) close(TemplateToken::Kind::print_end);
            } else if (token.kind == TemplateToken::Kind::block_begin) {
                statement();
            }
        }
        if (!read_.failed() && !open_.empty()) read_.fail("the block '" + open_.back() + "' is not closed");
        return std::move(program_);
    }

  private:
    bool close(TemplateToken::Kind kind) {
        if (read_.peek().kind != kind)
            return read_.fail("unexpected '" + read_.peek().text + "' before the end of a tag");
        read_.next();
        return true;
    }
    bool end_of_tag() { return close(TemplateToken::Kind::block_end); }

    void bind(How how, std::string name, std::optional<NodeId> value, bool unpacked = false) {
        program_.bindings.push_back({how, std::move(name), value, {}, 0, unpacked});
    }

    void open(std::string block) {
        if (open_.size() >= kMaxOpen) {
            if (!program_.error)
                program_.error = {"template.unscannable", "blocks are nested deeper than 200", read_.peek().offset};
            return;
        }
        open_.push_back(std::move(block));
    }

    void statement() {
        const std::size_t offset = read_.peek().offset;
        const auto word = read_.identifier("the name of a statement");
        if (!word) {  // `if`, `else` and `elif` are reserved in expressions
            reserved_statement();
            return;
        }
        static constexpr std::string_view kForbidden[] = {"import", "from", "include", "extends"};
        if (std::find(std::begin(kForbidden), std::end(kForbidden), *word) != std::end(kForbidden)) {
            program_.forbidden.push_back(
                {"template.import-statement", "the statement '" + *word + "' loads another template", offset});
            skip_tag();
        } else if (word->starts_with("end")) {
            end_block(word->substr(3));
        } else if (*word == "for") {
            loop();
        } else if (*word == "set") {
            assignment();
        } else if (*word == "macro") {
            macro();
        } else if (*word == "call") {
            call_block();
        } else if (*word == "with") {
            with();
        } else if (*word == "do") {
            if (read_.tuple()) end_of_tag();
        } else if (*word == "filter") {
            const NodeId body = read_.add({TemplateNode::Kind::filter, "forceescape", {}, {}, offset});
            if (read_.filters(body, true)) end_of_tag();
            open("filter");
        } else if (*word == "autoescape") {
            if (read_.expression()) end_of_tag();
            open("autoescape");
        } else if (*word == "generation") {
            end_of_tag();
            open("generation");
        } else if (*word == "block") {
            if (read_.identifier("the name of a block")) {
                while (read_.peek().is_name("scoped") || read_.peek().is_name("required")) read_.next();
                end_of_tag();
            }
            open("block");
        } else if (*word == "break" || *word == "continue") {
            if (std::find(open_.begin(), open_.end(), "for") == open_.end())
                read_.fail("'" + *word + "' outside a loop");
            end_of_tag();
        } else {
            read_.fail("unknown statement '" + *word + "'");
        }
    }

    // identifier() has failed; take its error back when the word is one of these.
    void reserved_statement() {
        const TemplateToken token = read_.peek();
        if (!token.is_name("if") && !token.is_name("elif") && !token.is_name("else")) return;
        program_.error.reset();
        read_.next();
        if (token.text == "if") {
            if (read_.tuple()) end_of_tag();
            open("if");
            return;
        }
        const bool in_if = !open_.empty() && open_.back() == "if";
        const bool in_for = !open_.empty() && open_.back() == "for" && token.text == "else";
        if (!in_if && !in_for) {
            read_.fail("'" + token.text + "' without its block");
            return;
        }
        if (token.text == "elif" && !read_.tuple()) return;
        end_of_tag();
    }

    void skip_tag() {
        while (read_.peek().kind != TemplateToken::Kind::block_end && read_.peek().kind != TemplateToken::Kind::end)
            read_.next();
        end_of_tag();
    }

    void end_block(const std::string& block) {
        if (open_.empty() || open_.back() != block) {
            read_.fail("'end" + block + "' does not close the innermost block");
            return;
        }
        open_.pop_back();
        if (block == "macro" || block == "block") {
            if (read_.peek().kind == TemplateToken::Kind::name) read_.next();  // `endmacro name`
        }
        end_of_tag();
    }

    // `a`, `a, b`, `(a, b)`, `ns.key`; nested parentheses flatten.
    bool targets(std::vector<std::string>& names) {
        do {
            if (read_.accept("(")) {
                if (++target_depth_ > 20) return read_.fail("targets are nested too deeply");
                if (!targets(names) || !read_.expect(")")) return false;
                --target_depth_;
                continue;
            }
            if (read_.peek().kind != TemplateToken::Kind::name && !names.empty()) break;  // trailing comma
            auto name = read_.identifier("a variable name");
            if (!name) return false;
            if (read_.accept(".")) {
                const auto key = read_.identifier("the name of an attribute");
                if (!key) return false;
                *name += "." + *key;
            }
            names.push_back(std::move(*name));
        } while (read_.accept(","));
        return true;
    }

    void loop() {
        std::vector<std::string> names;
        if (!targets(names)) return;
        if (!read_.accept_name("in")) {
            read_.fail("expected 'in'");
            return;
        }
        const auto iterated = read_.tuple(false);
        if (!iterated) return;
        if (read_.accept_name("if") && !read_.expression()) return;
        read_.accept_name("recursive");
        if (!end_of_tag()) return;
        for (std::string& name : names) bind(How::element, std::move(name), iterated, names.size() > 1);
        open("for");
    }

    void assignment() {
        std::vector<std::string> names;
        if (!targets(names)) return;
        if (read_.accept("=")) {
            const auto value = read_.tuple();
            if (!value || !end_of_tag()) return;
            for (std::string& name : names) bind(How::value, std::move(name), value, names.size() > 1);
            return;
        }
        if (read_.peek().is("|")) {
            const NodeId body = read_.add({TemplateNode::Kind::filter, "forceescape", {}, {}, read_.peek().offset});
            if (!read_.filters(body, false)) return;
        }
        if (!end_of_tag()) return;
        for (std::string& name : names) bind(How::rendered, std::move(name), std::nullopt);
        open("set");
    }

    void with() {
        while (read_.peek().kind == TemplateToken::Kind::name) {
            auto name = read_.identifier("a variable name");
            if (!name || !read_.expect("=")) return;
            const auto value = read_.expression();
            if (!value) return;
            bind(How::value, std::move(*name), value);
            if (!read_.accept(",")) break;
        }
        if (end_of_tag()) open("with");
    }

    bool parameters(const std::string& macro) {  // behind "("
        std::size_t position = 0;
        while (!read_.accept(")")) {
            if (position > 0) {
                if (!read_.expect(",")) return false;
                if (read_.accept(")")) return true;
            }
            auto name = read_.identifier("the name of a parameter");
            if (!name) return false;
            std::optional<NodeId> value;
            if (read_.accept("=")) {
                value = read_.expression();
                if (!value) return false;
            }
            program_.bindings.push_back({How::parameter, std::move(*name), value, macro, position++, false});
        }
        return true;
    }

    void macro() {
        const auto name = read_.identifier("the name of a macro");
        if (!name || !read_.expect("(") || !parameters(*name) || !end_of_tag()) return;
        program_.macros.push_back(*name);
        open("macro");
    }

    void call_block() {
        if (read_.accept("(") && !parameters("caller")) return;
        if (!read_.postfixed() || !end_of_tag()) return;
        open("call");
    }

    TemplateProgram program_;
    TemplateExpressions read_;
    std::vector<std::string> open_;
    std::uint32_t target_depth_ = 0;
};

}  // namespace

TemplateProgram parse_template_tokens(const std::vector<TemplateToken>& tokens) {
    return StatementParser(tokens).run();
}

}  // namespace headgate::formats
