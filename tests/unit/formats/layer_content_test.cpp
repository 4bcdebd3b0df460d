// Files in the layers of images: what is one thing and loads as another, what a reader gives up on, what is only called like a model.
#include <catch2/catch.hpp>

#include "crypto/sha256.hpp"
#include "formats/tar_layer.hpp"
#include "recipes/compressed_recipe.hpp"
#include "recipes/model_artifact.hpp"
#include "recipes/tar_recipe.hpp"
#include "unit/formats/packages.hpp"

using namespace headgate;
using formats::Compression;
using recipes::compressed;
using recipes::TarRecipe;
using tests::Outcome;

namespace {

Outcome with_file(const std::string& path, const std::string& content) {
    TarRecipe tar;
    tar.add(path, content);
    const std::string bytes = tar.build();
    Outcome outcome;
    const Limits limits = formats::layer_limits();
    Budget budget(limits);
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, outcome.evidence, "blobs/sha256/00", {}, 0, crypto::sha256_hex, tests::shipped_words};
    outcome.examined = formats::parse_layer(source, formats::LayerUse::runs, context);
    CHECK(outcome.oracle());
    return outcome;
}
bool is_ordinary(const Outcome& outcome) { return outcome.whole() && outcome.evidence.members.empty() && outcome.evidence.findings.empty(); }

const std::string kCall = "cos\nsystem\n(S'echo headgate'\ntR.";
const std::string kBad = recipes::calling_pickle();
const std::string kSkipped = std::string("\x50\x2A\x4D\x18\x04\0\0\0", 8) + "abcd";

/// A frame of one raw block, whose window is 2^`log` bytes.
std::string zstd_frame(const std::string& content, unsigned log) {
    const std::size_t head = content.size() << 3U | 1U;
    std::string frame("\x28\xB5\x2F\xFD\0", 5);
    frame += static_cast<char>((log - 10) << 3U);
    for (unsigned i = 0; i < 3; ++i) frame += static_cast<char>(head >> (8 * i) & 0xFFU);
    return frame + content;
}
/// LZMA alone, with other properties or another dictionary in its header.
std::string lzma_with(std::size_t at, char byte) {
    std::string made = compressed(kBad, Compression::lzma);
    made.at(at) = byte;
    return made;
}

}  // namespace

TEST_CASE("a picture that loads as a pickle is one, whatever it is called") {
    const std::string gif = std::string("GIF89a\x01\0\x01", 9) + kCall, bmp = std::string("BM\0\0\0", 5) + std::string(0x4D, '\0') + "0" + kCall;
    for (const char* const name : {"srv/a.gif", "srv/a", "srv/model.pkl", "srv/model.pt"}) {
        for (const std::string& picture : {gif, bmp}) {
            const Outcome outcome = with_file(name, picture);
            INFO(name << ": " << outcome.ids());
            CHECK_FALSE(outcome.whole());
            CHECK(outcome.has("pickle.polyglot"));
        }
    }
    const std::string honest_gif = std::string("GIF89a\x01\0\x01\0\0\0\0", 13) + ";", honest_bmp = std::string("BM\x3A\0\0\0\0\0\0\0\x36\0\0\0", 14) + std::string(44, '\0');
    for (const std::string& picture : {honest_gif, honest_bmp}) {
        CHECK(is_ordinary(with_file("usr/share/icons/a", picture)));
        CHECK(is_ordinary(with_file("usr/share/icons/a.pt", picture)));
    }
}

