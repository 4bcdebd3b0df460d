// Dependency confusion as each ecosystem makes it possible: a bad case and its benign twin.
#include <catch2/catch.hpp>

#include "checkers/inflated.hpp"
#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;
using Role = IndexOption::Role;

TEST_CASE("versions that no honest release reaches") {
    CHECK(major_version("99.0.1") == 99);
    CHECK(major_version("v9999.9.9") == 9999);
    CHECK(major_version("1!70.0") == 70);
    CHECK(major_version("99999999999999999999999").has_value());
    CHECK_FALSE(major_version("2024.1.0"));
    CHECK_FALSE(major_version("20240131"));
    CHECK_FALSE(major_version("202401.1"));
    CHECK_FALSE(major_version("latest"));

    Bench bench(namespace_checker());
    CHECK(bench.member("pkg:npm/nobody-knows-this@99.10.9").has("namespace.inflated-version"));
    CHECK(bench.findings.front().severity == Severity::medium);
    CHECK(bench.member("pkg:npm/nobody-knows-this@49.0.0").clean());
    CHECK(bench.member("pkg:npm/nobody-knows-this@2023.1.0").clean());
    CHECK(bench.member("pkg:pypi/setuptools@69.0.0").clean());                    // popular
    CHECK(bench.member("pkg:maven/org.x/y@99.0").clean());
    CHECK(bench.member("pkg:npm/nobody-knows-this@99.10.9", "https://npm.corp.example/x.tgz").clean());   // not of the public one
    bench.settings.set("max-major", std::int64_t{100});
    CHECK(bench.member("pkg:npm/nobody-knows-this@99.10.9").clean());
    bench.settings.set("max-major", std::int64_t{50});
    Requirement young;
    young.reference = *parse_reference("pkg:npm/nobody-knows-this@99.0.0");
    young.released = 1000;
    bench.now = {2000};
    CHECK(bench.member(young).has("namespace.inflated-version"));
    CHECK(bench.findings.front().severity == Severity::high);
}

TEST_CASE("an internal scope that a setting sends elsewhere") {
    Bench bench(namespace_checker());
    bench.option(Role::scoped, "https://npm.corp.example/", "npm", "@acme/*");
    CHECK(bench.manifest().clean());
    bench.option(Role::scoped, "https://registry.npm.example/", "npm", "@acme/*");
    CHECK(bench.manifest().has("namespace.scope-elsewhere"));
    CHECK(bench.findings.front().severity == Severity::critical);
    Bench other(namespace_checker());
    other.option(Role::scoped, "https://registry.npm.example/", "npm", "@other/*");
    CHECK(other.manifest().clean());
    Bench unknown(namespace_checker());
    unknown.option(Role::scoped, "https://elsewhere.example/", "npm", "@acme/*");
    CHECK(unknown.manifest().has("namespace.scope-elsewhere"));
}

TEST_CASE("several first indexes") {
    Bench bench(namespace_checker());
    bench.option(Role::primary, "https://pypi.corp.example/simple");
    bench.option(Role::primary, "https://pypi.corp.example/simple");
    CHECK(bench.manifest().clean());
    bench.option(Role::primary, "https://pypi.example/simple");
    CHECK(bench.manifest().has("namespace.several-indexes"));
    CHECK(bench.findings.front().severity == Severity::medium);
    for (IndexOption& option : bench.evidence.index_options) option.written = "tool.poetry.source";
    CHECK(bench.manifest().findings.front().severity == Severity::high);
}

TEST_CASE("indexes that are asked in their order") {
    Bench bench(namespace_checker());
    bench.option(Role::extra, "https://pypi.corp.example/simple");
    for (const std::string written : {"tool.uv.index", "UV_INDEX", "sources"}) {
        bench.evidence.index_options.front().written = written;
        CHECK(bench.manifest().has("namespace.index-order"));
        CHECK(bench.findings.front().severity == Severity::low);
        CHECK_FALSE(bench.has("namespace.extra-index"));
    }
    bench.evidence.findings = {{"manifest.index-strategy", Severity::high, "m", {}, "w", "f"}};
    CHECK(bench.manifest().has("namespace.extra-index"));
    // An internal name that names no index is still taken from whichever has it.
    Bench member(namespace_checker());
    member.option(Role::extra, "https://pypi.corp.example/simple");
    member.evidence.index_options.front().written = "tool.uv.index";
    CHECK(member.member("pkg:pypi/acme-billing@1").has("namespace.internal-from-public"));
}

TEST_CASE("modules of Go come from where their path says, if something says so") {
    Bench bench(namespace_checker());
    CHECK(bench.member("pkg:golang/git.corp.example/team/m@v1.0.0").has("namespace.internal-from-public"));
    bench.settings.set("assume", std::vector<std::string>{"goprivate"});
    CHECK(bench.member("pkg:golang/git.corp.example/team/m@v1.0.0").clean());
    Bench stated(namespace_checker());
    stated.option(Role::scoped, "direct", "golang", "git.corp.example/**");
    CHECK(stated.member("pkg:golang/git.corp.example/team/m@v1.0.0").clean());
    CHECK(stated.manifest().clean());
    Bench other(namespace_checker());
    other.option(Role::scoped, "direct", "golang", "git.other.example/**");
    CHECK(other.member("pkg:golang/git.corp.example/team/m@v1.0.0").has("namespace.internal-from-public"));
}

