#include "io/docker_config.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {

Result<io::DockerConfig> parse(std::string_view text) { return io::parse_docker_config(as_bytes(text)); }
bool refused(std::string_view text) {
    const auto read = parse(text);
    return !read.ok() && read.error().code == ErrorCode::malformed && read.error().message.find("hush") == std::string::npos;
}

}  // namespace

TEST_CASE("credentials are bound to their host and port") {
    const auto config = parse(R"({"auths": {
        "registry.example:5000": {"auth": "dXNlcjpodXNo"},
        "https://old.example/v1/": {"username": "a", "password": "b:c"},
        "https://index.docker.io/v1/": {"identitytoken": "refresh"}}, "HttpHeaders": {"X": "y"}})").value();
    const auto user = [&](std::string_view host) { return io::find_credentials(config, host, "team/app").credentials.user; };
    CHECK(user("registry.example:5000") == "user");
    CHECK(io::find_credentials(config, "registry.example:5000", "team/app").credentials.password == "hush");
    CHECK(user("old.example") == "a");
    CHECK(io::find_credentials(config, "docker.io", "library/nginx").credentials.identity_token == "refresh");
    for (const char* other : {"registry.example", "registry.example:5001", "evil.registry.example:5000", "registry.example:5000.evil.example", "xold.example", ""}) {
        INFO(other);
        const auto source = io::find_credentials(config, other, "team/app");
        CHECK((source.credentials.empty() && source.helper.empty()));
    }
}

TEST_CASE("the longest path counts, part by part") {
    const auto config = parse(R"({"auths": {"r.example": {"username": "all", "password": "x"}, "r.example/team": {"username": "team", "password": "x"},
        "r.example/team/app": {"username": "app", "password": "x"}}})").value();
    const auto user = [&](std::string_view path) { return io::find_credentials(config, "r.example", path).credentials.user; };
    CHECK(user("other/x") == "all");
    CHECK(user("team") == "team");
    CHECK(user("team/other") == "team");
    CHECK(user("teams/x") == "all");
    CHECK(user("team/app") == "app");
    CHECK(user("team/app/x") == "app");
    CHECK(user("team/apps") == "team");
}

TEST_CASE("helpers are asked for what they keep") {
    const auto config = parse(R"({"auths": {"a.example": {}, "b.example": {"auth": "dXNlcjpodXNo"}, "https://index.docker.io/v1/": {}},
        "credHelpers": {"c.example": "ecr-login", "b.example": "other"}, "credsStore": "store"})").value();
    const auto source = [&](std::string_view host) { return io::find_credentials(config, host, "x"); };
    CHECK(source("a.example").helper == "store");
    CHECK(source("b.example").helper == "other");
    CHECK(source("b.example").credentials.empty());
    CHECK(source("c.example").helper == "ecr-login");
    CHECK(source("d.example").server == "d.example");
    CHECK(source("docker.io").server == "https://index.docker.io/v1/");

    const auto answer = io::parse_helper_answer(as_bytes(R"({"ServerURL": "a.example", "Username": "u", "Secret": "s"})")).value();
    CHECK((answer.user == "u" && answer.password == "s" && answer.identity_token.empty()));
    const auto token = io::parse_helper_answer(as_bytes(R"({"Username": "<token>", "Secret": "s"})")).value();
    CHECK((token.user.empty() && token.password.empty() && token.identity_token == "s"));
    CHECK_FALSE(io::parse_helper_answer(as_bytes(R"({"Username": "u"})")).ok());
    CHECK_FALSE(io::parse_helper_answer(as_bytes("no JSON")).ok());
}

TEST_CASE("what is no configuration is refused, and no secret is told") {
    CHECK(refused(""));
    CHECK(refused("[]"));
    CHECK(refused(R"({"auths": []})"));
    CHECK(refused(R"({"auths": {"a.example": "hush"}})"));
    CHECK(refused(R"({"auths": {"a.example": {"auth": "hush!"}}})"));
    CHECK(refused(R"({"auths": {"a.example": {"auth": "aHVzaA=="}}})"));              // no colon
    CHECK(refused(R"({"auths": {"a.example": {"password": 1}}})"));
    CHECK(refused(R"({"auths": {"a.example": {"auth": "dXNlcjpodXNo", "username": "other"}}})"));
    CHECK_FALSE(refused(R"({"auths": {"a.example": {"auth": "dXNlcjpodXNo", "username": "user"}}})"));
    for (const char* name : {"../evil", "a b", "", "a/b", "x;y"}) {
        INFO(name);
        CHECK(refused(std::string(R"({"credHelpers": {"a.example": ")") + name + "\"}}"));
    }
    CHECK(refused(R"({"credsStore": "a/b"})"));
    CHECK_FALSE(refused(R"({"credsStore": ""})"));
    CHECK(parse(R"({"auths": {"http://[bad": {"auth": "dXNlcjpodXNo"}}})").value().entries.empty());
    const std::string whole = R"({"auths": {"a.example": {"auth": "dXNlcjpodXNo"}}, "credsStore": "s"})";
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(refused(whole.substr(0, size)));
}
