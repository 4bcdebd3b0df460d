#include "model/builder_id.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

namespace {
const std::string kBuilder = "https://git.example/acme/ci/.github/workflows/build.yml";
}

TEST_CASE("a builder's id is a path and a ref") {
    CHECK(split_builder(kBuilder + "@refs/tags/v1.0.0").path == kBuilder);
    CHECK(split_builder(kBuilder + "@refs/tags/v1.0.0").ref == "refs/tags/v1.0.0");
    CHECK(split_builder("https://me@ci.example/x@v1").ref == "ci.example/x@v1");  // no builder has a login in it
    CHECK(split_builder("plain").ref.empty());
}

TEST_CASE("which builders a name means") {
    CHECK(names_builder(kBuilder, kBuilder + "@refs/tags/v1.0.0"));
    CHECK(names_builder(kBuilder + "@v1.0.0", kBuilder + "@refs/tags/v1.0.0"));
    CHECK(names_builder(kBuilder + "@refs/heads/main", kBuilder + "@refs/heads/main"));
    CHECK_FALSE(names_builder(kBuilder + "@v1.0.0", kBuilder + "@refs/tags/v1.0.01"));
    CHECK_FALSE(names_builder(kBuilder + "@v1.0.0", kBuilder + "@refs/heads/v1.0.0"));
    CHECK_FALSE(names_builder(kBuilder + "@", kBuilder + "@refs/tags/v1.0.0"));
    CHECK_FALSE(names_builder(kBuilder, kBuilder + ".evil@refs/tags/v1.0.0"));
    CHECK_FALSE(names_builder("", kBuilder));
    CHECK_FALSE(names_builder(kBuilder, ""));
    CHECK_FALSE(names_builder("", ""));
}

TEST_CASE("without a ref only release tags are meant") {
    CHECK(names_release(kBuilder, kBuilder + "@refs/tags/v1.0.0"));
    CHECK(names_release(kBuilder, kBuilder));
    CHECK(names_release(kBuilder + "@refs/heads/main", kBuilder + "@refs/heads/main"));
    CHECK_FALSE(names_release(kBuilder, kBuilder + "@refs/heads/main"));
    CHECK_FALSE(names_release(kBuilder, kBuilder + "@"));
}

TEST_CASE("release tags are semantic versions") {
    for (const std::string_view ref : {"refs/tags/v1.2.3", "refs/tags/1.2.3", "refs/tags/v0.0.1", "refs/tags/v1.2.3-rc.1", "refs/tags/v1.2.3-a-b+c.5"}) {
        INFO(ref);
        CHECK(is_release_ref(ref));
    }
    for (const std::string_view ref : {"refs/tags/v1", "refs/tags/v1.2", "refs/tags/v01.2.3", "refs/tags/v1.2.3.4", "refs/tags/v1.2.3-", "refs/tags/v1.2.3+",
                                       "refs/heads/v1.2.3", "v1.2.3", "refs/tags/", "refs/tags/latest", "refs/tags/v1.2.x", "refs/tags/v1.2.3-a..b", ""}) {
        INFO(ref);
        CHECK_FALSE(is_release_ref(ref));
    }
}
