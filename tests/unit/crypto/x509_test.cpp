#include "crypto/x509.hpp"

#include <openssl/core_names.h>

#include <catch2/catch.hpp>

#include "crypto/sha256.hpp"
#include "crypto/x509_issuers.hpp"
#include "recipes/certificate_recipe.hpp"

using namespace headgate;
using namespace headgate::crypto;
using namespace headgate::recipes;

namespace {

constexpr std::int64_t kStart = 1'700'000'000;
constexpr std::int64_t kYear = 31'536'000;

// root -> issuer -> leaf, all P-256.
struct Chain {
    Key root_key{KeyType::ecdsa_p256};
    Key issuer_key{KeyType::ecdsa_p256};
    Key leaf_key{KeyType::ecdsa_p256};
    Certificate root = make_root("root", root_key, kStart);
    Certificate issuer = make_certificate(issuer_recipe(), issuer_key, root_key);
    Certificate leaf = make_certificate(leaf_recipe(), leaf_key, issuer_key);

    static CertificateRecipe issuer_recipe() {
        CertificateRecipe recipe;
        recipe.name = "issuer";
        recipe.issuer_name = "root";
        recipe.not_before = kStart;
        recipe.not_after = kStart + kYear;
        recipe.ca = true;
        recipe.key_usage = "critical,keyCertSign";
        return recipe;
    }
    static CertificateRecipe leaf_recipe() {
        CertificateRecipe recipe;
        recipe.name = "leaf, \"quoted\"";
        recipe.issuer_name = "issuer";
        recipe.not_before = kStart + 100;
        recipe.not_after = kStart + 200;
        recipe.extended_key_usage = "codeSigning";
        recipe.san = "URI:https://ci.example/x";
        return recipe;
    }
};

const Chain& chain() {
    static const Chain kChain;
    return kChain;
}

Result<std::vector<Certificate>> verify(const Certificate& leaf, std::vector<Certificate> anchors, std::vector<Certificate> between,
                                        std::int64_t at = kStart + 150, std::string_view usage = kEkuCodeSigning) {
    ChainRequest request;
    request.anchors = anchors;
    request.intermediates = between;
    request.at = Instant{at};
    request.required_eku = usage;
    return verify_chain(leaf, request);
}

void check_refused(const Result<std::vector<Certificate>>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

CertificateRecipe::Extra extra(std::string oid, bool critical) { return {std::move(oid), {0x05, 0x00}, critical}; }

}  // namespace

TEST_CASE("a certificate says what is in it") {
    const Certificate& leaf = chain().leaf;
    CHECK(leaf.subject() == "CN=leaf\\, \\\"quoted\\\"");
    CHECK(leaf.issuer() == "CN=issuer");
    CHECK_FALSE(leaf.self_issued());
    CHECK(chain().root.self_issued());
    CHECK(chain().root.is_ca());
    CHECK_FALSE(leaf.is_ca());
    CHECK(leaf.not_before() == Instant{kStart + 100});
    CHECK(leaf.not_after() == Instant{kStart + 200});
    CHECK(leaf.valid_at(Instant{kStart + 100}));
    CHECK(leaf.valid_at(Instant{kStart + 200}));
    CHECK_FALSE(leaf.valid_at(Instant{kStart + 99}));
    CHECK_FALSE(leaf.valid_at(Instant{kStart + 201}));
    CHECK(leaf.public_key().value().spki() == chain().leaf_key.open().spki());
    CHECK(leaf.spki_sha256() == chain().leaf_key.open().spki_sha256());
    CHECK(leaf.sha256() == sha256_hex(leaf.der()));
    REQUIRE(leaf.key_usage().has_value());
    CHECK(leaf.key_usage()->digital_signature);
    CHECK_FALSE(leaf.key_usage()->key_cert_sign);
    CHECK(leaf.has_extended_key_usage(kEkuCodeSigning));
    CHECK_FALSE(leaf.has_extended_key_usage(kEkuTimeStamping));
    CHECK(leaf.alt_names() == std::vector<AltName>{{AltName::Kind::uri, "https://ci.example/x"}});
    CHECK(leaf.subject_attribute("2.5.4.3") == std::vector<std::string>{"leaf, \"quoted\""});
    CHECK(leaf.subject_attribute("2.5.4.10").empty());
    CHECK(leaf.extension("2.5.29.17").has_value());
    CHECK_FALSE(leaf.extension("1.2.3.4").has_value());
    CHECK_FALSE(leaf.precertificate_tbs().has_value());
}

TEST_CASE("a certificate is read whole or not at all") {
    const ByteView der = chain().leaf.der();
    for (std::size_t length = 0; length < der.size(); ++length) CHECK_FALSE(Certificate::from_der(der.first(length)).ok());
    Bytes longer(der.begin(), der.end());
    longer.push_back(0);
    CHECK_THAT(Certificate::from_der(longer).error().message, Catch::Contains("behind"));
    CHECK_THAT(Certificate::from_der(Bytes(kMaxCertificateBytes + 1)).error().message, Catch::Contains("64 KiB"));
    const std::string pem = chain().leaf.pem();
    CHECK(Certificate::from_pem(" \n" + pem + "\n").value() == chain().leaf);
    CHECK_FALSE(Certificate::from_pem(pem + pem).ok());
    CHECK_FALSE(Certificate::from_pem("text " + pem).ok());
    CHECK_FALSE(Certificate::from_pem(chain().leaf_key.open().pem()).ok());  // a key is no certificate (GHSA-fx35)
    CHECK_FALSE(Certificate::from_pem("").ok());
    CHECK(Certificate::list_from_pem(pem + chain().issuer.pem()).value().size() == 2);
    std::string many;
    for (std::size_t i = 0; i <= kMaxPemCertificates; ++i) many += pem;
    CHECK_THAT(Certificate::list_from_pem(many).error().message, Catch::Contains("64"));
}

TEST_CASE("extensions that would be misread are refused by name") {
    const auto made = [](CertificateRecipe::Extra first, std::optional<CertificateRecipe::Extra> second) {
        CertificateRecipe recipe = Chain::leaf_recipe();
        recipe.extra = {std::move(first)};
        if (second) recipe.extra.push_back(*second);
        return Certificate::from_der(der_of(make_x509(recipe, chain().leaf_key, chain().issuer_key).get()));
    };
    CHECK(made(extra("1.2.3.4", false), std::nullopt).ok());
    CHECK_THAT(made(extra("1.2.3.4", true), std::nullopt).error().message, Catch::Contains("critical extension 1.2.3.4"));
    CHECK_THAT(made(extra("1.2.3.4", false), extra("1.2.3.4", false)).error().message, Catch::Contains("1.2.3.4 twice"));
    CHECK_FALSE(made({"2.5.29.17", {0x30, 0x01}, false}, std::nullopt).ok());  // a second SAN, and a broken one
    CertificateRecipe broken = Chain::leaf_recipe();
    broken.san.clear();
    broken.extra = {{"2.5.29.17", {0x05, 0x00}, false}};
    CHECK_THAT(Certificate::from_der(der_of(make_x509(broken, chain().leaf_key, chain().issuer_key).get())).error().message,
               Catch::Contains("malformed"));
    CertificateRecipe nul = Chain::leaf_recipe();
    nul.san.clear();
    nul.extra = {{"2.5.29.17", {0x30, 0x05, 0x81, 0x03, 'a', 0x00, 'b'}, false}};  // rfc822Name "a\0b"
    CHECK_THAT(Certificate::from_der(der_of(make_x509(nul, chain().leaf_key, chain().issuer_key).get())).error().message,
               Catch::Contains("NUL"));
}

TEST_CASE("the chain is the one that verified, leaf first") {
    const auto found = verify(chain().leaf, {chain().root}, {chain().issuer});
    REQUIRE(found.ok());
    CHECK(*found == std::vector<Certificate>{chain().leaf, chain().issuer, chain().root});
    // An intermediate may be the anchor; then nothing is asked above it.
    CHECK(verify(chain().leaf, {chain().issuer}, {}).value() == std::vector<Certificate>{chain().leaf, chain().issuer});
    CHECK(verify(chain().leaf, {chain().leaf}, {}).value() == std::vector<Certificate>{chain().leaf});
    CHECK(verify(chain().leaf, {chain().root}, {chain().issuer}, kStart + 150, "").ok());
}

TEST_CASE("an issuer is found by its key, not by its name") {
    // The same name with another key stands in front of the real one.
    const Certificate impostor = make_certificate(Chain::issuer_recipe(), Key(KeyType::ecdsa_p256), chain().root_key);
    const auto found = verify(chain().leaf, {chain().root}, {impostor, chain().issuer});
    REQUIRE(found.ok());
    CHECK((*found)[1] == chain().issuer);
    CHECK_FALSE(verify(chain().leaf, {chain().root}, {impostor}).ok());
}

namespace {

// Two or more authorities of one name, none of which says which key it has; leaf and issuers below them neither.
struct Namesakes {
    static CertificateRecipe plain(CertificateRecipe recipe) {
        recipe.key_identifiers = false;
        return recipe;
    }
    static Certificate root_of(const Key& key) {
        CertificateRecipe recipe;
        recipe.name = "root";
        recipe.not_before = kStart;
        recipe.not_after = kStart + kYear;
        recipe.ca = true;
        recipe.key_usage = "critical,keyCertSign";
        recipe.key_identifiers = false;
        return make_certificate(recipe, key, key);
    }
    Certificate root = root_of(chain().root_key);
    Certificate issuer = make_certificate(plain(Chain::issuer_recipe()), chain().issuer_key, chain().root_key);
    Certificate leaf = make_certificate(plain(Chain::leaf_recipe()), chain().leaf_key, chain().issuer_key);

