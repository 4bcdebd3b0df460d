// References are normalised once; what cannot be normalised is refused with a reason.
#include "model/reference.hpp"

#include <catch2/catch.hpp>

using headgate::parse_reference;

namespace {

const std::string kHex(64, 'a');

std::string canonical(const std::string& text) {
    const auto reference = parse_reference(text);
    return reference ? reference->canonical : "refused: " + reference.error().message;
}

bool refused(const std::string& text) { return !parse_reference(text).ok(); }

}  // namespace

TEST_CASE("hub names") {
    CHECK(canonical("hf:org/name") == "hf:org/name");
    CHECK(canonical("pkg:huggingface/Org/Name@0123abc") == "hf:Org/Name@0123abc");
    CHECK(canonical("hf-dataset:org/set@refs/pr/1") == "hf-dataset:org/set@refs/pr/1");
    CHECK(canonical("hf:bert-base") == "hf:bert-base");
    CHECK(parse_reference("hf:org/name@v1")->base == "hf:org/name");
    CHECK(parse_reference("hf:org/name@v1")->space == "org");
    for (const char* bad : {"hf:", "hf:org/", "hf:/name", "hf:a/b/c", "hf:a/../b", "hf:a/b..c", "hf:a/b--c", "hf:a/b.git",
                            "hf:a/b@", "hf:a/b@x..y", "hf:a/b@-x", "hf:a b/c", "hf:a/b\n", "hf:\xd0\xb0/b", "hf:a/-b",
                            "pkg:huggingface/a/b?repository_url=evil.example"}) {
        CAPTURE(bad);
        CHECK(refused(bad));
    }
}

TEST_CASE("images: hosts, aliases, library, default port, tag, digest") {
    CHECK(canonical("oci:python") == "oci:docker.io/library/python");
    CHECK(canonical("oci:index.docker.io/python:3.12") == "oci:docker.io/library/python:3.12");
    CHECK(canonical("oci:Docker.IO/library/python") == "oci:docker.io/library/python");
    CHECK(canonical("oci:acme/tool") == "oci:docker.io/acme/tool");
    CHECK(canonical("oci:Registry.Acme.example:443/a/b:1@sha256:" + kHex) == "oci:registry.acme.example/a/b:1@sha256:" + kHex);
    CHECK(canonical("oci:registry.acme.example:5000/a") == "oci:registry.acme.example:5000/a");
    CHECK(canonical("oci:localhost/a") == "oci:localhost/a");
    CHECK(canonical("oci:acme:5000/a") == "oci:acme:5000/a");
    CHECK(canonical("pkg:oci/python@sha256%3A" + kHex + "?repository_url=docker.io/library/python&tag=3.12") ==
          "oci:docker.io/library/python:3.12@sha256:" + kHex);
    CHECK(canonical("pkg:docker/python@3.12") == "oci:docker.io/library/python:3.12");
    const auto image = parse_reference("oci:host.example/a/b:1@sha256:" + kHex);
    REQUIRE(image.ok());
    CHECK(image->space == "host.example");
    CHECK(image->name == "a/b");
    CHECK(image->version == "1");
    CHECK(image->digest == "sha256:" + kHex);
    CHECK(image->base == "oci:host.example/a/b");
    for (const std::string& bad :
         {std::string("oci:"), "oci:" + kHex, std::string("oci:a/"), std::string("oci:a//b"), std::string("oci:host.example/A"),
          std::string("oci:a:"), std::string("oci:a@sha256:12"), std::string("oci:host.example:0/a"),
          std::string("oci:host.example:70000/a"), std::string("oci:host.example:x/a"), std::string("oci:a/../b"),
          std::string("oci:-a.example/b"), std::string("oci:a..b/c"), std::string("oci:a___b"), std::string("oci:ACME/a"), std::string("oci:acme:443/a"),
          std::string("pkg:oci/python"), "pkg:oci/python@sha256:" + kHex + "?repository_url=docker.io/library/pyhton"}) {
        CAPTURE(bad);
        CHECK(refused(bad));
    }
}