TEST_CASE("what a reader gives up on is said, whatever it is called") {
    const auto refused = [](const std::string& what, const std::string& content, std::string_view id) {
        for (const char* const name : {"srv/data", "srv/pytorch_model.bin", "srv/model.pkl.xz"}) {
            const Outcome outcome = with_file(name, content);
            INFO(what << " as " << name << ": " << outcome.ids());
            CHECK_FALSE(outcome.whole());
            CHECK(outcome.has(id));
            CHECK_FALSE(outcome.evidence.members.empty());
        }
    };
    refused("xz of a large dictionary", recipes::xz_or_lzma(kBad, false, 1U << 30U), "compressed.unscannable");
    refused("lzma of a large dictionary", lzma_with(4, '\x40'), "compressed.unscannable");
    refused("zstd of a large window", zstd_frame(kBad, 28), "compressed.unscannable");
    refused("a frame to be skipped in front", kSkipped + compressed(kBad, Compression::zstd), "compressed.skipped-frame");
    refused("lz4 of old", std::string("\x02\x21\x4C\x18\x10\0\0\0", 8) + kBad, "compressed.unscannable");
    std::string flags = compressed(kBad, Compression::gzip);
    flags[3] = '\x80';
    refused("gzip with reserved flags", flags, "compressed.flags");
    refused("gzip that expands without end", compressed(std::string(40U << 20U, '\0') + kBad, Compression::gzip), "compressed.unscannable");
    std::string deep = kBad;
    for (int i = 0; i < 12; ++i) deep = compressed(deep, Compression::gzip);
    refused("deeper than the limit", deep, "container.unscannable");
    TarRecipe first, second;
    first.add("a.txt", "words\n");
    second.add("x.pkl", kBad);
    refused("an archive behind the end of one", first.build() + second.build(), "tar.trailing-bytes");
    TarRecipe outer;
    outer.add("data.xz", recipes::xz_or_lzma(kBad, false, 1U << 30U));
    outer.add("a.bin", std::string(300, '\xEE'));
    const Outcome nested = with_file("srv/a.tar", outer.build());
    INFO(nested.ids());
    CHECK(nested.has("compressed.unscannable"));
    CHECK(nested.evidence.opaques.empty());          // of what lies beside it
}

TEST_CASE("what is compressed as usual is read, and ordinary where it holds nothing") {
    CHECK(with_file("srv/data", zstd_frame(kBad, 20)).evidence.imports.size() == 1);
    CHECK(with_file("srv/data", compressed(kBad, Compression::lzma)).evidence.imports.size() == 1);
    for (const Compression compression : {Compression::gzip, Compression::xz, Compression::bzip2, Compression::zstd, Compression::lz4, Compression::lzma}) {
        CHECK(is_ordinary(with_file("usr/share/doc/a/changelog.Debian.gz", compressed("words\n", compression))));
        CHECK(is_ordinary(with_file("usr/share/doc/a/README.pt.gz", compressed("palavras portugu\xEAsas\n", compression))));
        CHECK(is_ordinary(with_file("usr/lib/modules/a.ko.xz", compressed(std::string("\x7F" "ELF\x02\x01\x01", 7) + std::string(300, '\1'), compression))));
        CHECK(is_ordinary(with_file("usr/share/fonts/a.pcf.gz", compressed(std::string("\x01" "fcp\x05\0\0\0", 8) + std::string(500, '\xEE'), compression))));
    }
    // A broken stream, nobody reads; and headers that only begin like one.
    CHECK(is_ordinary(with_file("usr/lib/a.gz", compressed(std::string(3000, 'a'), Compression::gzip).substr(0, 20))));
    CHECK(is_ordinary(with_file("usr/lib/a.dat", std::string("\x01\0\0\0\x10\0\0\0\x01\0\0\0\0\0\0\0", 16) + std::string(4000, '\0'))));
    CHECK(is_ordinary(with_file("usr/lib/a.dat", std::string("\x01\0\0\0\x10\0\0\0\x01\0\0\0\0\0\0\0", 16) + std::string(4000, '\xEE'))));
}

TEST_CASE("what is called like a model and is compressed, is asked what it is") {
    const std::string junk(300, '\xEE');
    CHECK_FALSE(with_file("srv/model.onnx.gz", compressed(junk, Compression::gzip)).whole());
    CHECK(is_ordinary(with_file("srv/model.data.gz", compressed(junk, Compression::gzip))));
}

TEST_CASE("a text of before UTF-8 is a text, whatever it is called") {
    std::string tutor;
    for (int i = 0; i < 50; ++i) tutor += "Bem-vindo ao tutor do VIM: uma li\xE7\xE3o\n";
    CHECK(is_ordinary(with_file("usr/share/vim/vim90/tutor/tutor.pt", tutor)));
    CHECK_FALSE(with_file("srv/tutor.pt", tutor + std::string(1, '\0')).whole());
    CHECK_FALSE(with_file("srv/tutor.pt", "\n" + std::string(300, '\xEE')).whole());
    CHECK_FALSE(with_file("srv/tutor.pt", kCall + tutor).evidence.imports.empty());
}
