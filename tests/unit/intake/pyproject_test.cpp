// pyproject.toml as its tools read it, uv.toml, and pip.conf.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;
using Source = Requirement::Source;

namespace {

const std::string kFile = "pyproject.toml";
const std::string kCommit(40, 'c');

}  // namespace

TEST_CASE("pyproject.toml: project, extras, groups, build requirements") {
    const std::string text = "[build-system]\nrequires = [\"setuptools>=61\", \"Evil_Build==1\"]\n\n[project]\nname = \"app\"\ndependencies = [\n  \"requests==2.20.0 ; python_version < '3'\",\n"
                             "  \"plain\",\n  \"u @ https://files.example/u-1.whl\",\n]\n[project.optional-dependencies]\nx = [\"extra-one\"]\n[dependency-groups]\ntest = [\"pytest\", {include-group = \"more\"}]\nmore = [\"more-one\"]\n";
    const Parsed parsed(kFile, text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/requests@2.20.0", "pkg:pypi/plain", "pkg:pypi/u", "pkg:pypi/extra-one", "pkg:pypi/pytest", "pkg:pypi/more-one", "pkg:pypi/setuptools", "pkg:pypi/evil-build@1"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].where.line == 7U);
    CHECK(all[0].markers == "python_version < '3'");
    CHECK(all[2].source == Source::url);
    CHECK(all[3].markers == "extra x");
    CHECK(all[4].markers == "group test");
    CHECK(all[7].markers == "build");
    CHECK(intake::every_prefix(kFile, text));
    for (const char* bad : {"[project]\ndependencies = \"requests\"\n", "[project]\ndependencies = [1]\n", "[dependency-groups]\na = [{include-group = \"none\"}]\n",
                            "[project]\ndependencies = [\"a b\"]\n", "project = 1\n", "["}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed(kFile, bad).understood);
    }
    CHECK(Parsed(kFile, "[tool.black]\nline-length = 100\n").understood);
}

TEST_CASE("pyproject.toml: what a backend computes is reported, and read where it is said") {
    const Parsed computed(kFile, "[project]\nname = \"a\"\ndynamic = [\"version\", \"dependencies\"]\n");
    CHECK(computed.understood);
    REQUIRE(computed.facts.requirements.size() == 1);
    CHECK(computed.facts.requirements[0].dynamic);
    CHECK(computed.facts.requirements[0].where.line == 3U);
    const Parsed read(kFile, "[project]\nname = \"a\"\ndynamic = [\"dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = {file = [\"reqs/base.txt\"]}\n");
    CHECK(read.facts.requirements.empty());
    REQUIRE(read.facts.includes.size() == 1);
    CHECK(read.facts.includes[0].path == "reqs/base.txt");
    CHECK(Parsed(kFile, "[project]\nname = \"a\"\ndynamic = [\"version\"]\n").facts.requirements.empty());
}

