// Layers of images: read forward, whatever they are packed in; which files are looked at; what unpackers differ on is refused.
#include <catch2/catch.hpp>
#include <tuple>

#include "crypto/sha256.hpp"
#include "formats/layer_stream.hpp"
#include "formats/tar.hpp"
#include "formats/tar_layer.hpp"
#include "recipes/compressed_recipe.hpp"
#include "recipes/model_artifact.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/tensor_recipe.hpp"
#include "unit/formats/packages.hpp"

using namespace headgate;
using formats::Compression;
using formats::LayerUse;
using recipes::TarRecipe;
using tests::Outcome;

namespace {

Outcome layer(const std::string& bytes, LayerUse use = LayerUse::runs, const Limits& limits = formats::layer_limits()) {
    Outcome outcome;
    Budget budget(limits);
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, outcome.evidence, "blobs/sha256/00", {}, 0, crypto::sha256_hex, tests::shipped_words};
    outcome.examined = formats::parse_layer(source, use, context);
    CHECK(outcome.oracle());
    return outcome;
}
Outcome of_files(const tests::Files& files, LayerUse use = LayerUse::runs) {
    TarRecipe tar;
    for (const auto& [path, content] : files) tar.add(path, content);
    return layer(tar.build(), use);
}
// Formats with their members, of what is no layer itself.
std::string found(const Outcome& outcome) {
    std::string all;
    for (const FormatFact& fact : outcome.evidence.formats) {
        if (!fact.where.member.empty()) all += fact.where.member + "=" + fact.format + " ";
    }
    return all;
}

const std::string kBad = recipes::calling_pickle();
const std::string kElf = std::string("\x7F" "ELF\x02\x01\x01", 7) + std::string(200, '\0');

std::string zip_of(const std::string& name, const std::string& content) {
    recipes::ZipRecipe zip;
    zip.add(name, content);
    return zip.build();
}

}  // namespace

TEST_CASE("a pickle in a layer is found, however the layer is packed") {
    TarRecipe tar;
    tar.add("./opt/model/weights.pkl", kBad);
    tar.add("./opt/model/notes.txt", "words\n");
    for (const std::string& bytes : {tar.build(), recipes::compressed(tar.build(), Compression::gzip), recipes::compressed(tar.build(), Compression::zstd)}) {
        const Outcome outcome = layer(bytes);
        INFO(outcome.ids());
        CHECK(outcome.whole());
        CHECK(found(outcome) == "opt/model/weights.pkl=pickle ");
        REQUIRE(outcome.evidence.imports.size() == 1);
        CHECK(outcome.evidence.imports[0].where.path == "blobs/sha256/00");
        CHECK(outcome.evidence.imports[0].where.member == "opt/model/weights.pkl");
        REQUIRE(outcome.evidence.members.size() == 1);
        CHECK(outcome.evidence.members[0].path == "opt/model/weights.pkl");
        CHECK(outcome.evidence.members[0].sha256 == crypto::sha256_hex(as_bytes(kBad)));
    }
}

TEST_CASE("its content tells a pickle, whatever it is called and wherever it lies") {
    CHECK(found(of_files({{"var/lib/x", kBad}})) == "var/lib/x=pickle ");
    CHECK(found(of_files({{"usr/lib/x.so", kBad}})) == "usr/lib/x.so=pickle ");
    CHECK(found(of_files({{"srv/a.gz", recipes::compressed(kBad, Compression::gzip)}})).find("=pickle") != std::string::npos);
    CHECK(found(of_files({{"srv/a.zip", zip_of("x/data", kBad)}})).find("=pickle") != std::string::npos);
    CHECK(found(of_files({{"srv/m", recipes::good_safetensors()}})) == "srv/m=safetensors ");
    const Outcome text = of_files({{"srv/old", "cos\nsystem\n(S'echo'\ntR."}});
    CHECK(text.evidence.imports.size() == 1);
}

