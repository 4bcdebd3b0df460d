// How long ago it was published.
#include <catch2/catch.hpp>

#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 20'000 * kDay;

Requirement published(const std::string& reference, std::int64_t days_ago) {
    Requirement requirement;
    requirement.reference = *parse_reference(reference);
    requirement.released = kNow - days_ago * kDay;
    return requirement;
}

Bench fresh() {
    Bench bench(freshness_checker());
    bench.now = {kNow};
    return bench;
}

}  // namespace

TEST_CASE("the cooling-off period") {
    Bench bench = fresh();
    CHECK(bench.member(published("pkg:pypi/x@1", 7)).clean());
    CHECK(bench.member(published("pkg:pypi/x@1", 6)).has("freshness.too-new"));
    CHECK(bench.findings.front().severity == Severity::high);
    CHECK(bench.member(published("pkg:pypi/x@1", -1)).has("freshness.not-yet"));
    bench.settings.set("min-age", 5 * kDay);
    CHECK(bench.member(published("pkg:pypi/x@1", 6)).clean());
}

TEST_CASE("a package of unknown age") {
    Bench bench = fresh();
    CHECK(bench.member("pkg:pypi/x@1").has("freshness.unknown-age"));
    bench.settings.set("unknown", std::string("allow"));
    CHECK(bench.member("pkg:pypi/x@1").clean());
    CHECK(bench.member(published("pkg:pypi/x@1", 1)).has("freshness.too-new"));
    Requirement computed;
    computed.dynamic = true;
    CHECK(bench.member(computed).has("freshness.computed"));
    CHECK(bench.manifest().clean());
}

TEST_CASE("what may be new") {
    Bench bench = fresh();
    bench.settings.set("allow", std::vector<std::string>{"pkg:npm/@friends/*"});
    CHECK(bench.member(published("pkg:npm/@friends/x@1", 0)).clean());
    CHECK(bench.member(published("pkg:npm/@others/x@1", 0)).has("freshness.too-new"));
    Requirement internal = published("pkg:npm/@acme/x@1", 0);
    CHECK(bench.member(internal).has("freshness.too-new"));              // from the public registry it is not ours
    internal.url = "https://npm.corp.example/@acme/x/-/x-1.tgz";
    CHECK(bench.member(internal).clean());
    Requirement own = published("pkg:npm/own@1", 0);
    own.source = Requirement::Source::workspace;
    CHECK(bench.member(own).clean());
}

TEST_CASE("the age of the list of popular names") {
    Bench bench = fresh();
    bench.settings.set("unknown", std::string("allow"));
    CHECK(bench.member("pkg:pypi/x@1").clean());
    bench.settings.set("max-data-age", kDay);
    bench.now = {100'000 * kDay};
    CHECK(bench.member("pkg:pypi/x@1").has("freshness.old-data"));
    bench.settings.set("max-data-age", 100'000 * kDay);
    CHECK(bench.member("pkg:pypi/x@1").clean());
}
