#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/compressed_recipe.hpp"
#include "recipes/pickle_recipe.hpp"
#include "recipes/tar_recipe.hpp"

using namespace headgate;
using namespace std::string_literals;
using namespace headgate::recipes;
using formats::Compression;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kSource = "print('headgate')\n";

struct Case {
    Compression compression;
    const char* format;
    const char* ending;
    bool several;      // streams in a row are one content
    bool checked;      // carries a checksum of its content
};
constexpr Case kCases[] = {
    {Compression::zlib, "zlib", ".z", false, true},    {Compression::gzip, "gzip", ".gz", true, true},
    {Compression::bzip2, "bzip2", ".bz2", true, true}, {Compression::xz, "xz", ".xz", true, true},
    {Compression::lzma, "lzma", ".lzma", false, false}, {Compression::lz4, "lz4", ".lz4", true, true},
    {Compression::zstd, "zstd", ".zst", true, true},
};

}  // namespace

TEST_CASE("a compressed file is its content") {
    for (const Case& row : kCases) {
        INFO(row.format);
        const std::string packed = compressed(kSource, row.compression);
        REQUIRE_FALSE(packed.empty());
        const Outcome outcome = examine(packed, "x.py" + std::string(row.ending));
        INFO(outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.is(row.format));
        REQUIRE(outcome.evidence.members.size() == 1);
        CHECK(outcome.evidence.members[0].path == "x.py");
        CHECK(examine(packed + packed, "x.py" + std::string(row.ending)).whole() == row.several);
        CHECK(examine(packed + "hidden", "x.py" + std::string(row.ending)).has("compressed.trailing-bytes"));
    }
    TarRecipe tar;
    tar.add("b.py", kSource);
    const Outcome outcome = examine(compressed(tar.build(), Compression::zstd), "a.tzst");
    REQUIRE(outcome.evidence.members.size() == 2);
    CHECK(outcome.evidence.members[0].path == "a.tar");
    CHECK(outcome.evidence.members[1].where.member == "a.tar!b.py");
}

TEST_CASE("a compressed stream that is cut or changed is never whole") {
    for (const Case& row : kCases) {
        const std::string packed = compressed(kSource, row.compression);
        for (std::size_t length = 0; length < packed.size(); ++length) {
            const Outcome outcome = examine(packed.substr(0, length), "x.py" + std::string(row.ending));
            INFO(row.format << " cut at " << length << ": " << outcome.ids());
            CHECK_FALSE((outcome.whole() && outcome.is(row.format)));
            CHECK(outcome.oracle());
        }
        if (!row.checked) continue;
        for (std::size_t at = 0; at < packed.size(); ++at) {
            std::string changed = packed;
            changed[at] = static_cast<char>(changed[at] ^ 0x04);
            const Outcome outcome = examine(changed, "x.py" + std::string(row.ending));
            INFO(row.format << " changed at " << at << ": " << outcome.ids());
            CHECK(outcome.oracle());
        }
    }
}

TEST_CASE("what stands between compressed streams is not overlooked") {
    const std::string xz = compressed(kSource, Compression::xz);
    CHECK(examine(xz + std::string(8, '\0'), "x.py.xz").whole());       // stream padding
    CHECK(examine(xz + std::string(3, '\0'), "x.py.xz").has("compressed.trailing-bytes"));
    const std::string skipped = std::string("\x5A\x2A\x4D\x18\x06\0\0\0", 8) + "hidden";
    CHECK(examine(compressed(kSource, Compression::zstd) + skipped, "x.py.zst").has("compressed.skipped-frame"));
    CHECK(examine(compressed(kSource, Compression::lz4) + skipped, "x.py.lz4").has("compressed.skipped-frame"));
    CHECK_FALSE(examine(skipped + compressed(kSource, Compression::zstd), "x.py.zst").whole());
    std::string wrong = compressed(kSource, Compression::gzip);
    wrong[wrong.size() - 6] = static_cast<char>(wrong[wrong.size() - 6] ^ 1);  // in the CRC-32
    CHECK(examine(wrong, "x.py.gz").has("compressed.broken"));
    CHECK_FALSE(examine("x^2 is a square\n", "notes.txt").is("zlib"));
    CHECK_FALSE(examine("BZh is three letters of a text\n", "notes.txt").is("bzip2"));
}

TEST_CASE("a bomb is cut off, whatever it is compressed with") {
    for (const Case& row : kCases) {
        INFO(row.format);
        const std::string bomb = compressed(std::string(4U << 20U, ' '), row.compression);
        const std::string name = "x.py" + std::string(row.ending);
        Limits limits;
        limits.ratio_floor = 1U << 16U;
        CHECK(examine(bomb, name, limits).has("compressed.unscannable"));
        limits = {};
        limits.member_bytes = 1U << 20U;
        CHECK(examine(bomb, name, limits).has("compressed.unscannable"));
        CHECK(examine(bomb, name).whole());
    }
    // A dictionary of 1 GiB is memory that nobody has to spend for a few bytes.
    CHECK(examine(xz_or_lzma(kSource, false, 1U << 30U), "x.py.xz").has("compressed.unscannable"));
}

TEST_CASE("joblib's old compressed pickles") {
    const std::string plain = "\x80\x02]q\x00."s;
    for (const bool python2 : {false, true}) {
        const std::string bytes = joblib_zfile(plain, python2);
        const Outcome outcome = examine(bytes, "model.pkl");
        INFO(outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.is("joblib-zfile"));
        CHECK(outcome.is("pickle"));
    }
    std::string shorter = joblib_zfile(plain);
    shorter[4] = '3';  // says that fewer bytes come out
    CHECK(examine(shorter, "model.pkl").has("compressed.unscannable"));
    std::string nonsense = joblib_zfile(plain);
    nonsense[4] = 'x';
    CHECK(examine(nonsense, "model.pkl").has("compressed.header"));
}