TEST_CASE("ordinary files are no facts") {
    const Outcome outcome = of_files({{"usr/bin/python3", kElf},
                                      {"usr/lib/python3/site-packages/distutils-precedence.pth", "import os; var = 'SETUPTOOLS_USE_DISTUTILS'\n"},
                                      {"usr/lib/python3/os.py", "import sys\nprint(sys.path)\n"},
                                      {"usr/lib/python3/__pycache__/os.cpython-311.pyc", std::string("\xA7\r\r\n", 4) + std::string(60, '\1')},
                                      {"usr/share/doc/a/changelog.gz", recipes::compressed("words\n", Compression::gzip)},
                                      {"usr/share/fonts/x.pcf.gz", recipes::compressed(std::string("\x01" "fcp\x05\0\0\0", 8) + std::string(500, '\xEE'), Compression::gzip)},
                                      {"usr/share/java/a.jar", zip_of("A.class", std::string("\xCA\xFE\xBA\xBE\0\0\0\x34", 8) + std::string(40, '\2'))},
                                      {"usr/lib/locale/locale-archive", std::string("\x09\x01\x02\xDE", 4) + std::string(400, '\x91')},
                                      {"var/lib/x.sqlite", std::string("SQLite format 3\0", 16) + std::string(600, '\3')},
                                      {"etc/app.json", "{\"auto_map\": {\"AutoModel\": \"x.Y\"}}"},
                                      {"opt/app/template.pt", "<html tal:content=\"x\"></html>\n"},
                                      {"etc/.wh.removed", ""},
                                      {"var/lib/dpkg/info/x.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/x\n"}});
    INFO(outcome.ids() << found(outcome));
    CHECK(outcome.whole());
    CHECK(found(outcome).empty());
    CHECK(outcome.evidence.members.empty());
    CHECK(outcome.evidence.findings.empty());
}

TEST_CASE("what is called like a model and is none that can be read, is said") {
    const Outcome outcome = of_files({{"srv/model.pt", std::string(300, '\xEE')}});
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.evidence.opaques.size() == 1);
    CHECK(of_files({{"srv/model.dat", std::string(300, '\xEE')}}).whole());
    CHECK_FALSE(of_files({{"srv/trt.engine", std::string("ftrt") + std::string(300, '\xEE')}}).whole());
}

TEST_CASE("a wheel in a layer is read, with what it does") {
    const std::string pth = "import os; os.system('echo headgate')\n";
    const auto hash = [](const std::string& content) { return "sha256=" + std::string(43, 'A') + "," + std::to_string(content.size()); };
    recipes::ZipRecipe zip;
    std::string record = "pkg-1.0.dist-info/RECORD,,\n";
    for (const auto& [path, content] : tests::Files{{"pkg.pth", pth}, {"pkg-1.0.dist-info/METADATA", "Name: pkg\nVersion: 1.0\n"},
                                                    {"pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"}}) {
        zip.add(path, content);
        record += path + "," + hash(content) + "\n";
    }
    zip.add("pkg-1.0.dist-info/RECORD", record);
    const Outcome outcome = of_files({{"usr/lib/python3/ensurepip/_bundled/pkg-1.0-py3-none-any.whl", zip.build()}});
    INFO(outcome.ids() << outcome.traits());
    CHECK(outcome.is("wheel"));
    CHECK(outcome.has_trait("runs-at-start"));
    CHECK(outcome.evidence.traits.at(0).where.member.starts_with("usr/lib/python3/ensurepip/_bundled/pkg-1.0-py3-none-any.whl"));
}

TEST_CASE("of an archive with a pickle in it, the files beside it are ordinary") {
    recipes::ZipRecipe zip;
    zip.add("lib/a.so", kElf);
    zip.add("data", kBad);
    const Outcome outcome = of_files({{"opt/app.jar", zip.build()}});
    INFO(outcome.ids() << found(outcome));
    CHECK(outcome.whole());
    CHECK(outcome.evidence.imports.size() == 1);
    CHECK(outcome.evidence.opaques.empty());
}

TEST_CASE("in an image that is a model's, what is no part of an operating system is the model") {
    const tests::Files files = {{"bin/busybox", kElf}, {"etc/passwd", "root:x:0:0::/:/bin/sh\n"}, {"models/config.json", "{\"model_type\": \"llama\"}"},
                                {"models/model.safetensors", recipes::good_safetensors()}};
    const Outcome as_model = of_files(files, LayerUse::model);
    INFO(as_model.ids() << found(as_model));
    CHECK(as_model.whole());
    CHECK(found(as_model).find("models/config.json=") != std::string::npos);
    CHECK(found(as_model).find("models/model.safetensors=safetensors") != std::string::npos);
    CHECK(found(as_model).find("busybox") == std::string::npos);
    tests::Files with_code = files;
    with_code.emplace_back("models/modeling.py", "import os\nos.system('x')\n");
    CHECK(of_files(with_code, LayerUse::model).is("python"));
    CHECK_FALSE(of_files(with_code, LayerUse::runs).is("python"));
    CHECK_FALSE(of_files({{"models/blob", std::string(300, '\xEE')}}, LayerUse::model).whole());
    CHECK(formats::is_model_place("models/x"));
    CHECK(formats::is_model_place("weights.bin"));
    CHECK_FALSE(formats::is_model_place("usr/lib/x"));
    CHECK_FALSE(formats::is_model_place("etc"));
}

