// Pictures, sounds, tables and vocabularies: from the magic to the end, and nothing behind it.
#include <catch2/catch.hpp>

#include "formats/images.hpp"
#include "formats/tabular.hpp"
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
        {"b.arrow", "arrow", "arrow", "ARROW1\0\0"s + stream + end + "footer" + u32(6) + "ARROW1"},
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
