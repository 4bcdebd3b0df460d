#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kSource = "print('headgate')\n";  // named .py: understood as source

ZipRecipe one(ZipMember member) {
    ZipRecipe zip;
    zip.add("first.py", kSource);
    zip.add(std::move(member));
    return zip;
}

void expect(const std::string& label, const std::string& bytes, const std::string& id) {
    const Outcome outcome = examine(bytes, "a.zip");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.has(id));
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.oracle());
}

void expect_clean(const std::string& label, const std::string& bytes) {
    const Outcome outcome = examine(bytes, "a.zip");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.evidence.findings.empty());
    CHECK(outcome.evidence.opaques.empty());
    CHECK(outcome.whole());
    CHECK(outcome.is("zip"));
}

}  // namespace

TEST_CASE("zip files as honest writers make them are understood whole") {
    ZipRecipe stored = one({.name = "b.py", .content = kSource});
    expect_clean("stored", stored.build());
    expect_clean("deflate", one({.name = "b.py", .content = kSource, .deflate = true}).build());
    expect_clean("deflate with effort flag", one({.name = "b.py", .content = kSource, .deflate = true, .flags = 2}).build());
    expect_clean("data descriptor", one({.name = "b.py", .content = kSource, .deflate = true, .descriptor = true}).build());
    expect_clean("descriptor without signature",
                 one({.name = "b.py", .content = kSource, .descriptor = true, .descriptor_signature = false}).build());
    expect_clean("descriptor before another entry",
                 [] {
                     ZipRecipe zip = one({.name = "b.py", .content = kSource, .descriptor = true});
                     zip.add("c.py", kSource);
                     return zip.build();
                 }());
    expect_clean("zip64 sizes", one({.name = "b.py", .content = kSource, .zip64 = true}).build());
    std::string repeated;  // numpy: zip64 sizes in the local header though they are in it already
    put16(repeated, 1);
    put16(repeated, 16);
    put64(repeated, kSource.size());
    put64(repeated, kSource.size());
    expect_clean("zip64 sizes repeated", one({.name = "b.py", .content = kSource, .local_extra = repeated}).build());
    expect_clean("zip64 sizes and descriptor", one({.name = "b.py", .content = kSource, .descriptor = true, .zip64 = true}).build());
    expect_clean("unicode name", one({.name = "m\xC3\xB6" "del.py", .content = kSource, .flags = 0x800}).build());
    expect_clean("folder", one({.name = "folder/", .external = 0040755U << 16U}).build());
    expect_clean("modes", one({.name = "b.py", .content = kSource, .external = 0100644U << 16U}).build());
    expect_clean("entry comment", one({.name = "b.py", .content = kSource, .comment = "a remark"}).build());
    std::string times;
    put16(times, 0x5455);
    put16(times, 5);
    times += std::string("\3\0\0\0\0", 5);
    expect_clean("time field", one({.name = "b.py", .content = kSource, .extra = times}).build());
    std::string padding("FB\x04\0ZZZZ", 8);
    expect_clean("padding field in the local header only", one({.name = "b.py", .content = kSource, .local_extra = padding}).build());
    ZipRecipe commented = one({.name = "b.py", .content = kSource});
    commented.comment = "made by a recipe";
    expect_clean("archive comment", commented.build());
    ZipRecipe wide = one({.name = "b.py", .content = kSource});
    wide.zip64_end = true;
    expect_clean("zip64 end records without need", wide.build());
    expect_clean("empty archive", ZipRecipe{}.build());
    expect_clean("stored zip in a zip", one({.name = "inner.zip", .content = inner_zip()}).build());
    expect_clean("stored zip as the last member before a comment", [] {
        ZipRecipe zip = one({.name = "inner.zip", .content = inner_zip()});
        zip.comment = "x";
        return zip.build();
    }());
}

