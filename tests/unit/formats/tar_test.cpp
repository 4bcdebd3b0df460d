#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kSource = "print('headgate')\n";

std::string with(const TarMember& member, bool ended = true) {
    TarRecipe tar;
    tar.add("first.py", kSource);
    tar.add(member);
    return tar.build(ended);
}

void expect(const std::string& label, const std::string& bytes, const std::string& id) {
    const Outcome outcome = examine(bytes, "a.tar");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.has(id));
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.oracle());
}

void expect_clean(const std::string& label, const std::string& bytes) {
    const Outcome outcome = examine(bytes, "a.tar");
    INFO(label << ": " << outcome.ids());
    CHECK(outcome.evidence.findings.empty());
    CHECK(outcome.whole());
    CHECK(outcome.is("tar"));
}

}  // namespace

TEST_CASE("tar files as honest writers make them are understood whole") {
    expect_clean("ustar", with({.name = "b.py", .content = kSource}));
    expect_clean("gnu", with({.name = "b.py", .content = kSource, .gnu = true}));
    expect_clean("binary size", with({.name = "b.py", .content = kSource, .gnu = true, .base256 = true}));
    expect_clean("folder", with({.name = "folder/", .type = '5'}));
    expect_clean("prefix", with({.name = "b.py", .content = kSource, .prefix = "deep/folder"}));
    expect_clean("exactly one block", with({.name = "b.py", .content = std::string(512, ' ')}));
    TarRecipe dotted;
    dotted.add({.name = "./", .type = '5'});
    dotted.add("./b.py", kSource);
    expect_clean("as tar -C folder . writes it", dotted.build());
    TarRecipe pax;
    pax.pax("mtime", "1700000000.5");
    pax.add("b.py", kSource);
    pax.pax("comment", "0123abcd", 'g');
    pax.pax("path", std::string(200, 'n') + ".py");
    pax.add(std::string(100, 'n'), kSource);
    expect_clean("pax", pax.build());
    TarRecipe gnu;
    gnu.gnu_long_name(std::string(200, 'n') + ".py");
    gnu.add({.name = std::string(100, 'n'), .content = kSource, .gnu = true});
    expect_clean("GNU long name", gnu.build());
    expect_clean("blocked to 10 KiB", with({.name = "b.py", .content = kSource}) + std::string(7168, '\0'));
    expect_clean("zip member", with({.name = "inner.zip", .content = inner_zip()}));
    expect_clean("empty archive", std::string(1024, '\0'));
}

