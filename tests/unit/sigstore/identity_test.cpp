#include "sigstore/identity.hpp"

#include <catch2/catch.hpp>

#include <map>

#include "recipes/sigstore_world.hpp"
#include "sigstore/name_kind.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

constexpr const char* kPrefix = "1.3.6.1.4.1.57264.1.";

// A leaf with exactly these Fulcio extensions.
Result<Identity> identity_of(const std::string& san, std::vector<CertificateRecipe::Extra> extra) {
    CertificateRecipe recipe;
    recipe.issuer_name = "fake fulcio issuer";
    recipe.not_before = kNow;
    recipe.not_after = kNow + 600;
    recipe.extended_key_usage = "codeSigning";
    recipe.san = san;
    recipe.extra = std::move(extra);
    return read_identity(make_certificate(recipe, world().leaf_key, world().issuer_key));
}

CertificateRecipe::Extra raw(int number, std::string_view text) { return {kPrefix + std::to_string(number), bytes_of(text), false}; }
CertificateRecipe::Extra der(int number, std::string_view text) { return {kPrefix + std::to_string(number), der_utf8(text), false}; }

void check_refused(const Result<Identity>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

}  // namespace

TEST_CASE("who a certificate names") {
    const auto identity = read_identity(world().leaf());
    REQUIRE(identity.ok());
    CHECK(identity->san.value == kSan);
    CHECK(identity->issuer == kIssuer);
    CHECK(identity->claim("sourceRepositoryUri") == "https://ci.example/acme/model");
    CHECK(identity->claim("buildSignerUri").empty());
    CHECK(identity_of("email:a@b.example", {raw(1, kIssuer)}).value().san.kind == crypto::AltName::Kind::email);
    CHECK(identity_of("otherName:1.3.6.1.4.1.57264.1.7;UTF8:foo!oidc.example", {raw(1, kIssuer)}).value().san.value == "foo!oidc.example");
    CHECK(identity_of("email:a@b.example", {}).value().issuer.empty());
}

TEST_CASE("every claim by its name") {
    std::vector<CertificateRecipe::Extra> extra = {der(8, kIssuer)};
    const std::map<int, std::string> same = {{2, "new 20"}, {3, "new 13"}, {4, "old 4"}, {5, "12"}, {6, "new 14"}};
    for (const auto& [number, text] : same) extra.push_back(raw(number, text));
    for (int i = 9; i <= 24; ++i) extra.push_back(der(i, (i == 12 ? "new/" : "new ") + std::to_string(i)));
    const Identity identity = identity_of("email:a@b.example", extra).value();
    CHECK(identity.claims.size() == 21);
    CHECK(identity.claim("githubWorkflowTrigger") == "new 20");
    CHECK(identity.claim("githubWorkflowName") == "old 4");
    CHECK(identity.claim("githubWorkflowRef") == "new 14");
    CHECK(identity.claim("buildSignerUri") == "new 9");
    CHECK(identity.claim("runnerEnvironment") == "new 11");
    CHECK(identity.claim("sourceRepositoryDigest") == "new 13");
    CHECK(identity.claim("buildConfigUri") == "new 18");
    CHECK(identity.claim("sourceRepositoryVisibilityAtSigning") == "new 22");
    CHECK(identity.claim("tokenSubject") == "new 24");
}

TEST_CASE("older certificates say the same under other names") {
    const std::string github = "https://token.actions.githubusercontent.com";
    const Identity old = identity_of("email:a@b.example", {raw(1, github), raw(2, "push"), raw(3, "abc"), raw(5, "acme/ml"), raw(6, "refs/heads/main")}).value();
    CHECK(old.claim("sourceRepositoryDigest").empty());
    CHECK(old.claim_or_older("buildTrigger") == "push");
    CHECK(old.claim_or_older("sourceRepositoryDigest") == "abc");
    CHECK(old.claim_or_older("sourceRepositoryRef") == "refs/heads/main");
    CHECK(old.claim_or_older("sourceRepositoryUri") == "https://github.com/acme/ml");
    CHECK(old.claim_or_older("runnerEnvironment").empty());
    // The host is known of one issuer only, and of a name that is one.
    CHECK(identity_of("email:a@b.example", {raw(1, github + "/acme"), raw(5, "acme/ml")}).value().claim_or_older("sourceRepositoryUri") == "https://github.com/acme/ml");
    for (const std::string& issuer : {github + ".evil.example", std::string("https://issuer.example")}) {
        CHECK(identity_of("email:a@b.example", {raw(1, issuer), raw(5, "acme/ml")}).value().claim_or_older("sourceRepositoryUri").empty());
    }
    for (const char* name : {"acme", "acme/ml/x", "/ml", "acme/", "acme/ml?x", "acme/%2e"}) {
        CHECK(identity_of("email:a@b.example", {raw(1, github), raw(5, name)}).value().claim_or_older("sourceRepositoryUri").empty());
    }
    // What both say must be one thing.
    const std::vector<CertificateRecipe::Extra> both = {der(8, github), raw(2, "push"), der(20, "push"), raw(3, "abc"), der(13, "abc"),
                                                        raw(5, "acme/ml"), der(12, "https://github.com/acme/ml"), raw(6, "refs/tags/v1"), der(14, "refs/tags/v1")};
    CHECK(identity_of("email:a@b.example", both).ok());
    for (const auto& [place, text] : std::vector<std::pair<std::size_t, std::string>>{{1, "schedule"}, {3, "abd"}, {5, "evil/ml"}, {7, "refs/tags/v2"}}) {
        auto other = both;
        other[place].content = bytes_of(text);
        CAPTURE(text);
        check_refused(identity_of("email:a@b.example", other), "contradicts itself");
    }
}