TEST_CASE("every trick of zip files is a finding with its own id") {
    const auto member = [](ZipMember m) {
        if (m.name.empty()) m.name = "b.py";
        if (m.content.empty()) m.content = kSource;
        return one(std::move(m)).build();
    };
    expect("local name", member({.local_name = "x.py"}), "zip.name-mismatch");
    expect("local method", member({.local_method = 8}), "zip.header-mismatch");
    expect("local flags", member({.local_flags = 0x800}), "zip.header-mismatch");
    expect("local crc", member({.local_crc = 1}), "zip.header-mismatch");
    expect("local size", member({.local_size = 1}), "zip.header-mismatch");
    expect("local compressed size", member({.local_compressed = 1}), "zip.header-mismatch");
    expect("crc in both headers", member({.crc = 1}), "zip.bad-crc");
    expect("crc of a deflated member", member({.deflate = true, .crc = 1}), "zip.bad-crc");
    expect("descriptor crc", member({.descriptor = true, .descriptor_crc = 1}), "zip.descriptor");
    expect("encrypted", member({.flags = 1}), "zip.encrypted");
    expect("strong encryption", member({.flags = 0x40}), "zip.encrypted");
    expect("masked headers", member({.flags = 0x2000}), "zip.encrypted");
    expect("patched data", member({.flags = 0x20}), "zip.flags");
    expect("effort flags on stored data", member({.flags = 2}), "zip.flags");
    expect("bzip2", member({.method = 12}), "zip.unscannable");
    expect("stored with two sizes", member({.size = 5}), "zip.size-mismatch");
    expect("deflate with a larger size", member({.deflate = true, .size = 500}), "zip.size-mismatch");
    expect("deflate with a smaller size", member({.deflate = true, .size = 5}), "zip.unscannable");
    expect("bytes behind the stream", member({.deflate = true, .behind = "hidden"}), "zip.size-mismatch");
    expect("stored data called deflated", member({.method = 8}), "zip.broken-stream");
    expect("link", member({.external = 0120777U << 16U}), "zip.link");
    expect("device", member({.external = 0060644U << 16U}), "zip.special-file");
    expect("folder by its mode", member({.external = 0040755U << 16U}), "zip.folder-data");
    expect("folder with data", member({.name = "b/"}), "zip.folder-data");
    expect("gap", member({.before = "hidden"}), "zip.gap");
    expect("entry comment", member({.comment = std::string("\0\1", 2)}), "zip.comment");
    expect("header elsewhere", member({.header_offset = 3}), "zip.broken");
    expect("header beyond", member({.header_offset = 0xFFFFFF}), "zip.broken");
    expect("same header twice", member({.header_offset = 0}), "zip.overlap");
    expect("unknown extra field", member({.extra = std::string("\x34\x12\x02\0hi", 6)}), "zip.extra-field");
    expect("malformed extra field", member({.extra = "abc"}), "zip.extra-field");
    expect("aes", member({.extra = std::string("\x01\x99\0\0", 4)}), "zip.encrypted");
    std::string other_name;
    put16(other_name, 0x7075);
    put16(other_name, 5 + 4);
    other_name += '\1';
    put32(other_name, crc_of("b.py"));
    other_name += "x.py";
    expect("unicode path field", member({.extra = other_name}), "zip.extra-field");
    std::string lying;
    put16(lying, 1);
    put16(lying, 16);
    put64(lying, kSource.size());
    put64(lying, kSource.size() + 1);
    expect("zip64 sizes that differ", member({.local_extra = lying}), "zip.zip64-mismatch");
    expect("zip64 field without need", member({.extra = std::string("\1\0\x08\0" "12345678", 12)}), "zip.zip64-mismatch");
    expect("unlisted entry", member({.listed = false}), "zip.gap");
}

TEST_CASE("names that reach elsewhere or collide are findings") {
    for (const char* name : {"../x.py", "a/../../x.py", "/x.py", "C:x.py", "a\\x.py", "a//x.py", "./x.py", "x.py.", "a\x1b[2J.py"}) {
        expect(name, one({.name = name, .content = kSource}).build(), "zip.bad-name");
    }
    expect("NUL", one({.name = std::string("x.txt\0.py", 9), .content = kSource}).build(), "zip.bad-name");
    expect("not UTF-8", one({.name = "\xFF.py", .content = kSource}).build(), "zip.bad-name");
    expect("letters without the flag", one({.name = "\xC3\xB6.py", .content = kSource}).build(), "zip.ambiguous-name");
    expect("twice", one({.name = "first.py", .content = kSource}).build(), "zip.duplicate-name");
    expect("case", one({.name = "First.py", .content = kSource}).build(), "zip.colliding-name");
    ZipRecipe forms;  // U+00D6 and o + U+0308
    forms.add({.name = "\xC3\x96.py", .content = kSource, .flags = 0x800});
    forms.add({.name = "o\xCC\x88.py", .content = kSource, .flags = 0x800});
    expect("composed and decomposed", forms.build(), "zip.colliding-name");
    expect_clean("names that differ by more than case", one({.name = "firsts.py", .content = kSource}).build());
    expect_clean("dots inside a name", one({.name = "a..b/..c.py", .content = kSource}).build());
}

