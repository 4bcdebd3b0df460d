// The lockfiles of Python's tools.
#include "intake/entry.hpp"
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Source = Requirement::Source;
using Names = std::vector<std::string>;

namespace {

const std::string kHash(64, 'a');
const std::string kOther(64, 'b');
const std::string kCommit(40, 'c');

}  // namespace

TEST_CASE("poetry.lock: hashes, sources, markers, lines") {
    const std::string text = "[[package]]\nname = \"Foo_Bar\"\nversion = \"1.0\"\nmarkers = \"python_version < '3.9'\"\ngroups = [\"main\", \"dev\"]\nfiles = [\n"
                             "  {file = \"foo.whl\", hash = \"sha256:" + kHash + "\"},\n]\n\n[[package]]\nname = \"inner\"\nversion = \"2\"\n[package.source]\n"
                             "type = \"legacy\"\nurl = \"https://user:secret@pypi.corp.example/simple\"\nreference = \"corp\"\n\n[[package]]\nname = \"g\"\nversion = \"3\"\n"
                             "[package.source]\ntype = \"git\"\nurl = \"https://git.example/a/g\"\nresolved_reference = \"" + kCommit + "\"\n\n[metadata]\nlock-version = \"2.0\"\n";
    const Parsed parsed("poetry.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:pypi/foo-bar@1.0", "pkg:pypi/inner@2", "pkg:pypi/g@3"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].written == "Foo_Bar");
    CHECK(all[0].where.line == 1U);
    CHECK(all[1].where.line == 10U);
    CHECK(all[0].integrity == Names{"sha256:" + kHash});
    CHECK(all[0].markers == "python_version < '3.9'; group dev");
    CHECK(all[1].url == "https://pypi.corp.example/simple");
    CHECK(all[2].source == Source::git);
    CHECK(all[2].pinned);
    CHECK(intake::every_prefix("poetry.lock", text));
    // Version 1 keeps the hashes apart.
    const Parsed old("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n[metadata.files]\na = [{file = \"a.whl\", hash = \"sha256:" + kHash + "\"}]\n");
    CHECK(old.facts.requirements.at(0).integrity == Names{"sha256:" + kHash});
}

TEST_CASE("poetry.lock: what is not understood is said") {
    for (const char* text : {"[[package]]\nname = \"a\"\n", "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"ftp\"\nurl = \"x\"\n",
                             "package = 1\n", "[[package]]\nname = \"a b\"\nversion = \"1\"\n", "not toml", "[[package]]\nname = 1\nversion = \"1\"\n"}) {
        CAPTURE(text);
        CHECK_FALSE(Parsed("poetry.lock", text).understood);
    }
    CHECK(Parsed("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{file = \"x\", hash = \"sha256:xy\"}]\n").has("manifest.bad-integrity"));
    CHECK(Parsed("poetry.lock", "[[package]]\nname = \"r\xd0\xb5quests\"\nversion = \"1\"\n").has("manifest.invalid-name"));
    CHECK(Parsed("poetry.lock", "not toml").has("manifest.malformed"));
    CHECK_FALSE(Parsed("poetry.lock", "").understood);
}