    // Issuers of the same name with keys of their own, under the same root.
    static std::vector<Certificate> impostors(std::size_t count) {
        std::vector<Certificate> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(make_certificate(plain(Chain::issuer_recipe()), Key(KeyType::ecdsa_p256, "impostor " + std::to_string(i)), chain().root_key));
        }
        return made;
    }
    static Result<std::vector<Certificate>> verify(const Certificate& leaf, const std::vector<Certificate>& anchors, const std::vector<Certificate>& between) {
        ChainRequest request{anchors, between, Instant{kStart + 150}, kEkuCodeSigning, false};
        return verify_chain(leaf, request);
    }
};

}  // namespace

TEST_CASE("of several authorities of one name each is tried") {
    const Namesakes names;
    const Certificate other_root = Namesakes::root_of(Key(KeyType::ecdsa_p256, "another root"));
    const std::vector<Certificate> whole = {names.leaf, names.issuer, names.root};
    for (const auto& anchors : {std::vector{names.root, other_root}, std::vector{other_root, names.root}}) {
        CHECK(Namesakes::verify(names.leaf, anchors, {names.issuer}).value() == whole);
    }
    const std::vector<Certificate> impostors = Namesakes::impostors(3);
    for (std::size_t place = 0; place <= impostors.size(); ++place) {
        std::vector<Certificate> between = impostors;
        between.insert(between.begin() + static_cast<std::ptrdiff_t>(place), names.issuer);
        CHECK(Namesakes::verify(names.leaf, {other_root, names.root}, between).value() == whole);
    }
    // None of them is a way up for what none of them issued.
    CHECK_FALSE(Namesakes::verify(names.leaf, {other_root}, {names.issuer}).ok());
    CHECK_FALSE(Namesakes::verify(names.leaf, {names.root, other_root}, impostors).ok());
    // A namesake that ended is not taken for the one that is valid, nor the other way around.
    CertificateRecipe ended = Namesakes::plain(Chain::issuer_recipe());
    ended.not_after = kStart + 120;
    const Certificate old = make_certificate(ended, chain().issuer_key, chain().root_key);
    CHECK(Namesakes::verify(names.leaf, {names.root}, {old, names.issuer}).value() == whole);
    check_refused(Namesakes::verify(names.leaf, {names.root}, {old}), "expired");
}

