// Patterns match whole segments of normalised references.
#include <catch2/catch.hpp>

#include "model/reference.hpp"

using headgate::glob_matches;
using headgate::parse_reference;
using headgate::ReferencePattern;

namespace {

const std::string kHex(64, 'a');

bool matches(const std::string& pattern, const std::string& text) {
    const auto compiled = ReferencePattern::compile(pattern);
    REQUIRE(compiled.ok());
    const auto reference = parse_reference(text);
    REQUIRE(reference.ok());
    return compiled->matches(*reference);
}

}  // namespace

TEST_CASE("globs") {
    CHECK(glob_matches("", ""));
    CHECK(glob_matches("a*c", "abbc"));
    CHECK(glob_matches("a*c", "ac"));
    CHECK_FALSE(glob_matches("a*c", "ab/c"));
    CHECK(glob_matches("a**c", "ab/c"));
    CHECK(glob_matches("**", "a/b/c"));
    CHECK(glob_matches("a/**", "a/b/c"));
    CHECK_FALSE(glob_matches("a/**", "ab/c"));
    CHECK(glob_matches("**/x*z/*", "a/b/xyz/q"));
    CHECK_FALSE(glob_matches("**/x*z/*", "a/b/xyz/q/r"));
    CHECK_FALSE(glob_matches("a?c", "abc"));
    CHECK_FALSE(glob_matches("a", "ab"));
    CHECK_FALSE(glob_matches("a*", "b"));
    std::string stars;
    for (int i = 0; i < 200; ++i) stars += "*a";
    CHECK_FALSE(glob_matches(stars + "b", std::string(2000, 'a')));  // linear, not exponential
}

TEST_CASE("a host pattern never matches a longer host") {
    CHECK(matches("oci:registry.example/**", "oci:registry.example/a/b:1"));
    CHECK_FALSE(matches("oci:registry.example/**", "oci:registry.example.evil.example/a/b"));
    CHECK_FALSE(matches("https://registry.example/**", "https://registry.example.evil.example/a"));
    CHECK(matches("https://Registry.Example:443/**", "https://registry.example/a/b"));
    CHECK_FALSE(matches("oci:*.acme.example/*", "oci:evil.example/x.acme.example/y"));
}

TEST_CASE("the literal part of a pattern is normalised like a reference") {
    CHECK(matches("oci:python", "oci:index.docker.io/library/python:3.12"));
    CHECK(matches("oci:docker.io/*", "oci:python"));
    CHECK_FALSE(matches("oci:docker.io/*", "oci:someone/python"));
    CHECK(matches("oci:docker.io/**", "oci:someone/python"));
    CHECK(matches("oci:index.docker.io/acme/**", "oci:acme/x"));
    CHECK(matches("pkg:pypi/Acme_*", "pkg:pypi/acme.tools@1.0"));
    CHECK(matches("pkg:npm/%40acme/*", "pkg:npm/@acme/x@1"));
    CHECK(matches("pkg:huggingface/acme/**", "hf:acme/x@main"));
    CHECK(matches("hf:EvilCorp/**", "hf:evilcorp/x"));
    CHECK(matches("hf:evilcorp/**", "hf:EvilCorp/x"));
    CHECK_FALSE(matches("hf:acme/*", "hf-dataset:acme/x"));
    CHECK_FALSE(matches("hf:acme/*", "hf:acmee/x"));
    CHECK(matches("file:./models/**", "file:models/a/b.pkl"));
    CHECK(matches("**", "file:models/a/b.pkl"));
}

TEST_CASE("a pattern without version matches every version; with one, only those") {
    CHECK(matches("pkg:pypi/torch", "pkg:pypi/torch@2.3.1"));
    CHECK(matches("pkg:pypi/torch@2.3.1", "pkg:pypi/torch@2.3.1"));
    CHECK(matches("pkg:pypi/torch@2.3.*", "pkg:pypi/torch@2.3.1"));
    CHECK_FALSE(matches("pkg:pypi/torch@2.3.1", "pkg:pypi/torch@2.3.2"));
    CHECK_FALSE(matches("pkg:pypi/torch@2.3.1", "pkg:pypi/torch"));
    CHECK(matches("oci:host.example/a:1", "oci:host.example/a:1@sha256:" + kHex));
    CHECK(matches("oci:host.example/a@sha256:" + kHex, "oci:host.example/a:1@sha256:" + kHex));
    CHECK_FALSE(matches("oci:host.example/a:1", "oci:host.example/a:2"));
    CHECK(matches("oci:host.example:5000/a", "oci:host.example:5000/a:2"));
    CHECK(matches("hf:acme/*@main", "hf:acme/x@main"));
    CHECK_FALSE(matches("hf:acme/*@main", "hf:acme/x@dev"));
    CHECK(matches("sha256:" + kHex, "oci:host.example/a@sha256:" + kHex));
}

TEST_CASE("patterns that can match nothing do not compile") {
    for (const char* bad : {"", "acme/*", "hf:", "foo:bar", "oci:a@sha256:12", "oci:a:", "pkg:oci/x", "pkg:pypi", "pkg:pypi/a@",
                            "pkg:pypi/a?x=1", "hf:a//b", "https:x", "https://user@host.example/", "hf:a b", "hf:a\n", "sha256:*"}) {
        CAPTURE(bad);
        CHECK_FALSE(ReferencePattern::compile(bad).ok());
    }
}
