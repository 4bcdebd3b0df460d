#include <catch2/catch.hpp>

#include "unit/attest/packages_fixture.hpp"

using namespace headgate;
using namespace headgate::packages_test;

namespace {

std::string provenance_object(const std::string& attestation, const std::string& publisher) {
    return R"({"version":1,"attestation_bundles":[{"publisher":)" + publisher + R"(,"attestations":[)" + attestation + "]}]}";
}
std::string publish(const std::string& predicate = "null", const std::string& name = kFile, const std::string& more = "") {
    return statement(name, std::string(kPypiPublish), predicate, "sha256", more);
}

Result<VerifiedStatement> verify(const std::string& json, const std::string& file = kFile) {
    const auto attestations = parse_pep740(as_bytes(json));
    INFO((attestations.ok() ? "" : attestations.error().message));
    REQUIRE(attestations.ok());
    return verify_pep740(attestations->front(), request(), file, digests(), {});
}
void check_refused(const Result<VerifiedStatement>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

sigstore::Identity github() {
    sigstore::Identity identity;
    identity.san = {crypto::AltName::Kind::uri, "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1"};
    identity.issuer = "https://token.actions.githubusercontent.com";
    identity.claims = {{"sourceRepositoryUri", "https://github.com/acme/model"}, {"sourceRepositoryRef", "refs/tags/v1"}, {"sourceRepositoryDigest", std::string(40, 'a')},
                       {"buildConfigUri", "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1"}, {"deploymentEnvironment", "pypi"}};
    return identity;
}

}  // namespace

TEST_CASE("a publish attestation of a wheel") {
    const auto verified = verify(pep740_object(envelope(publish())));
    INFO((verified.ok() ? "" : verified.error().message));
    REQUIRE(verified.ok());
    CHECK(verified->statement.predicate_type == kPypiPublish);
    CHECK(verified->signature.identity->san.value == kSan);
    CHECK(verify(pep740_object(envelope(publish("{}")))).ok());
    // Another spelling of the same distribution is the same; another distribution is not.
    CHECK(verify(pep740_object(envelope(publish())), "Acme.Model-1.0-py3-none-any.whl").ok());
    check_refused(verify(pep740_object(envelope(publish())), "acme_model-2.0-py3-none-any.whl"), "it is about");
    check_refused(verify(pep740_object(envelope(publish("{\"x\":1}")))), "a publish statement with a predicate");
    check_refused(verify(pep740_object(envelope(publish("null", kFile, R"(,{"name":"b","digest":{"sha256":")" + std::string(64, 'b') + "\"}}")))), "2 subjects, not 1");
    check_refused(verify(pep740_object(envelope(statement(kFile, "https://acme.example/other", "null", "sha256")))), "neither");
    check_refused(verify(pep740_object(envelope(statement(kFile, std::string(kPypiPublish), "null", "sha512")))), "no sha256");
    const auto parsed = parse_pep740(as_bytes(pep740_object(envelope(publish()))));
    check_refused(verify_pep740(parsed->front(), request(), kFile, {{"sha256", std::string(64, '0')}}, {}), "not among its subjects");
    check_refused(verify_pep740(parsed->front(), request(), kFile, {}, {}), "not among its subjects");
}

TEST_CASE("provenance of a wheel is bound to its certificate") {
    const auto with = [](const std::string& predicate) { return pep740_object(envelope(statement(kFile, std::string(kProvenanceV1), predicate, "sha256"), ci_leaf())); };
    const auto verified = verify(with(provenance()));
    INFO((verified.ok() ? "" : verified.error().message));
    CHECK(verified.ok());
    check_refused(verify(with(provenance("https://ci.example/other"))), "builder: ");
    check_refused(verify(with(provenance(kSan, "refs/heads/evil"))), "ref: ");
    check_refused(verify(with("null")), "the predicate is no object");
}

TEST_CASE("the unsigned publisher must be the certificate's") {
    const std::string attestation = pep740_object(envelope(publish()));
    // The world's certificates are of no service that an index publishes for.
    check_refused(verify(provenance_object(attestation, R"({"kind":"GitHub","repository":"acme/model","workflow":"release.yml","environment":null})")), "publisher: ");
    const Pep740Publisher publisher{"GitHub", "acme/model", "release.yml", "pypi", ""};
    CHECK(publisher_problem(publisher, github()).empty());
    const auto differs = [&](auto change) {
        Pep740Publisher other = publisher;
        change(other);
        CHECK_THAT(publisher_problem(other, github()), Catch::StartsWith("publisher: "));
    };
    differs([](Pep740Publisher& p) { p.repository = "acme/mode"; });
    differs([](Pep740Publisher& p) { p.workflow = "release.yaml"; });
    differs([](Pep740Publisher& p) { p.environment = "test"; });
    differs([](Pep740Publisher& p) { p.kind = "GitLab"; });
    differs([](Pep740Publisher& p) { p = {"Google", "", "", "", "a@acme.example"}; });
    sigstore::Identity enterprise = github();
    enterprise.issuer += "/acme";
    CHECK_FALSE(publisher_problem(publisher, enterprise).empty());
    sigstore::Identity by_commit = github();
    by_commit.claims["buildConfigUri"] = "https://github.com/acme/model/.github/workflows/release.yml@" + std::string(40, 'a');
    CHECK(publisher_problem(publisher, by_commit).empty());
    sigstore::Identity google;
    google.issuer = "https://accounts.google.com";
    google.san = {crypto::AltName::Kind::email, "a@acme.example"};
    CHECK(publisher_problem({"Google", "", "", "", "a@acme.example"}, google).empty());
    CHECK_FALSE(publisher_problem({"Google", "", "", "", "b@acme.example"}, google).empty());
}

