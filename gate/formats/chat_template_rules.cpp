#include "formats/chat_template_rules.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "formats/chat_template_value.hpp"
#include "formats/chat_template_work.hpp"

namespace headgate::formats {
namespace {

using Kind = TemplateNode::Kind;
using Level = TemplateValue::Level;
using How = TemplateBinding::How;

constexpr std::uint32_t kMaxPasses = 400;
constexpr std::int64_t kMaxRange = 10'000'000;

template <std::size_t N>
bool contains(const std::string_view (&words)[N], std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

class Judge {
  public:
    Judge(const TemplateProgram& program, Budget& budget, std::vector<TemplateProblem>& problems)
        : program_(program), budget_(budget), problems_(problems), values_(program.nodes.size()) {
        for (const TemplateBinding& binding : program.bindings) names_[binding.name];
        for (const std::string& macro : program.macros) names_[macro] = TemplateValue::of(Level::number);
        names_["loop"] = TemplateValue::of(Level::number);
        names_["caller"] = TemplateValue::of(Level::number);
        names_["varargs"];
        names_["kwargs"];
    }

    void run() {
        do {
            if (++passes_ > kMaxPasses || !budget_.step(program_.nodes.size() + program_.bindings.size())) {
                problems_.push_back(
                    {"template.unscannable", "what the variables hold cannot be worked out within the limits", 0});
                return;
            }
            changed_ = false;
            for (NodeId id = 0; id < program_.nodes.size(); ++id) values_[id] = value(id);
            for (const TemplateBinding& binding : program_.bindings) bind(binding);
        } while (changed_);
        for (NodeId id = 0; id < program_.nodes.size(); ++id) judge(id);
    }

  private:
    const TemplateNode& node(NodeId id) const { return program_.nodes[id]; }
    const TemplateValue& of(NodeId id) const { return values_[id]; }

    void update(const std::string& name, const TemplateValue& value) {
        TemplateValue& known = names_[name];
        TemplateValue joined = join(known, value);
        if (joined == known) return;
        known = std::move(joined);
        changed_ = true;
    }

    void bind(const TemplateBinding& binding) {
        switch (binding.how) {
            case How::value: {
                const TemplateValue& value = of(*binding.value);
                update(binding.name, binding.unpacked ? element_of(value) : value);
                const TemplateNode& source = node(*binding.value);
                if (source.kind == Kind::call && node(source.children[0]).text == "namespace") {
                    attributes(binding.name, source);
                }
                break;
            }
            case How::element: {
                const TemplateValue element = element_of(of(*binding.value));
                update(binding.name, binding.unpacked ? TemplateValue{element.level, false, {}} : element);
                break;
            }
            case How::rendered:
                update(binding.name, TemplateValue::of(Level::built));
                break;
            case How::parameter:
                if (binding.value) update(binding.name, of(*binding.value));
                break;
        }
    }
    // ns = namespace(key=value): each key is a variable of its own.
    void attributes(const std::string& name, const TemplateNode& call) {
        const std::size_t first = call.children.size() - call.keywords.size();
        for (std::size_t i = 0; i < call.keywords.size(); ++i) {
            update(name + "." + call.keywords[i], of(call.children[first + i]));
        }
    }

    TemplateValue joined(const TemplateNode& node, std::size_t first) const {
        TemplateValue result;
        for (std::size_t i = first; i < node.children.size(); ++i) result = join(result, of(node.children[i]));
        return result;
    }

    TemplateValue value(NodeId id) {
        const TemplateNode& it = node(id);
        switch (it.kind) {
            case Kind::text:
                return TemplateValue::literal(it.text);
            case Kind::integer:
            case Kind::number:
                // A sign or `not` has one child, a comparison two.
                return TemplateValue::of(Level::number, false,
                                         it.children.size() == 1 ? of(it.children[0]).bits : spelled_bits(it.text));
            case Kind::test:
                return TemplateValue::of(Level::number);
            case Kind::name: {
                const auto known = names_.find(it.text);
                return known == names_.end() ? TemplateValue::of(Level::data) : known->second;
            }
            case Kind::sequence:
            case Kind::mapping: {
                TemplateValue all = joined(it, 0);
                return TemplateValue::of(
                    std::max(all.level == Level::literal ? Level::choice : all.level, Level::number), true, all.bits);
            }
            case Kind::attribute:
                return attribute(it);
            case Kind::item:
                return element_of(of(it.children[0]));
            case Kind::slice: {
                const TemplateValue& whole = of(it.children[0]);
                const bool characters =
                    !whole.container && (whole.level == Level::literal || whole.level == Level::choice);
                return characters ? TemplateValue::of(Level::built, false, whole.bits) : whole;
            }
            case Kind::call:
                return call(it);
            case Kind::filter:
                return filter(it);
            case Kind::binary:
                return combine(it.text, of(it.children[0]), of(it.children[1]));
            case Kind::either:
                return joined(it, 0);
        }
        return TemplateValue::of(Level::built);
    }

    TemplateValue attribute(const TemplateNode& it) const {
        const TemplateNode& object = node(it.children[0]);
        if (object.kind == Kind::name) {
            static constexpr std::string_view kCounters[] = {"index", "index0", "revindex", "revindex0", "first",
                                                             "last",  "length", "depth",    "depth0"};
            if (object.text == "loop") {
                return TemplateValue::of(contains(kCounters, it.text) ? Level::number : Level::data);
            }
            const auto known = names_.find(object.text + "." + it.text);
            if (known != names_.end()) return known->second;
        }
        const TemplateValue& value = of(it.children[0]);
        if (value.level == Level::nothing) return value;
        return value.container && value.level == Level::built ? element_of(value) : TemplateValue::of(Level::data);
    }

    TemplateValue call(const TemplateNode& it) {
        const TemplateNode& callee = node(it.children[0]);
        const TemplateValue arguments = joined(it, 1);
        if (callee.kind == Kind::name) return call_name(it, callee.text, arguments);
        if (callee.kind != Kind::attribute) {
            pass_to_all_macros(arguments);
            return TemplateValue::of(Level::built);
        }
        const TemplateNode& object = node(callee.children[0]);
        const TemplateValue& self = of(callee.children[0]);
        static constexpr std::string_view kMutators[] = {"append", "extend", "insert", "update", "setdefault", "add"};
        static constexpr std::string_view kViews[] = {"items", "keys", "values", "copy"};
        static constexpr std::string_view kElements[] = {"get", "pop", "setdefault", "cycle", "popitem"};
        static constexpr std::string_view kCounts[] = {"startswith", "endswith", "find", "index",
                                                       "count",      "isdigit",  "rfind"};
        static constexpr std::string_view kPure[] = {"strip",  "lstrip",     "rstrip",    "split",
                                                     "rsplit", "splitlines", "lower",     "upper",
                                                     "title",  "capitalize", "partition", "rpartition"};
        const std::string& method = callee.text;
        if (contains(kMutators, method) && object.kind == Kind::name && arguments.level != Level::nothing) {
            update(object.text, TemplateValue::of(std::max(arguments.level, Level::choice), true));
        }
        if (self.level == Level::nothing) return self;
        if (contains(kCounts, method)) return TemplateValue::of(Level::number);
        if (contains(kViews, method)) return self;
        if (contains(kElements, method)) {
            const bool built = self.level == Level::built || arguments.level == Level::built;
            return TemplateValue::of(built            ? Level::built
                                     : self.container ? std::max(self.level, arguments.level)
                                                      : Level::data);
        }
        if (contains(kPure, method)) {
            return TemplateValue::of(self.level == Level::data ? Level::data : Level::built,
                                     self.level == Level::data ? self.container : false, self.bits);
        }
        static constexpr std::string_view kBuilders[] = {"join",     "format", "format_map", "replace", "translate",
                                                         "center",   "ljust",  "rjust",      "zfill",   "swapcase",
                                                         "casefold", "encode", "decode"};
        if (contains(kBuilders, method)) return TemplateValue::of(Level::built);
        if (arguments.level == Level::built) pass_to_all_macros(arguments);  // a macro kept in a namespace
        return TemplateValue::of(self.level == Level::built ? Level::built : Level::data);
    }

    TemplateValue call_name(const TemplateNode& it, const std::string& name, const TemplateValue& arguments) {
        if (name == "range") return TemplateValue::of(Level::number, true);
        if (name == "namespace") return TemplateValue::of(std::max(arguments.level, Level::number), true);
        if (name == "dict") return TemplateValue::of(std::max(arguments.level, Level::choice), true);
        if (name == "loop") {  // a recursive loop iterates what it is called with
            for (const TemplateBinding& binding : program_.bindings) {
                if (binding.how == How::element) update(binding.name, element_of(arguments));
            }
            return TemplateValue::of(Level::built);
        }
        const bool macro = name == "caller" ||
                           std::find(program_.macros.begin(), program_.macros.end(), name) != program_.macros.end();
        if (macro) {
            pass(it, name);
        } else if (names_.contains(name)) {
            pass_to_all_macros(arguments);
        }
        return TemplateValue::of(Level::built);
    }

    void pass(const TemplateNode& it, const std::string& macro) {
        const std::size_t positional = it.children.size() - 1 - std::min(it.keywords.size(), it.children.size() - 1);
        for (const TemplateBinding& binding : program_.bindings) {
            if (binding.how != How::parameter || binding.macro != macro) continue;
            if (binding.position < positional) update(binding.name, of(it.children[1 + binding.position]));
            for (std::size_t i = 0; i < it.keywords.size() && positional + 1 + i < it.children.size(); ++i) {
                if (it.keywords[i] == binding.name || it.keywords[i] == "*")
                    update(binding.name, of(it.children[positional + 1 + i]));
            }
        }
        const TemplateValue all = joined(it, 1);
        if (all.level == Level::nothing) return;
        update("varargs", TemplateValue::of(std::max(all.level, Level::choice), true));
        update("kwargs", TemplateValue::of(std::max(all.level, Level::choice), true));
        if (all.container) pass_to_all_macros(element_of(all));  // f(*list), and lists of lists
    }
    // Nobody can say which macro is meant.
    void pass_to_all_macros(const TemplateValue& value) {
        if (value.level != Level::built) return;
        for (const TemplateBinding& binding : program_.bindings) {
            if (binding.how == How::parameter) update(binding.name, value);
        }
        update("varargs", TemplateValue::of(Level::built, true));
        update("kwargs", TemplateValue::of(Level::built, true));
    }

    TemplateValue filter(const TemplateNode& it) const {
        static constexpr std::string_view kCounts[] = {"length", "count", "int", "float",
                                                       "round",  "abs",   "sum", "wordcount"};
        static constexpr std::string_view kNumbers[] = {"int", "float", "round", "abs"};
        static constexpr std::string_view kSame[] = {"trim",     "safe",       "string",     "escape", "e",
                                                     "list",     "sort",       "unique",     "tojson", "items",
                                                     "dictsort", "selectattr", "rejectattr", "select", "reject"};
        static constexpr std::string_view kElements[] = {"first", "last", "min", "max", "random"};
        static constexpr std::string_view kBuilders[] = {"join",     "format",   "replace", "urlencode",
                                                         "xmlattr",  "pprint",   "indent",  "center",
                                                         "wordwrap", "truncate", "urlize",  "filesizeformat"};
        if (it.children.empty()) return TemplateValue::of(Level::built);
        const TemplateValue& input = of(it.children[0]);
        if (input.level == Level::nothing) return input;
        if (contains(kNumbers, it.text)) {  // "99999999999"|int is a number too
            return TemplateValue::of(Level::number, false, input.is_literal() ? spelled_bits(trim(input.text)) : input.bits);
        }
        if (contains(kCounts, it.text)) return TemplateValue::of(Level::number);
        if (contains(kBuilders, it.text)) return TemplateValue::of(Level::built);
        if (it.text == "default" || it.text == "d") return join(input, joined(it, 1));
        const bool characters = !input.container && (input.level == Level::literal || input.level == Level::choice);
        if (contains(kElements, it.text)) return element_of(input);
        if (contains(kSame, it.text)) {
            if (input.is_literal() && (it.text == "list" || it.text == "sort" || it.text == "unique")) {
                return TemplateValue::of(Level::built, true);
            }
            return input.is_literal() ? TemplateValue::literal(std::string(trim(input.text))) : input;
        }
        if (it.text == "map") {
            const TemplateValue argument = joined(it, 1);
            const bool changes = argument.is_literal() && it.keywords.empty() && !contains(kSame, argument.text) &&
                                 !contains(kCounts, argument.text) && argument.text != "lower" &&
                                 argument.text != "upper";
            return TemplateValue::of(changes || input.level == Level::built ? Level::built : Level::data, true);
        }
        if (it.text == "reverse" && !characters) return input;
        return characters ? TemplateValue::of(Level::built) : input;  // lower, upper, title, capitalize, own filters
    }

    void report(std::string id, std::string message, std::size_t offset) {
        problems_.push_back({"template." + std::move(id), std::move(message), offset});
    }

    void judge(NodeId id) {
        const TemplateNode& it = node(id);
        for (const std::string& keyword : it.keywords) {
            if (is_private_literal(keyword))
                report("private-access", "the argument name " + keyword + " spells a private name", it.offset);
        }
        const TemplateValue& value = of(id);
        switch (it.kind) {
            case Kind::name:
                judge_name(it);
                break;
            case Kind::attribute:
                if (is_private_attribute(it.text))
                    report("private-access", "access to the private attribute ." + it.text, it.offset);
                break;
            case Kind::item:
                judge_index(of(it.children[1]), it.offset);
                break;
            case Kind::call:
                judge_call(it);
                break;
            case Kind::filter:
                judge_filter(it);
                break;
            case Kind::binary:
                judge_work(it, program_, values_, problems_);
                [[fallthrough]];
            default:
                if (value.is_literal() && is_private_literal(value.text)) {
                    report("private-access", "a string spells the private name " + value.text, it.offset);
                }
        }
    }

    void judge_name(const TemplateNode& it) {
        const std::string& name = it.text;
        if (name.starts_with("__") || is_private_literal(name)) {
            report("private-access", "the name " + name + " is private to Python", it.offset);
            return;
        }
        if (it.tested) return;  // `strftime_now is defined` asks, and does nothing
        const bool data_name = name == "config" || name == "request" || name == "application" || name == "environ";
        if (is_forbidden_root(name) && !(data_name && names_.contains(name))) {
            report("root-object", "the object " + name + " is no part of a conversation and leads to the interpreter",
                   it.offset);
        } else if (is_known_function(name) && !it.called && !names_.contains(name)) {
            report("root-object", "the function " + name + " is used as an object, not called", it.offset);
        }
    }

    void judge_index(const TemplateValue& index, std::size_t offset) {
        if (index.level == Level::built) {
            report("dynamic-access", "the name of an item is put together at run time", offset);
        } else if (index.is_literal() && (index.text.starts_with("__") ||
                                          (is_private_attribute(index.text) && !index.text.starts_with('_')))) {
            report("private-access", "access to the private item [\"" + index.text + "\"]", offset);
        }
    }

    void judge_call(const TemplateNode& it) {
        judge_work(it, program_, values_, problems_);
        const TemplateNode& callee = node(it.children[0]);
        if (callee.kind == Kind::attribute) {
            const TemplateValue& self = of(callee.children[0]);
            if (is_dangerous_method(callee.text)) {
                report("dangerous-call", "the call ." + callee.text + "() runs code or reaches its types",
                       callee.offset);
            }
            // str.format reads attributes: "{0.__class__}".
            const bool formats = callee.text == "format" || callee.text == "format_map";
            if (formats && !(self.is_literal() && self.text.find('_') == std::string::npos)) {
                const bool harmless = self.is_literal() && !reads_attributes(self.text);
                if (!harmless)
                    report("dynamic-access", "str." + callee.text + "() on a string that may read attributes",
                           callee.offset);
            }
            return;
        }
        if (callee.kind != Kind::name || callee.text != "range") return;
        for (std::size_t i = 1; i < it.children.size(); ++i) {
            const TemplateNode& bound = node(it.children[i]);
            std::string digits = bound.text;
            std::erase(digits, '_');
            std::int64_t count = 0;
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
            static_cast<void>(end);
            const bool many = error != std::errc{} || count > kMaxRange;
            if ((bound.kind == Kind::integer && many) || of(it.children[i]).bits > kMostBits) {
                report("unbounded-loop", "range(" + bound.text + ") keeps the renderer busy", it.offset);
            }
        }
    }
    static bool reads_attributes(std::string_view format) {
        bool field = false;
        for (const char c : format) {
            if (c == '{') field = true;
            if (c == '}') field = false;
            if (field && (c == '.' || c == '[')) return true;
        }
        return false;
    }

    void judge_filter(const TemplateNode& it) {
        judge_work(it, program_, values_, problems_);
        static constexpr std::string_view kAppliers[] = {"map", "select", "reject"};
        static constexpr std::string_view kReaders[] = {"selectattr", "rejectattr", "groupby"};
        if (it.text == "attr") {
            report("attribute-filter", "the filter attr reads any attribute by name", it.offset);
            return;
        }
        const std::size_t positional = it.children.size() - it.keywords.size();
        if (contains(kAppliers, it.text) && positional > 1) {
            const TemplateValue& applied = of(it.children[1]);
            if (!applied.is_literal() || applied.text == "attr") {
                report("attribute-filter",
                       "the filter " + it.text + " applies " +
                           (applied.is_literal() ? "attr" : "a filter that is not named in the template"),
                       it.offset);
            }
        }
        if (contains(kReaders, it.text) && positional > 1) judge_path(of(it.children[1]), it.offset);
        for (std::size_t i = 0; i < it.keywords.size(); ++i) {
            if (it.keywords[i] == "attribute" || it.keywords[i] == "*")
                judge_path(of(it.children[positional + i]), it.offset);
        }
        const TemplateValue& value = values_.at(static_cast<std::size_t>(&it - program_.nodes.data()));
        if (value.is_literal() && is_private_literal(value.text))
            report("private-access", "a string spells the private name " + value.text, it.offset);
    }
    // "a.b.c" of map(attribute=...): each part is an attribute.
    void judge_path(const TemplateValue& path, std::size_t offset) {
        if (path.level == Level::built)
            report("dynamic-access", "the name of an attribute is put together at run time", offset);
        if (!path.is_literal()) return;
        for (const std::string_view part : split(path.text, '.')) {
            if (is_private_attribute(part))
                report("private-access", "access to the private attribute ." + std::string(part), offset);
        }
    }

    const TemplateProgram& program_;
    Budget& budget_;
    std::vector<TemplateProblem>& problems_;
    std::vector<TemplateValue> values_;
    std::map<std::string, TemplateValue> names_;
    std::uint32_t passes_ = 0;
    bool changed_ = false;
};

}  // namespace

void judge_template(const TemplateProgram& program, Budget& budget, std::vector<TemplateProblem>& problems) {
    Judge(program, budget, problems).run();
}

}  // namespace headgate::formats
