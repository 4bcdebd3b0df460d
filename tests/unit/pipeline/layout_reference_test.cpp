#include "pipeline/layout_reference.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace headgate;
using pipeline::split_layout_reference;

namespace {

std::pair<std::string, std::string> split(const std::string& text) {
    const auto found = split_layout_reference(text);
    return {found.folder, found.image};
}
using Parts = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("an image of a layout is named by tag or digest") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    CHECK(split("oci-layout:dir") == Parts("dir", ""));
    CHECK(split("oci-layout:dir:1.0") == Parts("dir", "1.0"));
    CHECK(split("dir:1.0") == Parts("dir", "1.0"));
    CHECK(split("oci-layout:dir@" + digest) == Parts("dir", digest));
    CHECK(split("oci-layout:dir:" + digest) == Parts("dir", digest));
    CHECK(split("a:b/dir") == Parts("a:b/dir", ""));
    CHECK(split("a:b/dir:c") == Parts("a:b/dir", "c"));
    CHECK(split("dir@sha256:" + std::string(63, 'a')) == Parts("dir@sha256", std::string(63, 'a')));
    CHECK(split("dir@sha256:" + std::string(64, 'A')) == Parts("dir@sha256", std::string(64, 'A')));
    CHECK(split("") == Parts("", ""));
    CHECK(split(digest) == Parts("sha256", std::string(64, 'a')));
    CHECK(pipeline::image_suffix("") == "");
    CHECK(pipeline::image_suffix("1.0") == ":1.0");
    CHECK(pipeline::image_suffix(digest) == "@" + digest);
}

TEST_CASE("a colon in the name of a folder that is there is a part of the name") {
    std::string base = "/tmp/headgate-test-XXXXXX";
    REQUIRE(::mkdtemp(base.data()) != nullptr);
    const std::string folder = base + "/app:1.0";
    REQUIRE(::mkdir(folder.c_str(), 0700) == 0);
    CHECK(split("oci-layout:" + folder) == Parts(folder, ""));
    CHECK(split(folder + ":2.0") == Parts(folder, "2.0"));
    ::rmdir(folder.c_str());
    CHECK(split("oci-layout:" + folder) == Parts(base + "/app", "1.0"));
    ::rmdir(base.c_str());
}
