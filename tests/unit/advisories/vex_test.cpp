#include "advisories/vex.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace headgate;
using Status = VexStatement::Status;
using Subjects = std::optional<std::vector<advisories::VexSubject>>;

namespace {

Result<std::vector<VexStatement>> read(std::string_view json, const Subjects& subjects = std::nullopt) {
    const auto parsed = codec::parse_json(as_bytes(json));
    REQUIRE(parsed.ok());
    return advisories::read_vex(*parsed, subjects);
}

std::string openvex(const std::string& statement) {
    return R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://acme.example/vex/1","author":"acme","timestamp":"2026-10-01T00:00:00Z","version":1,"statements":[)" +
           statement + "]}";
}

const std::string kNotAffected = R"({"vulnerability":{"name":"CVE-2026-1","aliases":["GHSA-1"]},"products":[{"@id":"pkg:pypi/acme-tool@1.0"}],
    "status":"not_affected","justification":"vulnerable_code_not_in_execute_path"})";

}  // namespace

TEST_CASE("OpenVEX says what of which product") {
    const auto statements = read(openvex(kNotAffected));
    REQUIRE(statements.ok());
    REQUIRE(statements->size() == 1);
    const VexStatement& one = statements->front();
    CHECK(one.vulnerability == std::vector<std::string>{"CVE-2026-1", "GHSA-1"});
    CHECK(one.product.canonical == "pkg:pypi/acme-tool@1.0");
    CHECK(one.status == Status::not_affected);
    CHECK(one.reason == "vulnerable_code_not_in_execute_path");
    CHECK(format_instant(one.stated) == "2026-10-01T00:00:00Z");
}