TEST_CASE("channels of conda") {
    Bench bench(namespace_checker());
    bench.option(Role::primary, "https://conda.corp.example/acme", "conda");
    bench.option(Role::primary, "conda-forge", "conda");
    CHECK(bench.member("pkg:conda/acme-core").has("namespace.internal-from-public"));
    CHECK(bench.member("pkg:conda/acme-core", "https://conda.corp.example/acme").clean());
    bench.settings.set("assume", std::vector<std::string>{"conda-strict"});
    CHECK(bench.member("pkg:conda/acme-core").clean());
    std::swap(bench.evidence.index_options[0], bench.evidence.index_options[1]);
    CHECK(bench.member("pkg:conda/acme-core").has("namespace.internal-from-public"));
}

TEST_CASE("a mirror of everything leaves a POM's repositories unasked") {
    Bench bench(namespace_checker());
    bench.option(Role::extra, "https://r.example/", "maven");
    bench.option(Role::primary, "https://maven.corp.example/", "maven");
    CHECK(bench.manifest().has("namespace.extra-index"));
    bench.evidence.index_options.back().written = "mirrorOf *";
    CHECK(bench.manifest().clean());
}

TEST_CASE("checksums of Go's modules") {
    Bench bench(registry_checker());
    bench.option(Role::trusted_host, "git.corp.example", "golang");
    CHECK(bench.manifest().clean());
    bench.option(Role::trusted_host, "git.corp.example/team/", "golang");
    CHECK(bench.manifest().clean());
    bench.option(Role::trusted_host, "*", "golang");
    CHECK(bench.manifest().has("registry.checksums-off"));
    Bench near(registry_checker());
    near.option(Role::trusted_host, "git.corp.example.evil.example", "golang");
    CHECK(near.manifest().has("registry.checksums-off"));
    Bench direct(registry_checker());
    direct.option(Role::scoped, "direct", "golang", "git.corp.example/**");
    CHECK(direct.manifest().clean());
}

TEST_CASE("images by short names, channels by words") {
    Bench bench(registry_checker());
    Requirement image;
    image.reference = *parse_reference("oci:docker.io/library/python:3.12");
    image.url = "docker.io";
    image.written = "python:3.12";
    CHECK(bench.member(image).clean());
    bench.settings.set("qualified", true);
    CHECK(bench.member(image).has("registry.unqualified"));
    CHECK(bench.findings.front().fix.find("docker.io/library/python:3.12") != std::string::npos);
    image.written = "library/python:3.12";
    CHECK(bench.member(image).has("registry.unqualified"));
    image.written = "docker.io/library/python:3.12";
    CHECK(bench.member(image).clean());
    image.written = "localhost/x:1";
    CHECK_FALSE(bench.member(image).has("registry.unqualified"));

    Bench conda(registry_checker());
    conda.option(Role::primary, "conda-forge", "conda");
    CHECK(conda.manifest().clean());
    conda.option(Role::primary, "defaults", "conda");
    CHECK(conda.manifest().has("registry.default-channels"));
    CHECK(conda.findings.front().severity == Severity::low);
}

TEST_CASE("a hub's own place may be another") {
    Bench bench(registry_checker());
    bench.option(Role::primary, "https://hub.example", "hf");
    CHECK(bench.manifest().clean());
    bench.option(Role::primary, "https://mirror.evil.example", "hf");
    CHECK(bench.manifest().has("registry.not-allowed"));
}

TEST_CASE("packages that take another's place") {
    Bench bench(integrity_checker());
    bench.evidence.findings = {{"manifest.redirect", Severity::high, "m", {}, "w", "f"}};
    Requirement fork;
    fork.reference = *parse_reference("pkg:cargo/serde");
    fork.source = Requirement::Source::git;
    fork.markers = "patch";
    bench.evidence.requirements = {fork};
    CHECK(bench.manifest().has("manifest.redirect"));
    bench.settings.set("allow-redirects", std::vector<std::string>{"pkg:cargo/serde"});
    CHECK(bench.manifest().clean());
    Requirement other = fork;
    other.reference = *parse_reference("pkg:cargo/rand");
    bench.evidence.requirements.push_back(other);
    CHECK(bench.manifest().has("manifest.redirect"));
    bench.evidence.requirements.clear();     // sources that are replaced name no package
    CHECK(bench.manifest().has("manifest.redirect"));
}

TEST_CASE("names of the hub without organisation") {
    Bench bench(integrity_checker());
    const std::string commit(40, 'c');
    CHECK(bench.member("hf:bert-base-uncased@" + commit).has("integrity.legacy-name"));
    CHECK(bench.member("hf:google-bert/bert-base-uncased@" + commit).clean());
    bench.settings.set("hub", std::string("any"));
    CHECK(bench.member("hf:bert-base-uncased").clean());
}
