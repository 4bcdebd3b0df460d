#include "model/operand.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

using Type = PredicateField::Type;

bool holds(std::string_view scalar, bool quoted, Type type, std::string value) {
    return equals({"/x", type, std::move(value)}, equals_operand(scalar, quoted));
}

}  // namespace

TEST_CASE("a number is its value") {
    for (const char* text : {"1", "1.0", "1e0", "10e-1", "0.1e1", "1.000E+0", "100e-2"}) CHECK(number_value(text) == number_value("1"));
    for (const char* text : {"0", "-0", "0.0", "-0.0e7", "0e999999999"}) CHECK(number_value(text) == "0");
    for (const char* text : {"-1", "10", "0.1", "1.0000000000000000000000000001", "1e1", "1e-1", "11"}) {
        CAPTURE(text);
        REQUIRE(number_value(text).has_value());
        CHECK(number_value(text) != number_value("1"));
    }
    // More than a double tells apart.
    CHECK(number_value("9007199254740993") != number_value("9007199254740992"));
    for (const char* text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1e1234567890", "0x1", "1 ", " 1", "1_000", "--1", "true", "nan", "1.0.0", "1e1e1"}) {
        CAPTURE(text);
        CHECK_FALSE(number_value(text).has_value());
    }
}

TEST_CASE("numbers equal numbers, and texts that look like one equal texts") {
    CHECK(holds("1", false, Type::number, "1"));
    CHECK(holds("1", false, Type::number, "1.0"));
    CHECK(holds("1.50", false, Type::number, "15e-1"));
    CHECK_FALSE(holds("1", false, Type::text, "1"));
    CHECK_FALSE(holds("1", false, Type::number, "2"));
    CHECK_FALSE(holds("0", false, Type::boolean, "false"));
    CHECK_FALSE(holds("0", false, Type::null, "null"));
    CHECK(holds("1", true, Type::text, "1"));
    CHECK_FALSE(holds("1", true, Type::number, "1"));
    CHECK_FALSE(holds("1", true, Type::text, "1.0"));
    CHECK(holds("2.0", true, Type::text, "2.0"));
    // What is no number in JSON is a text, quoted or not.
    for (const bool quoted : {false, true}) {
        CHECK(holds("PASSED", quoted, Type::text, "PASSED"));
        CHECK_FALSE(holds("PASSED", quoted, Type::text, "passed"));
        CHECK(holds("01", quoted, Type::text, "01"));
        CHECK(holds("true", quoted, Type::boolean, "true"));
        CHECK_FALSE(holds("true", quoted, Type::boolean, "false"));
    }
}

TEST_CASE("an operand says which scalar it was, with quotes of its own too") {
    for (const char* scalar : {"1", "\"1\"", "\"\"-1.5e3\"\"", "PASSED", "\"PASSED\"", "\"", "\"\"", "", "'1'"}) {
        CAPTURE(scalar);
        const std::string operand = equals_operand(scalar, true);
        CHECK(read_equals_operand(operand).text == scalar);
        CHECK_FALSE(read_equals_operand(operand).number);
    }
    CHECK(equals_operand("1", true) != equals_operand("1", false));
    CHECK(equals_operand("\"1\"", true) != equals_operand("1", true));
    CHECK(read_equals_operand(equals_operand("1", false)).number);
    CHECK(holds("\"1\"", true, Type::text, "\"1\""));
    CHECK_FALSE(holds("\"1\"", true, Type::text, "1"));
}
