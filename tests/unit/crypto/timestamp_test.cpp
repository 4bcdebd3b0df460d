#include "crypto/timestamp.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::crypto;
using namespace headgate::recipes;

namespace {

const Bytes kMessage = bytes_of("the signature's bytes");

Bytes made(TimestampRecipe recipe = {}) {
    if (recipe.time == 0) recipe.time = kNow;
    return make_timestamp(kMessage, world().tsa, world().tsa_key, recipe);
}

// The world's authority: its leaf, nothing between, its root.
Result<void> verify(const Bytes& response, ByteView message, std::optional<Certificate> leaf, const std::vector<Certificate>& anchors) {
    const auto timestamp = Timestamp::from_response(response);
    if (!timestamp.ok()) return timestamp.error();
    return timestamp->verify(message, {std::move(leaf), {}, anchors});
}

void check_refused(const Result<void>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

// The same response with another spelling of the same length in genTime.
Bytes with_time(const std::string& text) {
    Bytes der = made();
    const std::string before = "20231114221320Z";
    const auto at = as_text(der).find(before);
    REQUIRE(at != std::string_view::npos);
    REQUIRE(text.size() == before.size());
    std::copy(text.begin(), text.end(), der.begin() + static_cast<std::ptrdiff_t>(at));
    return der;
}

}  // namespace

TEST_CASE("a timestamp verifies against its authority, with its certificate inside or not") {
    for (const bool embed : {true, false}) {
        TimestampRecipe recipe;
        recipe.time = kNow;
        recipe.embed = embed;
        const Bytes response = made(recipe);
        CHECK(Timestamp::from_response(response).value().gen_time() == Instant{kNow});
        CHECK(verify(response, kMessage, world().tsa, {world().tsa_root}).ok());
        CHECK(verify(response, kMessage, world().tsa, {world().tsa}).ok());  // an authority without a root of its own
        // A store that holds only roots needs the signer in the token.
        CHECK(verify(response, kMessage, std::nullopt, {world().tsa_root}).ok() == embed);
    }
}

TEST_CASE("SHA-256, 384 and 512, and nothing weaker") {
    for (const EVP_MD* hash : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
        TimestampRecipe recipe;
        recipe.time = kNow;
        recipe.imprint = hash;
        recipe.signed_over = hash;
        CHECK(verify(made(recipe), kMessage, world().tsa, {world().tsa_root}).ok());
    }
    TimestampRecipe weak;
    weak.time = kNow;
    weak.imprint = EVP_sha1();
    check_refused(verify(made(weak), kMessage, world().tsa, {world().tsa_root}), "imprint is over another hash");
    weak.imprint = EVP_sha256();
    weak.signed_over = EVP_sha1();
    check_refused(verify(made(weak), kMessage, world().tsa, {world().tsa_root}), "signed over another hash");
}

TEST_CASE("a timestamp of other bytes, by another, or with a bit changed") {
    const Bytes response = made();
    check_refused(verify(response, bytes_of("other"), world().tsa, {world().tsa_root}), "of other bytes");
    check_refused(verify(response, kMessage, world().tsa, {}), "no trusted certificate");
    check_refused(verify(response, kMessage, world().tsa, {world().root}), "does not hold");
    Bytes changed = response;
    changed.back() ^= 1U;  // in the signature
    check_refused(verify(changed, kMessage, world().tsa, {world().tsa_root}), "");
}

TEST_CASE("only the authority's own leaf may sign (CVE-2026-39984)") {
    // A second certificate under the same root signs, and lies in the token beside the real one.
    const Key other_key(KeyType::ecdsa_p256);
    const Certificate other = world().make_tsa("another", other_key);
    TimestampRecipe recipe;
    recipe.time = kNow;
    recipe.extra = {world().tsa};
    const Bytes response = make_timestamp(kMessage, other, other_key, recipe);
    check_refused(verify(response, kMessage, world().tsa, {world().tsa_root}), "another certificate than the authority's");
    CHECK(verify(response, kMessage, other, {world().tsa_root}).ok());
    CHECK(verify(response, kMessage, std::nullopt, {world().tsa_root}).ok());
}

TEST_CASE("of several roots of one name each is tried") {
    CertificateRecipe root;
    root.name = "tsa root";
    root.not_before = kNow - 86'400;
    root.not_after = kNow + 86'400;
    root.ca = true;
    root.key_usage = "critical,keyCertSign";
    root.key_identifiers = false;
    const Certificate real = make_certificate(root, world().tsa_root_key, world().tsa_root_key);
    const Certificate namesake = make_certificate(root, world().root_key, world().root_key);
    CertificateRecipe signer = root;
    signer.name = "tsa";
    signer.issuer_name = "tsa root";
    signer.ca = false;
    signer.key_usage = "critical,digitalSignature";
    signer.extended_key_usage = "critical,timeStamping";
    const Certificate leaf = make_certificate(signer, world().tsa_key, world().tsa_root_key);
    TimestampRecipe recipe;
    recipe.time = kNow;
    const Bytes response = make_timestamp(kMessage, leaf, world().tsa_key, recipe);
    for (const std::optional<Certificate>& of : {std::optional<Certificate>(leaf), std::optional<Certificate>()}) {
        CHECK(verify(response, kMessage, of, {real, namesake}).ok());
        CHECK(verify(response, kMessage, of, {namesake, real}).ok());
        check_refused(verify(response, kMessage, of, {namesake, world().tsa_root}), "does not hold");
    }
}

TEST_CASE("the authority's certificate must hold at the stated time") {
    TimestampRecipe recipe;
    for (const auto& [time, good] : {std::pair{kNow - 86'401, false}, {kNow - 86'400, true}, {kNow + 86'399, true}, {kNow + 86'401, false}}) {
        recipe.time = time;
        CHECK(verify(made(recipe), kMessage, world().tsa, {world().tsa_root}).ok() == good);
    }
}

TEST_CASE("the time is UTC with seconds and Z") {
    CHECK(Timestamp::from_response(with_time("20231114221319Z")).ok());
    for (const char* text : {"202311142213+00", "2023111422132.Z", "20231114221320z", "2023111422132 Z", "20231314221320Z", "2023111422.320Z"}) {
        CAPTURE(text);
        CHECK_FALSE(Timestamp::from_response(with_time(text)).ok());
    }
}

TEST_CASE("a response is read whole or not at all") {
    const Bytes response = made();
    for (std::size_t length = 0; length < response.size(); ++length) {
        CHECK_FALSE(Timestamp::from_response(ByteView(response).first(length)).ok());
    }
    Bytes longer = response;
    longer.push_back(0);
    CHECK_THAT(Timestamp::from_response(longer).error().message, Catch::Contains("behind"));
    CHECK_FALSE(Timestamp::from_response(Bytes(kMaxTimestampBytes + 1)).ok());
    CHECK_FALSE(Timestamp::from_token(response).ok());  // a response is no token
    // A refusal of the authority: PKIStatus 2 (rejection), no token.
    CHECK_THAT(Timestamp::from_response(Bytes{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02}).error().message, Catch::Contains("did not grant"));
    CHECK_FALSE(Timestamp::from_response(Bytes{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00}).ok());  // granted, without a token
}

TEST_CASE("a token by itself, as Notation carries it") {
    const Bytes response = made();
    const unsigned char* at = response.data();
    const std::unique_ptr<TS_RESP, Deleter<TS_RESP_free>> parsed(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
    unsigned char* der = nullptr;
    const int length = i2d_PKCS7(TS_RESP_get_token(parsed.get()), &der);
    REQUIRE(length > 0);
    const Bytes token(der, der + length);
    OPENSSL_free(der);
    const auto timestamp = Timestamp::from_token(token);
    REQUIRE(timestamp.ok());
    const std::vector<Certificate> anchors = {world().tsa_root};
    CHECK(timestamp->verify(kMessage, {std::nullopt, {}, anchors}).ok());
    CHECK(timestamp->signer({std::nullopt, {}, anchors}).value() == world().tsa);
}
