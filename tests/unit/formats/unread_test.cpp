#include "formats/unread.hpp"

#include <catch2/catch.hpp>

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