TEST_CASE("every trick of tar files is a finding with its own id") {
    expect("link", with({.name = "b.py", .type = '2', .link = "/etc/passwd"}), "tar.link");
    expect("hard link", with({.name = "b.py", .type = '1', .link = "first.py"}), "tar.link");
    expect("device", with({.name = "b.py", .type = '3'}), "tar.special-file");
    expect("pipe", with({.name = "b.py", .type = '6'}), "tar.special-file");
    expect("unknown type", with({.name = "b.py", .content = kSource, .type = 'Z'}), "tar.unknown-type");
    expect("sparse", with({.name = "b.py", .content = kSource, .type = 'S', .gnu = true}), "tar.unknown-type");
    expect("folder with a size", with({.name = "b/", .content = "x", .type = '5'}), "tar.folder-data");
    for (const char* name : {"../b.py", "/b.py", "a/../../b.py", "a\\b.py", "C:b.py", "././b.py"}) {
        expect(name, with({.name = name, .content = kSource}), "tar.bad-name");
    }
    expect("escape by the prefix", with({.name = "b.py", .content = kSource, .prefix = ".."}), "tar.bad-name");
    expect("bytes behind the NUL", with({.name = std::string("b.py\0x", 6), .content = kSource}), "tar.bad-name");
    expect("twice", with({.name = "first.py", .content = kSource}), "tar.duplicate-name");
    expect("twice, once with ./", with({.name = "./first.py", .content = kSource}), "tar.duplicate-name");
    expect("case", with({.name = "FIRST.py", .content = kSource}), "tar.colliding-name");
    expect("bad checksum", with({.name = "b.py", .content = kSource, .bad_checksum = true}), "tar.broken");
    expect("size beyond the end", with({.name = "b.py", .content = kSource, .size = 100000}), "tar.cut-off");
    expect("size that hides a header", with({.name = "b.py", .content = std::string(600, ' '), .size = 10}), "tar.padding");
    expect("hidden padding", with({.name = "b.py", .content = kSource, .padding = "hidden"}), "tar.padding");
    expect("no end", with({.name = "b.py", .content = kSource}, false), "tar.cut-off");
    expect("trailing bytes", with({.name = "b.py", .content = kSource}) + "hidden", "tar.trailing-bytes");
    expect("second archive", with({.name = "b.py", .content = kSource}) + with({.name = "c.py", .content = kSource}),
           "tar.trailing-bytes");

    TarRecipe escape;
    escape.pax("path", "../b.py");
    escape.add("b.py", kSource);
    expect("escape by pax", escape.build(), "tar.bad-name");
    TarRecipe twice;
    twice.gnu_long_name("b.py");
    twice.pax("path", "c.py");
    twice.add("d.py", kSource);
    expect("two long names", twice.build(), "tar.ambiguous-name");
    TarRecipe size;
    size.pax("size", "1024");
    size.add("b.py", kSource);
    size.add("c.py", kSource);
    expect("pax size that swallows a header", size.build(), "tar.size-mismatch");
    TarRecipe global;
    global.pax("path", "b.py", 'g');
    global.add("c.py", kSource);
    expect("global path", global.build(), "tar.global-header");
    TarRecipe malformed;
    malformed.raw_pax("99 path=b.py\n");
    malformed.add("c.py", kSource);
    expect("malformed pax", malformed.build(), "tar.broken");
    TarRecipe repeated;
    repeated.raw_pax(TarRecipe::record("path", "b.py") + TarRecipe::record("path", "c.py"));
    repeated.add("d.py", kSource);
    expect("pax key twice", repeated.build(), "tar.broken");
    TarRecipe dangling;
    dangling.add("b.py", kSource);
    dangling.pax("path", "c.py");
    expect("pax header for nothing", dangling.build(), "tar.broken");
}

TEST_CASE("a NeMo archive instantiates NeMo's classes only") {
    const auto nemo = [](const std::string& config) {
        TarRecipe tar;
        tar.add("./model_config.yaml", config);
        return examine(tar.build(), "model.nemo");
    };
    CHECK(nemo("target: nemo.collections.asr.models.EncDecCTCModel\noptim:\n  _target_: torch.optim.Adam\n").whole());
    CHECK(nemo("encoder:\n  - _target_: os.path.join\n").has("nemo.target"));
    CHECK(nemo("_target_: nemo.x.__class__\n").has("nemo.target"));
    CHECK(nemo("_target_: [nemo.x]\n").has("nemo.target"));
    CHECK(nemo("_target_: torch.hub.load\n").evidence.findings[0].where.line == 1U);
    CHECK(nemo("a: [\n").has("nemo.unscannable"));
}

TEST_CASE("tar: times behind a shortened prefix, as node-tar writes them, are no name") {
    const std::string times = std::string("15301363072\0", 12) + std::string("15301363072 ", 12);
    const std::string nuls(131 - 3, '\0');
    expect_clean("times", with({.name = "index.d.ts", .content = kSource, .prefix = "dir" + nuls + times}));
    for (const std::string& prefix : {"dir" + nuls + std::string("15301363079\0", 12) + times.substr(12), "dir" + nuls + "evil/", std::string(131, 'a') + times,
                                      "dir" + std::string(10, '\0') + "x" + std::string(131 - 14, '\0') + times}) {
        const Outcome outcome = examine(with({.name = "index.d.ts", .content = kSource, .prefix = prefix}), "a.tar");
        CHECK(outcome.has("tar.bad-name"));
        CHECK(outcome.oracle());
    }
}
