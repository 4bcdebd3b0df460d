// What runs while something is installed.
#include <catch2/catch.hpp>

#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

Requirement one(const std::string& reference, bool runs, Requirement::Source source = Requirement::Source::registry) {
    Requirement requirement;
    requirement.reference = *parse_reference(reference);
    requirement.runs_install_script = runs;
    requirement.source = source;
    return requirement;
}

}  // namespace

TEST_CASE("entries of manifests that run code when they are installed") {
    Bench bench(install_script_checker());
    CHECK(bench.member(one("pkg:npm/esbuild@0.21.5", true)).has("install-script.declared"));
    CHECK(bench.findings.front().severity == Severity::high);
    CHECK(bench.member(one("pkg:npm/left-pad@1.3.0", false)).clean());
    CHECK(bench.member(one("pkg:pypi/old@1", true)).has("install-script.built"));
    CHECK(bench.member(one("pkg:npm/a@1.0.0", true, Requirement::Source::git)).has("install-script.built"));
    CHECK(bench.member(one("https://get.example/install.sh", true, Requirement::Source::url)).has("install-script.fetched"));
    CHECK(bench.member(one("file:./own", true, Requirement::Source::path)).clean());
    CHECK(bench.member(one("pkg:npm/own@1.0.0", true, Requirement::Source::workspace)).clean());
    Requirement computed;
    computed.dynamic = true;
    CHECK(bench.member(computed).has("install-script.computed"));
}

TEST_CASE("packages that may run code") {
    Bench bench(install_script_checker());
    bench.settings.set("allow", std::vector<std::string>{"pkg:npm/esbuild", "pkg:npm/@swc/*"});
    CHECK(bench.member(one("pkg:npm/esbuild@0.21.5", true)).clean());
    CHECK(bench.member(one("pkg:npm/@swc/core@1.0.0", true)).clean());
    CHECK(bench.member(one("pkg:npm/esbuild-wasm@0.21.5", true)).has("install-script.declared"));
    bench.settings.set("allow", std::vector<std::string>{"not a pattern"});
    CHECK(bench.member(one("pkg:npm/esbuild@0.21.5", true)).status == RunStatus::error);
}

TEST_CASE("hooks in the package itself") {
    Bench bench(install_script_checker());
    bench.evidence.traits = {{{"package.json", {}, {}, 7U}, "network-at-import", "x"}};
    CHECK(bench.bare("pkg:npm/a@1", true).clean());
    bench.evidence.traits.push_back({{"package.json", {}, {}, 7U}, "runs-at-install", "postinstall: node setup.js"});
    CHECK(bench.bare("pkg:npm/a@1", true).has("install-script.hook"));
    CHECK(bench.findings.front().message.find("node setup.js") != std::string::npos);
    CHECK(bench.bare("pkg:npm/a@1").status == RunStatus::skipped);   // nobody has seen it
    CHECK(bench.manifest().clean());
}
