#include "formats/unread.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "formats/all.hpp"

using namespace headgate;

TEST_CASE("a format known only by its magic is named and stays uncovered") {
    const std::string content("Rar!\x1a\x07\x01\0rest", 12);
    MemorySource source(as_bytes(content));
    REQUIRE(formats::sniff_unread(source, "model.bin"));
    const Limits limits;
    Budget budget(limits);
    Evidence evidence;
    formats::ParseContext context{limits, budget, evidence, "model.bin", {}, 0};
    CHECK(formats::parse_unread(source, context) == formats::Examined::partly);
    REQUIRE(evidence.formats.size() == 1);
    CHECK(evidence.formats[0].format == "rar");
    CHECK_FALSE(evidence.formats[0].inert);
    REQUIRE(evidence.opaques.size() == 1);
    CHECK(evidence.opaques[0].bytes == content.size());
    MemorySource shorter(as_bytes(content).first(5));
    CHECK_FALSE(formats::sniff_unread(shorter, "model.bin"));
}

namespace {

struct Known {
    std::string format;
    std::string bytes;
    bool code = false;
};

std::vector<Known> known() {
    const auto text = [](const char* bytes, std::size_t size) { return std::string(bytes, size); };
    return {{"rar", "Rar!\x1a\x07"},
            {"cab", "MSCF"},
            {"rds", "RDX3\nX\n"},
            {"rds", "RDX2\n"},
            {"rds", "RDA3\nA\n"},
            {"rds", text("X\n\0\0\0\3\0\4\3\0", 10)},
            {"rds", text("B\n\3\0\0\0", 6)},
            {"rds", "A\n3\n263168\n197888\n5\nUTF-8\n"},
            {"java-object", text("\xac\xed\0\x05sr", 6)},
            {"tensorrt", text("ptrt\0\0\0\0", 8), true},
            {"tensorrt", text("ftrt\0\0\0\0", 8), true},
            {"torch-mobile", text("\x20\0\0\0PTMF", 8)},
            {"executorch", text("\x20\0\0\0ET12", 8), true},
            {"iree", text("\x20\0\0\0IREE", 8), true},
            {"iree", text("\x20\0\0\0\x20\0\0\0IREE", 12), true},
            {"mlir", "ML\xefR\x0d"},
            {"llamafile", "MZqFpD='\n", true},
            {"rknn", text("RKNN\0\0\0\0", 8), true},
            {"rknn", "CYPTRKNN", true},
            {"hailo", text("\x01HEF\0\0\0\0", 8), true}};
}

}  // namespace

TEST_CASE("each format that nothing reads is named with its reason, and its remedy") {
    for (const Known& one : known()) {
        const tests::Outcome outcome = tests::examine(one.bytes + "rest", "model");
        INFO(one.format << " " << outcome.ids());
        CHECK_FALSE(outcome.whole());
        REQUIRE(outcome.evidence.formats.size() == 1);
        CHECK(outcome.evidence.formats[0].format == one.format);
        CHECK(outcome.evidence.formats[0].code == one.code);
        REQUIRE(outcome.evidence.opaques.size() == 1);
        CHECK(outcome.evidence.opaques[0].why.find("publish ") != std::string::npos);
        CHECK(tests::examine(one.bytes.substr(0, 3), "model").oracle());
    }
}

TEST_CASE("what only looks like R data is text") {
    for (const std::string text : {"A\n3\nthree\n4\n5\n", "A\n3\n1\n2\n3\n", "X\nrest\n", "A\nB\nC\n"}) {
        const tests::Outcome outcome = tests::examine(text, "notes.txt");
        INFO(text << outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.is("text"));
    }
}

TEST_CASE("a file that is nothing else is what its name says, and unread") {
    const std::string bytes("\x81\x02\x93\0\xf1 no such format", 20);
    CHECK(tests::examine(bytes, "model.engine").is("tensorrt"));
    CHECK(tests::examine(bytes, "MODEL.RDS").is("rds"));
    CHECK(tests::examine(bytes, "model.hef").is("hailo"));
    CHECK(tests::examine(bytes, "model").evidence.formats.empty());
}
