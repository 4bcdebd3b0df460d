// The table of look-alike letters beside ICU, of whose data it was made.
#include <catch2/catch.hpp>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>

#include <cstdio>
#include <memory>
#include <random>

#include "base/text.hpp"
#include "checkers/confusables.hpp"
#include "pipeline/decide.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

Confusables shipped() {
    const auto bytes = pipeline::rule_data().file("names/confusables.bin");
    REQUIRE(bytes);
    const auto table = Confusables::open(*bytes);
    REQUIRE(table);
    return *table;
}

std::string utf8(char32_t c) {
    std::string text;
    if (c < 0x80) return std::string(1, static_cast<char>(c));
    if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
    return {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
}

struct Icu {
    std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> checker{nullptr, uspoof_close};
    Icu() {
        UErrorCode status = U_ZERO_ERROR;
        checker.reset(uspoof_open(&status));
        REQUIRE(U_SUCCESS(status));
    }
    std::string skeleton(const std::string& text) const {
        UErrorCode status = U_ZERO_ERROR;
        std::string buffer(text.size() * 32 + 64, '\0');
        const int32_t length = uspoof_getSkeletonUTF8(checker.get(), 0, text.data(), static_cast<int32_t>(text.size()), buffer.data(),
                                                      static_cast<int32_t>(buffer.size()), &status);
        REQUIRE(U_SUCCESS(status));
        return buffer.substr(0, static_cast<std::size_t>(length));
    }
};

}  // namespace

TEST_CASE("letters that stand in squats read as ICU says") {
    const Confusables table = shipped();
    CHECK(table.size() > 4000);
    CHECK(table.reading(std::string_view("раураl")) == "paypal");           // Cyrillic
    CHECK(table.reading(std::string_view("Nеwtоnѕоft.Jѕоn")) == "Newtonsoft.Json");
    CHECK(table.reading(std::string_view("ѕсікіt")) == std::nullopt);       // U+043A has a form of its own
    CHECK(table.reading(std::string_view("օnnx")) == "onnx");               // Armenian
    CHECK(table.reading(std::string_view("ｎｕｍｐｙ")) == "numpy");           // full-width
    CHECK(table.reading(std::string_view("réquests")) == "requests");
    CHECK(table.reading(std::string_view("pl\u00ADain")) == "plain");       // a soft hyphen cannot be seen
    CHECK(table.reading(std::string_view("plain")) == "plain");
    CHECK(table.reading(std::string_view("Привет")) == std::nullopt);
    CHECK(table.reading(std::string_view("\xFF")) == std::nullopt);
    CHECK(table.reading(std::string_view()) == "");
}

TEST_CASE("every code point whose skeleton is ASCII reads like it") {
    const Confusables table = shipped();
    const Icu icu;
    std::size_t compared = 0;
    std::vector<std::string> wrong;
    for (char32_t c = 0x80; c <= 0x10FFFF; ++c) {
        if ((c >= 0xD800 && c <= 0xDFFF) || !u_isdefined(static_cast<UChar32>(c))) continue;
        const std::string skeleton = icu.skeleton(utf8(c));
        if (!is_ascii(skeleton) || skeleton.empty() || skeleton.size() > 8 || skeleton.find_first_of(" \t\x7F") != std::string::npos) continue;
        ++compared;
        if (table.reading(c) != std::optional<std::string_view>(skeleton)) wrong.push_back(utf8(c) + " " + skeleton);
    }
    CHECK(compared > 1500);
    CHECK(wrong.empty());
}

TEST_CASE("a text reads as the skeleton that ICU makes of the whole") {
    const Confusables table = shipped();
    const Icu icu;
    std::vector<char32_t> letters;
    for (char32_t c = 0x80; c <= 0x1FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        const auto one = table.reading(c);
        if (one && one->size() == 1 && icu.skeleton(utf8(c)) == *one) letters.push_back(c);
    }
    REQUIRE(letters.size() > 1000);
    std::mt19937 random(7);
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (int i = 0; i < 12; ++i) text += utf8(letters[random() % letters.size()]);
        CAPTURE(text);
        CHECK(table.reading(std::string_view(text)) == icu.skeleton(text));
    }
}

TEST_CASE("a broken table is refused") {
    const auto bytes = pipeline::rule_data().file("names/confusables.bin");
    REQUIRE(bytes);
    for (const std::size_t length : {std::size_t{0}, std::size_t{8}, std::size_t{11}, std::size_t{12}, bytes->size() - 1}) {
        CHECK_FALSE(Confusables::open(bytes->first(length)));
    }
    Bytes wrong(bytes->begin(), bytes->end());
    wrong[0] = 'X';
    CHECK_FALSE(Confusables::open(wrong));
    Bytes empty(bytes->begin(), bytes->begin() + 12);
    for (std::size_t i = 8; i < 12; ++i) empty[i] = 0;
    const auto none = Confusables::open(empty);
    REQUIRE(none);
    CHECK_FALSE(none->reading(U'\u0430'));
}
