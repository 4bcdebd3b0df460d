#include "io/file_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/encoding.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;

namespace {

std::string make_file(const TemporaryFolder& folder, const std::string& name, std::uint64_t size) {
    const std::string path = folder.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << "head";
    REQUIRE(::truncate(path.c_str(), static_cast<off_t>(size)) == 0);
    return path;
}

}  // namespace

TEST_CASE("a small file is read once: parser and hash see the same buffer") {
    const TemporaryFolder folder;
    const std::string path = folder.write("a.bin", "content");
    auto source = io::FileSource::open(path);
    REQUIRE(source.ok());
    REQUIRE(as_text(*(*source)->view(0, 7)) == "content");
    folder.write("a.bin", "changed");  // after the read: the verdict is about what was read
    const auto digest = (*source)->hash({});
    CHECK_FALSE(digest.ok());
    CHECK(digest.error().message.find("changed while it was read") != std::string::npos);
}

TEST_CASE("a large file is hashed as a whole, whatever ranges were looked at") {
    const TemporaryFolder folder;
    const std::uint64_t size = io::FileSource::kWhole + 4099;
    const std::string path = make_file(folder, "big.bin", size);
    auto source = io::FileSource::open(path);
    REQUIRE(source.ok());
    REQUIRE(as_text(*(*source)->view(0, 4)) == "head");
    REQUIRE((*source)->view(size - 3, 3).has_value());
    REQUIRE((*source)->view(io::FileSource::kWhole - 5, 10).has_value());
    CHECK_FALSE((*source)->view(size - 3, 4).has_value());
    Bytes all(size, 0);
    std::memcpy(all.data(), "head", 4);
    const auto digest = (*source)->hash({});
    REQUIRE(digest.ok());
    CHECK(to_hex(*digest) == crypto::sha256_hex(all));
}

TEST_CASE("a range that changes between parse and hash is an error") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, "big.bin", io::FileSource::kWhole + 1);
    auto source = io::FileSource::open(path);
    REQUIRE(source.ok());
    REQUIRE((*source)->view(0, 4).has_value());
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "HEAD";
    CHECK_FALSE((*source)->hash({}).ok());
}

TEST_CASE("a file that shrinks while it is read is an error, not a short file") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, "big.bin", io::FileSource::kWhole + 1);
    auto source = io::FileSource::open(path);
    REQUIRE(source.ok());
    REQUIRE(::truncate(path.c_str(), 100) == 0);
    CHECK_FALSE((*source)->view(200, 10).has_value());
    REQUIRE((*source)->failure().has_value());
    CHECK_FALSE((*source)->hash({}).ok());
}

TEST_CASE("a FIFO, a device and a folder are never read") {
    const TemporaryFolder folder;
    const std::string fifo = folder.path() + "/fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK_FALSE(io::FileSource::open(fifo).ok());
    CHECK_FALSE(io::FileSource::open("/dev/zero").ok());
    CHECK_FALSE(io::FileSource::open(folder.path()).ok());
    CHECK(io::FileSource::open(folder.path() + "/absent").error().code == ErrorCode::not_found);
}
