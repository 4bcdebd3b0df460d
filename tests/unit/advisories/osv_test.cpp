#include "advisories/osv.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "advisories/cvss.hpp"

using namespace headgate;
using advisories::OsvRecord;

namespace {

Result<OsvRecord> read(std::string_view json, std::string_view wanted = "pypi/acme-tool") {
    return advisories::read_osv(as_bytes(json), [&](const std::string& key) { return key == wanted; });
}

std::string problem(std::string_view json) {
    const auto record = read(json);
    REQUIRE_FALSE(record.ok());
    CHECK(record.error().code == ErrorCode::malformed);
    return record.error().message;
}

// A record with everything that is read, and some that is not.
const std::string kWhole = R"({"schema_version":"1.6.0","id":"GHSA-aaaa-bbbb-cccc","modified":"2026-10-02T03:04:05.678Z","published":"2026-10-01T00:00:00Z",
 "aliases":["CVE-2026-1"],"related":null,"summary":"it breaks","details":"long \u00e9","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected":[{"package":{"ecosystem":"PyPI","name":"Acme_Tool","purl":"pkg:pypi/acme-tool"},
   "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"}]},{"type":"GIT","repo":"https://git.example/x","events":[{"introduced":"0"}]}],
   "versions":["1.0","1.1"],"ecosystem_specific":null,"database_specific":{"source":"https://x.example"}},
  {"package":{"ecosystem":"npm","name":"other"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}],
 "references":[{"type":"WEB","url":"https://x.example"}],"database_specific":{"severity":"CRITICAL","cwe_ids":["CWE-502"],"nvd_published_at":null,"score":-1.5e3}})";

}  // namespace

TEST_CASE("a record is read, field by field") {
    const auto record = read(kWhole);
    REQUIRE(record.ok());
    const Advisory& advisory = record->advisory;
    CHECK(advisory.id == "GHSA-aaaa-bbbb-cccc");
    CHECK(advisory.aliases == std::vector<std::string>{"CVE-2026-1"});
    CHECK(format_instant(advisory.modified) == "2026-10-02T03:04:05Z");
    CHECK(advisory.summary == "it breaks");
    CHECK(advisory.severity == Severity::critical);
    CHECK(advisory.score == "CVSS 9.8");
    CHECK_FALSE(advisory.malicious);
    CHECK_FALSE(record->withdrawn);
    CHECK(record->ecosystems == std::vector<std::string>{"pypi", "npm"});
    REQUIRE(advisory.affected.size() == 1);
    const AffectedPackage& package = advisory.affected.front();
    CHECK(package.key == "pypi/acme-tool");
    CHECK(package.versions == std::vector<std::string>{"1.0", "1.1"});
    REQUIRE(package.ranges.size() == 1);
    CHECK(package.ranges.front() == std::vector<AdvisoryEvent>{{AdvisoryEvent::Kind::introduced, "0"}, {AdvisoryEvent::Kind::fixed, "1.2"}});
    CHECK(package.commits);
}

TEST_CASE("what nobody asks for is passed over, and still counted") {
    const auto record = read(kWhole, "pypi/else");
    REQUIRE(record.ok());
    CHECK(record->advisory.affected.empty());
    CHECK(record->ecosystems.size() == 2);
}

TEST_CASE("malicious, withdrawn and informational records") {
    CHECK(read(R"({"id":"MAL-2026-7","modified":"2026-01-01T00:00:00Z"})")->advisory.malicious);
    CHECK(read(R"({"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","aliases":["MAL-2026-7"]})")->advisory.malicious);
    CHECK(read(R"({"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","database_specific":{"cwe_ids":["CWE-506"]}})")->advisory.malicious);
    CHECK_FALSE(read(R"({"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","aliases":null})")->advisory.malicious);
    CHECK(read(R"({"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","withdrawn":"2026-02-01T00:00:00Z"})")->withdrawn);
    CHECK_FALSE(read(R"({"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","withdrawn":null})")->withdrawn);
    const auto record = read(R"({"id":"R-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"crates)" ".io" R"(","name":"Acme_Tool"},
        "database_specific":{"informational":"unmaintained","cvss":null}}]})", "cargo/acme-tool");
    REQUIRE(record.ok());
    CHECK(record->advisory.affected.at(0).informational == "unmaintained");
    CHECK_FALSE(record->advisory.severity);
}

