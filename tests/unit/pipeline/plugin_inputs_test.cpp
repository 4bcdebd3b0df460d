// A plugin is given the bytes that were judged, or nothing.
#include "pipeline/plugin_inputs.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "crypto/sha256.hpp"
#include "io/file_source.hpp"

using namespace headgate;
using pipeline::FilePlan;
using pipeline::JudgedFile;
using pipeline::PluginInputs;

namespace {

struct World {
    std::string folder;
    FilePlan plan;
    JudgedFile judged;

    explicit World(const std::string& content) {
        std::string path = "/tmp/headgate-test-XXXXXX";
        REQUIRE(::mkdtemp(path.data()) != nullptr);
        folder = path;
        write(content);
        plan = {"m.bin", *io::Directory::open(folder), "m.bin", false, ""};
        const auto source = io::FileSource::open(folder + "/m.bin");
        judged = {&plan, crypto::sha256_hex(as_bytes(content)), (*source)->stamp()};
    }
    ~World() { static_cast<void>(std::system(("rm -rf " + folder).c_str())); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    void write(const std::string& content) const { std::ofstream(folder + "/m.bin") << content; }
    auto open() const { return PluginInputs::open({&judged, 1}); }
};

std::string content_of(const external::OpenFile& file) {
    std::string text(file.size, '\0');
    CHECK(::pread(file.descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
}

const std::string kLarge(5U << 20U, 'a');

}  // namespace

TEST_CASE("a small file is a copy of what was judged, whatever becomes of the file") {
    const World world("judged");
    const auto inputs = world.open();
    REQUIRE(inputs.ok());
    world.write("otherwise");
    CHECK(content_of(inputs->files().front()) == "judged");
    CHECK(inputs->unchanged().ok());
    CHECK(::write(inputs->files().front().descriptor, "x", 1) < 0);
}

TEST_CASE("a file that changed since it was judged is not handed over, whatever its size") {
    for (const std::string& content : {std::string("judged"), kLarge}) {
        const World world(content);
        std::string other = content;
        other[0] = 'X';
        world.write(other);
        CHECK_FALSE(world.open().ok());
    }
}

TEST_CASE("the times may be as they were: a small file is hashed again") {
    World world("judged");
    world.write("JUDGED");
    world.judged.stamp = (*io::FileSource::open(world.folder + "/m.bin"))->stamp();
    CHECK(world.open().error().message.find("changed after it was judged") != std::string::npos);
}

TEST_CASE("a large file is the file itself, and a change during the call is noticed") {
    World world(kLarge);
    auto inputs = world.open();
    REQUIRE(inputs.ok());
    CHECK(inputs->files().front().size == kLarge.size());
    CHECK(inputs->unchanged().ok());
    std::string other = kLarge;
    other[9] = 'X';
    world.write(other);
    CHECK_FALSE(inputs->unchanged().ok());
}

TEST_CASE("a large file that changed shortly before it was judged is hashed again, after the call") {
    World world(kLarge);
    std::string other = kLarge;
    other[9] = 'X';
    world.write(other);
    world.judged.stamp = (*io::FileSource::open(world.folder + "/m.bin"))->stamp();   // as if the times had not moved
    const auto inputs = world.open();
    REQUIRE(inputs.ok());
    CHECK_FALSE(inputs->unchanged().ok());
}
