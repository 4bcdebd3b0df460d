#include "io/registry_challenge.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("challenges are read by the letter") {
    const auto one = io::parse_challenges(R"(Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push")").value();
    REQUIRE(one.size() == 1);
    CHECK(one[0].scheme == "bearer");
    CHECK(*one[0].find("realm") == "https://auth.example/token");
    CHECK(*one[0].find("scope") == "repository:a/b:pull,push");
    CHECK(one[0].find("error") == nullptr);

    const auto several = io::parse_challenges(R"(Negotiate abc==, , BASIC Realm = "a \"b\"" , Bearer realm=x)").value();
    REQUIRE(several.size() == 3);
    CHECK(several[0].token68 == "abc==");
    CHECK(*several[1].find("realm") == "a \"b\"");
    CHECK(several[2].scheme == "bearer");
    CHECK(*several[2].find("realm") == "x");
    CHECK(io::parse_challenges("Basic").value().at(0).parameters.empty());
}

TEST_CASE("what is no challenge is refused") {
    const auto refused = [](std::string_view text) {
        const auto read = io::parse_challenges(text);
        return !read.ok() && read.error().code == ErrorCode::malformed;
    };
    CHECK(refused(""));
    CHECK(refused(" , "));
    CHECK(refused("realm=\"a\""));
    CHECK(refused("Bearer realm=\"a"));
    CHECK(refused("Bearer realm=, service="));
    CHECK(refused("Bearer a=b, realm="));
    CHECK(io::parse_challenges("Bearer realm=").value().at(0).token68 == "realm=");  // by the letter
    CHECK(refused("Bearer realm=\"a\" service=\"b\""));
    CHECK(refused("Bearer realm=\"a\", REALM=\"b\""));
    CHECK(refused("Bearer realm=\"a\x01\""));
    CHECK(refused("Bearer realm=\"\xc3\xa4\""));
    CHECK(refused("Bearer \"a\""));
    CHECK(refused("Bearer realm=\"a\"\r\nX: y"));
    CHECK(refused(std::string(io::kMaxChallenge + 1, 'a')));
    CHECK_FALSE(refused(std::string(io::kMaxChallenge, 'a')));

    std::string many = "Bearer a0=b";
    for (std::size_t i = 1; i < io::kMaxChallengeParameters; ++i) many += ", a" + std::to_string(i) + "=b";
    CHECK_FALSE(refused(many));
    CHECK(refused(many + ", last=b"));
    std::string schemes = "A0";
    for (std::size_t i = 1; i < io::kMaxChallenges; ++i) schemes += ", A" + std::to_string(i);
    CHECK_FALSE(refused(schemes));
    CHECK(refused(schemes + ", Z"));
}

TEST_CASE("every prefix of a challenge is read or refused") {
    const std::string whole = R"(Negotiate a==, Basic realm="a\\b", Bearer realm="https://auth.example/t", service=s)";
    std::size_t taken = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto read = io::parse_challenges(whole.substr(0, size));
        if (!read.ok()) continue;
        ++taken;
        CHECK_FALSE(read->empty());
        CHECK(read->size() <= 4);  // "service", cut before its "=", reads as a scheme
    }
    CHECK(taken > 10);
}