TEST_CASE("package URLs") {
    CHECK(canonical("pkg:PyPI/Foo_.Bar@1.0") == "pkg:pypi/foo-bar@1.0");
    CHECK(canonical("pkg:npm/%40Acme/x@1.0.0") == "pkg:npm/@Acme/x@1.0.0");
    CHECK(canonical("pkg:npm/@acme/x") == "pkg:npm/@acme/x");
    CHECK(canonical("pkg:npm/JSONStream@1.3.5") == "pkg:npm/JSONStream@1.3.5");
    CHECK(canonical("pkg:pypi/a@1%2B0?b=2&a=1") == "pkg:pypi/a@1+0?a=1&b=2");
    CHECK(canonical("pkg:maven/org.acme/x@1") == "pkg:maven/org.acme/x@1");
    CHECK(canonical("pkg:golang/github.com/Acme/x@v1#sub/dir") == "pkg:golang/github.com/acme/x@v1#sub/dir");
    const auto indexed = parse_reference("pkg:pypi/a@1?repository_url=https%3A%2F%2Fpypi.acme.example%2Fsimple");
    REQUIRE(indexed.ok());
    CHECK(indexed->source == "https://pypi.acme.example/simple");
    CHECK(indexed->base == "pkg:pypi/a");
    for (const char* bad : {"pkg:", "pkg:pypi", "pkg:pypi/", "pkg:/x", "pkg:pypi/a/b", "pkg:pypi/-a", "pkg:pypi/a@",
                            "pkg:pypi/%zz", "pkg:pypi/a%2", "pkg:pypi/a%00b", "pkg:npm/acme/x", "pkg:npm/@acme%2Fx/y",
                            "pkg:npm/a@b/c", "pkg:pypi/a?x", "pkg:pypi/a?x=1&x=2", "pkg:pypi/a#../b", "pkg:npm/%40a/..",
                            "pkg:pypi/r\xd0\xb5quests", "pkg:npm/a@1@2x/y"}) {
        CAPTURE(bad);
        CHECK(refused(bad));
    }
}

TEST_CASE("files, digests and URLs") {
    CHECK(canonical("file:./models/./a.pkl") == "file:models/a.pkl");
    CHECK(canonical("file:../models/a b.pkl") == "file:../models/a b.pkl");
    CHECK(canonical("file:/srv/a") == "file:/srv/a");
    CHECK(canonical("file:.") == "file:.");
    CHECK(canonical("sha256:" + std::string(64, 'A')) == "sha256:" + kHex);
    CHECK(canonical("https://Host.Example:443/a%2Db/") == "https://host.example/a-b");
    CHECK(canonical("git+ssh://git@host.example/a/b@0123") == "git+ssh://host.example/a/b@0123");
    CHECK(parse_reference("git+https://host.example/a@v1")->base == "git+https://host.example/a");
    for (const char* bad : {"", "x", "ftp://x/y", "file:", "file:a/../b", "file:a//b", "file:a\x1b[0m", "file:a\xff", "sha256:12",
                            "https://", "https:x", "https://user@host.example/a", "https://host.example/a/../b",
                            "https://host.example/a%2f..", "https://host.example/a//b", "https://host.example\\@evil.example/",
                            "https://host.example/a#x", "https://host.example/%2e%2e/x", "meta/llama",
                            "git+ssh://git@host.example/@main"}) {
        CAPTURE(bad);
        CHECK(refused(bad));
    }
}

TEST_CASE("places in stores of objects and volumes") {
    CHECK(canonical("s3://Acme_Models.x/llama/8b/") == "s3://acme_models.x/llama/8b");
    CHECK(canonical("s3://bucket/a@b") == "s3://bucket/a%40b");       // no revision: keys have any character
    CHECK(canonical("gs://bucket") == "gs://bucket");
    CHECK(canonical("pvc://claim/llama") == "pvc://claim/llama");
    CHECK(canonical("hdfs://Node.example:8020/x") == "hdfs://node.example:8020/x");
    CHECK(parse_reference("modelscope://Qwen/Qwen2@v1")->version == "v1");
    CHECK(parse_reference("modelscope://Qwen/Qwen2@v1")->base == "modelscope://qwen/Qwen2");
    for (const char* bad : {"s3://", "s3://a b/c", "s3://-a/c", "s3://a/../b", "s3://key@bucket/x", "pvc:///x", "s4://a/b"}) {
        CAPTURE(bad);
        CHECK(refused(bad));
    }
}

TEST_CASE("a canonical reference parses to itself, and no prefix crashes") {
    for (const std::string& text :
         {"oci:Registry.Acme.example:443/a/b:1@sha256:" + kHex, std::string("pkg:npm/%40acme/x@1%2F0%3F?repository_url=https%3A%2F%2Fa.example"),
          std::string("hf:Org/Name@refs/pr/1"), std::string("git+https://host.example/a%20b/c@v1"), std::string("s3://bucket/a@b/c")}) {
        for (std::size_t length = 0; length <= text.size(); ++length) {
            const auto reference = parse_reference(text.substr(0, length));
            if (!reference) {
                CHECK_FALSE(reference.error().message.empty());
                continue;
            }
            CAPTURE(reference->canonical);
            const auto again = parse_reference(reference->canonical);
            REQUIRE(again.ok());
            CHECK(*again == *reference);
        }
    }
}

TEST_CASE("PEP 503") {
    CHECK(headgate::normalise_pypi("Foo.-_Bar") == "foo-bar");
    CHECK(headgate::normalise_pypi("a") == "a");
    CHECK(headgate::normalise_pypi("") == "");
}
