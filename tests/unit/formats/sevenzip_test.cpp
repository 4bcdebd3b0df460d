#include "formats/sevenzip.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/pickle_recipe.hpp"
#include "recipes/sevenzip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using namespace std::string_literals;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kSource = "print('headgate')\n";
const std::string kJson = "{\"a\": [1, 2, 3]}\n";
constexpr Pack kPacks[] = {Pack::copy, Pack::lzma, Pack::lzma_marked, Pack::lzma2, Pack::deflate, Pack::bzip2, Pack::zstd};

SevenZipRecipe solid(Pack pack) {
    SevenZipRecipe archive;
    archive.folder({.members = {{.name = "a.py", .content = kSource}, {.name = "d/b.json", .content = kJson}}, .pack = pack});
    return archive;
}

SevenZipRecipe with(const SevenZipMember& member) {
    SevenZipRecipe archive = solid(Pack::copy);
    archive.folder({.members = {member}});
    return archive;
}

SevenZipRecipe with_empty(const SevenZipMember& member) {
    SevenZipRecipe archive = solid(Pack::copy);
    archive.empty.push_back(member);
    return archive;
}

void expect(const std::string& label, const std::string& bytes, const std::string& id) {
    const Outcome outcome = examine(bytes, "a.7z");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.has(id));
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.oracle());
    CHECK(outcome.is("7z"));
}

void expect_clean(const std::string& label, const std::string& bytes) {
    const Outcome outcome = examine(bytes, "a.7z");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.evidence.findings.empty());
    CHECK(outcome.whole());
    CHECK(outcome.is("7z"));
}

/// Honest bytes that a wrong filter would not leave alone: a pickle of one bytes object with calls and jumps of x86 in it.
std::string code() {
    std::string content;
    for (unsigned i = 0; i < 3000; ++i) {
        content += i % 3 == 0 ? "\xE8"s : i % 3 == 1 ? "\xE9"s : "\xEB\xFE"s;
        put32(content, i * 0x101U % 0x10000U);
    }
    std::string pickle = "\x80\x03""B";
    put32(pickle, content.size());
    return pickle + content + ".";
}

}  // namespace

TEST_CASE("7z archives as honest writers make them are understood whole") {
    for (const Pack pack : kPacks) {
        const std::string label = "pack " + std::to_string(static_cast<int>(pack));
        expect_clean(label, solid(pack).build());
        SevenZipRecipe archive = solid(pack);
        archive.packed_header = pack;
        archive.packed_crcs = true;
        archive.add("c.txt", "alone\n", pack);
        archive.empty = {{.name = "empty.txt"}, {.name = "e", .folder = true}};
        expect_clean(label + ", packed header, CRCs, three folders", archive.build());
    }
    SevenZipRecipe twice = solid(Pack::lzma2);
    twice.packed_header = Pack::lzma;
    twice.header_packings = 2;
    expect_clean("header packed twice", twice.build());
    SevenZipRecipe summed;
    summed.folder({.members = {{.name = "a.py", .content = kSource}}, .pack = Pack::lzma, .folder_crc = true});
    expect_clean("the CRC of a folder of one member", summed.build());
    SevenZipRecipe summed_all;
    summed_all.folder({.members = {{.name = "a.py", .content = kSource}, {.name = "b.py", .content = kSource}}, .pack = Pack::lzma, .folder_crc = true});
    expect_clean("and of two", summed_all.build());
    expect_clean("a member of no bytes in a folder", with({.name = "b.txt"}).build());
    expect_clean("Unix modes", with({.name = "b.py", .content = kSource, .attributes = 0x81A48020U}).build());
    expect_clean("a file that came through a pipe", with({.name = "b.py", .content = kSource, .attributes = 0x11808020U}).build());
    expect_clean("Windows attributes", with({.name = "b.py", .content = kSource, .attributes = 0x21U}).build());
    expect_clean("a folder of Windows", with_empty({.name = "e", .attributes = 0x10U, .folder = true}).build());
    expect_clean("a folder of Unix", with_empty({.name = "e", .attributes = 0x41ED8010U, .folder = true}).build());
    expect_clean("letters outside ASCII", with({.name = "", .content = kSource, .units = u"\u00FC/\U0001F600.py"}).build());
    SevenZipRecipe dotted = with_empty({.name = ".", .folder = true});
    dotted.add("./b.py", kSource);
    expect_clean("as bsdtar writes a folder", dotted.build());
    SevenZipRecipe padded = solid(Pack::copy);
    padded.file_properties = "\x19\x03\0\0\0\x19\0"s;
    expect_clean("padding", padded.build());
    SevenZipRecipe times = solid(Pack::copy);
    times.file_properties = "\x14\x0B\0\x40\0"s + std::string(8, '\x01') + "\x12\x12\x01\0"s + std::string(16, '\x02');
    expect_clean("times", times.build());
    SevenZipRecipe bare;
    bare.empty = {{.name = "empty.txt"}};
    expect_clean("nothing but an empty file", bare.build());
    SevenZipRecipe nameless;
    nameless.add("", kSource);
    nameless.named = false;
    expect_clean("a content that came through a pipe, and is called as the archive", nameless.build());
    CHECK(examine(nameless.build(), "b.7z").evidence.members.front().path == "b");
    expect_clean("no members and no header", "7z\xBC\xAF\x27\x1C\0\x04\x8D\x9B\xD5\x0F"s + std::string(20, '\0'));
}

