// Pictures, sounds, tables and vocabularies: from the magic to the end, and nothing behind it.
#include <catch2/catch.hpp>

#include "formats/images.hpp"
#include "formats/tabular.hpp"
#include "base/encoding.hpp"
#include "recipes/flat_recipe.hpp"
#include "recipes/tensor_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace std::string_literals;
using recipes::u32;
using tests::examine;

namespace {

std::string chunk(const std::string& type, const std::string& data) {
    const std::size_t size = data.size();
    return ""s + '\0' + '\0' + static_cast<char>(size >> 8U) + static_cast<char>(size & 0xffU) + type + data + "crc!";
}
std::string riff(const std::string& kind) {
    return "RIFF" + u32(4 + 8 + 4) + kind + "data" + u32(3) + "abc\0"s;
}
std::string message(const std::string& body) {
    // vtable at 4: size 12, table size 16, fields 0-2 absent, bodyLength at 8; table at 16.
    const std::string vtable = "\x0c\0\x10\0\0\0\0\0\0\0\x08\0"s;
    const std::string flat = u32(16) + vtable + u32(12) + u32(0) + recipes::u64(body.size());
    return "\xff\xff\xff\xff" + u32(static_cast<std::uint32_t>(flat.size())) + flat + body;
}

const std::string kNoFile(4, '\0');  // where flatbuffers may have an identifier

/// One field of an extension type, or a struct that has it within.
recipes::FlatValue schema(const std::string& type, bool inside = false) {
    using namespace recipes;
    const FlatValue other = flat_table({{0, flat_bytes("note")}, {1, flat_bytes("arrow.py_extension_type")}});
    const FlatValue pair = flat_table({{0, flat_bytes("ARROW:extension:name")}, {1, flat_bytes(type)}});
    FlatValue field = flat_table({{0, flat_bytes("a")}, {6, flat_list({other, pair})}});
    if (inside) field = flat_table({{0, flat_bytes("outer")}, {5, flat_list({field})}});
    return flat_table({{1, flat_list({field})}});
}
std::string schema_message(const recipes::FlatValue& schema) {
    using namespace recipes;
    std::string flat = flat_file(flat_table({{1, flat_number<std::uint8_t>(1)}, {2, schema}}), kNoFile);
    flat.resize((flat.size() + 7) / 8 * 8, '\0');
    return "\xff\xff\xff\xff" + u32(static_cast<std::uint32_t>(flat.size())) + flat;
}
std::string arrow_file(const std::string& messages, const recipes::FlatValue& schema) {
    const std::string footer = recipes::flat_file(recipes::flat_table({{1, schema}}), kNoFile);
    return "ARROW1\0\0"s + messages + "\xff\xff\xff\xff" + u32(0) + footer + u32(static_cast<std::uint32_t>(footer.size())) + "ARROW1";
}

std::string thrift_text(const std::string& text) {
    std::string length;
    for (std::size_t left = text.size(); ; left >>= 7U) {
        length += static_cast<char>((left & 0x7fU) | (left > 0x7f ? 0x80U : 0U));
        if (left <= 0x7f) return length + text;
    }
}
/// Key-value metadata (field 5) of one pair, written in short and with its number in full.
std::string parquet(const std::string& key, const std::string& value, bool full = false, char element = '\x1c') {
    const std::string pairs = element + "\x18"s + thrift_text(key) + "\x18" + thrift_text(value) + '\0';
    const std::string footer = "\x15\x04\x16\x02"s + (full ? "\x09\x0a"s : "\x39"s) + pairs + '\0';
    return "PAR1data" + footer + u32(static_cast<std::uint32_t>(footer.size())) + "PAR1";
}
std::string in_base64(const std::string& message) { return to_base64(as_bytes(message)); }

struct Sample {
    const char* name;
    const char* format;
    const char* area;
    std::string bytes;
};

std::vector<Sample> samples() {
    const std::string stream = message("") + message("12345678");
    const std::string end = "\xff\xff\xff\xff" + u32(0);
    const std::string footer = "\x15\x04\x19\x1c\x18\x01x\x00\x16\x02\x00"s;  // i32, list of one struct, i64
    const std::string piece = "\x0a\x03<s>\x15\0\0\0\0\x18\x03"s;
    return {
        {"a.png", "png", "image",
         "\x89PNG\r\n\x1a\n" + chunk("IHDR", std::string(13, '\x01')) + chunk("IDAT", "xx") + chunk("IEND", "")},
        {"a.jpg", "jpeg", "image",
         "\xff\xd8\xff\xe0\0\x04JF\xff\xda\0\x02"
         "ab\xff\0\xff\xd0zz\xff\xd9"s},
        {"a.gif", "gif", "image",
         "GIF89a\x01\0\x01\0\x80\0\0"
         "abcdef"
         "!\xf9\x04"
         "1234"
         "\0,\0\0\0\0\x01\0\x01\0\0\x02\x02xy\0;"s},
        {"a.webp", "webp", "image", riff("WEBP")},
        {"a.wav", "wav", "image", riff("WAVE")},
        {"a.bmp", "bmp", "image", "BM" + u32(58) + u32(0) + u32(54) + u32(40) + std::string(40, '\x01')},
        {"a.parquet", "parquet", "parquet",
         "PAR1data" + footer + u32(static_cast<std::uint32_t>(footer.size())) + "PAR1"},
        {"a.arrow", "arrow", "arrow", stream + end},
        {"b.arrow", "arrow", "arrow", arrow_file(stream, schema("arrow.uuid"))},
        {"c.arrow", "arrow", "arrow", schema_message(schema("arrow.json", true)) + end},
        {"b.parquet", "parquet", "parquet", parquet("ARROW:schema", in_base64(schema_message(schema("arrow.uuid"))))},
        {"c.parquet", "parquet", "parquet", parquet("pandas", "{}", true)},
        {"a.model", "sentencepiece", "sentencepiece",
         "\x0a"s + static_cast<char>(piece.size()) + piece + "\x12\x02\x08\x01"s},
    };
}

}  // namespace

