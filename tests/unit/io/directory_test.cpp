#include "io/directory.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;

TEST_CASE("files are opened beneath a folder, never through a link") {
    const TemporaryFolder folder;
    folder.write("inside/a.txt", "a");
    folder.write("outside.txt", "secret");
    REQUIRE(::symlink("../outside.txt", folder.path("inside/link").c_str()) == 0);
    REQUIRE(::symlink("..", folder.path("inside/up").c_str()) == 0);
    const auto inside = io::Directory::open(folder.path("inside"));
    REQUIRE(inside.ok());
    CHECK((*inside)->open_file("a.txt").ok());
    for (const char* path : {"link", "up/outside.txt", "../outside.txt", "/etc/passwd", "absent"}) {
        CAPTURE(path);
        CHECK_FALSE((*inside)->open_file(path).ok());
    }
}

TEST_CASE("a walk lists everything but .git, in byte-wise path order") {
    const TemporaryFolder folder;
    for (const char* name : {"b", "a/x", "a-b", "a/.git/config", ".git/HEAD", ".hidden"}) folder.write(name, "x");
    const auto root = io::Directory::open(folder.path());
    REQUIRE(root.ok());
    const auto entries = (*root)->walk("");
    REQUIRE(entries.ok());
    std::vector<std::string> paths;
    for (const io::Entry& entry : *entries) paths.push_back(entry.path);
    CHECK(paths == std::vector<std::string>{".hidden", "a", "a-b", "a/x", "b"});
    CHECK_FALSE((*root)->walk("", 2).ok());
}

TEST_CASE("below means below, not beside") {
    CHECK(io::is_below("/a/b", "/a"));
    CHECK(io::is_below("/a", "/a"));
    CHECK(io::is_below("/a", "/"));
    CHECK_FALSE(io::is_below("/ab", "/a"));
}

TEST_CASE("a file is written whole or not at all, and a device is never replaced") {
    const TemporaryFolder folder;
    const std::string path = folder.path("out.json");
    REQUIRE(io::write_file_atomically(path, "first").ok());
    REQUIRE(io::write_file_atomically(path, "second").ok());
    CHECK(as_text(*io::read_file(path, 100)) == "second");
    CHECK_FALSE(io::write_file_atomically(folder.path("absent/out.json"), "x").ok());
    CHECK_FALSE(io::write_file_atomically("/dev/full", "x").ok());
    CHECK(io::path_type("/dev/full").ok());
    const auto root = io::Directory::open(folder.path());
    CHECK((*root)->walk("")->size() == 1);
}
