// What lets somebody in is not shown; what names something is.
#include <catch2/catch.hpp>

#include "base/redact.hpp"

using namespace headgate;

TEST_CASE("logins of URLs are hidden") {
    CHECK(redacted_url("https://u:p@host.example/x") == "https://***@host.example/x");
    CHECK(redacted_url("https://ghp_token@host.example/x.git@main") == "https://***@host.example/x.git@main");
    CHECK(redacted_url("s3://KEY:SECRET@bucket/model") == "s3://***@bucket/model");
    CHECK(redacted_url("s3://KEY:SEC/RET@bucket/model") == "s3://***@bucket/model");
    CHECK(redacted_url("https://u:p@@host.example/x") == "https://***@host.example/x");
    CHECK(redacted_url("https://u:p@") == "https://***@");
}

TEST_CASE("what looks like a login and is none stays") {
    for (const char* const text : {"https://host.example:8443/x@main", "git+ssh://git@host.example/a/b@main", "hf://acme/x@main", "s3://bucket/a@b", "oci://host.example:5000/a/b@sha256:aaaa",
                                   "https://[::1]:8443/x", "acme/x@main", "", "://", "https://"}) {
        CAPTURE(text);
        CHECK(redacted_url(text) == text);
    }
}

TEST_CASE("queries that sign or open something") {
    CHECK(redacted_url("https://h.example/m?X-Amz-Algorithm=AWS4&X-Amz-Credential=AKIA%2Fx&X-Amz-Signature=abc&X-Amz-Security-Token=t#f") ==
          "https://h.example/m?X-Amz-Algorithm=AWS4&X-Amz-Credential=***&X-Amz-Signature=***&X-Amz-Security-Token=***#f");
    CHECK(redacted_url("https://h.example/m?sv=2024&sig=abc%3D") == "https://h.example/m?sv=2024&sig=***");
    CHECK(redacted_url("https://u:p@h.example/m?TOKEN=x") == "https://***@h.example/m?TOKEN=***");
    CHECK(redacted_query("https://h.example/m?access_token=x;private_token=y") == "https://h.example/m?access_token=***;private_token=***");
    for (const char* const text : {"https://h.example/x?ref=main&timeout=90s", "https://h.example/x?version=v1", "https://h.example/x?", "https://h.example/x?sig", "https://h.example/x?sig=", "a?b#c"}) {
        CAPTURE(text);
        CHECK(redacted_url(text) == text);
    }
}

TEST_CASE("images: '@' in front of a digest is none of a login") {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    CHECK(redacted_image("user:SECRET@host.example/app" + digest) == "***@host.example/app" + digest);
    CHECK(redacted_image("user:SECRET@host.example/app:1") == "***@host.example/app:1");
    CHECK(redacted_image("user:SEC/RET@host.example/app") == "***@host.example/app");
    CHECK(redacted_image("user:SECRET@host.example:5000/app") == "***@host.example:5000/app");
    CHECK(redacted_image("docker://user:SECRET@host.example/app") == "docker://***@host.example/app");
    for (const std::string& text : {std::string("redis"), "host.example:5000/a/b:1" + digest, "app" + digest, "app:1" + digest, std::string("app@md5:00"), std::string("@x"), std::string()}) {
        CAPTURE(text);
        CHECK(redacted_image(text) == text);
    }
}