TEST_CASE("a match is byte for byte, and nothing matches an empty expectation") {
    const Identity identity = read_identity(world().leaf()).value();
    CHECK(matches(identity, kSan, kIssuer));
    for (const std::string& san : {std::string(), kSan + "x", kSan.substr(1), kSan.substr(0, kSan.size() - 1), "H" + kSan.substr(1), std::string(".*"), kSan + "\n"}) {
        CHECK_FALSE(matches(identity, san, kIssuer));
    }
    CHECK_FALSE(matches(identity, kSan, ""));
    CHECK_FALSE(matches(identity, kSan, kIssuer + "/"));
    CHECK_FALSE(matches(Identity{}, "", ""));
    // An enterprise suffix is another issuer.
    CHECK_FALSE(matches(identity, kSan, kIssuer + "/acme"));
}

TEST_CASE("one name, and of a kind that signs") {
    check_refused(identity_of("URI:https://a.example,URI:https://b.example", {raw(1, kIssuer)}), "has 2 subject alternative names");
    check_refused(identity_of("", {raw(1, kIssuer)}), "has 0 subject alternative names");
    check_refused(identity_of("DNS:a.example", {raw(1, kIssuer)}), "no mail address");
    check_refused(identity_of("IP:10.0.0.1", {raw(1, kIssuer)}), "no mail address");
}

TEST_CASE("issuers that differ, and extensions that do not decode") {
    CHECK(identity_of("email:a@b.example", {raw(1, kIssuer), der(8, kIssuer)}).value().issuer == kIssuer);
    check_refused(identity_of("email:a@b.example", {raw(1, "https://other.example"), der(8, kIssuer)}), "two issuers");
    check_refused(identity_of("email:a@b.example", {raw(8, kIssuer)}), "no DER UTF8String");
    check_refused(identity_of("email:a@b.example", {raw(1, "a\nb")}), "control characters");
    check_refused(identity_of("email:a@b.example", {raw(1, "\xff")}), "not UTF-8");
    check_refused(identity_of("email:a@b.example", {raw(1, std::string(8193, 'a'))}), "8192");
    // Longer than it says, shorter than it says, another tag, a length that is not the shortest.
    for (const Bytes& content : {Bytes{0x0c, 0x01, 'a', 'b'}, Bytes{0x0c, 0x03, 'a', 'b'}, Bytes{0x16, 0x01, 'a'}, Bytes{0x0c, 0x81, 0x01, 'a'},
                                 Bytes{0x0c}, Bytes{}, Bytes{0x0c, 0x80}, Bytes{0x0c, 0x82, 0x00, 0x80}}) {
        check_refused(identity_of("email:a@b.example", {{std::string(kPrefix) + "12", content, false}}), "no DER UTF8String");
    }
    Bytes longer = {0x0c, 0x81, 0xc8};
    longer.resize(203, 'a');
    CHECK(identity_of("email:a@b.example", {{std::string(kPrefix) + "12", longer, false}}).value().claim("sourceRepositoryUri").size() == 200);
}

TEST_CASE("the text of a name is of one kind only") {
    const auto reads = [](const std::string& san) { return identity_of(san, {raw(1, kIssuer)}).ok(); };
    const std::string user = "otherName:1.3.6.1.4.1.57264.1.7;UTF8:";
    for (const std::string& honest : {std::string("email:a@b.example"), std::string("email:a+b!c@b.example"),
                                      std::string("URI:https://ci.example/a@refs/heads/main"), std::string("URI:spiffe://acme.example/ci"),
                                      std::string("URI:urn:acme:ci"), user + "foo!oidc.example", user + "https!oidc.example"}) {
        CAPTURE(honest);
        CHECK(reads(honest));
    }
    for (const std::string& other : {user + "https://ci.example/a@refs/heads/main", user + "https://ci.example/a", user + "a@b.example",
                                     std::string("email:https://ci.example/a@b"), std::string("email:foo!oidc.example"), std::string("URI:a@b.example"),
                                     std::string("URI:foo!oidc.example"), std::string("URI:/a:b"), std::string("URI::x")}) {
        CAPTURE(other);
        check_refused(identity_of(other, {raw(1, kIssuer)}), "another of them by its text");
    }
    CHECK_FALSE(is_of_its_kind({crypto::AltName::Kind::dns, "ci.example"}));
    CHECK_FALSE(is_of_its_kind({crypto::AltName::Kind::other, ""}));
}

TEST_CASE("an extension that is there and empty takes nothing back") {
    check_refused(identity_of("email:a@b.example", {raw(1, kIssuer), der(8, "")}), "empty issuer");
    check_refused(identity_of("email:a@b.example", {der(8, "")}), "empty issuer");
    check_refused(identity_of("email:a@b.example", {raw(1, ""), der(8, kIssuer)}), "empty issuer");
    // The newer claim says nothing where the older says something, and the other way round.
    check_refused(identity_of("email:a@b.example", {raw(1, kIssuer), raw(3, "abc"), der(13, "")}), "contradicts itself");
    check_refused(identity_of("email:a@b.example", {raw(1, kIssuer), raw(3, ""), der(13, "abc")}), "contradicts itself");
    check_refused(identity_of("email:a@b.example", {raw(1, kIssuer), raw(5, "acme/ml"), der(12, "")}), "contradicts itself");
    check_refused(identity_of("email:a@b.example", {raw(1, kIssuer), raw(5, ""), der(12, "https://ci.example/acme/ml")}), "contradicts itself");
    const Identity both_empty = identity_of("email:a@b.example", {raw(1, kIssuer), raw(3, ""), der(13, ""), raw(5, ""), der(12, "")}).value();
    CHECK(both_empty.claims.empty());
}
