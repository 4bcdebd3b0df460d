#include "model/operand.hpp"

#include <algorithm>

namespace headgate {
namespace {

constexpr std::size_t kMaxExponentDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

bool wrapped(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"'; }

// A number within any pairs of quotes: adding a pair to all of these can be undone.
bool holds_number(std::string_view text) {
    while (wrapped(text)) text = text.substr(1, text.size() - 2);
    return number_value(text).has_value();
}

}  // namespace

std::optional<std::string> number_value(std::string_view text) {
    const bool negative = take(text, "-");
    const std::string_view whole = take_digits(text);
    if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    std::string_view fraction;
    if (take(text, ".")) {
        fraction = take_digits(text);
        if (fraction.empty()) return std::nullopt;
    }
    std::int64_t exponent = 0;
    if (take(text, "eE")) {
        const bool below = !text.empty() && text.front() == '-';
        if (!take(text, "-")) take(text, "+");
        const std::string_view digits = take_digits(text);
        if (digits.empty() || digits.size() > kMaxExponentDigits) return std::nullopt;
        for (const char digit : digits) exponent = exponent * 10 + (digit - '0');
        if (below) exponent = -exponent;
    }
    if (!text.empty()) return std::nullopt;
    std::string digits = std::string(whole) + std::string(fraction);
    exponent -= static_cast<std::int64_t>(fraction.size());
    const std::size_t last = digits.find_last_not_of('0');
    if (last == std::string::npos) return "0";
    exponent += static_cast<std::int64_t>(digits.size() - 1 - last);
    digits.resize(last + 1);
    digits.erase(0, digits.find_first_not_of('0'));
    return (negative ? "-" : "") + digits + "e" + std::to_string(exponent);
}

std::string equals_operand(std::string_view scalar, bool quoted) {
    return quoted && holds_number(scalar) ? "\"" + std::string(scalar) + "\"" : std::string(scalar);
}

EqualsOperand read_equals_operand(std::string_view operand) {
    if (wrapped(operand) && holds_number(operand)) return {operand.substr(1, operand.size() - 2), false, true};
    return {operand, number_value(operand).has_value(), false};
}

bool equals(const PredicateField& field, std::string_view operand) {
    using Type = PredicateField::Type;
    const EqualsOperand wanted = read_equals_operand(operand);
    if (!wanted.number) return field.value == wanted.text && (!wanted.quoted || field.type == Type::text);
    return field.type == Type::number && number_value(field.value) == number_value(wanted.text);
}

}  // namespace headgate