TEST_CASE("uv.lock: registries per package, archives on other hosts, the project itself") {
    const std::string text = "version = 1\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"https://pypi.example/simple\" }\n"
                             "sdist = { url = \"https://files.pypi.example/a-1.tar.gz\", hash = \"sha256:" + kHash + "\" }\n"
                             "wheels = [\n  { url = \"https://files.pypi.example/a-1.whl\", hash = \"sha256:" + kOther + "\" },\n  { url = \"https://evil.example/a-1.whl\", hash = \"sha256:" + kOther + "\" },\n]\n"
                             "[[package]]\nname = \"g\"\nversion = \"2\"\nsource = { git = \"https://git.example/a/g?rev=main#" + kCommit + "\" }\n"
                             "[[package]]\nname = \"app\"\nversion = \"0\"\nsource = { virtual = \".\" }\n[[package]]\nname = \"me\"\nversion = \"0\"\nsource = { editable = \".\" }\n"
                             "[[package]]\nname = \"beside\"\nversion = \"0\"\nsource = { directory = \"../beside\" }\n";
    const Parsed parsed("uv.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1", "pkg:pypi/g@2", "pkg:pypi/beside@0"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].url == "https://pypi.example/simple");
    CHECK(all[0].integrity == Names{"sha256:" + kHash, "sha256:" + kOther});
    CHECK(all[0].files == Names{"https://files.pypi.example/a-1.tar.gz", "https://evil.example/a-1.whl"});
    CHECK(all[0].where.line == 4U);
    CHECK(all[1].pinned);
    CHECK(all[1].url == "https://git.example/a/g#" + kCommit);
    CHECK(all[2].source == Source::path);
    CHECK(intake::every_prefix("uv.lock", text));
    for (const char* bad : {"version = 2\n", "[[package]]\nname = \"a\"\n", "version = 1\n[[package]]\nname = \"a\"\n", "version = 1\n[[package]]\nname = \"a\"\nsource = { hg = \"x\" }\n",
                            "version = 1\n[[package]]\nname = \"a\"\nsource = {}\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("uv.lock", bad).understood);
    }
}

TEST_CASE("pdm.lock: versions 3 and 4, git, static URLs") {
    const std::string text = "[metadata]\nlock_version = \"4.4\"\n\n[[package]]\nname = \"a\"\nversion = \"1\"\nmarker = \"os_name == 'nt'\"\nfiles = [{url = \"https://files.example/a.whl\", hash = \"sha256:" + kHash + "\"}]\n"
                             "[[package]]\nname = \"g\"\nversion = \"2\"\ngit = \"https://git.example/a/g\"\nrevision = \"" + kCommit + "\"\n";
    const Parsed parsed("pdm.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1", "pkg:pypi/g@2"});
    CHECK(parsed.facts.requirements[0].files == Names{"https://files.example/a.whl"});
    CHECK(parsed.facts.requirements[0].markers == "os_name == 'nt'");
    CHECK(parsed.facts.requirements[1].pinned);
    CHECK(intake::every_prefix("pdm.lock", text));
    const Parsed old("pdm.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n[metadata.files]\n\"a 1\" = [{file = \"a.whl\", hash = \"sha256:" + kHash + "\"}]\n");
    CHECK(old.facts.requirements.at(0).integrity == Names{"sha256:" + kHash});
    CHECK_FALSE(Parsed("pdm.lock", "[[package]]\nname = \"a\"\n").understood);
    CHECK_FALSE(Parsed("pdm.lock", "[[package]]\nname = \"a\"\nhg = \"https://x.example/a\"\n").understood);
}

TEST_CASE("pylock.toml: names of the file, the version it must have, every kind of source") {
    CHECK(intake::find_manifest("pylock.dev.toml") != nullptr);
    CHECK(intake::find_manifest("pylock.a.b.toml") == nullptr);
    CHECK(intake::find_manifest("pylock..toml") == nullptr);
    const std::string head = "lock-version = \"1.0\"\ncreated-by = \"x\"\n";
    const std::string text = head + "[[packages]]\nname = \"a\"\nversion = \"1\"\nmarker = \"extra == 'x'\"\nindex = \"https://pypi.example/simple/\"\n[[packages.wheels]]\nurl = \"https://evil.example/a.whl\"\n"
                                    "hashes = { sha256 = \"" + kHash + "\" }\n[[packages]]\nname = \"g\"\nvcs = { type = \"git\", url = \"https://git.example/g\", requested-revision = \"main\", commit-id = \"" + kCommit + "\" }\n"
                                    "[[packages]]\nname = \"me\"\ndirectory = { path = \".\", editable = true }\n[[packages]]\nname = \"z\"\narchive = { url = \"https://files.example/z.zip\", hashes = { sha256 = \"" + kHash + "\" } }\n";
    const Parsed parsed("pylock.toml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1", "pkg:pypi/g", "pkg:pypi/z"});
    CHECK(parsed.facts.requirements[0].files == Names{"https://evil.example/a.whl"});
    CHECK(parsed.facts.requirements[1].pinned);  // by the commit, not by what was asked for
    CHECK(parsed.facts.requirements[2].source == Source::url);
    CHECK(intake::every_prefix("pylock.toml", text));
    for (const std::string& bad : {std::string("lock-version = \"2.0\"\n"), std::string("created-by = \"x\"\n"), head + "[[packages]]\nname = \"a\"\nversion = \"1\"\n",
                                   head + "[[packages]]\nname = \"a\"\nvcs = { type = \"hg\", url = \"https://x.example\" }\n",
                                   head + "[[packages]]\nname = \"a\"\narchive = { url = \"https://x.example/a.zip\" }\nwheels = []\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("pylock.toml", bad).understood);
    }
    CHECK(Parsed("pylock.toml", "lock-version = \"1.1\"\n").understood);
}