TEST_CASE("filters are undone over every compression") {
    const std::string content = code();
    const FilterRecipe filters[] = {kDelta, {.method = "\x04", .id = LZMA_FILTER_X86}, kX86, {.method = "\x05", .id = LZMA_FILTER_POWERPC},
                                    {.method = "\x06", .id = LZMA_FILTER_IA64}, {.method = "\x07", .id = LZMA_FILTER_ARM},
                                    {.method = "\x08", .id = LZMA_FILTER_ARMTHUMB}, {.method = "\x09", .id = LZMA_FILTER_SPARC},
                                    {.method = "\x0A", .id = LZMA_FILTER_ARM64}, {.method = "\x03\x03\x05\x01", .id = LZMA_FILTER_ARM}};
    for (const Pack pack : kPacks) {
        for (const FilterRecipe& filter : filters) {
            SevenZipRecipe archive;
            archive.folder({.members = {{.name = "m.pkl", .content = content}, {.name = "a.py", .content = kSource}}, .pack = pack, .filters = {filter}});
            expect_clean("pack " + std::to_string(static_cast<int>(pack)) + ", filter " + std::to_string(filter.id), archive.build());
        }
        SevenZipRecipe chain;
        chain.folder({.members = {{.name = "m.pkl", .content = content}}, .pack = pack, .filters = {kDelta, kX86, kDelta}});
        expect_clean("a chain of three", chain.build());
        SevenZipRecipe big;                        // more than one chunk of what is handed on
        big.folder({.members = {{.name = "m.txt", .content = std::string(200000, 'x')}}, .pack = pack, .filters = {kX86}});
        expect_clean("three chunks", big.build());
    }
    CHECK(filtered(content, {kX86}) != content);
    SevenZipRecipe wrong;                          // the header names another filter than was applied
    wrong.folder({.members = {{.name = "m.pkl", .content = content}}, .filters = {{.method = "\x05", .id = LZMA_FILTER_X86}}});
    expect("another filter", wrong.build(), "sevenzip.bad-crc");
    SevenZipRecipe four;
    four.folder({.members = {{.name = "m.pkl", .content = content}}, .filters = {kDelta, kDelta, kDelta}, .method = "\x04"});
    expect("four filters", four.build(), "sevenzip.unscannable");
}

