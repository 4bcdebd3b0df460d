#include "pipeline/registry_hosts.hpp"

#include <catch2/catch.hpp>

#include "io/registry.hpp"

using namespace headgate;

TEST_CASE("the client of registries knows which of them answer elsewhere") {
    io::RegistryOptions options;
    REQUIRE(pipeline::add_known_registries(options).ok());
    REQUIRE(options.api_hosts.size() == 1);
    CHECK(options.api_hosts[0].host == "docker.io");
    CHECK(options.api_hosts[0].prefix.ends_with(".docker.io"));
    CHECK(options.token_services.size() == 1);
    CHECK(io::Registry::open(options).ok());  // options that make sense

    io::RegistryOptions own;
    own.api_hosts = {{"docker.io", "api.example"}};
    REQUIRE(pipeline::add_known_registries(own).ok());
    CHECK(own.api_hosts.size() == 1);
    CHECK(own.api_hosts[0].prefix == "api.example");
}

TEST_CASE("where build tools are published is known, by prefixes that end a host") {
    const auto places = pipeline::published_build_tools();
    CHECK(places.size() == 2);
    for (const std::string& place : places) {
        CHECK_THAT(place, Catch::StartsWith("https://"));
        CHECK_THAT(place, Catch::EndsWith("/"));
    }
}
