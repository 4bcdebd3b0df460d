// Files that choose where things come from, beside those of package managers.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using namespace headgate::intake;
using Role = IndexOption::Role;

namespace {

std::string options(const Parsed& parsed) {
    constexpr std::array<std::string_view, 6> kRoles = {"primary", "extra", "find-links", "trusted", "no-index", "scoped"};
    std::string shown;
    for (const IndexOption& option : parsed.facts.index_options) {
        shown += option.ecosystem + " " + std::string(kRoles[static_cast<std::size_t>(option.role)]) + " " + option.url + (option.names.empty() ? "" : " " + option.names) + "\n";
    }
    return shown;
}

}  // namespace

TEST_CASE("variables of .envrc and go.env") {
    const Parsed envrc(".envrc", "layout python\nexport GOPRIVATE=\"git.corp.example,*.x.example/\"\nPIP_EXTRA_INDEX_URL=https://u:p@a.example\nsource_env ..\n# GOPROXY=https://evil.example\n");
    CHECK(envrc.understood);
    CHECK(options(envrc) == "golang scoped direct git.corp.example\ngolang scoped direct git.corp.example/**\ngolang scoped direct *.x.example\ngolang scoped direct *.x.example/**\npypi extra https://a.example\n");
    const Parsed go("go.env", "GOPROXY=https://p.example|https://q.example,direct\nGONOSUMDB=git.corp.example\nGOSUMDB=off\nGOFLAGS=-mod=mod -insecure\n");
    CHECK(go.understood);
    CHECK(options(go) == "golang primary https://p.example\ngolang extra https://q.example\ngolang trusted git.corp.example\ngolang trusted *\ngolang trusted *\n");
    CHECK(options(Parsed("go.env", "GOPROXY=off\nGOSUMDB=sum.example\nGOFLAGS=-mod=mod\n")).empty());
    CHECK_FALSE(Parsed(".envrc", "export GOPRIVATE=$MINE\n").understood);
    CHECK_FALSE(Parsed(".envrc", "if true; then export GOPROXY=https://x.example; fi\n").understood);
    CHECK(Parsed(".envrc", "export PATH=$HOME/bin:$PATH\nexport SECRET=$(pass x)\n").understood);
    CHECK(every_prefix(".envrc", "export GOPRIVATE='a.example' UV_INDEX=\"n=https://b.example\" # x\nNPM_CONFIG_STRICT_SSL=false\n"));
    CHECK(every_prefix("go.env", "GOPROXY=https://p.example,direct\nGOINSECURE=*\n"));
}

TEST_CASE("bunfig.toml") {
    const Parsed parsed("bunfig.toml", "[install]\nregistry = \"https://npm.corp.example/\"\n[install.scopes]\nacme = { url = \"https://u:p@a.example/\", token = \"t\" }\n\"@other\" = \"https://b.example\"\n[test]\ncoverage = true\n");
    CHECK(parsed.understood);
    CHECK(options(parsed) == "npm primary https://npm.corp.example/\nnpm scoped https://a.example/ @acme/*\nnpm scoped https://b.example @other/*\n");
    CHECK(Parsed("bunfig.toml", "").understood);
    CHECK_FALSE(Parsed("bunfig.toml", "[install]\nregistry = { token = \"t\" }\n").understood);
    CHECK(every_prefix("bunfig.toml", "[install]\nregistry = \"https://x.example\"\n[install.scopes]\na = \"https://b.example\"\n"));
}

TEST_CASE("pnpm-workspace.yaml") {
    const Parsed parsed("pnpm-workspace.yaml", "packages:\n  - \"packages/*\"\n  - '!packages/old'\ncatalog:\n  react: ^18.0.0\n");
    CHECK(parsed.understood);
    REQUIRE(parsed.facts.declared.size() == 2);
    CHECK(parsed.facts.declared[1].written == "!packages/old");
    CHECK_FALSE(Parsed("pnpm-workspace.yaml", "packages: x\n").understood);
    CHECK(every_prefix("pnpm-workspace.yaml", "packages: [\"a/*\", b]\nonlyBuiltDependencies: [c]\n"));
}