TEST_CASE("links, devices, whiteouts and odd names are what a file system is made of") {
    TarRecipe tar;
    tar.add({.name = "./", .type = '5'});
    tar.add({.name = "/etc/", .type = '5'});
    tar.add({.name = "etc/mtab", .type = '2', .link = "/proc/mounts"});
    tar.add({.name = "usr/bin/vi", .type = '1', .link = "usr/bin/vim"});
    tar.add({.name = "dev/null", .type = '3'});
    tar.add({.name = "run/pipe", .type = '6'});
    tar.add("etc/.wh..wh..opq", "");
    tar.add("lib/systemd/system/a\\x2db.slice", "[Slice]\n");
    tar.add("usr/share/Makefile", "all:\n");
    tar.add("usr/share/makefile", "all:\n");
    tar.add("usr/share/same", "1\n");
    tar.add("usr/share/same", "2\n");
    tar.pax("SCHILY.xattr.security.capability", "x");
    tar.add("usr/bin/ping", kElf);
    const Outcome outcome = layer(tar.build());
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.evidence.findings.empty());
}

TEST_CASE("a file that a later one of the layer covers, or that a link leads to, is judged") {
    TarRecipe tar;
    tar.add("srv/a", kBad);
    tar.add("srv/a", "words\n");
    tar.add({.name = "srv/model.pkl", .type = '2', .link = "a"});
    tar.add("srv/.wh.a", "");
    CHECK(layer(tar.build()).evidence.imports.size() == 1);
}

TEST_CASE("what unpackers differ on is refused") {
    const auto refused = [](TarRecipe& tar, std::string_view id, bool ended = true) {
        const Outcome outcome = layer(tar.build(ended));
        INFO(id << ": " << outcome.ids());
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.has(id));
    };
    TarRecipe up, checksum, linked, folder, sparse, pax_sparse, unknown, twice, sizes, global, forged;
    up.add("../x", "1");
    refused(up, "tar.bad-name");
    checksum.add({.name = "x", .content = "1", .bad_checksum = true});
    refused(checksum, "tar.broken");
    linked.add({.name = "x", .content = std::string(512, 'a'), .type = '1', .link = "y"});
    refused(linked, "tar.broken");
    folder.add({.name = "x/", .content = std::string(512, 'a'), .type = '5'});
    refused(folder, "tar.folder-data");
    sparse.add({.name = "x", .content = "1", .type = 'S'});
    refused(sparse, "tar.sparse");
    pax_sparse.pax("GNU.sparse.major", "1");
    pax_sparse.add("x", "1");
    refused(pax_sparse, "tar.sparse");
    unknown.add({.name = "x", .content = "1", .type = 'Z'});
    refused(unknown, "tar.unknown-type");
    twice.pax("path", "y");
    twice.gnu_long_name("z");
    twice.add("x", "1");
    refused(twice, "tar.ambiguous-name");
    sizes.pax("size", "2");
    sizes.add("x", "1");
    refused(sizes, "tar.size-mismatch");
    global.pax("path", "y", 'g');
    global.add("x", "1");
    refused(global, "tar.global-header");
    forged.pax("path", "y");
    refused(forged, "tar.broken");

    TarRecipe plain;
    plain.add("x", "1");
    CHECK(layer(plain.build() + std::string(9000, '\0')).whole());
    CHECK(layer(plain.build(false)).whole());        // between two members, unpackers take it for the end
    CHECK(layer(plain.build() + "more").has("tar.trailing-bytes"));
    TarRecipe second;
    second.add("y", kBad);
    CHECK(layer(plain.build() + second.build()).has("tar.trailing-bytes"));
    CHECK(layer("").has("tar.cut-off"));
    CHECK(layer("layer").has("tar.cut-off"));
    CHECK(layer(std::string(1024, '\0')).whole());   // the layer that changes nothing
    CHECK(layer(std::string(2000, 'x')).has("tar.broken"));
}