TEST_CASE("members are judged by their content, wherever they stand in a folder") {
    const std::string gadget = "cposix\nsystem\n(S'echo headgate'\ntR.";
    for (const Pack pack : kPacks) {
        SevenZipRecipe inner;
        inner.folder({.members = {{.name = "a.py", .content = kSource}, {.name = "d/x.pkl", .content = gadget}, {.name = "b.py", .content = kSource}},
                      .pack = pack});
        inner.packed_header = Pack::lzma;
        SevenZipRecipe outer;
        outer.add("inner.7z", inner.build(), pack);
        const Outcome outcome = examine(outer.build(), "a.7z");
        INFO(outcome.ids());
        REQUIRE(outcome.evidence.imports.size() == 1);
        CHECK(outcome.evidence.imports[0].module == "posix");
        CHECK(outcome.evidence.imports[0].where.member == "inner.7z!d/x.pkl");
        CHECK(outcome.evidence.calls.size() == 1);
        REQUIRE(outcome.evidence.members.size() == 4);
        CHECK(outcome.evidence.members[2].path == "d/x.pkl");
        CHECK(outcome.evidence.members[2].size == gadget.size());
    }
}

TEST_CASE("every trick of 7z archives is a finding with its own id") {
    for (const char* name : {"../b.py", "/b.py", "a/../../b.py", "a\\b.py", "C:b.py", "././b.py", "./", ".", "b.py/"}) {
        expect(name, with({.name = name, .content = kSource}).build(), "sevenzip.bad-name");
    }
    expect("a name of half a character", with({.name = "", .content = kSource, .units = u"b\xD800.py"}).build(), "sevenzip.bad-name");
    expect("a second half alone", with({.name = "", .content = kSource, .units = u"b\xDC00.py"}).build(), "sevenzip.bad-name");
    expect("half a character at the end", with({.name = "", .content = kSource, .units = u"b\xD800"}).build(), "sevenzip.bad-name");
    expect("escape by a folder", with_empty({.name = "..", .folder = true}).build(), "sevenzip.bad-name");
    expect("twice", with({.name = "a.py", .content = kSource}).build(), "sevenzip.duplicate-name");
    expect("twice, once with ./", with({.name = "./a.py", .content = kSource}).build(), "sevenzip.duplicate-name");
    expect("case", with({.name = "A.py", .content = kSource}).build(), "sevenzip.colliding-name");
    expect("link of Unix", with({.name = "b.py", .content = "a.py", .attributes = 0xA1FF8020U}).build(), "sevenzip.link");
    expect("link of Windows", with({.name = "b.py", .content = "a.py", .attributes = 0x420U}).build(), "sevenzip.link");
    expect("device", with_empty({.name = "b.py", .attributes = 0x21808020U}).build(), "sevenzip.special-file");
    expect("pipe", with_empty({.name = "b.py", .attributes = 0x11808020U}).build(), "sevenzip.special-file");
    expect("socket", with({.name = "b.py", .content = kSource, .attributes = 0xC1808020U}).build(), "sevenzip.special-file");
    expect("a folder with content", with({.name = "b", .content = kSource, .attributes = 0x10U}).build(), "sevenzip.folder-data");
    expect("a file that is a folder", with_empty({.name = "b", .attributes = 0x81A48020U, .folder = true}).build(), "sevenzip.folder-data");
    expect("anti-item", with_empty({.name = "b.py", .anti = true}).build(), "sevenzip.anti-item");
    expect("wrong CRC of a stored member", with({.name = "b.py", .content = kSource, .crc = 1}).build(), "sevenzip.bad-crc");
    for (const Pack pack : kPacks) {
        SevenZipRecipe archive;
        archive.folder({.members = {{.name = "b.py", .content = kSource, .crc = 1}}, .pack = pack});
        expect("wrong CRC", archive.build(), "sevenzip.bad-crc");
        SevenZipRecipe whole;
        whole.folder({.members = {{.name = "a.py", .content = kSource}, {.name = "b.py", .content = kSource}}, .pack = pack, .folder_crc = true, .wrong_folder_crc = 1});
        expect("wrong CRC of the folder", whole.build(), "sevenzip.bad-crc");
        SevenZipRecipe stream = solid(pack);
        stream.packed_crcs = true;
        stream.wrong_packed_crc = "abcd";
        expect("wrong CRC of the packed stream", stream.build(), "sevenzip.bad-crc");
        const std::string id = pack == Pack::copy ? "sevenzip.size-mismatch" : "sevenzip.broken-stream";
        SevenZipRecipe tail;
        tail.folder({.members = {{.name = "b.py", .content = kSource}}, .pack = pack, .packed_tail = "hidden"});
        expect("bytes behind the stream", tail.build(), id);
        SevenZipRecipe shorter;
        shorter.folder({.members = {{.name = "b.py", .content = kSource}}, .pack = pack, .size = kSource.size() - 1});
        expect("less than comes out", shorter.build(), id);
        SevenZipRecipe longer;
        longer.folder({.members = {{.name = "b.py", .content = kSource}}, .pack = pack, .size = kSource.size() + 1});
        expect("more than comes out", longer.build(), id);
        SevenZipRecipe filter;
        filter.folder({.members = {{.name = "b.py", .content = kSource}}, .pack = pack, .filters = {kX86}, .last_size = kSource.size() + 1});
        expect("a filter of another size", filter.build(), "sevenzip.size-mismatch");
        SevenZipRecipe cut;
        cut.folder({.members = {{.name = "a.py", .content = kSource, .size = 10}, {.name = "b.py", .content = kSource}}, .pack = pack});
        expect("a member that is cut elsewhere", cut.build(), "sevenzip.bad-crc");
    }
    expect("members larger than their folder",
           [] {
               SevenZipRecipe archive;
               archive.folder({.members = {{.name = "a.py", .content = kSource, .size = 1000}, {.name = "b.py", .content = kSource}}});
               return archive.build();
           }(),
           "sevenzip.broken");
    const auto memberless = [](Pack pack, bool first, std::optional<std::uint64_t> size, const std::string& tail) {
        SevenZipRecipe archive;
        if (first) archive.add("b.py", kSource);
        archive.folder({.pack = pack, .packed_tail = tail, .size = size});
        archive.add("a.py", kSource);
        if (!first) archive.folder({.pack = pack, .packed_tail = tail, .size = size});
        return archive.build();
    };
    for (const bool first : {false, true}) {
        expect("a folder without members", memberless(Pack::copy, first, 6, "hidden"), "sevenzip.gap");
        expect("which says that it has no bytes", memberless(Pack::copy, first, 0, "hidden"), "sevenzip.size-mismatch");
        expect("bytes behind its end", memberless(Pack::lzma2, first, 0, "hidden"), "sevenzip.broken-stream");
        expect_clean("7-Zip leaves one of no bytes", memberless(Pack::lzma2, first, 0, ""));
    }
    const auto knob = [](auto turn) {
        SevenZipRecipe archive = solid(Pack::lzma);
        turn(archive);
        return archive.build();
    };
    expect("bytes before the streams", knob([](auto& a) { a.before_packed = "hidden"; }), "sevenzip.gap");
    expect("bytes behind them", knob([](auto& a) { a.behind_packed = "hidden"; }), "sevenzip.gap");
    expect("bytes before a packed header", knob([](auto& a) { a.behind_packed = "hidden", a.packed_header = Pack::lzma; }), "sevenzip.gap");
    expect("streams that overlap", knob([](auto& a) { a.packed_header = Pack::copy, a.shift = 3; }), "sevenzip.overlap");
    expect("streams that reach into the header", knob([](auto& a) { a.shift = 3; }), "sevenzip.broken");
    expect("bytes behind the header", knob([](auto& a) { a.trailing = "hidden"; }), "sevenzip.trailing-bytes");
    expect("bytes in the header", knob([](auto& a) { a.behind_end = "hidden"; }), "sevenzip.trailing-bytes");
    expect("archive properties", knob([](auto& a) { a.archive_properties = "\x16\x04text"; }), "sevenzip.unknown-property");
    expect("a comment", knob([](auto& a) { a.file_properties = "\x16\x04text"; }), "sevenzip.unknown-property");
    expect("a property of tomorrow", knob([](auto& a) { a.file_properties = "\x80\x99\x04text"; }), "sevenzip.unknown-property");
    expect("hidden padding", knob([](auto& a) { a.file_properties = "\x19\x04text"; }), "sevenzip.padding");
    expect("no names", knob([](auto& a) { a.named = false; }), "sevenzip.broken");
    expect("names twice", knob([](auto& a) { a.file_properties = "\x11\x05\0x\0\0\0"s; }), "sevenzip.broken");
    expect("a property that is too long", knob([](auto& a) { a.file_properties = "\x0E\x02\0\0"s; }), "sevenzip.broken");
    expect("additional streams", knob([](auto& a) { a.additional = "\x03\0"s; }), "sevenzip.unscannable");
    expect("another version", knob([](auto& a) { a.version = 1; }), "sevenzip.unscannable");
    expect("a header packed five times", knob([](auto& a) { a.packed_header = Pack::lzma, a.header_packings = 5; }), "sevenzip.unscannable");
}