TEST_CASE("no more issuers of one name are tried than there is a limit for") {
    const Namesakes names;
    std::vector<Certificate> between = Namesakes::impostors(kMaxIssuersTried - 2);
    between.push_back(names.issuer);
    CHECK(Namesakes::verify(names.leaf, {names.root}, between).ok());
    between.insert(between.begin(), Namesakes::impostors(kMaxIssuersTried).back());
    check_refused(Namesakes::verify(names.leaf, {names.root}, between), "more than 64 certificates");
}

TEST_CASE("chains that do not hold") {
    check_refused(verify(chain().leaf, {}, {chain().issuer, chain().root}), "no certificate is trusted");
    check_refused(verify(chain().leaf, {chain().root}, {}), "unable to get");
    check_refused(verify(chain().leaf, {make_root("root", Key(KeyType::ecdsa_p256), kStart)}, {chain().issuer}), "");
    check_refused(verify(chain().leaf, {chain().root}, {chain().issuer}, kStart + 99), "not yet valid");
    check_refused(verify(chain().leaf, {chain().root}, {chain().issuer}, kStart + 201), "expired");
    check_refused(verify(chain().leaf, {chain().root}, {chain().issuer}, kStart + 150, kEkuTimeStamping), "extended key usage");
    check_refused(verify(chain().leaf, {chain().root}, std::vector<Certificate>(65, chain().issuer)), "64");
}