TEST_CASE("good files of data are inert and understood as a whole") {
    for (const Sample& sample : samples()) {
        const auto outcome = examine(sample.bytes, sample.name);
        INFO(sample.name << " " << outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.is(sample.format));
        CHECK(outcome.ids() == "");
        CHECK(outcome.evidence.formats[0].inert);
    }
}

TEST_CASE("bytes behind the end are a finding") {
    for (const Sample& sample : samples()) {
        if (std::string(sample.area) == "sentencepiece") continue;
        const auto outcome = examine(sample.bytes + "cos\nsystem\n(S'echo headgate'\ntR.", sample.name);
        INFO(sample.name << " " << outcome.ids());
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.has(std::string(sample.area) +
                          (std::string(sample.area) == "image" ? ".trailing-data" : ".malformed")));
        CHECK_FALSE(outcome.is(sample.format));
    }
    CHECK(examine("\x0a\x0c\x0a\x03<s>\x15\0\0\0\0\x18\x03\x30\x01"s, "a.model").has("sentencepiece.malformed"));
}

TEST_CASE("every prefix of data is explained") {
    for (const Sample& sample : samples()) {
        for (std::size_t length = 0; length < sample.bytes.size(); ++length) {
            const auto outcome = examine(sample.bytes.substr(0, length), sample.name);
            INFO(sample.name << " " << length << " " << outcome.ids());
            CHECK(outcome.oracle());
        }
    }
}

TEST_CASE("text that begins like a picture is text") {
    CHECK(examine("BMW builds cars and motorcycles.\n", "a.txt").is("text"));
    CHECK(examine("RIFFS and licks\n", "a.txt").is("text"));
}

TEST_CASE("a type that readers make by unpickling is refused wherever a schema of Arrow stands") {
    const std::string end = "\xff\xff\xff\xff" + u32(0);
    for (const char* type : {"arrow.py_extension_type", "ray.data.arrow_pickled_object"}) {
        for (const bool inside : {false, true}) {
            const recipes::FlatValue bad = schema(type, inside);
            const std::string base64 = in_base64(schema_message(bad));
            const std::string old = in_base64(schema_message(bad).substr(4));  // before Arrow 0.15: without the marker
            const std::pair<const char*, std::string> files[] = {
                {"stream.arrow", schema_message(bad) + end},
                {"late.arrow", message("12345678") + schema_message(bad) + end},
                {"file.arrow", arrow_file(schema_message(bad), schema("arrow.uuid"))},
                {"footer.arrow", arrow_file(schema_message(schema("arrow.uuid")), bad)},
                {"a.parquet", parquet("ARROW:schema", base64)},
                {"b.parquet", parquet("ARROW:schema", base64, true)},
                {"c.parquet", parquet("ARROW:schema", old)},
            };
            for (const auto& [name, bytes] : files) {
                const auto outcome = examine(bytes, name);
                INFO(name << " " << type << " " << outcome.ids());
                CHECK(outcome.has("arrow.pickled-type"));
                CHECK_FALSE(outcome.whole());
                CHECK(outcome.evidence.formats.empty());
            }
        }
    }
    const auto outcome = examine(schema_message(schema("arrow.py_extension_type")) + end, "a.arrow");
    REQUIRE(outcome.evidence.findings.size() == 1);
    CHECK(outcome.evidence.findings[0].message == "field \"a\" has the type arrow.py_extension_type, which readers make by unpickling");
    CHECK(outcome.evidence.findings[0].severity == Severity::critical);
}

TEST_CASE("a schema that cannot be read is refused") {
    const std::string base64 = in_base64(schema_message(schema("arrow.uuid")));
    for (const std::string& value : {" " + base64, base64.substr(1), base64.substr(0, 20), std::string("AAAA"), std::string()}) {
        INFO(value);
        CHECK(examine(parquet("ARROW:schema", value), "a.parquet").has("parquet.malformed"));
        CHECK(examine(parquet("other", value), "a.parquet").whole());
    }
    // Readers take the elements for structs whatever their type is said to be.
    CHECK(examine(parquet("ARROW:schema", base64, false, '\x18'), "a.parquet").has("parquet.malformed"));
    CHECK(examine("ARROW1\0\0"s + message("") + "\xff\xff\xff\xff" + u32(0) + "footer" + u32(6) + "ARROW1", "a.arrow").has("arrow.malformed"));
    // Fields whose children are themselves many times over cost steps, and end.
    Limits few;
    few.steps = 2000;
    recipes::FlatValue field = recipes::flat_table({{0, recipes::flat_bytes("x")}});
    for (int depth = 0; depth < 12; ++depth) field = recipes::flat_table({{5, recipes::flat_list({field, field})}});
    CHECK(examine(schema_message(recipes::flat_table({{1, recipes::flat_list({field})}})) + "\xff\xff\xff\xff" + u32(0), "deep.arrow", few)
              .has("arrow.unscannable"));
}
