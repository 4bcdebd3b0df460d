#include "formats/chat_template_value.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/text.hpp"
#include "formats/chat_template_rules.hpp"

namespace headgate::formats {
namespace {

using Level = TemplateValue::Level;
constexpr std::size_t kMaxLiteral = 64U << 10U;

template <std::size_t N>
bool contains(const std::string_view (&words)[N], std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A decimal number as it is spelled, the largest there is where it is larger.
std::uint64_t number_of(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    static_cast<void>(end);
    return error == std::errc::result_out_of_range ? ~std::uint64_t{0} : number;
}

/// Of what `op` makes of two values.
unsigned combined_bits(std::string_view op, const TemplateValue& left, const TemplateValue& right) {
    const unsigned most = std::max(left.bits, right.bits);
    if (op == "/" || op == "//") return left.bits;
    if (op == "%") return right.level == Level::number && left.level == Level::number ? right.bits : left.bits;
    if (op == "**") return static_cast<unsigned>(std::min<std::uint64_t>(kManyBits, power_bits(left, right, {})));
    // A list that is repeated holds the same numbers as before.
    if (op == "*") return left.container || right.container ? most : std::min(kManyBits, left.bits + right.bits);
    return most;  // a sum in a loop would never settle if it were counted as longer
}

}  // namespace

TemplateValue TemplateValue::literal(std::string text) {
    const auto bits = static_cast<unsigned>(std::bit_width(text.size()));
    return {Level::literal, false, std::move(text), bits};
}

unsigned spelled_bits(std::string_view spelling) {
    std::string digits(spelling);
    std::erase(digits, '_');
    if (digits.size() > 2 && digits[0] == '0' && (digits[1] < '0' || digits[1] > '9') && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E') {
        const unsigned each = digits[1] == 'x' || digits[1] == 'X' ? 4 : digits[1] == 'o' || digits[1] == 'O' ? 3 : 1;
        return static_cast<unsigned>(std::min<std::uint64_t>(kManyBits, std::uint64_t{each} * (digits.size() - 2)));
    }
    if (digits.find_first_of(".eE") == std::string::npos) return static_cast<unsigned>(std::bit_width(number_of(digits)));
    double real = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), real);
    static_cast<void>(end);
    if (error == std::errc::result_out_of_range) return kManyBits;
    return real < 1 ? 0 : real >= 0x1p64 ? kManyBits : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(real)));
}

std::uint64_t power_bits(const TemplateValue& base, const TemplateValue& exponent, std::string_view spelling) {
    constexpr std::uint64_t kBeyond = ~std::uint64_t{0};
    const std::uint64_t most = !spelling.empty() ? number_of(spelling)
                               : exponent.bits >= kManyBits ? kBeyond
                                                            : (std::uint64_t{1} << exponent.bits) - 1;
    const std::uint64_t each = base.bits == 0 ? 1 : base.bits;
    if (base.bits >= kManyBits && most > 1) return kBeyond;  // it may be any number beyond
    return most > kBeyond / each ? kBeyond : most * each;
}

TemplateValue join(const TemplateValue& a, const TemplateValue& b) {
    if (a.level == Level::nothing) return b;
    if (b.level == Level::nothing || a == b) return a;
    const bool container = a.container || b.container;
    Level level = std::max(a.level, b.level);
    // Two literals, or a literal and a number, are a choice of what stands in the template.
    if (level == Level::literal) level = Level::choice;
    return TemplateValue::of(level, container, std::max(a.bits, b.bits));
}

TemplateValue element_of(const TemplateValue& value) {
    if (value.container) return {value.level, false, value.text, value.bits};
    switch (value.level) {
        case Level::literal:
        case Level::choice:
        case Level::built:
            return TemplateValue::of(Level::built);  // a character
        default:
            return value;
    }
}