TEST_CASE("an expired intermediate breaks the chain (CVE-2026-24122)") {
    CertificateRecipe recipe = Chain::issuer_recipe();
    recipe.not_after = kStart + 120;
    const Certificate expired = make_certificate(recipe, chain().issuer_key, chain().root_key);
    CHECK(verify(chain().leaf, {chain().root}, {expired}, kStart + 110).ok());
    check_refused(verify(chain().leaf, {chain().root}, {expired}, kStart + 150), "expired");
}

TEST_CASE("who is no authority issues nothing") {
    CertificateRecipe recipe = Chain::issuer_recipe();
    recipe.ca = false;
    recipe.key_usage = "critical,digitalSignature";
    check_refused(verify(chain().leaf, {chain().root}, {make_certificate(recipe, chain().issuer_key, chain().root_key)}), "");
    recipe = Chain::issuer_recipe();
    recipe.extended_key_usage = "timeStamping";  // an authority for something else
    check_refused(verify(chain().leaf, {chain().root}, {make_certificate(recipe, chain().issuer_key, chain().root_key)}), "may not issue");
}

TEST_CASE("SHA-1 and small RSA keys count for nothing") {
    CertificateRecipe recipe = Chain::leaf_recipe();
    recipe.hash = EVP_sha1();
    check_refused(verify(make_certificate(recipe, chain().leaf_key, chain().issuer_key), {chain().root}, {chain().issuer}), "too weak");
}

TEST_CASE("the key of a certificate has one name, in whatever form its point stands there") {
    const Key key(KeyType::ecdsa_p256);
    for (const char* form : {OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_HYBRID}) {
        CAPTURE(form);
        const X509Ptr x509 = make_x509(Chain::leaf_recipe(), key, chain().issuer_key);
        const KeyPtr other(EVP_PKEY_dup(key.get()));
        REQUIRE(EVP_PKEY_set_utf8_string_param(other.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, form) == 1);
        REQUIRE(X509_set_pubkey(x509.get(), other.get()) == 1);
        REQUIRE(X509_sign(x509.get(), chain().issuer_key.get(), EVP_sha256()) > 0);
        const Certificate certificate = Certificate::from_der(der_of(x509.get())).value();
        REQUIRE(certificate.spki_sha256() != key.open().spki_sha256());
        const PublicKey named = certificate.public_key().value();
        CHECK(named.spki_sha256() == key.open().spki_sha256());
        const Bytes signature = key.secret().sign(as_bytes("headgate")).value();
        CHECK(named.verify(as_bytes("headgate"), signature));
        // The certificate is what it was: logs have signed these very bytes.
        CHECK(Certificate::from_der(certificate.der()).value().spki() == certificate.spki());
        CHECK(verify(certificate, {chain().root}, {chain().issuer}).ok());
    }
}

TEST_CASE("a key of small order signs nothing, as a leaf's and as an authority's") {
    Bytes identity(32);
    identity.front() = 1;
    const KeyPtr small(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, identity.data(), identity.size()));
    const auto with_small = [&](const CertificateRecipe& recipe, const Key& by) {
        const X509Ptr x509 = make_x509(recipe, by, by);
        REQUIRE(X509_set_pubkey(x509.get(), small.get()) == 1);
        REQUIRE(X509_sign(x509.get(), by.get(), EVP_sha256()) > 0);
        return Certificate::from_der(der_of(x509.get())).value();
    };
    CertificateRecipe recipe = Chain::leaf_recipe();
    recipe.key_identifiers = false;
    const Certificate leaf = with_small(recipe, chain().issuer_key);
    CHECK_FALSE(leaf.public_key().ok());
    ChainRequest request;
    request.anchors = std::span(&chain().issuer, 1);
    request.at = Instant{kStart + 150};
    request.required_eku = kEkuCodeSigning;
    request.strict = false;
    check_refused(verify_chain(leaf, request), "small order");
}
