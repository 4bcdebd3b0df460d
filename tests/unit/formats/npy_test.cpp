#include <catch2/catch.hpp>

#include <algorithm>

#include "formats/npy.hpp"
#include "recipes/pickle_recipe.hpp"

using namespace headgate;

namespace {

std::string npy(std::string header, std::string_view data, char version = 1) {
    std::string out = "\x93NUMPY";
    out.push_back(version);
    out.push_back('\0');
    header.push_back('\n');
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) out.push_back(static_cast<char>((header.size() >> (8 * i)) & 0xffU));
    return out + header + std::string(data);
}

struct Seen {
    Evidence evidence;
    formats::Examined examined = formats::Examined::partly;
    std::string id() const { return evidence.findings.empty() ? "" : evidence.findings[0].id; }
};
Seen see(std::string_view bytes) {
    Seen seen;
    const Limits limits;
    Budget budget(limits);
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, seen.evidence, "a.npy", "", 0, nullptr};
    seen.examined = formats::parse_npy(source, context);
    return seen;
}

}  // namespace

TEST_CASE("arrays of numbers are read, in all versions and shapes") {
    const std::string eight(8, '\0');
    CHECK(see(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", eight)).examined == formats::Examined::whole);
    CHECK(see(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}", eight, 2)).id().empty());
    CHECK(see(npy("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': ()}", eight, 3)).id().empty());
    CHECK(see(npy("{'descr': '<U2', 'fortran_order': False, 'shape': (1L,)}", eight)).id().empty());
    CHECK(see(npy("{'descr': [('a', '<i4'), ('b', '|u1', (2, 2))], 'fortran_order': False, 'shape': (1,)}", eight)).id().empty());
    const Seen seen = see(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", eight));
    REQUIRE(seen.evidence.tensors.size() == 1);
    CHECK(seen.evidence.tensors[0].shape == std::vector<std::uint64_t>{2});
}

TEST_CASE("a header that is no plain dictionary is refused") {
    for (const std::string header : {"{'descr': '<f8', 'fortran_order': False}",
                                     "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}",
                                     "{'descr': '<f8', 'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
                                     "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
                                     "{'descr': '<f8', 'fortran_order': False, 'shape': (1)}",
                                     "{'descr': '<q9', 'fortran_order': False, 'shape': (1,)}",
                                     "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", "[]", ""}) {
        CHECK(see(npy(header, std::string(8, '\0'))).id() == "npy.header");
    }
}

TEST_CASE("data must be as long as the header says") {
    CHECK(see(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", std::string(8, '\0'))).id() == "npy.size");
    CHECK(see(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", std::string(9, '\0'))).id() == "npy.size");
    CHECK(see(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", "")).id() == "npy.size");
    CHECK(see(std::string("\x93NUMPY\x07\0", 8)).id() == "npy.version");
}

TEST_CASE("objects at any depth are a pickle") {
    const std::string payload(recipes::Pickle(2).call("os", "system").stop().view());
    for (const std::string descr : {"'|O'", "[('a', '<i4'), ('b', '|O')]", "[('a', [('b', 'O')])]"}) {
        const Seen seen = see(npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,)}", payload));
        REQUIRE(seen.evidence.imports.size() == 1);
        CHECK(seen.evidence.imports[0].name == "system");
        CHECK(seen.evidence.formats.size() == 2);
    }
}

TEST_CASE("every prefix of an array ends in a finding") {
    const std::string whole = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", std::string(8, '\1'));
    for (std::size_t length = 6; length < whole.size(); ++length) CHECK_FALSE(see(whole.substr(0, length)).id().empty());
}
