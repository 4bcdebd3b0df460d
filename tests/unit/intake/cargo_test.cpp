// Cargo.lock, Cargo.toml, .cargo/config.toml.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;
using Source = Requirement::Source;

namespace {

const std::string kHash(64, 'a');
const std::string kCommit(40, 'c');
const std::string kDefault = "registry+https://github.com/rust-lang/crates.io-index";

}  // namespace

TEST_CASE("Cargo.lock: registries, git, members of the workspace, checksums") {
    const std::string text = "version = 3\n\n[[package]]\nname = \"syn\"\nversion = \"1.0.73\"\nsource = \"" + kDefault + "\"\nchecksum = \"" + kHash + "\"\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"
                             "[[package]]\nname = \"inner\"\nversion = \"1.0.0+b\"\nsource = \"sparse+https://cargo.corp.example/index/\"\n[[package]]\nname = \"g\"\nversion = \"2.0.0\"\nsource = \"git+https://git.example/g?branch=main#" + kCommit + "\"\n";
    const Parsed parsed("Cargo.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:cargo/syn@1.0.73", "pkg:cargo/app@0.1.0", "pkg:cargo/inner@1.0.0+b", "pkg:cargo/g@2.0.0"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].url.empty());
    CHECK(all[0].integrity == Names{"sha256:" + kHash});
    CHECK(all[0].where.line == 3U);
    CHECK(all[1].source == Source::workspace);
    CHECK(all[2].url == "https://cargo.corp.example/index/");
    CHECK(all[3].pinned);
    CHECK(intake::every_prefix("Cargo.lock", text));
    const Parsed old("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"" + kDefault + "\"\n[metadata]\n\"checksum a 1.0.0 (" + kDefault + ")\" = \"" + kHash + "\"\n");
    CHECK(old.facts.requirements.at(0).integrity == Names{"sha256:" + kHash});
    for (const char* bad : {"version = 5\n", "[[package]]\nname = \"a\"\n", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"ftp+x\"\n", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = 1\n", "not toml"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("Cargo.lock", bad).understood);
    }
    CHECK(Parsed("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nchecksum = \"xy\"\n").has("manifest.bad-integrity"));
    CHECK(Parsed("Cargo.lock", "version = 4\n").understood);
}

TEST_CASE("Cargo.toml: every table of dependencies, aliases, places") {
    const std::string text = "[package]\nname = \"app\"\n[dependencies]\nregex = \"1\"\npinned = \"=1.2.3\"\nalias = { package = \"real\", version = \"1\" }\ng = { git = \"https://git.example/g\", rev = \"" + kCommit + "\" }\n"
                             "p = { path = \"../p\" }\nshared = { workspace = true }\ninner = { version = \"1\", registry = \"corp\" }\n[dev-dependencies]\nd = \"1\"\n[target.'cfg(windows)'.build-dependencies]\nw = \"1\"\n[workspace.dependencies]\nshared = \"2\"\n";
    const Parsed parsed("Cargo.toml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:cargo/regex", "pkg:cargo/pinned@1.2.3", "pkg:cargo/real", "pkg:cargo/g", "pkg:cargo/p", "pkg:cargo/inner", "pkg:cargo/d", "pkg:cargo/w", "pkg:cargo/shared"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[2].written == "alias");
    CHECK(all[3].pinned);
    CHECK(all[4].source == Source::path);
    CHECK(all[5].url == "registry:corp");
    CHECK(all[6].markers == "dev");
    CHECK(all[7].markers == "cfg(windows); build");
    CHECK(all[7].where.line == 14U);
    CHECK(intake::every_prefix("Cargo.toml", text));
    for (const char* bad : {"", "[package]\n[dependencies]\na = 1\n", "[package]\n[dependencies]\na = { git = { x = 1 } }\n", "[package]\n[dependencies]\na = {}\n", "dependencies = 1\n[package]\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("Cargo.toml", bad).understood);
    }
    CHECK(Parsed("Cargo.toml", "[package]\n[patch.crates-io]\nserde = { git = \"https://evil.example/serde\" }\n").has("manifest.redirect"));
    CHECK_FALSE(parsed.has("manifest.redirect"));
    const Parsed replaced("Cargo.toml", "[package]\n[replace]\n\"serde:1.0.0\" = { path = \"x\" }\n");
    CHECK(replaced.has("manifest.redirect"));
    CHECK(replaced.names() == Names{"pkg:cargo/serde"});
}

TEST_CASE(".cargo/config.toml: replaced sources, registries, only in its folder") {
    CHECK(intake::find_manifest("config.toml") == nullptr);
    CHECK(intake::find_manifest("x/config.toml") == nullptr);
    REQUIRE(intake::find_manifest("x/.cargo/config.toml") != nullptr);
    const std::string file = ".cargo/config.toml";
    const std::string text = "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+https://cargo.corp.example/index/\"\n[registries.corp]\nindex = \"https://git.corp.example/index\"\n[registry]\ndefault = \"corp\"\n";
    const Parsed parsed(file, text);
    CHECK(parsed.understood);
    REQUIRE(parsed.facts.index_options.size() == 2);
    CHECK(parsed.facts.index_options[0].role == Role::primary);
    CHECK(parsed.facts.index_options[0].url == "https://cargo.corp.example/index/");
    CHECK(parsed.facts.index_options[1].role == Role::scoped);
    CHECK(intake::every_prefix(file, text));
    CHECK(Parsed(file, "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n").facts.index_options.at(0).role == Role::find_links);
    CHECK_FALSE(Parsed(file, "[source.crates-io]\nreplace-with = \"none\"\n").understood);
    CHECK(Parsed(file, "paths = [\"/elsewhere\"]\n").has("manifest.redirect"));
    CHECK(Parsed(file, "[build]\njobs = 1\n").understood);
}
