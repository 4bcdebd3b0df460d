#include "sigstore/fulcio.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

std::string answer(const std::vector<std::string>& pems, const std::string& kind = "signedCertificateEmbeddedSct") {
    std::string certificates;
    for (const std::string& pem : pems) certificates += (certificates.empty() ? "\"" : ",\"") + codec::escape_json(pem) + "\"";
    return "{\"" + kind + R"(":{"chain":{"certificates":[)" + certificates + "]}}}";
}

Result<Identity> issued(const LeafRecipe& wish, const World& of = world(), std::int64_t now = kNow) {
    return check_issued(of.leaf(wish), world().leaf_key.open(), world().trusted_root(), Instant{now});
}

}  // namespace

TEST_CASE("Fulcio is asked with the token, the key, and the subject signed by it") {
    const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256).value();
    const auto json = codec::parse_json(as_bytes(certificate_request({"a.b.c", "https://ci.example", "repo:acme/ml", std::nullopt}, key).value())).value();
    CHECK(*json.find("credentials")->find_text("oidcIdentityToken") == "a.b.c");
    const codec::Json& wanted = *json.find("publicKeyRequest");
    CHECK(crypto::PublicKey::from_pem(*wanted.find("publicKey")->find_text("content")).value().spki() == key.public_key().spki());
    CHECK(key.public_key().verify(as_bytes("repo:acme/ml"), from_base64(*wanted.find_text("proofOfPossession")).value()));
}

TEST_CASE("Fulcio's answer is a chain, leaf first") {
    const crypto::Certificate certificate = world().leaf();
    const std::string leaf = certificate.pem();
    CHECK(read_certificate_answer(as_bytes(answer({leaf, world().root.pem()}))).value().front() == certificate);
    for (const std::string& text : {std::string("{}"), std::string("[]"), std::string("<html>"), answer({}), answer({"no pem"}), answer({leaf + leaf}),
                                    answer({leaf}, "signedCertificateDetachedSct"), answer(std::vector<std::string>(11, leaf))}) {
        const auto read = read_certificate_answer(as_bytes(text));
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().code == ErrorCode::malformed);
    }
    const std::string whole = answer({leaf});
    for (std::size_t length = 0; length < whole.size(); length += 3) CHECK_FALSE(read_certificate_answer(as_bytes(whole.substr(0, length))).ok());
}

TEST_CASE("a certificate that verifiers would refuse is not signed with") {
    CHECK(issued({}).value().san.value == kSan);
    CHECK_THAT(check_issued(world().leaf(), world().ct_key.open(), world().trusted_root(), Instant{kNow}).error().message, Catch::Contains("another key"));
    LeafRecipe no_sct;
    no_sct.scts = 0;
    CHECK_THAT(issued(no_sct).error().message, Catch::Contains("no SCT"));
    LeafRecipe wrong_sct;
    wrong_sct.wrong_sct_issuer = true;
    CHECK_THAT(issued(wrong_sct).error().message, Catch::Contains("SCT"));
    LeafRecipe for_servers;
    for_servers.usage = "serverAuth";
    CHECK_FALSE(issued(for_servers).ok());
    LeafRecipe for_nothing;
    for_nothing.key_usage = "critical,keyEncipherment";
    CHECK_THAT(issued(for_nothing).error().message, Catch::Contains("digitalSignature"));
    CHECK_FALSE(issued({}, world(), kNow + 3600).ok());  // it has ended
    CHECK_FALSE(issued({}, world(), kNow - 3600).ok());
}