TEST_CASE("of extended headers there is one of a kind before an entry, and it names something") {
    const auto refused = [](const std::string& what, const std::string& bytes, std::string_view id = "tar.ambiguous-name") {
        const Outcome outcome = layer(bytes);
        INFO(what << ": " << outcome.ids());
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.has(id));
        Outcome as_model;        // and the same of archives that hold models
        const Limits limits;
        Budget budget(limits);
        MemorySource source(as_bytes(bytes));
        formats::ParseContext context{limits, budget, as_model.evidence, "model.tar", {}, 0};
        as_model.examined = formats::parse_tar(source, context);
        INFO(as_model.ids());
        CHECK_FALSE(as_model.whole());
        CHECK(as_model.has(id));
    };
    const auto made = [](const auto& fill) {
        TarRecipe tar;
        fill(tar);
        tar.add("models/modeling.py", "import os\n");
        return tar.build();
    };
    const auto long_name = [](TarRecipe& tar, const std::string& content, char type = 'L') {
        tar.add({.name = "././@LongLink", .content = content, .type = type, .gnu = true});
    };
    refused("pax, pax", made([](TarRecipe& tar) { tar.pax("path", "usr/a.txt"), tar.pax("mtime", "1"); }));
    refused("pax, pax that say different things", made([](TarRecipe& tar) { tar.pax("mtime", "1"), tar.pax("path", "usr/a.txt"); }));
    refused("a size that is forgotten", made([](TarRecipe& tar) { tar.pax("size", "8589934592"), tar.pax("mtime", "1"); }));
    refused("pax, global", made([](TarRecipe& tar) { tar.pax("path", "usr/a.txt"), tar.pax("comment", "x", 'g'); }));
    refused("a long name, global", made([](TarRecipe& tar) { tar.gnu_long_name("usr/a.txt"), tar.pax("comment", "x", 'g'); }));
    refused("a long link, global", made([&](TarRecipe& tar) { long_name(tar, std::string("models/x\0", 9), 'K'), tar.pax("comment", "x", 'g'); }));
    refused("two long names", made([](TarRecipe& tar) { tar.gnu_long_name("usr/a.txt"), tar.gnu_long_name("usr/b.txt"); }));
    refused("a pax path of nothing", made([](TarRecipe& tar) { tar.pax("path", ""); }));
    refused("a pax link of nothing", made([](TarRecipe& tar) { tar.pax("linkpath", ""); }));
    refused("a pax path that goes on behind a NUL", made([](TarRecipe& tar) { tar.pax("path", std::string("a\0b", 3)); }));
    refused("a long name of nothing", made([&](TarRecipe& tar) { long_name(tar, std::string(2, '\0')); }));
    refused("a long name that goes on behind a NUL", made([&](TarRecipe& tar) { long_name(tar, std::string("a\0b\0", 4)); }));
    TarRecipe time, large;
    time.add({.name = "usr/modeling.py", .content = "1", .prefix = "models", .gnu = true});
    refused("GNU's magic over a prefix", time.build(), "tar.bad-name");
    large.pax("size", "8589934593");
    large.add({.name = "x", .content = std::string(512, 'a')});
    CHECK(layer(large.build()).has("tar.size-mismatch"));
}

TEST_CASE("extended headers as tools write them are no trouble") {
    const std::string name = "srv/" + std::string(200, 'n') + ".pkl";
    TarRecipe tar;
    tar.add({.name = "pax_global_header", .content = TarRecipe::record("comment", std::string(40, 'a')), .type = 'g'});       // git archive
    tar.pax("path", name);
    tar.add(name.substr(0, 100), kBad);
    tar.pax("mtime", "1.5");
    tar.add("etc/a", "1\n");
    tar.pax("comment", "x", 'g');
    for (const char type : {'K', 'L'}) tar.add({.name = "././@LongLink", .content = name + std::string(1, '\0'), .type = type, .gnu = true});
    tar.add({.name = "srv/link", .type = '2', .link = "srv", .gnu = true});
    tar.gnu_long_name("srv/b" + std::string(200, 'n') + std::string(3, '\0'));       // Ant fills up with NULs
    tar.add({.name = "srv/b", .content = "1\n", .gnu = true});
    tar.add({.name = "etc/b", .content = "1\n", .prefix = "00000000001", .gnu = true});     // a time, as --incremental writes it
    tar.pax("size", "2");
    tar.add("etc/c", "1\n");
    const Outcome outcome = layer(tar.build());
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(found(outcome) == name + "=pickle ");
}

