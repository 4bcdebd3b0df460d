#include "io/registry_names.hpp"

#include <catch2/catch.hpp>

#include "io/registry_token.hpp"

using namespace headgate;

TEST_CASE("a repository is asked for where it is, or where its mirror is") {
    io::RegistryOptions options;
    options.plain_http = {"plain.example:5000"};
    options.mirrors = {{"docker.io", "mirror.example:5000/hub"}};
    options.api_hosts = {{"named.example", "api.example"}};
    const auto url = [&](const char* host, const char* path) { return io::place_of({host, path}, options).value().url("tags"); };
    CHECK(url("registry.example:5000", "acme/app") == "https://registry.example:5000/v2/acme/app/tags");
    CHECK(url("plain.example:5000", "a") == "http://plain.example:5000/v2/a/tags");
    CHECK(url("plain.example", "a") == "https://plain.example/v2/a/tags");
    CHECK(url("docker.io", "library/nginx") == "https://mirror.example:5000/v2/hub/library/nginx/tags");
    CHECK(url("named.example", "a") == "https://api.example/v2/a/tags");
    CHECK(io::place_of({"named.example", "a"}, options).value().host == "named.example");
    CHECK(io::place_of({"docker.io", "library/nginx"}, options).value().host == "mirror.example:5000");
    for (const char* path : {"", "/a", "a/", "a//b", "../a", "a/../b", "a..b", "A/b", "a?x", "a#x", "a%2e", "a b", "-a", "a/_catalog"}) {
        INFO(path);
        CHECK_FALSE(io::place_of({"registry.example", path}, options).ok());
    }
    for (const char* host : {"", "a/b", "user@a.example", "a.example:0", "a.example?x", "a b"}) {
        INFO(host);
        CHECK_FALSE(io::place_of({host, "a"}, options).ok());
    }
}

TEST_CASE("digests and tags by the letter") {
    CHECK(io::is_registry_digest("sha256:" + std::string(64, 'a')));
    for (const std::string& bad : {"sha256:" + std::string(64, 'A'), "sha256:" + std::string(63, 'a'), "sha512:" + std::string(64, 'a'), std::string(64, 'a'), std::string()}) {
        INFO(bad);
        CHECK_FALSE(io::is_registry_digest(bad));
    }
    CHECK(io::is_registry_tag("sha256-" + std::string(64, 'a')));
    CHECK(io::is_registry_tag("_V1.0-x"));
    CHECK(io::is_registry_tag(std::string(128, 'a')));
    for (const std::string& bad : {std::string(), std::string(".."), std::string("-a"), std::string("a/b"), std::string("a?b"), std::string(129, 'a')}) {
        INFO(bad);
        CHECK_FALSE(io::is_registry_tag(bad));
    }
}

TEST_CASE("options that say nothing are refused") {
    const auto refused = [](auto change) {
        io::RegistryOptions options;
        change(options);
        const auto checked = io::check_registry_options(options);
        return !checked.ok() && checked.error().code == ErrorCode::usage;
    };
    CHECK_FALSE(refused([](io::RegistryOptions&) {}));
    CHECK(refused([](io::RegistryOptions& o) { o.plain_http = {"http://a.example"}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.private_hosts = {"*"}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.token_services = {"auth.example"}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.token_services = {"https://auth.example/token"}; }));
    CHECK_FALSE(refused([](io::RegistryOptions& o) { o.token_services = {"https://auth.example"}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.mirrors = {{"a.example", "b.example"}, {"a.example", "c.example"}}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.mirrors = {{"a.example", "b.example/../x"}}; }));
    CHECK(refused([](io::RegistryOptions& o) { o.connections = 0; }));
}

TEST_CASE("a token is asked for to pull one repository, and its answer is read strictly") {
    const auto plain = io::token_request("https://auth.example/token?x=1", "a b&c", "acme/app", {});
    CHECK(plain.url == "https://auth.example/token?x=1&service=a%20b%26c&scope=repository%3Aacme%2Fapp%3Apull");
    CHECK(plain.headers.empty());
    const auto named = io::token_request("https://auth.example/token", "", "a", {"user", "hush", ""});
    CHECK(named.url == "https://auth.example/token?scope=repository%3Aa%3Apull");
    CHECK(named.headers.at(0).value == "Basic dXNlcjpodXNo");
    const auto refresh = io::token_request("https://auth.example/token", "s", "a", {"", "", "t&t"});
    CHECK((refresh.method == "POST" && refresh.headers.size() == 1));
    CHECK_THAT(refresh.body, Catch::Contains("refresh_token=t%26t") && Catch::Contains("grant_type=refresh_token"));

    const auto token = [](std::string_view text) { return io::parse_token_answer(as_bytes(text)); };
    CHECK(token(R"({"token": "abc"})").value().lifetime.count() == 60);
    CHECK(token(R"({"access_token": "abc", "expires_in": 300})").value().lifetime.count() == 300);
    CHECK(token(R"({"token": "abc", "access_token": "abc", "expires_in": 99999999})").value().lifetime == io::kMaxTokenLifetime);
    for (const char* bad : {"", "{}", R"({"token": ""})", R"({"token": "a", "access_token": "b"})", R"({"token": "a\r\nX: y"})", R"({"token": "a b"})",
                            R"({"token": "a", "expires_in": "300"})", R"({"token": "a", "expires_in": -1})", R"({"token": 1})"}) {
        INFO(bad);
        CHECK_FALSE(token(bad).ok());
    }
}
