#include "sigstore/trusted_root.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void check_refused(const std::string& json, const std::string& why) {
    const auto root = parse_trusted_root(as_bytes(json));
    REQUIRE_FALSE(root.ok());
    CHECK(root.error().code == ErrorCode::malformed);
    CHECK_THAT(root.error().message, Catch::Contains(why));
}

const std::string kStart = R"("validFor":{"start":"2022-01-01T00:00:00Z"})";

}  // namespace

TEST_CASE("a trusted root names logs and authorities") {
    const TrustedRoot root = world().trusted_root();
    REQUIRE(root.logs.size() == 2);
    CHECK(root.logs[0].base_url == "https://rekor.example");
    CHECK(root.logs[0].id == world().rekor_id());
    CHECK(root.logs[0].origin.empty());
    CHECK(root.logs[1].origin == world().tiles_host);  // Rekor v2: the id binds it
    CHECK(root.ct_logs.size() == 1);
    REQUIRE(root.certificate_authorities.size() == 1);
    CHECK(root.certificate_authorities[0].chain.front() == world().issuer);
    CHECK(root.certificate_authorities[0].chain.back() == world().root);
    CHECK(root.timestamp_authorities.size() == 1);
    CHECK(root.certificate_authorities[0].id != root.timestamp_authorities[0].id);
}

TEST_CASE("a validity is a closed interval, and has a start") {
    const ValidFor valid{Instant{10}, Instant{20}};
    CHECK_FALSE(valid.contains(Instant{9}));
    CHECK(valid.contains(Instant{10}));
    CHECK(valid.contains(Instant{20}));
    CHECK_FALSE(valid.contains(Instant{21}));
    CHECK(ValidFor{Instant{10}, std::nullopt}.contains(Instant{1'000'000'000}));

    const std::string json = world().trusted_root_json();
    for (std::size_t at = json.find(kStart); at != std::string::npos; at = json.find(kStart, at + 1)) {
        for (const char* other : {R"("validFor":{})", R"("validFor":{"end":"2030-01-01T00:00:00Z"})", R"("validFor":{"start":null})",
                                  R"("validFor":{"start":"soon"})", R"("validFor":{"start":"2022-01-01T00:00:00Z","end":"2021-01-01T00:00:00Z"})"}) {
            std::string changed = json;
            changed.replace(at, kStart.size(), other);
            CHECK_FALSE(parse_trusted_root(as_bytes(changed)).ok());
        }
        std::string without = json;
        without.replace(at, kStart.size(), R"("operator":null)");
        CHECK_FALSE(parse_trusted_root(as_bytes(without)).ok());
    }
    check_refused(replaced(json, kStart, R"("validFor":{})"), "\"start\"");
    CHECK(parse_trusted_root(as_bytes(replaced(json, kStart, R"("validFor":{"start":"2022-01-01T00:00:00.123456789Z","end":null})"))).ok());
}

TEST_CASE("media types, members and kinds that nobody knows") {
    const std::string json = world().trusted_root_json();
    CHECK(parse_trusted_root(as_bytes(replaced(json, "version=0.1", "version=0.2"))).ok());
    check_refused(replaced(json, "version=0.1", "version=0.3"), "mediaType");
    check_refused(replaced(json, "\"tlogs\"", "\"tlog\""), "\"tlog\"");
    check_refused(replaced(json, "{\"baseUrl\"", "{\"trust\":\"all\",\"baseUrl\""), "\"trust\"");
    check_refused(replaced(json, "SHA2_256", "SHA2_512"), "hashAlgorithm");
    check_refused(replaced(json, "PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519_PH"), "PKIX_ED25519_PH");
    check_refused(replaced(json, "PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P384_SHA_384"), "declared as");
    check_refused(R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"})", "names no log");
    check_refused("{}", "mediaType");
}

TEST_CASE("a log's id is its key's") {
    const std::string json = world().trusted_root_json();
    check_refused(replaced(json, to_base64(world().rekor_id()), to_base64(Bytes(32, 7))), "not its key's");
    // Rekor v2: the id of another origin.
    check_refused(replaced(json, "https://" + world().tiles_host, "https://other.example"), "not its key's");
    CHECK(parse_trusted_root(as_bytes(replaced(json, "https://" + world().tiles_host, "https://" + world().tiles_host + "/path"))).ok());
    CHECK(parse_trusted_root(as_bytes(replaced(json, "https://" + world().tiles_host, "https://" + world().tiles_host + ":8080"))).ok());
}

TEST_CASE("a trusted root is read whole or not at all, and has limits") {
    const std::string json = world().trusted_root_json();
    for (std::size_t length = 0; length < json.size(); length += length + 100 > json.size() ? 1U : 29U) {
        CHECK_FALSE(parse_trusted_root(as_bytes(json.substr(0, length))).ok());
    }
    const std::size_t begin = json.find("\"tlogs\":[") + 9;
    const std::string item = json.substr(begin, json.find("},{") + 1 - begin);
    std::string many = item;
    for (std::size_t i = 0; i < kMaxInstances; ++i) many += "," + item;
    check_refused(json.substr(0, begin) + many + json.substr(json.find("],\"certificateAuthorities\"")), "at most 64");
    const std::string certificate = R"({"rawBytes":")" + to_base64(world().root.der()) + R"("})";
    std::string chain = certificate;
    for (std::size_t i = 0; i < kMaxAuthorityChain; ++i) chain += "," + certificate;
    check_refused(replaced(json, certificate, chain), "at most 8");
    check_refused(replaced(json, R"({"rawBytes":")" + to_base64(world().issuer.der()) + R"("},)" + certificate, ""), "no certificate");
}

TEST_CASE("an RSA key as PKCS#1 has the id of its SPKI") {
    const Key rsa(crypto::KeyType::rsa);
    unsigned char* der = nullptr;
    const int length = i2d_PublicKey(rsa.get(), &der);
    REQUIRE(length > 0);
    const Bytes pkcs1(der, der + length);
    OPENSSL_free(der);
    const std::string json = R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[{"baseUrl":"https://a.example",)"
                             R"("hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":")" + to_base64(pkcs1) + R"(","keyDetails":"PKCS1_RSA_PKCS1V5",)" +
                             kStart + R"(},"logId":{"keyId":")" + to_base64(rsa.open().spki_sha256()) + R"("}}]})";
    CHECK(parse_trusted_root(as_bytes(json)).value().logs.at(0).key.spki() == rsa.open().spki());
}