TEST_CASE("Pipfile.lock and Pipfile: an index per package, several sources for what names none") {
    const std::string text = "{\n\"_meta\": {\"sources\": [{\"name\": \"pypi\", \"url\": \"https://pypi.example/simple\", \"verify_ssl\": true},\n{\"name\": \"corp\", \"url\": \"https://u:p@pypi.corp.example/simple\", \"verify_ssl\": false}]},\n"
                             "\"default\": {\n\"a\": {\"version\": \"==1.0\", \"index\": \"corp\", \"hashes\": [\"sha256:" + kHash + "\"], \"markers\": \"python_version > '3'\"},\n\"b\": {\"version\": \"==2\"}},\n"
                             "\"develop\": {\"g\": {\"git\": \"https://git.example/g.git\", \"ref\": \"" + kCommit + "\"}}}\n";
    const Parsed parsed("Pipfile.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1.0", "pkg:pypi/b@2", "pkg:pypi/g"});
    CHECK(parsed.facts.requirements[0].url == "https://pypi.corp.example/simple");
    CHECK(parsed.facts.requirements[0].where.line == 5U);
    CHECK(parsed.facts.requirements[1].url.empty());
    CHECK(parsed.facts.requirements[2].pinned);
    REQUIRE(parsed.facts.index_options.size() == 3);
    CHECK(parsed.facts.index_options[0].role == IndexOption::Role::primary);
    CHECK(parsed.facts.index_options[1].role == IndexOption::Role::extra);
    CHECK(parsed.facts.index_options[2].role == IndexOption::Role::trusted_host);
    CHECK(intake::every_prefix("Pipfile.lock", text));
    for (const char* bad : {"{}", "[]", "{\"_meta\":{},\"default\":{\"a\":1}}", "{\"_meta\":{},\"default\":{\"a\":{\"index\":\"none\"}}}", "{\"_meta\":{},\"_meta\":{}}"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("Pipfile.lock", bad).understood);
    }
    const Parsed manifest("Pipfile", "[[source]]\nurl = \"https://pypi.example/simple\"\nname = \"pypi\"\n[packages]\na = \"==1.0\"\nb = \"*\"\n[dev-packages]\nc = {version = \"==3\", index = \"pypi\"}\n");
    CHECK(manifest.understood);
    CHECK(manifest.names() == Names{"pkg:pypi/a@1.0", "pkg:pypi/b", "pkg:pypi/c@3"});
    CHECK(manifest.facts.requirements[2].markers == "group dev-packages");
    CHECK_FALSE(manifest.facts.requirements[1].pinned);
}

TEST_CASE("the host of a URL, whatever stands behind its fragment") {
    CHECK(intake::host_of("https://user@Files.Example/a.whl#sha256=x") == "files.example");
    CHECK(intake::host_of("#https://r.example/simple").empty());
    CHECK(intake::host_of("https:#//x").empty());
    CHECK(intake::host_of("https://").empty());
    CHECK(intake::host_of("no URL").empty());
}
