// operand.hpp: what `equals` of a condition asks for (Condition::operand). A policy writes a number as YAML writes one, and a text that looks
// like a number in quotes; since the operand is one string, such a text keeps its quotes there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/fact.hpp"

namespace headgate {

/// A JSON number (RFC 8259, 6) by its value, exactly: 1, 1.0 and 10e-1 have the same text. nullopt for what is none, and for an exponent of
/// more than nine digits.
std::optional<std::string> number_value(std::string_view text);

/// The operand that a scalar of a policy is: as it is written, and in double quotes where it was quoted and would be a number without.
std::string equals_operand(std::string_view scalar, bool quoted);
/// That scalar again, and whether it must be quoted to be that text.
struct EqualsOperand {
    std::string_view text;
    bool number = false;                 // a number is asked for
    bool quoted = false;                 // the text is asked for, and would be a number without quotes
};
EqualsOperand read_equals_operand(std::string_view operand);

/// Numbers equal numbers, by their value. Everything else equals what is spelled the same, whatever its type; but a text that looks like a
/// number is equalled by a text only.
bool equals(const PredicateField& field, std::string_view operand);

}  // namespace headgate
