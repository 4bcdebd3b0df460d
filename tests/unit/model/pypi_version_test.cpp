#include <catch2/catch.hpp>

#include "model/pypi_version.hpp"
#include "model/reference.hpp"

using namespace headgate;

TEST_CASE("spellings of one version come to one") {
    const auto [written, normal] = GENERATE(table<std::string, std::string>({
        {"2.3.1", "2.3.1"},   {"2.3.1.0", "2.3.1"}, {"v2.3.1", "2.3.1"},    {"2.3.01", "2.3.1"},     {"0!2.3.1", "2.3.1"},
        {"1!2.0", "1!2"},     {"1.0", "1"},         {"0.0", "0"},           {"1.0RC1", "1rc1"},      {"1.0-rc.1", "1rc1"},
        {"1.0_c1", "1rc1"},   {"1.0alpha", "1a0"},  {"1.0.preview2", "1rc2"}, {"1.0-1", "1.post1"},  {"1.0.post1", "1.post1"},
        {"1.0r1", "1.post1"}, {"1.0.dev3", "1.dev3"}, {"1.0a1.post2.dev3", "1a1.post2.dev3"}, {"1.0+Ubuntu-1", "1+ubuntu.1"},
        {" 1.2 ", "1.2"},     {"00.1", "0.1"},
    }));
    CHECK(normalise_pypi_version(written) == normal);
    CHECK(normalise_pypi_version(normal) == normal);
}

TEST_CASE("what is no version stays as it is") {
    for (const std::string text : {"", "v", "latest", "1.x", "1.0 beta one", "1..0", "1.0post1x", "!1", "1!", "1.0+"}) {
        CAPTURE(text);
        const std::string normal = normalise_pypi_version(text);
        CHECK((normal == text || normalise_pypi_version(normal) == normal));
    }
    CHECK(normalise_pypi_version("1.x") == "1.x");
    CHECK(normalise_pypi_version("1.0.1.2.3") == "1.0.1.2.3");
}

TEST_CASE("a pattern for one version of a Python package takes every spelling of it, and no other version") {
    const auto pattern = ReferencePattern::compile("pkg:pypi/torch@2.3.1");
    REQUIRE(pattern.ok());
    for (const char* version : {"2.3.1", "2.3.1.0", "v2.3.1", "2.3.01", "0!2.3.1"}) {
        CAPTURE(version);
        CHECK(pattern->matches(*parse_reference(std::string("pkg:pypi/torch@") + version)));
    }
    for (const char* version : {"2.3.10", "2.3", "2.3.1rc1", "2.3.1.post1", "2.3.1+cpu"}) {
        CAPTURE(version);
        CHECK_FALSE(pattern->matches(*parse_reference(std::string("pkg:pypi/torch@") + version)));
    }
    CHECK(ReferencePattern::compile("pkg:pypi/torch@2.3.*")->matches(*parse_reference("pkg:pypi/torch@2.3.1")));
    CHECK_FALSE(ReferencePattern::compile("pkg:npm/torch@2.3.1")->matches(*parse_reference("pkg:npm/torch@2.3.1.0")));
}