namespace {

TemplateValue combined(std::string_view op, const TemplateValue& left, const TemplateValue& right) {
    if (left.level == Level::nothing || right.level == Level::nothing) return {};
    const bool numbers = left.level == Level::number && right.level == Level::number;
    if (op == "-" || op == "/" || op == "//" || op == "**") return TemplateValue::of(Level::number);
    if (op == "~" || op == "+") {
        if (left.is_literal() && right.is_literal() && left.text.size() + right.text.size() <= kMaxLiteral) {
            return TemplateValue::literal(left.text + right.text);
        }
        if (op == "~") return TemplateValue::of(Level::built);
        if (left.container || right.container) {
            return TemplateValue::of(std::max({left.level, right.level, Level::choice}), true);
        }
        const bool number = left.level == Level::number || right.level == Level::number;
        const bool data = left.level <= Level::data && right.level <= Level::data && left.level != Level::literal &&
                          right.level != Level::literal;
        return TemplateValue::of(numbers || (number && data) ? Level::number : Level::built);
    }
    if (op == "%") {
        const bool count = right.level == Level::number && (left.level == Level::number || left.level == Level::data);
        return TemplateValue::of(count ? Level::number : Level::built);
    }
    // A repetition.
    if (numbers) return TemplateValue::of(Level::number);
    if (left.container || right.container) return TemplateValue::of(std::max(left.level, right.level), true);
    const bool data = std::max(left.level, right.level) == Level::data && left.level != Level::literal &&
                      right.level != Level::literal;
    return TemplateValue::of(data ? Level::data : Level::built);
}

}  // namespace

TemplateValue combine(std::string_view op, const TemplateValue& left, const TemplateValue& right) {
    TemplateValue value = combined(op, left, right);
    if (!value.is_literal() && value.level != Level::nothing) value.bits = combined_bits(op, left, right);
    return value;
}

bool is_forbidden_root(std::string_view name) {
    static constexpr std::string_view kRoots[] = {
        "self",       "lipsum",    "request", "config",  "url_for",     "get_flashed_messages",
        "eval",       "exec",      "compile", "open",    "os",          "sys",
        "subprocess", "importlib", "getattr", "setattr", "delattr",     "globals",
        "locals",     "builtins",  "popen",   "environ", "application", "current_app",
    };
    return contains(kRoots, name);
}

bool is_known_function(std::string_view name) {
    static constexpr std::string_view kFunctions[] = {"range",        "dict",   "namespace", "raise_exception",
                                                      "strftime_now", "cycler", "joiner"};
    return contains(kFunctions, name);
}

bool is_dangerous_method(std::string_view name) {
    static constexpr std::string_view kMethods[] = {
        "popen",       "Popen",   "system",      "check_output", "check_call", "getoutput", "getstatusoutput",
        "eval",        "exec",    "execve",      "spawn",        "fork",       "compile",   "import_module",
        "load_module", "getattr", "from_string", "get_template", "mro",
    };
    return contains(kMethods, name);
}

bool is_private_attribute(std::string_view name) {
    static constexpr std::string_view kInternals[] = {
        "mro",       "gi_frame",     "gi_code",      "gi_yieldfrom",  "cr_frame", "cr_code",  "ag_frame", "ag_code",
        "f_back",    "f_builtins",   "f_code",       "f_globals",     "f_locals", "tb_frame", "tb_next",  "co_code",
        "func_code", "func_globals", "func_closure", "func_defaults", "im_class", "im_func",  "im_self",
    };
    return name.starts_with('_') || contains(kInternals, name);
}

bool is_private_literal(std::string_view text) {
    static constexpr std::string_view kNames[] = {
        "__class__",     "__globals__", "__builtins__", "__import__",       "__subclasses__", "__mro__",
        "__init__",      "__base__",    "__bases__",    "__getattribute__", "__getattr__",    "__getitem__",
        "__dict__",      "__code__",    "__closure__",  "__func__",         "__self__",       "__reduce__",
        "__reduce_ex__", "__call__",    "__loader__",   "__spec__",         "__wrapped__",    "__module__",
    };
    if (std::any_of(std::begin(kNames), std::end(kNames),
                    [&](std::string_view name) { return text.find(name) != std::string_view::npos; })) {
        return true;
    }
    text = trim(text);
    return text.size() > 4 && text.starts_with("__") && text.ends_with("__") &&
           std::all_of(text.begin(), text.end(), word_character) &&
           std::any_of(text.begin(), text.end(), [](char c) { return c != '_'; });
}

}  // namespace headgate::formats
