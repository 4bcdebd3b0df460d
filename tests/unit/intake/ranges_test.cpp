// Which versions a manifest asks for, as it writes them; and when a lockfile says that a version was published.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;

namespace {

/// The range of the package of this name.
std::string range_of(std::string_view file, const std::string& text, std::string_view name) {
    const Parsed parsed(file, text);
    for (const Requirement& requirement : parsed.facts.requirements) {
        if (requirement.reference.name == name) return requirement.reference.version.empty() ? requirement.range : "pinned, range '" + requirement.range + "'";
    }
    return "not there";
}

const std::string kPinned = "pinned, range ''";

}  // namespace

TEST_CASE("ranges: Python") {
    CHECK(range_of("requirements.txt", "a >= 1.0 , < 2 ; python_version < '3.9'\n", "a") == ">= 1.0 , < 2");
    CHECK(range_of("requirements.txt", "a[x] (~=1.4)\n", "a") == "~=1.4");
    CHECK(range_of("requirements.txt", "a\n", "a").empty());
    CHECK(range_of("requirements.txt", "a==1.0\n", "a") == kPinned);
    const std::string pyproject = "[project]\ndependencies = [\"a>=1\"]\n[tool.poetry.dependencies]\nb = \"^1.2\"\nc = \"*\"\nd = {version = \"~1\", optional = true}\ne = \"1.2.3\"\n[tool.uv.sources]\na = {index = \"x\"}\n[[tool.uv.index]]\nname = \"x\"\nurl = \"https://x.example\"\n";
    CHECK(range_of("pyproject.toml", pyproject, "a") == ">=1");
    CHECK(range_of("pyproject.toml", pyproject, "b") == "^1.2");
    CHECK(range_of("pyproject.toml", pyproject, "c").empty());
    CHECK(range_of("pyproject.toml", pyproject, "d") == "~1");
    CHECK(range_of("pyproject.toml", pyproject, "e") == kPinned);
    const std::string pipfile = "[packages]\na = \"*\"\nb = \">=1.0\"\nc = {version = \"~=2.0\"}\nd = \"==1.0\"\n";
    CHECK(range_of("Pipfile", pipfile, "a").empty());
    CHECK(range_of("Pipfile", pipfile, "b") == ">=1.0");
    CHECK(range_of("Pipfile", pipfile, "c") == "~=2.0");
    CHECK(range_of("Pipfile", pipfile, "d") == kPinned);
    const std::string environment = "dependencies:\n- a=1.2\n- b>=1,<2\n- c=1.2=py_0\n- d 1.8*\n- e\n";
    CHECK(range_of("environment.yml", environment, "a") == "=1.2");
    CHECK(range_of("environment.yml", environment, "b") == ">=1,<2");
    CHECK(range_of("environment.yml", environment, "c") == kPinned);
    CHECK(range_of("environment.yml", environment, "d") == "1.8*");
    CHECK(range_of("environment.yml", environment, "e").empty());
}