TEST_CASE("a layer that is cut off anywhere is not whole, or all of it is there") {
    TarRecipe tar;
    tar.pax("path", "opt/weights.pkl");
    tar.add("x", kBad);
    const std::string bytes = tar.build();
    for (std::size_t length = 0; length < bytes.size(); length += 37) {
        const Outcome outcome = layer(bytes.substr(0, length));
        if (outcome.whole()) CHECK(outcome.evidence.imports.size() == 1);
    }
    const std::string packed = recipes::compressed(bytes, Compression::gzip);
    for (std::size_t length = 0; length < packed.size(); ++length) CHECK_FALSE(layer(packed.substr(0, length)).whole());
}

TEST_CASE("several streams are one content, and nothing else may stand behind them") {
    TarRecipe tar;
    tar.add("opt/weights.pkl", kBad);
    const std::string bytes = tar.build();
    for (const Compression compression : {Compression::gzip, Compression::zstd}) {
        std::string parts;
        for (std::size_t at = 0; at < bytes.size(); at += 300) parts += recipes::compressed(bytes.substr(at, 300), compression);
        const Outcome outcome = layer(parts);
        INFO(outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.evidence.imports.size() == 1);
        CHECK(layer(parts + "behind").has("compressed.trailing-bytes"));
    }
    const std::string skipped = std::string("\x50\x2A\x4D\x18\x04\0\0\0", 8) + "abcd";
    CHECK(layer(recipes::compressed(bytes, Compression::zstd) + skipped).has("compressed.skipped-frame"));
}

TEST_CASE("a layer that expands without end is refused") {
    TarRecipe tar;
    tar.add("srv/zeros", std::string(40U << 20U, '\0'));
    const Outcome bomb = layer(recipes::compressed(tar.build(), Compression::gzip));
    INFO(bomb.ids());
    CHECK_FALSE(bomb.whole());
    CHECK(bomb.has("compressed.unscannable"));
    Limits little = formats::layer_limits();
    little.expanded_bytes = 2000;
    TarRecipe plain;
    plain.add("srv/x", std::string(5000, 'a'));
    CHECK(layer(recipes::compressed(plain.build(), Compression::gzip), LayerUse::runs, little).has("compressed.unscannable"));
    Limits few = formats::layer_limits();
    few.members = 2;
    TarRecipe many;
    for (const char* name : {"a", "b", "c"}) many.add(name, "1");
    CHECK(layer(many.build(), LayerUse::runs, few).has("tar.unscannable"));
    few.members = 3;
    CHECK(layer(many.build(), LayerUse::runs, few).whole());
}

TEST_CASE("of a file that is too large to hold, its beginning is enough for some formats, and others are refused") {
    Limits little = formats::layer_limits();
    little.member_bytes = 256U << 10U;      // halves of it are held: more than the end of a zip file can take
    const auto read = [&](const std::string& name, const std::string& content) {
        TarRecipe tar;
        tar.add(name, content);
        tar.add("models/x.txt", "words\n");
        return layer(tar.build(), LayerUse::model, little);
    };
    const std::size_t size = 1'000'000;
    const std::string number = std::to_string(size);
    const std::string header = R"({"w":{"dtype":"U8","shape":[)" + number + R"(],"data_offsets":[0,)" + number + "]}}";
    const Outcome good = read("models/model.safetensors", recipes::safetensors(header, std::string(size, '\0')));
    INFO(good.ids());
    CHECK(good.whole());
    CHECK(good.is("safetensors"));
    // HDF5 that begins in what is passed over is none of those.
    std::string weights(size, '\0');
    const std::string whole = recipes::safetensors(header, weights);
    const std::size_t place = 512U << 10U;
    weights.replace(place - (whole.size() - size), 8, "\x89HDF\r\n\x1a\n");
    const Outcome both = read("models/model.safetensors", recipes::safetensors(header, weights));
    INFO(both.ids());
    CHECK_FALSE(both.whole());
    std::string long_bytes("\x80\x04\x8e", 3);      // BINBYTES8
    for (int i = 0; i < 8; ++i) long_bytes += static_cast<char>(size >> (8 * i) & 0xFFU);
    const Outcome pickle = read("opt/model.pkl", long_bytes + std::string(size, '\0') + ".");
    INFO(pickle.ids());
    CHECK_FALSE(pickle.whole());
    CHECK(pickle.has("file.unscannable"));
    CHECK(read("usr/share/data.raw", std::string(size, '\xEE')).whole());
    // Without a mark in front: what an unpickler passes over in one opcode, and what would be longer than the file.
    const std::string four = std::string("\0\0\1\0", 4);       // 64 KiB
    const std::string unmarked = "B" + four + std::string(65536, '\x91') + "0cos\nsystem\n(S'echo'\ntR.";
    CHECK(read("usr/share/x", unmarked + std::string(size, '\0')).has("file.unscannable"));
    const std::string words = "Words, and no opcodes. ";
    for (const std::string& ordinary : {"\x7F" "ELF" + std::string(size, '\x91'), words + std::string(size, 'a'), std::string(size, '\0')}) {
        CAPTURE(ordinary.substr(0, 6));
        const Outcome passed = read("usr/share/x", ordinary);
        INFO(passed.ids());
        CHECK(passed.whole());
    }
    CHECK(read("opt/whole.pkl", kBad).evidence.members.at(0).sha256.size() == 64);
}