TEST_CASE("objects that break their form are refused by name") {
    const std::string good = pep740_object(envelope(publish()));
    const std::string publisher = R"({"kind":"GitHub","repository":"acme/model","workflow":"release.yml"})";
    REQUIRE(parse_pep740(as_bytes(good)).ok());
    REQUIRE(parse_pep740(as_bytes(provenance_object(good, publisher))).ok());
    const std::vector<std::pair<std::string, std::string>> cases = {
        {replaced(good, "\"version\":1", "\"version\":2"), "is not 1"},
        {replaced(good, "\"version\":1", "\"version\":1,\"x\":1"), "unknown member \"x\""},
        {replaced(good, "\"version\":1", "\"version\":1,\"version\":1"), "version"},
        {replaced(good, "\"transparency_entries\":[", "\"transparency_entries\":[],\"x\":["), "unknown member"},
        {replaced(good, "\"certificate\":\"", "\"certificate\":\"AAAA"), "certificate"},
        {provenance_object("", publisher), "is missing or empty"},
        {provenance_object(good, R"({"kind":"Mallory","repository":"a/b"})"), "none of GitHub"},
        {provenance_object(good, R"({"kind":"GitHub","repository":"a/b"})"), "\"workflow\""},
        {provenance_object(good, "null"), "\"publisher\""},
        {R"({"version":1,"attestation_bundles":[]})", "is missing or empty"},
        {"[]", "no JSON object"},
        {"", "byte"},
    };
    for (const auto& [json, why] : cases) {
        const auto parsed = parse_pep740(as_bytes(json));
        INFO(json.substr(0, 200));
        REQUIRE_FALSE(parsed.ok());
        CHECK_THAT(parsed.error().message, Catch::Contains(why));
    }
    for (std::size_t i = 0; i < good.size(); ++i) CHECK_FALSE(parse_pep740(as_bytes(std::string_view(good).substr(0, i))).ok());
    std::string many = good;
    for (std::size_t i = 1; i < kMaxPep740; ++i) many += "," + good;
    CHECK(parse_pep740(as_bytes(provenance_object(many, publisher))).ok());
    CHECK_FALSE(parse_pep740(as_bytes(provenance_object(many + "," + good, publisher))).ok());
}

TEST_CASE("names of one distribution") {
    const auto same = [](std::string_view a, std::string_view b) { return same_distribution(a, b) && same_distribution(b, a); };
    CHECK(same("a_b-1.0.tar.gz", "A.B-1.0.tar.gz"));
    CHECK(same("a-1.0.tar.gz", "a-1.0.0.tar.gz"));
    CHECK(same("a-1.0-py2.py3-none-any.whl", "a-1.0-py3.py2-none-any.whl"));
    CHECK(same("a-1.0-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a-1.0-cp310-cp310-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"));
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"a-1.0.tar.gz", "a-1.0.zip"},
                                                                              {"a-1.0.tar.gz", "a-1.0.1.tar.gz"},
                                                                              {"a-1.0rc1.tar.gz", "a-1.0.tar.gz"},
                                                                              {"a-1.0.tar.gz", "b-1.0.tar.gz"},
                                                                              {"a-1.0-py3-none-any.whl", "a-1.0-1-py3-none-any.whl"},
                                                                              {"a-1.0-py3-none-any.whl", "a-1.0-py3-none-linux_x86_64.whl"},
                                                                              {"a-1.0-py2.py3-none-any.whl", "a-1.0-py3-none-any.whl"},
                                                                              {"a-1.0-py3-none-any.whl", "a-1.0.tar.gz"}}) {
        INFO(a << " " << b);
        CHECK_FALSE(same(a, b));
    }
    // What is no distribution's name is nothing's, not even its own.
    for (const std::string name : {"", "a", "a.whl", "a-1.0.exe", "a-.tar.gz", "-1.0.tar.gz", "a-x.tar.gz", "a/b-1.0.tar.gz", "a-1.0-py3--any.whl", "a-1.0-py3-none-any-x-y.whl"}) {
        INFO(name);
        CHECK_FALSE(same_distribution(name, name));
    }
    CHECK_FALSE(same_distribution(std::string(kMaxDistributionName, 'a') + "-1.0.tar.gz", std::string(kMaxDistributionName, 'a') + "-1.0.tar.gz"));
}
