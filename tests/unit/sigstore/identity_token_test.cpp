#include "sigstore/identity_token.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"

using namespace headgate;
using namespace headgate::sigstore;

namespace {

constexpr Instant kNow{1'700'000'000};

std::string url_safe(std::string_view text) {
    std::string encoded = to_base64(as_bytes(text));
    while (encoded.ends_with('=')) encoded.pop_back();
    for (char& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return encoded;
}
std::string token(const std::string& claims) { return url_safe(R"({"alg":"RS256"})") + "." + url_safe(claims) + "." + url_safe("signature"); }

const std::string kClaims = R"({"iss":"https://ci.example","sub":"repo:acme/ml","aud":"sigstore","exp":1700000600,"extra":{"a":[1]}})";

std::string problem(const std::string& text, const std::string& audience = "sigstore") {
    const auto read = read_identity_token(text, audience, kNow);
    if (read.ok()) return "";
    CHECK(read.error().code == ErrorCode::key);
    CHECK(read.error().message.find(text.substr(0, 20)) == std::string::npos);  // never the token
    return read.error().message;
}

}  // namespace

TEST_CASE("a token says whose it is") {
    const IdentityToken read = read_identity_token(" " + token(kClaims) + "\n", "sigstore", kNow).value();
    CHECK(read.text == token(kClaims));
    CHECK(read.issuer == "https://ci.example");
    CHECK(read.subject == "repo:acme/ml");
    CHECK(read.expires == Instant{1'700'000'600});
    const std::string mail = R"({"iss":"https://id.example","sub":"12","aud":["other","sigstore"],"email":"a@acme.example","email_verified":true})";
    CHECK(read_identity_token(token(mail), "sigstore", kNow).value().subject == "a@acme.example");
}

TEST_CASE("a token that Fulcio would refuse is refused here, without being shown") {
    CHECK_THAT(problem(token(kClaims), "other"), Catch::Contains("another audience"));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s"})")), Catch::Contains("another audience"));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","exp":1700000000})")), Catch::Contains("has ended"));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","exp":"soon"})")), Catch::Contains("exp"));
    // "nbf" may be some minutes ahead: clocks differ.
    CHECK(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","nbf":1700000300})")).empty());
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","nbf":1700000301})")), Catch::Contains("does not count yet"));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","nbf":"now"})")), Catch::Contains("nbf"));
    CHECK_THAT(problem(token(R"({"iss":"i","aud":"sigstore"})")), Catch::Contains("\"sub\""));
    CHECK_THAT(problem(token(R"({"sub":"s","aud":"sigstore"})")), Catch::Contains("\"iss\""));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s\u0000","aud":"sigstore"})")), Catch::Contains("\"sub\""));
    CHECK_THAT(problem(token(R"({"iss":"i","sub":"s","aud":"sigstore","email":"a@b"})")), Catch::Contains("not verified"));
    CHECK_THAT(problem(token(R"({"iss":"i","iss":"j","sub":"s","aud":"sigstore"})")), Catch::Contains("no JSON"));
    CHECK_THAT(problem(token("[]")), Catch::Contains("no JSON"));
    CHECK_THAT(problem(token(R"({"iss":")" + std::string(2000, 'x') + R"(","sub":"s","aud":"sigstore"})")), Catch::Contains("\"iss\""));
}

TEST_CASE("what is no JSON Web Token is refused") {
    for (const std::string& text : {std::string("hello there, this is no token"), std::string("a.b.c.d.e.f.g.h.i.j.k.l.m"), "a" + token(kClaims) + "=", token(kClaims) + ".AAAA"}) {
        CHECK_THAT(problem(text), Catch::Contains("no JSON Web Token"));
    }
    CHECK_THAT(read_identity_token("  ", "sigstore", kNow).error().message, Catch::Contains("empty"));
    CHECK_THAT(problem(token(R"({"iss":")" + std::string(kMaxIdentityToken, 'x') + "\"}")), Catch::Contains("larger"));
}

TEST_CASE("no prefix of a token's head and claims is a token") {
    const std::string text = token(kClaims);
    for (std::size_t length = 0; length < text.rfind('.'); ++length) REQUIRE_FALSE(read_identity_token(text.substr(0, length), "sigstore", kNow).ok());
}
