#include "formats/package_archive.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "examined.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

/// A stand-in of the right length: formats only compare what they are lent.
std::string fake_sha256(ByteView bytes) {
    std::uint64_t sum = 1469598103934665603ULL;
    for (const std::uint8_t byte : bytes) sum = (sum ^ byte) * 1099511628211ULL;
    std::string hex;
    for (int i = 0; i < 4; ++i) {
        Bytes part;
        for (unsigned shift = 0; shift < 64; shift += 8) part.push_back(static_cast<std::uint8_t>((sum + static_cast<unsigned>(i)) >> shift));
        hex += to_hex(part);
    }
    return hex;
}

std::string record_line(const std::string& path, const std::string& content) {
    std::string base64 = to_base64(*from_hex(fake_sha256(as_bytes(content))));
    for (char& c : base64) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (base64.back() == '=') base64.pop_back();
    return path + ",sha256=" + base64 + "," + std::to_string(content.size()) + "\n";
}

struct Wheel {
    std::string module = "print('headgate')\n";
    std::string listed = record_line("pkg/__init__.py", module) + record_line("pkg/data.bin", "\x80raw") +
                         record_line("pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n");
    std::string extra_member;
    std::string build() const {
        ZipRecipe zip;
        zip.add({.name = "pkg/__init__.py", .content = module, .deflate = true});
        zip.add("pkg/data.bin", "\x80raw");
        if (!extra_member.empty()) zip.add(extra_member, "x");
        zip.add("pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n");
        zip.add("pkg-1.0.dist-info/RECORD", listed + "pkg-1.0.dist-info/RECORD,,\n");
        return zip.build();
    }
};

std::size_t count(const Outcome& outcome, DigestClaim::Outcome what) {
    return static_cast<std::size_t>(std::count_if(outcome.evidence.digest_claims.begin(), outcome.evidence.digest_claims.end(),
                                                  [&](const DigestClaim& claim) { return claim.outcome == what; }));
}

Outcome judge(const Wheel& wheel) { return examine(wheel.build(), "pkg-1.0-py3-none-any.whl", {}, fake_sha256); }

}  // namespace

TEST_CASE("a wheel whose RECORD holds is read whole and is code") {
    const Outcome outcome = judge({});
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.evidence.findings.empty());
    CHECK(count(outcome, DigestClaim::Outcome::matches) == 3);
    REQUIRE(outcome.is("wheel"));
    CHECK(outcome.evidence.formats[0].code);
    CHECK(outcome.is("source"));
    Wheel signed_wheel;
    signed_wheel.extra_member = "pkg-1.0.dist-info/RECORD.jws";
    CHECK(judge(signed_wheel).whole());
}

TEST_CASE("a wheel that differs from its RECORD is found out") {
    Wheel changed;
    changed.module = "print('changed')\n";
    CHECK(count(judge(changed), DigestClaim::Outcome::differs) == 1);
    CHECK(judge(changed).has("wheel.record"));
    CHECK_FALSE(judge(changed).whole());
    Wheel added;
    added.extra_member = "evil.pth";
    CHECK(count(judge(added), DigestClaim::Outcome::unlisted) == 1);
    Wheel missing;
    missing.listed += record_line("pkg/gone.py", "x");
    CHECK(count(judge(missing), DigestClaim::Outcome::missing) == 1);
    Wheel twice;
    twice.listed += record_line("pkg/data.bin", "\x80raw");
    CHECK(judge(twice).has("wheel.record"));
    Wheel weak;
    weak.listed = "pkg/__init__.py,md5=abc,1\npkg/data.bin,,\npkg-1.0.dist-info/WHEEL,,\n";
    CHECK(judge(weak).has("wheel.record"));
    CHECK_FALSE(judge(weak).whole());
}

TEST_CASE("without a digest function a wheel stays uncovered") {
    const Outcome outcome = examine(Wheel{}.build(), "pkg.whl");
    CHECK_FALSE(outcome.whole());
    CHECK_FALSE(outcome.evidence.opaques.empty());
}

TEST_CASE("RECORD lines are CSV") {
    CHECK(formats::read_record_line("a.py,sha256=x,3")->path == "a.py");
    CHECK(formats::read_record_line("\"a, b\"\".py\",sha256=x,3")->path == "a, b\".py");
    CHECK(formats::read_record_line("a.py,,")->hash.empty());
    CHECK_FALSE(formats::read_record_line("a.py,x"));
    CHECK_FALSE(formats::read_record_line("a.py,x,y,z"));
    CHECK_FALSE(formats::read_record_line("\"a.py,x,y"));
    CHECK_FALSE(formats::read_record_line("\"a\"b,x,y"));
    CHECK_FALSE(formats::record_sha256("md5=abc"));
    CHECK_FALSE(formats::record_sha256("sha256=abc"));
    CHECK(formats::record_sha256("sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU") ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("an sdist is code, and its members are listed") {
    TarRecipe tar;
    tar.add("pkg-1.0/PKG-INFO", "Name: pkg\n");
    tar.add("pkg-1.0/setup.py", "print('headgate')\n");
    tar.add("pkg-1.0/data.bin", "\x80raw");
    const Outcome outcome = examine(deflated(tar.build(), 31), "pkg-1.0.tar.gz", {}, fake_sha256);
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("sdist"));
    REQUIRE(outcome.evidence.members.size() == 4);
    CHECK(outcome.evidence.members[2].sha256.size() == 64);
    TarRecipe escaping;
    escaping.add("pkg-1.0/PKG-INFO", "Name: pkg\n");
    escaping.add("pkg-1.0/../../setup.py", "print('headgate')\n");
    CHECK(examine(deflated(escaping.build(), 31), "pkg-1.0.tar.gz", {}, fake_sha256).has("tar.bad-name"));
    TarRecipe model;
    model.add("pkg-1.0/PKG-INFO", "Name: pkg\n");
    model.add("pkg-1.0/data.pkl", std::string("\x80\x04N.", 4));
    const Outcome holding = examine(model.build(), "pkg-1.0.tar", {}, fake_sha256);
    CHECK(holding.is("sdist"));
    CHECK(holding.is("pickle"));  // said of the member, so that nobody takes the file for source alone
    TarRecipe here;  // "." is no project and version
    here.add("./PKG-INFO", "Name: pkg\n");
    CHECK_FALSE(examine(here.build(), "model.nemo").is("sdist"));
    TarRecipe loose;  // a second top folder: no sdist, members are examined one by one
    loose.add("pkg-1.0/PKG-INFO", "Name: pkg\n");
    loose.add("other/data.bin", "\x80raw");
    CHECK_FALSE(examine(loose.build(), "a.tar").is("sdist"));
}