TEST_CASE("packages by ecosystem and name, and by purl where the ecosystem is another") {
    const auto keyed = [](const std::string& package, const std::string& key) {
        const auto record = read(R"({"id":"X-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":)" + package + "}]}", key);
        return record.ok() && record->advisory.affected.size() == 1;
    };
    CHECK(keyed(R"({"ecosystem":"Maven","name":"org.acme:tool"})", "maven/org.acme/tool"));
    CHECK(keyed(R"({"ecosystem":"Maven:https://maven.example","name":"org.acme:tool"})", "maven/org.acme/tool"));
    CHECK(keyed(R"({"ecosystem":"Go","name":"host.example/Acme/Tool"})", "golang/host.example/acme/tool"));
    CHECK(keyed(R"({"ecosystem":"GitHub Actions","name":"Acme/Tool"})", "github/acme/tool"));
    CHECK(keyed(R"({"ecosystem":"npm","name":"@acme/tool"})", "npm/@acme/tool"));
    CHECK(keyed(R"({"ecosystem":"Hub","name":"x","purl":"pkg:huggingface/Acme/Tool"})", "hf/acme/tool"));
    CHECK_FALSE(keyed(R"({"ecosystem":"Debian:12","name":"tool"})", "deb/tool"));
}

TEST_CASE("a record that breaks the schema is no record") {
    CHECK(problem("{}") == "a record needs \"id\" and \"modified\" at byte 2");
    CHECK(problem(R"({"id":"X-1"})").starts_with("a record needs"));
    const auto with = [](const std::string& member) { return R"({"id":"X-1","modified":"2026-01-01T00:00:00Z",)" + member + "}"; };
    CHECK(problem(with(R"("id":"X-2")")).starts_with("\"id\" twice"));
    CHECK(problem(with(R"("schema_version":"2.0.0")")).starts_with("schema_version 2.0.0: only 1.x is read"));
    CHECK(problem(with(R"("aliases":"CVE-1")")).starts_with("expected an array"));
    CHECK(problem(with(R"("aliases":[1])")).starts_with("expected a text"));
    CHECK(problem(with(R"("withdrawn":"yesterday")")).starts_with("expected a time"));
    CHECK(problem(with(R"("affected":[{"package":{"ecosystem":"PyPI"}}])")).starts_with("a package without ecosystem or name"));
    const auto range = [&](const std::string& text) {
        return problem(with(R"("affected":[{"package":{"ecosystem":"PyPI","name":"acme-tool"},"ranges":[)" + text + "]}]"));
    };
    CHECK(range(R"({"type":"LATER","events":[{"introduced":"0"}]})").starts_with("a range of type LATER"));
    CHECK(range(R"({"type":"ECOSYSTEM","events":[{"fixed":"1"}]})").starts_with("a range without \"introduced\""));
    CHECK(range(R"({"type":"ECOSYSTEM","events":[{"begun":"0"}]})").starts_with("an event that is none of"));
    CHECK(range(R"({"type":"ECOSYSTEM","events":[{}]})").starts_with("an event that says nothing"));
    CHECK(range(R"({"type":"ECOSYSTEM","events":[{"introduced":""}]})").starts_with("an event without version"));
    CHECK(problem(with(R"("details":nul)")).find("at byte") != std::string::npos);
    CHECK(problem(kWhole + "x").starts_with("expected the end"));
    CHECK(problem(with("\"x\":" + std::string(100, '[') + std::string(100, ']'))).starts_with("nested deeper"));
}

TEST_CASE("every beginning of a record is refused") {
    for (std::size_t i = 0; i < kWhole.size(); ++i) {
        const auto record = read(kWhole.substr(0, i));
        CHECK_FALSE(record.ok());
    }
}

TEST_CASE("scores of CVSS") {
    using advisories::cvss_score;
    // CVSS v3.1 examples document, and v4.0 examples document
    CHECK(cvss_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H") == Approx(9.8));
    CHECK(cvss_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N") == Approx(6.1));
    CHECK(cvss_score("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N") == Approx(6.4));
    CHECK(cvss_score("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H") == Approx(7.8));
    CHECK(cvss_score("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N") == Approx(3.1));
    CHECK(cvss_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N") == Approx(0));
    CHECK(cvss_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H") == Approx(10.0));
    CHECK(cvss_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") == Approx(9.3));
    CHECK(cvss_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N") == Approx(6.9));
    CHECK(cvss_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H") == Approx(10.0));
    CHECK(cvss_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N") == Approx(0));
    CHECK(*cvss_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N") >= 8.7);
    for (const std::string text : {"", "AV:N", "CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                                   "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:4.0/AV:N/AC:L", "CVSS:3.1//"}) {
        CAPTURE(text);
        CHECK_FALSE(cvss_score(text));
    }
    CHECK(advisories::severity_of_score(9.0) == Severity::critical);
    CHECK(advisories::severity_of_score(6.9) == Severity::medium);
    CHECK(advisories::severity_of_word("MODERATE") == Severity::medium);
    CHECK_FALSE(advisories::severity_of_word("info"));
}
