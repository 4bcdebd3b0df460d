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

TEST_CASE("logins of what is no whole URL") {
    CHECK(redacted_url("//u:SECRET@h") == "//***@h");
    CHECK(redacted_url("//u:SEC/RET@h/x") == "//***@h/x");
    CHECK(redacted_url("https:/u:SECRET@h") == "https:/***@h");
    CHECK(redacted_url("https:u:SECRET@h") == "https:***@h");
    CHECK(redacted_url("https:\\\\u:SECRET@h") == "https:\\\\***@h");
    CHECK(redacted_url("https:///u:SECRET@h") == "https:///***@h");
    CHECK(redacted_url("https://u:pw/SECRET@h/x") == "https://***@h/x");
    CHECK(redacted_url("https://u:pw/SECRET@h:8080/x") == "https://***@h:8080/x");
    CHECK(redacted_url("https://u:pw/SECRET@h:8080") == "https://***@h:8080");
    CHECK(redacted_url("u:SECRET@h.example/x") == "***@h.example/x");
    CHECK(redacted_url("u:SECRET@h.example:org/x") == "***@h.example:org/x");
    CHECK(redacted_url("u:SECRET@forge:org/x") == "***@forge:org/x");
    CHECK(redacted_url("u:SEC/RET@h.example/x@main") == "***@h.example/x@main");
    CHECK(redacted_url("u:SECRET@127.0.0.1:80/x") == "***@127.0.0.1:80/x");
    CHECK(redacted_url("u:SECRET@h.example/x?next=https://y.example") == "***@h.example/x?next=https://y.example");
    CHECK(redacted_url("npm:u:SECRET@h.example/x") == "npm:***@h.example/x");
    CHECK(redacted_url("x @ https://u:pw/SECRET@h.example/x.whl") == "x @ https://***@h.example/x.whl");
}

TEST_CASE("an '@' and a ':' without a scheme are not always a login") {
    for (const char* const text : {"git@github.example:org/repo", "u@h.example/x", "npm:left-pad@1.0.0", "npm:@scope/x@1.0.0-rc.1", "pkg:npm/x@1.0.0", "pkg:pypi/x@1.0.rc/y", "group:artifact:1.0@aar",
                                   "host.example:5000/a@main", "host.example:5000/a/b@sha256:aaaa", "host.example:org/x@v1.beta", "patch:lodash@npm:4.17.21", "x @ https://h.example/x.whl",
                                   "org/x:tag@host.example/y", "//share/x@1", "file:///x@1", "git+file:///x@1", "file:x@1.0.0", "C:/x@1.0", "a:b", "@", ":@", "@:", "//", "https:", "https:/", "http:x"}) {
        CAPTURE(text);
        CHECK(redacted_url(text) == text);
        CHECK(url_without_login(text) == text);
    }
}

TEST_CASE("what a login is cut off from leads to the same place, or to none") {
    CHECK(url_without_login("https://u:SECRET@h.example/x@main") == "https://h.example/x@main");
    CHECK(url_without_login("git+ssh://git@h.example/x") == "git+ssh://h.example/x");
    CHECK(url_without_login("//u:SECRET@h.example/x") == "//h.example/x");
    CHECK(url_without_login("https:/u:SECRET@h.example/x") == "https:/h.example/x");
    // Some clients ask the host that stands first.
    CHECK(url_without_login("https://other.example:pw/SECRET@h.example/x") == "https://***/***@h.example/x");
    CHECK(url_without_login("other.example:SECRET@h.example/x") == "//***/***@h.example/x");
    CHECK(url_without_login("https://h.example:8443/x@main") == "https://h.example:8443/x@main");
}

TEST_CASE("parameters by other names, and elsewhere than in a query") {
    for (const char* const name : {"api-key", "X-Api-Key", "private_key", "private-key", "bearer", "session", "session_id", "to%6Ben", "%74oken", "%53%49%47", "access-key"}) {
        CAPTURE(name);
        CHECK(redacted_url("https://h.example/x?a=b&" + std::string(name) + "=SECRET") == "https://h.example/x?a=b&" + std::string(name) + "=***");
    }
    CHECK(redacted_url("https://h.example/x;token=SECRET/y") == "https://h.example/x;token=***");
    CHECK(redacted_url("https://h.example/x#token=SECRET&a=b") == "https://h.example/x#token=***&a=b");
    CHECK(redacted_url("https://h.example/x?a=b#access_token=SECRET") == "https://h.example/x?a=b#access_token=***");
    CHECK(redacted_url("https://h.example/x?next=/y?token=SECRET") == "https://h.example/x?next=/y?token=***");
    CHECK(redacted_url("https://h.example/x?token=SEC?RET") == "https://h.example/x?token=***");
    CHECK(redacted_url("https://h.example/x?code=4-0AbCdEfGhIjKlMnOp") == "https://h.example/x?code=***");
    for (const char* const text : {"https://h.example/x?code=de", "https://h.example/x#egg=x&subdirectory=y", "https://h.example/x#sha256=aaaa", "https://h.example/x;v=1", "https://h.example/x?%6=1",
                                   "https://h.example/x#main", "x==1 ; sys_platform == 'linux'", "https://h.example/x?keyword=a"}) {
        CAPTURE(text);
        CHECK(redacted_url(text) == text);
    }
}
