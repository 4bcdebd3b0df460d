// requirements.txt as pip reads it.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;

namespace {

const std::string kHash(64, 'a');
const std::string kFile = "requirements.txt";

}  // namespace

TEST_CASE("file names of requirements") {
    for (const char* name : {"requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "requirements.in", "constraints.txt"}) {
        CHECK(intake::find_manifest(name) != nullptr);
    }
    CHECK(intake::find_manifest("notes.txt") == nullptr);
}

TEST_CASE("names, pins, extras and markers") {
    const Parsed parsed(kFile,
                        "# a comment\n"
                        "Foo_Bar[extra1, extra2]==1.0 ; python_version < '3.9' and extra == 'x'\n"
                        "plain\n"
                        "ranged>=1,<2  # why\n"
                        "wild==1.*\n"
                        "(odd) \n");
    CHECK(parsed.names() == std::vector<std::string>{"pkg:pypi/foo-bar@1.0", "pkg:pypi/plain", "pkg:pypi/ranged", "pkg:pypi/wild"});
    CHECK(parsed.facts.requirements[0].pinned);
    CHECK(parsed.facts.requirements[0].written == "Foo_Bar");
    CHECK(parsed.facts.requirements[0].where.line == 2U);
    CHECK_FALSE(parsed.facts.requirements[1].pinned);
    CHECK_FALSE(parsed.facts.requirements[3].pinned);
    REQUIRE(parsed.facts.opaques.size() == 1);
    CHECK(parsed.facts.opaques[0].where.line == 6U);
    CHECK_FALSE(parsed.understood);
}

TEST_CASE("a marker's colon or an epoch does not hide a name") {
    const Parsed parsed(kFile, "enum34; python_version=='2.7'\na==1!2.0+local.1\nb (>=1.0)\nc == 1.0 , != 1.1\n");
    CHECK(parsed.names() == std::vector<std::string>{"pkg:pypi/enum34", "pkg:pypi/a@1!2.0+local.1", "pkg:pypi/b", "pkg:pypi/c@1.0"});
    CHECK(parsed.understood);
}

TEST_CASE("continuations are joined before comments are cut") {
    const Parsed parsed(kFile, "a==1.0 \\\n    --hash=sha256:" + kHash + " \\\n    --hash sha256:" + std::string(64, 'B') +
                                   "\nb==2 # not \\\nc==3\nd==4 \\\n# comment\ne==5#no-comment\n");
    REQUIRE(parsed.facts.requirements.size() == 3);
    CHECK(parsed.facts.requirements[0].integrity == std::vector<std::string>{"sha256:" + kHash, "sha256:" + std::string(64, 'b')});
    CHECK(parsed.facts.requirements[0].where.line == 1U);
    // "b==2 # not \" continues: c==3 is part of the comment, as for pip.
    CHECK(parsed.names()[1] == "pkg:pypi/b@2");
    CHECK(parsed.names()[2] == "pkg:pypi/d@4");
    CHECK_FALSE(parsed.understood);  // e==5#no-comment is no version
}

TEST_CASE("options that change the whole run") {
    const Parsed parsed(kFile,
                        "--index-url https://user:secret@pypi.acme.example/simple\n"
                        "--extra-index-url=https://other.example/simple --trusted-host other.example\n"
                        "-f ./wheels\n--find-links http://files.example/\n-ihttps://short.example/simple\n--no-index\n--pre\n"
                        "--extra-in https://abbreviated.example/simple\n--require-hashes\n--no-binary :all:\n");
    CHECK(parsed.understood);
    const auto& options = parsed.facts.index_options;
    REQUIRE(options.size() == 8);
    CHECK(options[0].role == IndexOption::Role::primary);
    CHECK(options[0].url == "https://pypi.acme.example/simple");  // never the login
    CHECK(options[1].role == IndexOption::Role::extra);
    CHECK(options[2].role == IndexOption::Role::trusted_host);
    CHECK(options[3].role == IndexOption::Role::find_links);
    CHECK(options[4].url == "http://files.example/");
    CHECK(options[5].role == IndexOption::Role::primary);
    CHECK(options[6].role == IndexOption::Role::no_index);
    CHECK(options[7].role == IndexOption::Role::extra);
    CHECK(options[7].url == "https://abbreviated.example/simple");
}

TEST_CASE("an option that nobody knows is not skipped") {
    CHECK_FALSE(Parsed(kFile, "--frobnicate\n").understood);
    CHECK_FALSE(Parsed(kFile, "--index-url\n").understood);
    CHECK_FALSE(Parsed(kFile, "a==1 --hash=sha256:12\n").understood);
    CHECK_FALSE(Parsed(kFile, "--index-url 'https://x.example\n").understood);
    CHECK(Parsed(kFile, "--no-require-hashes\n").has("requirements.hashes-off"));
    CHECK_FALSE(Parsed(kFile, "--require-hashes\n").has("requirements.hashes-off"));
}

TEST_CASE("includes in every spelling") {
    const Parsed parsed(kFile, "-r base.txt\n-rother.txt\n--requirement=more.txt\n-c constraints.txt\n");
    REQUIRE(parsed.facts.includes.size() == 4);
    CHECK(parsed.facts.includes[1].path == "other.txt");
    CHECK(parsed.facts.includes[2].path == "more.txt");
    CHECK(parsed.facts.includes[3].constraints);
    CHECK(parsed.understood);
}

TEST_CASE("URLs, version control, paths and editables") {
    const std::string commit(40, 'c');
    const Parsed parsed(kFile,
                        "urllib3 @ https://files.example/urllib3-1.26.0.tar.gz#sha256=" + kHash + " ; python_version > '3'\n"
                        "https://files.example/pkg_a-1.0-py3-none-any.whl\n"
                        "git+https://git.example/acme/lib@" + commit + "#egg=lib\n"
                        "-e git+ssh://git@git.example/acme/lib2@main#egg=lib2&subdirectory=x\n"
                        "./local/dir\n-e .\ndist/pkg_b-2.0-py3-none-any.whl\nold @ https://files.example/old-1.zip#md5=" +
                            std::string(32, 'd') + "\n");
    CHECK(parsed.understood);
    const auto& all = parsed.facts.requirements;
    REQUIRE(all.size() == 8);
    CHECK(all[0].reference.base == "pkg:pypi/urllib3");
    CHECK(all[0].source == Requirement::Source::url);
    CHECK(all[0].integrity == std::vector<std::string>{"sha256:" + kHash});
    CHECK(all[1].reference.canonical == "pkg:pypi/pkg-a@1.0");
    CHECK(all[2].source == Requirement::Source::git);
    CHECK(all[2].pinned);
    CHECK(all[2].reference.base == "pkg:pypi/lib");
    CHECK_FALSE(all[3].pinned);
    CHECK(all[3].runs_install_script);
    CHECK(all[4].source == Requirement::Source::path);
    CHECK(all[4].reference.canonical == "file:local/dir");
    CHECK(all[6].source == Requirement::Source::path);
    CHECK(all[7].integrity[0].starts_with("md5:"));
}

TEST_CASE("what only the environment knows is dynamic, not dropped") {
    const Parsed parsed(kFile, "${PACKAGE}==1.0\nplain @ https://${HOST}/plain.whl\n$lower==1\n");
    REQUIRE(parsed.facts.requirements.size() == 2);
    CHECK(parsed.facts.requirements[0].dynamic);
    CHECK(parsed.facts.requirements[1].dynamic);
    CHECK_FALSE(parsed.understood);  // $lower is no variable and no name
}

TEST_CASE("markers are kept, and options of the whole file have lines of their own") {
    const Parsed parsed(kFile, "a==1 ; python_version < '3.9'\nb @ https://x.example/b.whl ; os_name == 'nt'\nc\n");
    CHECK(parsed.facts.requirements.at(0).markers == "python_version < '3.9'");
    CHECK(parsed.facts.requirements.at(1).markers == "os_name == 'nt'");
    CHECK(parsed.facts.requirements.at(2).markers.empty());
    for (const char* text : {"a==1 --index-url https://pypi.corp.example/simple\n", "a==1 -r other.txt\n", "-e ./x --no-index\n"}) {
        CAPTURE(text);
        const Parsed ignored(kFile, text);
        CHECK(ignored.has("requirements.option-ignored"));
        CHECK_FALSE(ignored.understood);
    }
    CHECK(Parsed(kFile, "--index-url https://pypi.corp.example/simple\na==1 --global-option x\n").understood);
}

TEST_CASE("encodings and hidden line ends") {
    CHECK(Parsed(kFile, std::string("\xff\xfe" "a\0=\0", 6)).has("requirements.encoding"));
    CHECK(Parsed(kFile, "# -*- coding: utf-7 -*-\na==1\n").has("requirements.encoding"));
    CHECK(Parsed(kFile, "\xff==1\n").has("requirements.encoding"));
    const Parsed honest(kFile, "\xef\xbb\xbf# -*- coding: utf-8 -*-\r\na==1\r\n");
    CHECK(honest.understood);
    CHECK(honest.facts.findings.empty());
    CHECK(honest.names() == std::vector<std::string>{"pkg:pypi/a@1"});
    const Parsed hidden(kFile, "# harmless comment\x0b" "evil==1\n");
    CHECK(hidden.has("requirements.hidden-line-break"));
    CHECK(hidden.names() == std::vector<std::string>{"pkg:pypi/evil@1"});
    CHECK(Parsed(kFile, "# x\xe2\x80\xa8" "evil==1\n").names() == std::vector<std::string>{"pkg:pypi/evil@1"});
    CHECK_FALSE(Parsed(kFile, "r\xd0\xb5quests==1\n").understood);  // Cyrillic e
}

TEST_CASE("limits and every beginning of a file") {
    Limits few;
    few.facts = 3;
    CHECK(Parsed(kFile, "a\nb\nc\nd\ne\n", few).has("manifest.unscannable"));
    CHECK(Parsed(kFile, "").understood);
    CHECK(intake::every_prefix(kFile, "# -*- coding: utf-8 -*-\n--index-url 'https://a.example/x' \\\n --pre\nFoo[x]==1.0 \\\n --hash=sha256:" +
                                          kHash + "\n-e git+https://git.example/a@b#egg=c\n${X}\n./p\nb @ https://x.example/b.whl#sha256=" + kHash + " ; a\n"));
}
