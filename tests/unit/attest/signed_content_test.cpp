#include "attest/signed_content.hpp"

#include <catch2/catch.hpp>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::anchor;
using attest_test::key;

namespace {

constexpr Instant kNow{1'796'000'000};
const std::string kDocument = R"({"@context":"https://openvex.dev/ns/v0.2.0","statements":[]})";

Result<std::vector<SignedContent>> read(const std::string& file, const std::optional<std::string>& beside = std::nullopt, std::optional<Trust> trust = std::nullopt) {
    std::optional<Bytes> bundle;
    if (beside) bundle.emplace(beside->begin(), beside->end());
    return read_signed_content("vex.json", as_bytes(file), bundle, "vex.json.sigstore.json", trust ? *trust : Trust{{anchor("appsec")}, {}, {}}, kNow);
}

bool is_by_appsec(const SignedContent& content) {
    return content.signatures.size() == 1 && content.signatures.front().signers == std::vector<std::string>{"appsec"} && content.signatures.front().key_ids.size() == 1;
}

}  // namespace

TEST_CASE("a document by itself is nobody's") {
    const auto read_one = read(kDocument);
    REQUIRE(read_one.ok());
    REQUIRE(read_one->size() == 1);
    CHECK(read_one->front().signatures.empty());
    CHECK_FALSE(read_one->front().subjects);
    CHECK(read_one->front().digest == crypto::sha256_hex(as_bytes(kDocument)));
}

TEST_CASE("as the payload of an envelope, and as the predicate of a statement") {
    const auto plain = read(sign_envelope("application/vnd.openvex+json", kDocument, key()).value());
    REQUIRE(plain.ok());
    CHECK(is_by_appsec(plain->front()));
    CHECK_FALSE(plain->front().subjects);
    CHECK(plain->front().content.find("statements") != nullptr);
    const std::string statement = attest_test::statement({std::string(64, 'a'), {}}, "https://openvex.dev/ns", kDocument);
    const auto predicate = read(sign_envelope(kInTotoPayload, statement, key()).value());
    REQUIRE(predicate.ok());
    CHECK(is_by_appsec(predicate->front()));
    REQUIRE(predicate->front().subjects);
    CHECK(predicate->front().subjects->at(0).name == "x");
    CHECK(predicate->front().subjects->at(0).sha256 == std::string(64, 'a'));
    CHECK(predicate->front().content.find("statements") != nullptr);
}

TEST_CASE("by a stranger, and by a key outside its window") {
    const auto stranger = read(sign_envelope("application/vnd.openvex+json", kDocument, key(1)).value());
    REQUIRE(stranger.ok());
    CHECK(stranger->front().signatures.at(0).signers.empty());
    Trust ended{{anchor("appsec")}, {}, {}};
    ended.keys[0].not_after = Instant{kNow.seconds - 1};
    const auto late = read(sign_envelope("application/vnd.openvex+json", kDocument, key()).value(), std::nullopt, ended);
    CHECK(late->front().signatures.at(0).signers.empty());
    CHECK_FALSE(late->front().signatures.at(0).key_problem.empty());
}

TEST_CASE("lines of several documents") {
    const std::string line = sign_envelope("application/vnd.openvex+json", kDocument, key()).value();
    const auto both = read(line + "\n" + sign_envelope("application/vnd.openvex+json", kDocument, key(1)).value() + "\n");
    REQUIRE(both.ok());
    REQUIRE(both->size() == 2);
    CHECK(is_by_appsec(both->at(0)));
    CHECK(both->at(1).signatures.at(0).signers.empty());
}

TEST_CASE("what is no document is an error; what lies beside and is no signature is nobody's") {
    for (const std::string broken : {"", "{", "{\"payloadType\":1}", "{\"messageSignature\":{}}"}) {
        CAPTURE(broken);
        CHECK_FALSE(read(broken).ok());
    }
    CHECK_FALSE(read(sign_envelope(kInTotoPayload, "{}", key()).value()).ok());
    CHECK_FALSE(read(sign_envelope("text/plain", "no JSON", key()).value()).ok());
    const auto beside = read(kDocument, "{}");
    REQUIRE(beside.ok());
    for (const Signature& signature : beside->front().signatures) CHECK(signature.signers.empty());
}