TEST_CASE("the end of a zip file says one thing") {
    const auto with = [](auto change) {
        ZipRecipe zip = one({.name = "b.py", .content = kSource});
        change(zip);
        return zip.build();
    };
    expect("prefix", with([](ZipRecipe& z) { z.prefix = "hidden"; }), "zip.misplaced-directory");
    expect("prefix", with([](ZipRecipe& z) { z.prefix = "hidden"; }), "zip.polyglot");
    expect("prefix that begins like a zip", with([](ZipRecipe& z) { z.prefix = "PK\3\4"; }), "zip.prefix-bytes");
    expect("suffix", with([](ZipRecipe& z) { z.suffix = "hidden"; }), "zip.trailing-bytes");
    expect("gap before the directory", with([](ZipRecipe& z) { z.before_directory = "hidden"; }), "zip.gap");
    expect("binary comment", with([](ZipRecipe& z) { z.comment = std::string("\0x", 2); }), "zip.comment");
    expect("end record in the comment", with([](ZipRecipe& z) { z.comment = ZipRecipe{}.build(); }), "zip.two-ends");
    expect("count", with([](ZipRecipe& z) { z.entries = 1; }), "zip.count-mismatch");
    expect("directory elsewhere", with([](ZipRecipe& z) { z.directory_offset = 0; }), "zip.misplaced-directory");
    expect("directory beyond", with([](ZipRecipe& z) { z.directory_offset = 0xFFFFFF; }), "zip.misplaced-directory");
    expect("shorter directory", with([](ZipRecipe& z) { z.directory_size = 10; }), "zip.broken");
    expect("zip64 record that differs", with([](ZipRecipe& z) { z.zip64_end = true; z.zip64_entries = 1; }), "zip.zip64-mismatch");
    expect("zip64 record that is missing", with([](ZipRecipe& z) { z.directory_size = 0xFFFFFFFF; }), "zip.zip64-mismatch");
    expect("no end record", std::string("PK\3\4") + std::string(100, 'x'), "zip.no-directory");
}

TEST_CASE("members are examined inside archives, and where they are is said as a chain") {
    ZipRecipe inner;
    inner.add({.name = "x.py", .content = kSource, .deflate = true});
    inner.add({.name = "y.py", .content = kSource, .crc = 7});
    ZipRecipe outer;
    outer.add({.name = "folder/inner.zip", .content = inner.build(), .deflate = true});
    const Outcome outcome = examine(outer.build(), "a.zip");
    CHECK_FALSE(outcome.whole());
    REQUIRE(outcome.evidence.findings.size() == 1);
    CHECK(outcome.evidence.findings[0].id == "zip.bad-crc");
    CHECK(outcome.evidence.findings[0].where.path == "a.zip");
    CHECK(outcome.evidence.findings[0].where.member == "folder/inner.zip");
    REQUIRE(outcome.evidence.members.size() == 3);
    CHECK(outcome.evidence.members[1].where.member == "folder/inner.zip!x.py");
    CHECK(outcome.evidence.members[1].size == kSource.size());
}

TEST_CASE("limits of a zip file are findings, not waits") {
    SECTION("a bomb is cut off by its ratio") {
        Limits limits;
        limits.ratio_floor = 1U << 16U;
        const std::string bomb = one({.name = "b.py", .content = std::string(4U << 20U, ' '), .deflate = true}).build();
        const Outcome outcome = examine(bomb, "a.zip", limits);
        CHECK(outcome.has("zip.unscannable"));
        CHECK_FALSE(outcome.whole());
        limits.ratio_floor = 8U << 20U;  // its benign twin: small in absolute terms
        CHECK(examine(bomb, "a.zip", limits).whole());
    }
    SECTION("the budget of expanded bytes is shared") {
        Limits limits;
        limits.expanded_bytes = 1000;
        ZipRecipe zip;
        for (int i = 0; i < 4; ++i) zip.add({.name = std::to_string(i) + ".py", .content = std::string(400, ' '), .deflate = true});
        CHECK(examine(zip.build(), "a.zip", limits).has("zip.unscannable"));
    }
    SECTION("too many entries") {
        Limits limits;
        limits.members = 1;
        CHECK(examine(one({.name = "b.py", .content = kSource}).build(), "a.zip", limits).has("zip.unscannable"));
    }
    SECTION("too deep") {
        std::string bytes = inner_zip();
        for (int i = 0; i < 9; ++i) {
            ZipRecipe zip;
            zip.add("inner.zip", bytes);
            bytes = zip.build();
        }
        const Outcome outcome = examine(bytes, "a.zip");
        CHECK(outcome.has("container.unscannable"));
        CHECK_FALSE(outcome.whole());
    }
    SECTION("findings are bounded") {
        ZipRecipe zip;
        for (int i = 0; i < 1000; ++i) zip.add("../" + std::to_string(i) + ".py", kSource);
        const Outcome outcome = examine(zip.build(), "a.zip");
        CHECK(outcome.evidence.findings.size() < 110);
        CHECK(outcome.has("zip.unscannable"));
    }
}