TEST_CASE("what nothing here can undo is named") {
    const auto refused = [](const SevenZipFolderRecipe& folder) {
        SevenZipRecipe archive;
        archive.folder(folder);
        archive.add("a.py", kSource);
        const Outcome outcome = examine(archive.build(), "a.7z");
        INFO(outcome.ids());
        REQUIRE(outcome.evidence.findings.size() == 1);
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.evidence.members.size() == 2);
        return outcome.evidence.findings[0].id + ": " + outcome.evidence.findings[0].message;
    };
    const std::vector<SevenZipMember> one{{.name = "m.pkl", .content = "x"}};
    CHECK(refused({.members = one, .method = "\x03\x04\x01"}) ==
          "sevenzip.unscannable: the content of 1 member is packed with PPMd, which nothing here can undo");
    CHECK(refused({.members = one, .method = "\x03\x03\x01\x1B", .inputs = 4}) ==
          "sevenzip.unscannable: the content of 1 member is packed with BCJ2, which nothing here can undo");
    CHECK(refused({.members = one, .method = "\x04\x01\x09"}) ==
          "sevenzip.unscannable: the content of 1 member is packed with Deflate64, which nothing here can undo");
    CHECK(refused({.members = one, .method = "\x7F\x01"}) ==
          "sevenzip.unscannable: the content of 1 member is packed with the unknown method 7f01, which nothing here can undo");
    CHECK(refused({.members = one, .method = "\x06\xF1\x07\x01", .properties = std::string(18, '\x01')}) ==
          "sevenzip.encrypted: the content of 1 member is encrypted (AES-256)");
    CHECK(refused({.members = one, .filters = {{.method = "\x21", .id = LZMA_FILTER_X86, .properties = "\x10"}}, .method = "\x04\x01\x08"}) ==
          "sevenzip.unscannable: the content of 1 member is packed with LZMA2 over another compression, which nothing here can undo");
    CHECK(refused({.members = one, .pack = Pack::lzma2, .properties = "\x7F"}) ==
          "sevenzip.unscannable: entry \"m.pkl\": its parameters are none that can be undone here");
    CHECK(refused({.members = one, .filters = {{.method = "\x03", .id = LZMA_FILTER_DELTA, .properties = "ab"}}}) ==
          "sevenzip.unscannable: entry \"m.pkl\": a filter has parameters that are none");
    SevenZipRecipe header = solid(Pack::copy);
    header.packed_header = Pack::lzma;
    std::string bytes = header.build();
    bytes.replace(bytes.rfind("\x03\x01\x01"), 3, "\x03\x04\x01");
    const Outcome outcome = examine(bytes, "a.7z");
    CHECK(outcome.has("sevenzip.bad-crc"));        // the header's, which was changed
    CHECK(outcome.evidence.findings.back().message == "its header, with the names of all members, is packed with PPMd, which nothing here can undo");
}