TEST_CASE("a link leads out of a model only where nobody takes the image for one") {
    const auto linked = [](const std::string& name, const std::string& target, char type, LayerUse use) {
        TarRecipe tar;
        tar.add("models/blobs/a", recipes::good_safetensors());
        tar.add({.name = name, .type = type, .link = target});
        return layer(tar.build(), use);
    };
    CHECK(linked("models/m.safetensors", "blobs/a", '2', LayerUse::model).whole());
    CHECK(linked("models/s/m.safetensors", "../blobs/a", '2', LayerUse::model).whole());
    CHECK(linked("models/m.safetensors", "models/blobs/a", '1', LayerUse::model).whole());
    CHECK(linked("lib", "usr/lib", '2', LayerUse::model).whole());
    for (const auto& [name, target, type] : {std::tuple("models/x.py", "/usr/share/x.txt", '2'), std::tuple("models/x.py", "../usr/share/x.txt", '2'),
                                             std::tuple("models/x.py", "usr/share/x.txt", '1'), std::tuple("model", "var/lib/m", '2'), std::tuple("model", "/", '2')}) {
        INFO(name << " -> " << target);
        CHECK(linked(name, target, type, LayerUse::model).has("tar.link"));
        CHECK(linked(name, target, type, LayerUse::runs).whole());
    }
}

TEST_CASE("nothing of a model comes from the operating system's folders by way of links") {
    struct Entry {
        std::string name;
        char type = '0';
        std::string link{};
    };
    const auto made = [](const std::vector<Entry>& entries, LayerUse use) {
        TarRecipe tar;
        tar.add("models/model.safetensors", recipes::good_safetensors());
        for (const Entry& entry : entries) tar.add({.name = entry.name, .content = entry.type == '0' ? "words\n" : "", .type = entry.type, .link = entry.link});
        return layer(tar.build(), use);
    };
    const std::vector<std::vector<Entry>> bad = {
        {{"var/x", '2', "/models"}},                                                               // and a later layer goes through it
        {{"var/x", '2', "/"}},
        {{"usr/e.py"}, {"models/d", '2', "/srv"}, {"models/m.py", '2', "d/../usr/e.py"}},
        {{"var/d", '2', "/usr"}, {"var/x", '2', "d/../models"}},
        {{"var/l", '2', "/usr"}, {"var/l/x", '2', "../etc"}},                                      // relative to /usr
        {{"models/d", '2', "/srv"}, {"models/d/m.txt"}},
        {{"models/a/l", '2', "../usr/e.py"}, {"m.py", '1', "models/a/l"}},
        {{"models/" + std::string(80, 'n') + "/x"}, {"models/m.py", '1', "usr/e.py"}},
    };
    for (const std::vector<Entry>& entries : bad) {
        INFO(entries.back().name << " -> " << entries.back().link);
        const Outcome outcome = made(entries, LayerUse::model);
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.has("tar.link"));
        CHECK(made(entries, LayerUse::runs).whole());
    }
    const Outcome good = made({{"bin/sh", '2', "/bin/busybox"}, {"lib", '2', "usr/lib"}, {"usr/lib/a"}, {"etc/mtab", '2', "../proc/self/mounts"}, {"var/run", '2', "/run"},
                               {"usr/bin/vi", '1', "usr/bin/vim"}, {"models/blobs/a"}, {"models/s/m.md", '2', "../blobs/a"}, {"models/n.md", '1', "models/blobs/a"},
                               {"models/v", '2', "blobs"}, {"models/v/", '5'}, {"models/v/x.md"}}, LayerUse::model);         // a folder in the place of a link
    INFO(good.ids());
    CHECK_FALSE(good.has("tar.link"));
}