TEST_CASE("every prefix of a zip file keeps the oracle") {
    ZipRecipe zip = one({.name = "b.py", .content = kSource, .deflate = true, .descriptor = true, .zip64 = true});
    zip.add("inner.zip", inner_zip());
    zip.zip64_end = true;
    zip.comment = "end";
    const std::string bytes = zip.build();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const Outcome outcome = examine(bytes.substr(0, length), "a.zip");
        INFO(length);
        REQUIRE(outcome.oracle());
        if (length >= 4) REQUIRE_FALSE(outcome.whole());  // shorter ones are text
    }
    CHECK(examine(bytes, "a.zip").whole());
}

TEST_CASE("archives whose text says what to run are not called inert") {
    ZipRecipe jar;
    jar.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
    const Outcome outcome = examine(jar.build(), "model.jar");
    CHECK(outcome.is("jar"));
    CHECK_FALSE(outcome.whole());
    CHECK_FALSE(outcome.evidence.opaques.empty());
}

TEST_CASE("an npz holds arrays only") {
    ZipRecipe good;
    good.add({.name = "a.npy", .content = tiny_npy()});
    CHECK(examine(good.build(), "a.npz").is("npz"));
    CHECK_FALSE(examine(good.build(), "a.npz").has("npz.not-npy"));
    ZipRecipe bad;
    bad.add("a.npy", "no array");
    CHECK(examine(bad.build(), "a.npz").has("npz.not-npy"));
}

namespace {

std::string zeros(std::size_t bytes, std::size_t said) {
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(said) + ",)}\n";
    std::string array = "\x93NUMPY\x01";
    array += '\0';
    put16(array, header.size());
    return array + header + std::string(bytes, '\0');
}

}  // namespace

TEST_CASE("arrays of zeros are as large as their header says, other members are bombs") {
    constexpr std::size_t kMany = 20U << 20U;
    ZipRecipe good;
    good.add({.name = "z.npy", .content = zeros(kMany, kMany), .deflate = true});
    const Outcome outcome = examine(good.build(), "z.npz");
    INFO(outcome.ids());
    CHECK(outcome.whole());
    ZipRecipe lies;
    lies.add({.name = "z.npy", .content = zeros(kMany, 10), .deflate = true});
    CHECK(examine(lies.build(), "z.npz").has("zip.unscannable"));
    ZipRecipe other;
    other.add({.name = "z.npy", .content = std::string(kMany, '\0'), .deflate = true});
    CHECK(examine(other.build(), "z.npz").has("zip.unscannable"));
    ZipRecipe plain;
    plain.add({.name = "z.bin", .content = zeros(kMany, kMany), .deflate = true});
    CHECK(examine(plain.build(), "z.zip").has("zip.unscannable"));
}

TEST_CASE("arrays whose names differ in case are two, and two of one name are refused") {
    ZipRecipe two;
    two.add({.name = "W.npy", .content = tiny_npy()});
    two.add({.name = "w.npy", .content = tiny_npy()});
    CHECK(examine(two.build(), "a.npz").whole());
    ZipRecipe same;
    for (const char* name : {"W.npy", "w.npy", "w.npy"}) same.add({.name = name, .content = tiny_npy()});
    CHECK(examine(same.build(), "a.npz").has("zip.duplicate-name"));
    ZipRecipe mixed;
    for (const char* name : {"W.npy", "w.npy", "a.txt"}) mixed.add({.name = name, .content = tiny_npy()});
    CHECK(examine(mixed.build(), "a.npz").has("zip.colliding-name"));
}

TEST_CASE("a program of torch.export is refused by a reason of its own, and what it holds is judged") {
    ZipRecipe program;
    program.add("m/archive_format", "pt2");
    program.add("m/models/model.json", R"({"graph_module": {}})");
    program.add("m/data/weights/weight_0", std::string("\0\0\x80\x3f", 4));
    const Outcome outcome = examine(program.build(), "m.pt2");
    INFO(outcome.ids());
    CHECK(outcome.has("torch.exported-program"));
    CHECK(outcome.evidence.findings.size() == 1);
    CHECK(outcome.evidence.opaques.empty());
    CHECK_FALSE(outcome.whole());
    program.add("m/data/sample_inputs/model.pt", "cos\nsystem\n(S'echo headgate'\ntR.");
    CHECK_FALSE(examine(program.build(), "m.pt2").evidence.imports.empty());
    ZipRecipe benign;
    benign.add("m/archive_format", "of a museum");
    benign.add("m/model.json", "{}");
    CHECK(examine(benign.build(), "m.zip").ids() == "");
}