TEST_CASE("ranges: npm, Cargo, Ruby, Maven, NuGet") {
    const std::string package = R"({"dependencies":{"a":"^1.2","b":"1.2.3","c":"latest","d":"*","e":"npm:f@>=2 <3","g":"git+https://git.example/g#main","h":">=1 || 2.x"},"packageManager":"pnpm@8"})";
    CHECK(range_of("package.json", package, "a") == "^1.2");
    CHECK(range_of("package.json", package, "b") == kPinned);
    CHECK(range_of("package.json", package, "c") == "latest");
    CHECK(range_of("package.json", package, "d").empty());
    CHECK(range_of("package.json", package, "f") == ">=2 <3");
    CHECK(range_of("package.json", package, "g").empty());
    CHECK(range_of("package.json", package, "h") == ">=1 || 2.x");
    CHECK(range_of("package.json", package, "pnpm") == "8");
    const std::string cargo = "[package]\nname = \"x\"\n[dependencies]\na = \"1.2\"\nb = \"=1.2.3\"\nc = {version = \">=1, <2\"}\nd = {path = \"d\"}\n";
    CHECK(range_of("Cargo.toml", cargo, "a") == "1.2");
    CHECK(range_of("Cargo.toml", cargo, "b") == kPinned);
    CHECK(range_of("Cargo.toml", cargo, "c") == ">=1, <2");
    CHECK(range_of("Cargo.toml", cargo, "d").empty());
    const std::string gems = "gem 'a', '~> 1.0', '>= 1.0.2'\ngem 'b', '1.2.3'\ngem 'c'\n";
    CHECK(range_of("Gemfile", gems, "a") == "~> 1.0, >= 1.0.2");
    CHECK(range_of("Gemfile", gems, "b") == kPinned);
    CHECK(range_of("Gemfile", gems, "c").empty());
    const auto maven = [](const std::string& version) { return "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>" + version + "</version></dependency></dependencies></project>"; };
    CHECK(range_of("pom.xml", maven("[1,2)"), "a") == "[1,2)");
    CHECK(range_of("pom.xml", maven("1-SNAPSHOT"), "a") == "1-SNAPSHOT");
    CHECK(range_of("pom.xml", maven("${unknown}"), "a").empty());
    CHECK(range_of("pom.xml", maven("[1.0]"), "a") == kPinned);
    const auto project = [](const std::string& version) { return "<Project><ItemGroup><PackageReference Include=\"a\" Version=\"" + version + "\"/></ItemGroup></Project>"; };
    CHECK(range_of("x.csproj", project("[1.0,2.0)"), "a") == "[1.0,2.0)");
    CHECK(range_of("x.csproj", project("1.*"), "a") == "1.*");
    CHECK(range_of("x.csproj", project("1.0.0"), "a") == kPinned);
}

TEST_CASE("released: when a lockfile says that a version was published, the last of its archives counts") {
    const std::string uv = "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = {registry = \"https://pypi.example/simple\"}\nsdist = {url = \"https://f.example/a.tar.gz\", hash = \"sha256:" + std::string(64, 'a') + "\", upload-time = \"2024-01-02T00:00:00.5Z\"}\n"
                           "wheels = [{url = \"https://f.example/a.whl\", hash = \"sha256:" + std::string(64, 'b') + "\", upload-time = \"2024-01-03T00:00:00Z\"}]\n[[package]]\nname = \"b\"\nversion = \"1.0\"\nsource = {registry = \"https://pypi.example/simple\"}\n";
    const Parsed locked("uv.lock", uv);
    CHECK(locked.understood);
    CHECK(locked.facts.requirements.at(0).released == 1704240000);
    CHECK_FALSE(locked.facts.requirements.at(1).released);
    const std::string pylock = "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{url = \"https://f.example/a.whl\", upload-time = 2024-01-02T00:00:00Z, hashes = {sha256 = \"" + std::string(64, 'a') + "\"}}, {url = \"https://f.example/b.whl\", upload-time = 2023-01-01T00:00:00, hashes = {}}]\n"
                               "[[packages]]\nname = \"b\"\narchive = {url = \"https://f.example/b.zip\", upload-time = 2023-01-01T01:00:00+01:00, hashes = {sha256 = \"" + std::string(64, 'a') + "\"}}\n";
    const Parsed standard("pylock.toml", pylock);
    CHECK(standard.facts.requirements.at(0).released == 1704153600);
    CHECK(standard.facts.requirements.at(1).released == 1672531200);
    const std::string pnpm = "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    resolution: {integrity: sha512-" + std::string(86, 'A') + "==}\n  /b@1.0.0:\n    resolution: {integrity: sha512-" + std::string(86, 'A') + "==}\ntime:\n  /a@1.0.0: '2021-02-20T15:42:16.891Z'\n";
    const Parsed timed("pnpm-lock.yaml", pnpm);
    CHECK(timed.understood);
    CHECK(timed.facts.requirements.at(0).released == 1613835736);
    CHECK_FALSE(timed.facts.requirements.at(1).released);
    // A time that nobody can read is none, and one that is no text is not understood.
    CHECK_FALSE(Parsed("pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{url = \"https://f.example/a.whl\", upload-time = \"yesterday\"}]\n").facts.requirements.at(0).released);
    CHECK_FALSE(Parsed("pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{url = \"https://f.example/a.whl\", upload-time = 7}]\n").understood);
}
