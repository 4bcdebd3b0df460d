#include "attest/given_evidence.hpp"

#include <catch2/catch.hpp>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::anchor;
using attest_test::file;
using attest_test::key;
using attest_test::statement;

namespace {

constexpr std::string_view kTest = "https://in-toto.io/attestation/test-result/v0.1";

std::string line_about(const std::string& sha256, std::size_t number = 0) {
    return sign_envelope(kInTotoPayload, statement({sha256, {}}, kTest, "{}"), key(number)).value() + "\n";
}
std::string digest_of(std::size_t number) { return crypto::sha256_hex(as_bytes(std::to_string(number))); }

Evidence about(const std::string& content, const std::string& sha256) {
    const GivenEvidence given("all.intoto.jsonl", Bytes(content.begin(), content.end()));
    Subject subject;
    subject.digest.sha256 = sha256;
    Evidence out;
    given.read_about({subject, {}}, Trust{{anchor("ci")}, {}, {}}, {1'800'000'000}, out);
    return out;
}

}  // namespace

TEST_CASE("of the evidence of a thousand subjects each is shown its own") {
    std::string lines;
    for (std::size_t i = 0; i < 1000; ++i) lines += line_about(digest_of(i));
    for (const std::size_t i : {0U, 500U, 999U}) {
        const Evidence found = about(lines, digest_of(i));
        CHECK(found.findings.empty());
        CHECK(found.signatures.empty());
        REQUIRE(found.statements.size() == 1);
        CHECK(found.statements.front().where.line == i + 1);
        CHECK(found.statements.front().signers == std::vector<std::string>{"ci"});
    }
    CHECK(about(lines, digest_of(1000)).statements.empty());
}

TEST_CASE("what does not tell what it is about is shown to everybody") {
    const std::string other = line_about(digest_of(1));
    const Evidence broken = about(other + "{\n" + line_about(digest_of(0)), digest_of(0));
    CHECK(broken.statements.size() == 1);
    REQUIRE(broken.findings.size() == 1);
    CHECK(broken.findings.front().id == "evidence.malformed");
    CHECK(broken.findings.front().where.line == 2);
    // A file with one document in it says what is wrong with that.
    const Evidence alone = about(other, digest_of(0));
    CHECK(alone.statements.empty());
    REQUIRE(alone.signatures.size() == 1);
    CHECK(alone.signatures.front().problem == "it is about other bytes");
    CHECK(about("", digest_of(0)).findings.size() == 1);
}

TEST_CASE("a stranger's statement about the subject stays a stranger's") {
    const Evidence found = about(line_about(digest_of(0), 1) + line_about(digest_of(1)), digest_of(0));
    CHECK(found.statements.empty());
    REQUIRE(found.signatures.size() == 1);
    CHECK(found.signatures.front().signers.empty());
}

TEST_CASE("more documents than a file may hold are a finding") {
    std::string lines;
    for (std::size_t i = 0; i <= GivenEvidence::kMostDocuments; ++i) lines += "{}\n";
    const Evidence found = about(lines, digest_of(0));
    REQUIRE(found.findings.size() == 1);
    CHECK(found.findings.front().message.find("20000") != std::string::npos);
}