TEST_CASE("uv: sources, indexes, strategies, overrides") {
    const std::string text = "[project]\ndependencies = [\"acme-billing\", \"Tool_X>=1\", \"local\", \"both\"]\n[tool.uv]\noverride-dependencies = [\"werkzeug==2.3.0\"]\n"
                             "[tool.uv.sources]\nacme-billing = { index = \"corp\" }\ntool-x = { git = \"https://git.example/x\", rev = \"" + kCommit + "\" }\nlocal = { workspace = true }\n"
                             "both = [{ index = \"corp\", marker = \"sys_platform == 'linux'\" }, { url = \"https://files.example/both.whl\", marker = \"sys_platform != 'linux'\" }]\n"
                             "[[tool.uv.index]]\nname = \"corp\"\nurl = \"https://pypi.corp.example/simple\"\nexplicit = true\n";
    const Parsed parsed(kFile, text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    const auto& all = parsed.facts.requirements;
    REQUIRE(all.size() == 6);
    CHECK(all[0].reference.canonical == "pkg:pypi/werkzeug@2.3.0");
    CHECK(all[0].markers == "override");
    CHECK(all[1].url == "https://pypi.corp.example/simple");
    CHECK(all[2].source == Source::git);
    CHECK(all[2].pinned);
    CHECK(all[3].source == Source::workspace);
    CHECK(all[4].markers == "sys_platform == 'linux'");
    CHECK(all[5].source == Source::url);
    REQUIRE(parsed.facts.index_options.size() == 1);
    CHECK(parsed.facts.index_options[0].role == Role::scoped);
    CHECK(intake::every_prefix(kFile, text));

    const Parsed open(kFile, "[tool.uv]\nindex-strategy = \"unsafe-best-match\"\n[[tool.uv.index]]\nname = \"corp\"\nurl = \"https://pypi.corp.example/simple\"\n");
    CHECK(open.has("manifest.index-strategy"));
    CHECK(open.facts.index_options.at(0).role == Role::extra);
    CHECK_FALSE(Parsed(kFile, "[tool.uv]\nindex-strategy = \"first-index\"\n").has("manifest.index-strategy"));
    CHECK_FALSE(Parsed(kFile, "[tool.uv.sources]\na = { index = \"none\" }\n").understood);
    const Parsed own("uv.toml", "extra-index-url = [\"https://pypi.corp.example/simple\"]\nindex-url = \"https://pypi.example/simple\"\nno-index = true\n");
    CHECK(own.facts.index_options.size() == 3);
    CHECK(intake::every_prefix("uv.toml", "index-url = \"https://pypi.example/simple\"\n[[index]]\nurl = \"https://b.example\"\n"));
}

TEST_CASE("poetry: versions, tables, several under one name, sources") {
    const std::string text = "[tool.poetry.dependencies]\npython = \"^3.10\"\nexact = \"1.2.3\"\nrange = \"^1.0\"\ninner = { version = \"1.0\", source = \"corp\" }\ng = { git = \"https://git.example/g\", branch = \"main\" }\n"
                             "many = [{ version = \"1.0\", markers = \"a\" }, { url = \"https://files.example/many.whl\" }]\np = { path = \"../p\", develop = true }\n[tool.poetry.group.dev.dependencies]\ntest = \"==2.0\"\n"
                             "[[tool.poetry.source]]\nname = \"corp\"\nurl = \"https://pypi.corp.example/simple\"\npriority = \"explicit\"\n";
    const Parsed parsed(kFile, text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/exact@1.2.3", "pkg:pypi/range", "pkg:pypi/inner@1.0", "pkg:pypi/g", "pkg:pypi/many@1.0", "pkg:pypi/many", "pkg:pypi/p", "pkg:pypi/test@2.0"});
    CHECK(parsed.facts.requirements[2].url == "https://pypi.corp.example/simple");
    CHECK_FALSE(parsed.facts.requirements[3].pinned);
    CHECK(parsed.facts.requirements[7].markers == "group dev");
    CHECK(parsed.facts.index_options.at(0).role == Role::scoped);
    CHECK(intake::every_prefix(kFile, text));
    for (const char* bad : {"[tool.poetry.dependencies]\na = 1\n", "[tool.poetry.dependencies]\na = { source = \"none\", version = \"1\" }\n", "[tool.poetry.dependencies]\na = {}\n", "[[tool.poetry.source]]\nname = \"x\"\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed(kFile, bad).understood);
    }
    CHECK(Parsed(kFile, "[[tool.poetry.source]]\nname = \"x\"\nurl = \"https://x.example\"\npriority = \"supplemental\"\n").facts.index_options.at(0).role == Role::extra);
}

TEST_CASE("pdm and hatch: sources, overrides, environments") {
    const Parsed parsed(kFile, "[[tool.pdm.source]]\nname = \"corp\"\nurl = \"https://pypi.corp.example/simple\"\ninclude_packages = [\"acme-*\"]\n[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"https://mirror.example/simple\"\nverify_ssl = false\n"
                               "[tool.pdm.resolution.overrides]\na = \"1.0\"\nb = \">=2\"\n[tool.pdm.dev-dependencies]\ntest = [\"pytest\"]\n[tool.hatch.envs.default]\ndependencies = [\"mypy\"]\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/pytest", "pkg:pypi/a@1.0", "pkg:pypi/b", "pkg:pypi/mypy"});
    REQUIRE(parsed.facts.index_options.size() == 3);
    CHECK(parsed.facts.index_options[0].role == Role::scoped);
    CHECK(parsed.facts.index_options[0].names == "acme-*");
    CHECK(parsed.facts.index_options[1].role == Role::primary);
    CHECK(parsed.facts.index_options[2].role == Role::trusted_host);
}

TEST_CASE("pip.conf: options, several places, what is not known") {
    const std::string text = "# comment\n[global]\nindex-url = https://u:secret@pypi.example/simple\nextra-index-url =\n    https://pypi.corp.example/simple\n    https://b.example/simple\ntimeout = 60\n[install]\nTrusted_Host: pypi.corp.example\nno-index = false\nconstraint = c.txt\n";
    const Parsed parsed("pip.conf", text);
    CHECK(parsed.understood);
    const auto& options = parsed.facts.index_options;
    REQUIRE(options.size() == 4);
    CHECK(options[0].url == "https://pypi.example/simple");
    CHECK(options[1].role == Role::extra);
    CHECK(options[2].url == "https://b.example/simple");
    CHECK(options[1].where.line == 4U);
    CHECK(options[3].role == Role::trusted_host);
    CHECK(parsed.facts.includes.at(0).constraints);
    CHECK(intake::every_prefix("pip.ini", text));
    for (const char* bad : {"[global]\nunheard-of = 1\n", "[global]\nindex-url =\n", "[global]\nindex-url = a\nindex-url = b\n", "just words\n", "[global]\nindex-url = \xff\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("pip.conf", bad).understood);
    }
    CHECK(Parsed("pip.conf", "[global]\nno-index = yes\n").facts.index_options.at(0).role == Role::no_index);
    CHECK(Parsed("pip.conf", "[install]\nno-require-hashes = true\n").has("requirements.hashes-off"));
    CHECK_FALSE(Parsed("pip.conf", "[install]\nno-require-hashes = false\n").has("requirements.hashes-off"));
}

TEST_CASE("script blocks of PEP 723") {
    const std::string text = "#!/usr/bin/env python3\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"requests==2.31.0\",\n#\n#   \"acme-x\",\n# ]\n# [tool.uv.sources]\n# acme-x = { url = \"https://files.example/x.whl\" }\n# ///\nimport requests\n";
    const Parsed parsed("run.py", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/requests@2.31.0", "pkg:pypi/acme-x"});
    CHECK(parsed.facts.requirements[0].where.line == 5U);
    CHECK(parsed.facts.requirements[1].source == Source::url);
    for (const char* none : {"print('# /// script')\n", " # /// script\n# ///\n", "# /// scripts\n# ///\n", "# /// other\n# ///\n", ""}) {
        CAPTURE(none);
        CHECK(intake::script_format("run.py", as_bytes(std::string(none))) == nullptr);
    }
    for (const char* bad : {"# /// script\n# dependencies = [\n", "# /// script\n# ///\nx\n# /// script\n# ///\n", "# /// script\n# dependencies = 1\n# ///\n", "# /// script\n# a a\n# ///\n"}) {
        CAPTURE(bad);
        const Parsed broken("run.py", bad);
        CHECK_FALSE(broken.understood);
        CHECK(broken.oracle());
    }
    for (std::size_t length = text.find("script") + 7; length <= text.size(); ++length) CHECK(Parsed("run.py", text.substr(0, length)).oracle());
    CHECK(Parsed("run.py", "# /// script\r\n# dependencies = [\"a\"]\r\n# ///\r\n").names() == Names{"pkg:pypi/a"});
}
