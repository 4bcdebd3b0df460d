#include "formats/chat_template_work.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using Kind = TemplateNode::Kind;
using Level = TemplateValue::Level;

constexpr std::uint64_t kMostPower = 1024;  // bits of a power

template <std::size_t N>
bool contains(const std::string_view (&words)[N], std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

class Work {
  public:
    Work(const TemplateProgram& program, const std::vector<TemplateValue>& values, std::vector<TemplateProblem>& problems)
        : program_(program), values_(values), problems_(problems) {}

    void binary(const TemplateNode& it) {
        const TemplateValue& left = of(it.children[0]);
        const TemplateValue& right = of(it.children[1]);
        if (it.text == "**") return power(it, left, right);
        if (it.text == "*") return repetition(it, left, right);
        if (it.text != "%" || left.level == Level::number) return;
        if (left.is_literal()) fields(left.text, right, it.offset);
    }

    void call(const TemplateNode& it) {
        static constexpr std::string_view kSized[] = {"ljust", "rjust", "center", "zfill", "expandtabs", "to_bytes"};
        const TemplateNode& callee = program_.nodes[it.children[0]];
        if (callee.kind != Kind::attribute) return;
        if (contains(kSized, callee.text) && any_many(it)) report("." + callee.text + "() makes a string larger than memory", it.offset);
        const TemplateValue& self = of(callee.children[0]);
        if (callee.text == "format" && self.is_literal()) fields(self.text, joined(it), it.offset);
    }

    void filter(const TemplateNode& it) {
        static constexpr std::string_view kSized[] = {"center", "indent", "batch", "slice", "tojson", "round"};
        if (it.children.empty()) return;
        if (contains(kSized, it.text) && any_many(it)) report("the filter " + it.text + " makes something larger than memory", it.offset);
        const TemplateValue& input = of(it.children[0]);
        if (it.text == "format" && input.is_literal()) fields(input.text, joined(it), it.offset);
    }

  private:
    const TemplateValue& of(NodeId id) const { return values_[id]; }
    bool is_power(NodeId id) const { return program_.nodes[id].kind == Kind::binary && program_.nodes[id].text == "**"; }
    void report(std::string message, std::size_t offset) { problems_.push_back({"template.unbounded-loop", std::move(message), offset}); }

    bool any_many(const TemplateNode& it) const {
        return std::any_of(it.children.begin() + 1, it.children.end(), [&](NodeId id) { return of(id).bits > kMostBits; });
    }
    TemplateValue joined(const TemplateNode& it) const {
        TemplateValue all;
        for (std::size_t i = 1; i < it.children.size(); ++i) all = join(all, of(it.children[i]));
        return all;
    }

    void power(const TemplateNode& it, const TemplateValue& left, const TemplateValue& right) {
        if (left.level == Level::nothing || right.level == Level::nothing) return;
        const TemplateNode& exponent = program_.nodes[it.children[1]];
        const std::string_view spelling = exponent.kind == Kind::integer ? std::string_view(exponent.text) : std::string_view();
        // A power of powers: readers differ on which is taken first.
        const bool tower = is_power(it.children[0]) || is_power(it.children[1]);
        if (tower || power_bits(left, right, spelling) > kMostPower) report("a power (**) that can be larger than memory", it.offset);
    }

    void repetition(const TemplateNode& it, const TemplateValue& left, const TemplateValue& right) {
        if (left.level == Level::nothing || right.level == Level::nothing) return;
        if (left.level == Level::number && right.level == Level::number && !left.container && !right.container) {
            // Products of what was multiplied again and again: a loop that squares.
            if (left.bits >= kManyBits && right.bits >= kManyBits) report("a product that can be larger than memory", it.offset);
            return;
        }
        const unsigned bits = left.container ? right.bits : right.container ? left.bits : left.bits + right.bits;
        if (bits > kMostBits) report("a string or list is repeated to more than 16 million", it.offset);
    }

    /// "%99999999999d" and "{:>99999999999}" are as long as they say; a width of "*" stands among the values.
    void fields(std::string_view format, const TemplateValue& arguments, std::size_t offset) {
        char field = '\0';  // what began it
        for (std::size_t at = 0; at < format.size(); ++at) {
            const char c = format[at];
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (c == '%' || c == '{') field = c;
            if (c == ' ' || c == '}' || (letter && field == '%')) field = '\0';
            if (field == '\0' || (c != '*' && (c < '0' || c > '9'))) continue;
            const std::size_t end = std::min(format.find_first_not_of("0123456789", at), format.size());
            const bool many = c == '*' ? arguments.bits > kMostBits : spelled_bits(format.substr(at, end - at)) > kMostBits;
            if (many) return report("a field of a format is wider than memory", offset);
            if (c != '*') at = end - 1;
        }
    }

    const TemplateProgram& program_;
    const std::vector<TemplateValue>& values_;
    std::vector<TemplateProblem>& problems_;
};

}  // namespace

void judge_work(const TemplateNode& node, const TemplateProgram& program, const std::vector<TemplateValue>& values,
                std::vector<TemplateProblem>& problems) {
    Work work(program, values, problems);
    if (node.kind == Kind::binary) work.binary(node);
    if (node.kind == Kind::call) work.call(node);
    if (node.kind == Kind::filter) work.filter(node);
}

}  // namespace headgate::formats