TEST_CASE("Maven's settings") {
    const auto settings = [](const std::string& mirror) { return Parsed(".mvn/settings.xml", "<settings><mirrors><mirror><id>m</id>" + mirror + "</mirror></mirrors></settings>"); };
    CHECK(options(settings("<mirrorOf>*</mirrorOf><url>https://m.example/</url>")) == "maven primary https://m.example/\n");
    CHECK(settings("<mirrorOf>*</mirrorOf><url>https://m.example/</url>").facts.index_options.front().written == "mirrorOf *");
    CHECK(settings("<mirrorOf>*,!x</mirrorOf><url>https://m.example/</url>").facts.index_options.front().written == "mirrorOf *,!x");
    CHECK(options(settings("<mirrorOf>central</mirrorOf><url>https://m.example/</url>")) == "maven primary https://m.example/\n");
    CHECK(options(settings("<mirrorOf>other</mirrorOf><url>https://m.example/</url>")) == "maven extra https://m.example/\n");
    CHECK(options(settings("<mirrorOf>external:http:*</mirrorOf><url>http://0.0.0.0/</url><blocked>true</blocked>")).empty());
    CHECK_FALSE(settings("<mirrorOf>*</mirrorOf><url>${mirror}</url>").understood);
    CHECK(find_manifest("settings.xml") == nullptr);
    CHECK(every_prefix(".mvn/settings.xml", "<settings><profiles><profile><repositories><repository><url>https://r.example</url></repository></repositories></profile></profiles></settings>"));
}

TEST_CASE("what old or lax settings of Python and Ruby say") {
    CHECK(Parsed("pyproject.toml", "[[tool.uv.index]]\nname = \"g\"\nurl = \"https://gitlab.corp.example/api/v4/groups/1/-/packages/pypi/simple\"\nexplicit = true\n").has("manifest.index-falls-through"));
    CHECK_FALSE(Parsed("pyproject.toml", "[[tool.uv.index]]\nname = \"g\"\nurl = \"https://gitlab.corp.example/api/v4/groups/1/-/packages/pypi/simple\"\nauthenticate = \"always\"\n").has("manifest.index-falls-through"));
    CHECK(Parsed("pyproject.toml", "[[tool.uv.index]]\nname = \"g\"\nurl = \"https://x.example/simple\"\nignore-error-codes = [403]\n").has("manifest.index-falls-through"));
    CHECK_FALSE(Parsed("pyproject.toml", "[[tool.uv.index]]\nname = \"g\"\nurl = \"https://x.example/simple\"\nignore-error-codes = [403]\nexplicit = true\n").has("manifest.index-falls-through"));
    CHECK(Parsed("Pipfile", "[pipenv]\ninstall_search_all_sources = true\n").has("manifest.index-strategy"));
    CHECK_FALSE(Parsed("Pipfile", "[pipenv]\nallow_prereleases = true\n").has("manifest.index-strategy"));
    const auto gems = [](const std::string& more, const std::string& bundler) {
        return Parsed("Gemfile.lock", "GEM\n  remote: https://a.example/\n  specs:\n    x (1.0)\n\n" + more + "PLATFORMS\n  ruby\n\nDEPENDENCIES\n  x\n\nBUNDLED WITH\n   " + bundler + "\n").has("manifest.old-resolver");
    };
    const std::string second = "GEM\n  remote: https://b.example/\n  specs:\n    y (1.0)\n\n";
    CHECK(gems(second, "2.2.17"));
    CHECK(gems(second, "1.17.3"));
    CHECK_FALSE(gems(second, "2.2.18"));
    CHECK_FALSE(gems(second, "2.10.0"));
    CHECK_FALSE(gems("", "1.17.3"));
}

TEST_CASE("what is no lockfile, though it is called one") {
    for (const char* const name : {"poetry.lock", "uv.lock", "pdm.lock", "Cargo.lock", "Gemfile.lock", "gradle.lockfile", "pylock.toml", "bun.lock", "package-lock.json"}) {
        INFO(name);
        CHECK_FALSE(Parsed(name, "").understood);
    }
    CHECK(Parsed("gradle.lockfile", "empty=compileClasspath\n").understood);
    CHECK(Parsed("Cargo.lock", "version = 4\n").understood);
    CHECK(Parsed("poetry.lock", "package = []\n[metadata]\nlock-version = \"2.1\"\n").understood);
    const Parsed snapshot("gradle.lockfile", "a:b:1.0-SNAPSHOT=x\na:c:1.+=x\na:d:1.0=x\n");
    CHECK(snapshot.names() == std::vector<std::string>{"pkg:maven/a/b", "pkg:maven/a/c", "pkg:maven/a/d@1.0"});
}

TEST_CASE("SHA-224 is a hash of nobody") {
    const std::string hash(56, 'a');
    CHECK_FALSE(Parsed("requirements.txt", "x==1 --hash=sha224:" + hash + "\n").understood);
    const Parsed poetry("poetry.lock", "[[package]]\nname = \"x\"\nversion = \"1\"\nfiles = [{file = \"x.whl\", hash = \"sha224:" + hash + "\"}]\n[metadata]\n");
    CHECK(poetry.has("manifest.bad-integrity"));
    CHECK(poetry.facts.requirements.front().integrity.empty());
}