TEST_CASE("limits of 7z archives") {
    const std::string text(4U << 20U, ' ');
    for (const Pack pack : kPacks) {
        if (pack == Pack::copy) continue;
        SevenZipRecipe archive;
        archive.folder({.members = {{.name = "a.txt", .content = text}, {.name = "b.py", .content = kSource}}, .pack = pack});
        const std::string bytes = archive.build();
        CHECK(examine(bytes, "a.7z").whole());
        Limits limits;
        limits.ratio_floor = 1U << 16U;
        CHECK(examine(bytes, "a.7z", limits).has("sevenzip.unscannable"));
        limits = {};
        limits.expanded_bytes = 1U << 20U;
        CHECK(examine(bytes, "a.7z", limits).has("sevenzip.unscannable"));
        limits = {};
        limits.member_bytes = 1U << 20U;
        const Outcome outcome = examine(bytes, "a.7z", limits);
        INFO(outcome.ids());
        REQUIRE(outcome.evidence.findings.size() == 1);
        CHECK(outcome.evidence.findings[0].message == "entry \"a.txt\" expands to more than one member may");
        CHECK_FALSE(outcome.whole());
        REQUIRE(outcome.evidence.formats.size() == 2);  // the member behind it was read all the same
        CHECK(outcome.evidence.formats[1].where.member == "b.py");
    }
    // A dictionary of 4 GiB is memory for what comes out, which is little.
    SevenZipRecipe dictionary;
    dictionary.folder({.members = {{.name = "a.py", .content = kSource}}, .pack = Pack::lzma2, .properties = "\x28"});
    CHECK(examine(dictionary.build(), "a.7z").whole());
    Limits limits;
    limits.members = 2;
    SevenZipRecipe many = solid(Pack::lzma);
    CHECK(examine(many.build(), "a.7z", limits).whole());
    many.empty = {{.name = "c.txt"}};
    CHECK(examine(many.build(), "a.7z", limits).has("sevenzip.unscannable"));
    limits = {};
    limits.header_bytes = 100;
    many.packed_header = Pack::lzma;
    many.empty[0].name = std::string(300, 'n');
    CHECK(examine(many.build(), "a.7z").whole());
    CHECK(examine(many.build(), "a.7z", limits).has("sevenzip.unscannable"));
    std::string nested = kSource;
    for (int i = 0; i < 10; ++i) {
        SevenZipRecipe archive;
        archive.add("a.py", nested);
        nested = archive.build();
    }
    CHECK(examine(nested, "a.7z").has("container.unscannable"));
}

