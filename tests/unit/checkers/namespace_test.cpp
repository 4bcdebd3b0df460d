// Dependency confusion.
#include <catch2/catch.hpp>

#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;
using Role = IndexOption::Role;

namespace {

const std::string kSha256 = "sha256:" + std::string(64, 'a');

}  // namespace

TEST_CASE("an internal name from a public or unknown place") {
    Bench bench(namespace_checker());
    CHECK(bench.member("pkg:pypi/acme-billing@1").has("namespace.internal-from-public"));
    CHECK(bench.findings.front().severity == Severity::critical);
    CHECK(bench.member("pkg:pypi/Acme_Billing@1").has("namespace.internal-from-public"));
    CHECK(bench.member("pkg:npm/@acme/x@1", "https://registry.npm.example/@acme/x/-/x-1.tgz").has("namespace.internal-from-public"));
    CHECK(bench.member("pkg:npm/@acme/x@1", "https://other.example/x-1.tgz").has("namespace.internal-from-unknown"));
    CHECK(bench.member("oci:docker.io/base/img:1").has("namespace.internal-from-public"));
    CHECK(bench.member("oci:ghost.example/base/img:1").has("namespace.internal-from-unknown"));
    CHECK(bench.member("pkg:npm/@acme/x@1", "https://npm.corp.example/@acme/x/-/x-1.tgz").clean());
    CHECK(bench.member("oci:registry.corp.example:5000/base/img:1").clean());
    CHECK(bench.member("hf:acme/model").clean());  // an organisation of the hub itself
    CHECK(bench.member("pkg:pypi/requests@1").clean());
    CHECK(bench.member("pkg:pypi/acmebilling@1").clean());
    CHECK(bench.member("pkg:npm/acme@1").clean());
}

TEST_CASE("index options decide where pip looks") {
    Bench bench(namespace_checker());
    bench.option(Role::primary, "https://pypi.corp.example/simple");
    CHECK(bench.member("pkg:pypi/acme-billing@1").clean());
    bench.option(Role::extra, "https://pypi.example/simple");
    CHECK(bench.member("pkg:pypi/acme-billing@1").has("namespace.internal-from-public"));
    CHECK(bench.member("pkg:pypi/acme-billing@1", {}, {kSha256}).clean());  // the hash binds the bytes
    CHECK(bench.member("pkg:pypi/acme-billing@1", {}, {"md5:" + std::string(32, 'a')}).has("namespace.internal-from-public"));

    Bench offline(namespace_checker());
    offline.option(Role::no_index, "");
    offline.option(Role::find_links, "./wheels");
    CHECK(offline.member("pkg:pypi/acme-billing@1").clean());

    Bench extra_only(namespace_checker());
    extra_only.option(Role::extra, "https://pypi.corp.example/simple");  // the default index is still asked
    CHECK(extra_only.member("pkg:pypi/acme-billing@1").has("namespace.internal-from-public"));
}

TEST_CASE("a second index is a finding of the manifest unless every requirement has a hash") {
    Bench bench(namespace_checker());
    bench.option(Role::extra, "https://pypi.corp.example/simple");
    bench.option(Role::find_links, "https://files.example/");
    Requirement hashed;
    hashed.reference = *parse_reference("pkg:pypi/x@1");
    hashed.integrity = {kSha256};
    bench.evidence.requirements = {hashed};
    CHECK(bench.manifest().clean());
    bench.evidence.findings = {{"requirements.hashes-off", Severity::high, "m", {}, "w", "f"}};
    CHECK(bench.manifest().has("namespace.extra-index"));
    bench.evidence.findings.clear();
    bench.evidence.requirements.emplace_back();
    bench.manifest();
    CHECK(bench.has("namespace.extra-index"));
    CHECK(bench.has("namespace.find-links"));
    Bench plain(namespace_checker());
    plain.option(Role::primary, "https://pypi.corp.example/simple");
    CHECK(plain.manifest().clean());
}

TEST_CASE("an option that binds names to one source leaves no other for them") {
    Bench bench(namespace_checker());
    bench.option(Role::scoped, "https://npm.corp.example/", "npm", "@acme/*");
    CHECK(bench.member("pkg:npm/@acme/x@1").clean());
    CHECK(bench.manifest().clean());
    Bench elsewhere(namespace_checker());
    elsewhere.option(Role::scoped, "https://registry.npm.example/", "npm", "@acme/*");
    CHECK(elsewhere.member("pkg:npm/@acme/x@1").has("namespace.internal-from-public"));
    Bench other(namespace_checker());
    other.option(Role::scoped, "https://npm.corp.example/", "npm", "@other/*");
    CHECK(other.member("pkg:npm/@acme/x@1").has("namespace.internal-from-public"));
    Bench none(namespace_checker());
    none.option(Role::scoped, "https://pypi.corp.example/simple");   // an explicit index: for who names it
    CHECK(none.member("pkg:pypi/acme-billing@1").has("namespace.internal-from-public"));
}

TEST_CASE("archives on another host than the index are sources too") {
    Bench bench(namespace_checker());
    Requirement requirement;
    requirement.reference = *parse_reference("pkg:pypi/acme-billing@1");
    requirement.url = "https://pypi.corp.example/simple";
    CHECK(bench.member(requirement).clean());
    requirement.files = {"https://files.pypi.example/acme_billing-1.whl"};
    CHECK(bench.member(requirement).has("namespace.internal-from-public"));
}

TEST_CASE("a manifest that names the public registry adds no source to it") {
    Bench bench(namespace_checker());
    bench.option(Role::extra, "https://maven.example/", "maven");
    CHECK(bench.manifest().clean());
    bench.option(Role::primary, "https://maven.corp.example/", "maven");
    CHECK(bench.manifest().has("namespace.extra-index"));
    Bench pip(namespace_checker());
    pip.option(Role::extra, "https://pypi.example/simple");          // what pip asks first, settings elsewhere say
    CHECK(pip.manifest().has("namespace.extra-index"));
}

TEST_CASE("assertions and computed names") {
    Bench bench(namespace_checker());
    CHECK(bench.bare("hf:acme/model", true).has("namespace.asserted"));
    CHECK(bench.bare("hf:meta/model", true).clean());
    CHECK(bench.bare("file:x.pkl", true).clean());
    CHECK(bench.bare("pkg:pypi/acme-x").has("namespace.asserted"));
    bench.settings.set("bare-names", std::string("judge"));
    CHECK(bench.bare("oci:registry.corp.example:5000/base/x").clean());
    CHECK(bench.bare("pkg:pypi/acme-x").has("namespace.internal-from-public"));
    Requirement computed;
    computed.dynamic = true;
    CHECK(bench.member(computed).has("namespace.computed"));
}
