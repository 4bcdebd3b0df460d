#include <catch2/catch.hpp>

#include "formats/all.hpp"
#include "formats/ubjson.hpp"

using namespace headgate;
using namespace std::string_literals;

namespace {

struct Seen {
    Evidence evidence;
    formats::Examined examined = formats::Examined::partly;
    std::string id() const { return evidence.findings.empty() ? "" : evidence.findings[0].id; }
};
Seen see(std::string_view bytes, Limits limits = {}) {
    Seen seen;
    Budget budget(limits);
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, seen.evidence, "a.ubj", "", 0, nullptr};
    seen.examined = formats::parse_ubjson(source, context);
    return seen;
}

/// What XGBoost writes: keys with lengths of 64 bits, texts, typed arrays, counted and plain containers.
std::string model() {
    return "{L\0\0\0\0\0\0\0\4treeSL\0\0\0\0\0\0\0\2ab"
           "L\0\0\0\0\0\0\0\1w[$d#L\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0"
           "L\0\0\0\0\0\0\0\1n[#L\0\0\0\0\0\0\0\1i\5L\0\0\0\0\0\0\0\1o{}L\0\0\0\0\0\0\0\1l[ZTF]}"s;
}

bool sniffed(std::string_view bytes, std::string_view name) {
    MemorySource source(as_bytes(bytes));
    return formats::sniff_ubjson(source, name);
}

}  // namespace

TEST_CASE("a document of XGBoost is read whole and is inert") {
    const Seen seen = see(model());
    CHECK(seen.examined == formats::Examined::whole);
    REQUIRE(seen.evidence.formats.size() == 1);
    CHECK(seen.evidence.formats[0].inert);
    CHECK(see("[]").id().empty());
    CHECK(see("{$S#i\1i\1ki\1v"s).id().empty());
    CHECK(see("[NN]").id().empty());
}

TEST_CASE("every prefix is a finding, and so is what follows") {
    const std::string whole = model();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CHECK(see(std::string_view(whole).substr(0, length)).id() == "ubjson.malformed");
    }
    CHECK(see(whole + "cposix\nsystem\n(S'true'\ntR.").id() == "ubjson.trailing-data");
}

TEST_CASE("counts and lengths never reach past the file, and no few bytes stand for many") {
    CHECK(see("[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"s).id() == "ubjson.malformed");
    CHECK(see("[$d#l\0\0\0\1\0\0\0"s).id() == "ubjson.malformed");
    CHECK(see("[$d#l\0\0\0\1\0\0\0\0"s).id().empty());
    CHECK(see("[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff"s).id() == "ubjson.malformed");
    CHECK(see("[#i\xff"s).id() == "ubjson.malformed");
    CHECK(see("{i\5key"s).id() == "ubjson.malformed");
    CHECK(see("[$d]").id() == "ubjson.malformed");
    CHECK(see("S").id() == "ubjson.malformed");
    CHECK(see("[x]").id() == "ubjson.malformed");
}

TEST_CASE("nesting and steps have limits") {
    CHECK(see(std::string(50, '[') + std::string(50, ']')).id().empty());
    CHECK(see(std::string(5000, '[') + std::string(5000, ']')).id() == "ubjson.malformed");
    Limits few;
    few.steps = 3;
    CHECK(see(model(), few).id() == "ubjson.unscannable");
}

TEST_CASE("it is known by its first key, or by its name") {
    CHECK(sniffed(model(), "model"));
    CHECK(sniffed("{i\1k"s, "m.ubj"));
    CHECK_FALSE(sniffed("{i\1k"s, "m.txt"));
    CHECK_FALSE(sniffed("{\"learner\": 1}", "m.ubj"));
    CHECK_FALSE(sniffed("{Lorem ipsum dolor}", "m.txt"));
}