TEST_CASE("a 7z archive that is cut or changed is never whole") {
    for (const bool packed : {false, true}) {
        SevenZipRecipe archive = solid(Pack::lzma);
        archive.folder({.members = {{.name = "c.py", .content = kSource, .attributes = 0x81A48020U}}, .pack = Pack::lzma2, .filters = {kX86}});
        archive.add("e.py", kSource);
        archive.empty = {{.name = "empty.txt"}, {.name = "e", .folder = true}};
        if (packed) archive.packed_header = Pack::lzma;
        const std::string bytes = archive.build();
        expect_clean("unchanged", bytes);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const Outcome outcome = examine(bytes.substr(0, length), "a.7z");
            INFO("cut at " << length << ": " << outcome.ids());
            CHECK_FALSE((outcome.whole() && outcome.is("7z")));
            CHECK(outcome.oracle());
            CHECK(outcome.has("sevenzip.cut-off") == (length >= 6));
        }
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            if (at == 7) continue;                 // the minor version, which no checksum covers
            for (const unsigned flip : {0x01U, 0x80U}) {
                std::string changed = bytes;
                changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
                const Outcome outcome = examine(changed, "a.7z");
                INFO("changed at " << at << ": " << outcome.ids());
                CHECK_FALSE((outcome.whole() && outcome.is("7z")));
                CHECK(outcome.oracle());
            }
        }
    }
    CHECK(examine(solid(Pack::copy).build().substr(0, 60), "a.7z.001").evidence.findings[0].message ==
          "the header stands behind the end of the file: it is cut off, or the first part of a split archive");
}