TEST_CASE("OpenVEX: products without a version, and those that only contain it, are left out") {
    const auto count = [](const std::string& product) {
        const auto statements = read(openvex(R"({"vulnerability":"CVE-2026-1","products":[)" + product + R"(],"status":"fixed"})"));
        REQUIRE(statements.ok());
        return statements->size();
    };
    CHECK(count(R"("pkg:pypi/acme-tool@1.0")") == 1);
    CHECK(count(R"({"identifiers":{"purl":"pkg:pypi/acme-tool@1.0"}})") == 1);
    CHECK(count(R"({"@id":"pkg:pypi/acme-tool"})") == 0);
    CHECK(count(R"({"@id":"https://acme.example/app"})") == 0);
    CHECK(count(R"({"@id":"pkg:pypi/app@1.0","subcomponents":[{"@id":"pkg:pypi/acme-tool@1.0"}]})") == 0);
}

TEST_CASE("OpenVEX in a statement is about its subjects, and those of them that it names") {
    const Subjects subjects = std::vector<advisories::VexSubject>{{"pkg:pypi/acme-tool@1.0", std::string(64, 'a')}, {"image", std::string(64, 'b')}};
    const auto named = read(openvex(kNotAffected), subjects);
    REQUIRE(named->size() == 1);
    CHECK(named->front().digests == std::vector<std::string>{"sha256:" + std::string(64, 'a')});
    const auto inherited = read(openvex(R"({"vulnerability":{"name":"CVE-2026-1"},"status":"fixed"})"), subjects);
    REQUIRE(inherited->size() == 1);
    CHECK(inherited->front().product.name == "acme-tool");
    CHECK(read(openvex(kNotAffected), Subjects(std::vector<advisories::VexSubject>{{"pkg:pypi/acme-tool@2.0", ""}}))->empty());
}

TEST_CASE("what breaks OpenVEX is refused") {
    for (const std::string statement : {R"({"status":"fixed"})", R"({"vulnerability":{},"status":"fixed"})", R"({"vulnerability":"CVE-1"})", R"({"vulnerability":"CVE-1","status":"fine"})",
                                        R"({"vulnerability":"CVE-1","status":"not_affected","justification":"trust me"})", R"({"vulnerability":"CVE-1","status":"fixed","products":{}})",
                                        R"({"vulnerability":"CVE-1","status":"fixed","products":[{"hashes":{"sha-256":"x"}}]})", R"({"vulnerability":"CVE-1","status":"fixed","timestamp":"now"})", "1"}) {
        CAPTURE(statement);
        CHECK_FALSE(read(openvex(statement)).ok());
    }
    CHECK_FALSE(read(R"({"@context":"https://openvex.dev/ns"})").ok());
    CHECK_FALSE(read("{}").ok());
    CHECK_FALSE(read("[]").ok());
}

TEST_CASE("CycloneDX: analysis of a component, at its version or at those that are listed") {
    const auto document = [](const std::string& analysis, const std::string& affects) {
        return R"({"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-10-01T00:00:00Z"},
          "components":[{"type":"library","bom-ref":"a","name":"acme-tool","purl":"pkg:pypi/acme-tool@1.0","hashes":[{"alg":"SHA-256","content":")" +
               std::string(64, 'A') + R"("}]}],"vulnerabilities":[{"id":"CVE-2026-1","references":[{"id":"GHSA-1"}],"analysis":)" + analysis + R"(,"affects":[)" + affects + "]}]}";
    };
    const std::string harmless = R"({"state":"not_affected","justification":"code_not_reachable"})";
    const auto plain = read(document(harmless, R"({"ref":"a"})"));
    REQUIRE(plain.ok());
    REQUIRE(plain->size() == 1);
    CHECK(plain->front().status == Status::not_affected);
    CHECK(plain->front().reason == "code_not_reachable");
    CHECK(plain->front().digests == std::vector<std::string>{"sha256:" + std::string(64, 'a')});
    const auto versions = read(document(harmless, R"({"ref":"a","versions":[{"version":"1.1","status":"unaffected"},{"version":"1.2","status":"affected"},{"version":"1.3","status":"unknown"}]})"));
    REQUIRE(versions->size() == 3);
    CHECK(versions->at(0).product.version == "1.1");
    CHECK(versions->at(0).status == Status::not_affected);
    CHECK(versions->at(1).status == Status::affected);
    CHECK(versions->at(2).status == Status::under_investigation);
    const auto linked = read(document(R"({"state":"resolved"})", R"({"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Apypi%2Facme-tool%401.5"})"));
    REQUIRE(linked->size() == 1);
    CHECK(linked->front().product.version == "1.5");
    CHECK(linked->front().status == Status::fixed);
    CHECK(read(document(harmless, R"({"ref":"b"})"))->empty());
    CHECK_FALSE(read(document(R"({"state":"fine"})", R"({"ref":"a"})")).ok());
    CHECK_FALSE(read(document(harmless, "{}")).ok());
}

TEST_CASE("CSAF: status by product, with why") {
    const auto document = [](const std::string& status, const std::string& more) {
        return R"({"document":{"csaf_version":"2.0","category":"csaf_vex","tracking":{"current_release_date":"2026-10-01T00:00:00Z"}},
          "product_tree":{"branches":[{"category":"vendor","name":"acme","branches":[{"category":"product_version","name":"1.0",
            "product":{"product_id":"P1","name":"acme-tool 1.0","product_identification_helper":{"purl":"pkg:pypi/acme-tool@1.0"}}}]}]},
          "vulnerabilities":[{"cve":"CVE-2026-1","ids":[{"system_name":"x","text":"GHSA-1"}],"product_status":{")" + status + R"(":["P1"]})" + more + "}]}";
    };
    const auto flagged = read(document("known_not_affected", R"(,"flags":[{"label":"component_not_present","product_ids":["P1"]}])"));
    REQUIRE(flagged.ok());
    REQUIRE(flagged->size() == 1);
    CHECK(flagged->front().status == Status::not_affected);
    CHECK(flagged->front().reason == "component_not_present");
    CHECK(flagged->front().vulnerability == std::vector<std::string>{"CVE-2026-1", "GHSA-1"});
    CHECK(read(document("known_not_affected", ""))->front().reason.empty());
    CHECK(read(document("fixed", ""))->front().status == Status::fixed);
    CHECK(read(document("known_affected", ""))->front().status == Status::affected);
    CHECK_FALSE(read(R"({"document":{"csaf_version":"2.0"}})").ok());
}

TEST_CASE("every beginning of a VEX document is refused") {
    const std::string whole = openvex(kNotAffected);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const auto json = codec::parse_json(as_bytes(std::string_view(whole).substr(0, i)));
        CHECK((!json.ok() || !advisories::read_vex(*json, std::nullopt).ok()));
    }
}
