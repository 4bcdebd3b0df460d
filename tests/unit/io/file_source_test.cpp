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

TEST_CASE("a large file that is read forward is held by nobody, and compared all the same") {
    const TemporaryFolder folder;
    const std::uint64_t size = io::FileSource::kWhole + 4099;
    const std::string path = make_file(folder, "big.bin", size);
    const auto read = [&](std::uint64_t much) {
        auto source = io::FileSource::open(path);
        REQUIRE(source.ok());
        Bytes piece(1U << 20U);
        for (std::uint64_t at = 0; at < much;) {
            const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), much - at));
            REQUIRE((*source)->read_through(at, std::span(piece).first(length)));
            at += length;
        }
        // Not twice, not with a gap, not beyond the end.
        CHECK_FALSE((*source)->read_through(0, std::span(piece).first(1)));
        CHECK_FALSE((*source)->read_through(size, std::span(piece).first(1)));
        return std::move(*source);
    };
    CHECK(read(size)->hash({}).ok());
    CHECK(read(1000)->hash({}).ok());
    const auto changed = read(5000);
    {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(4000);
        file << "other";
    }
    CHECK_FALSE(changed->hash({}).ok());

    const std::string small = folder.write("a.bin", "content");
    auto source = io::FileSource::open(small);
    REQUIRE(source.ok());
    Bytes all(7);
    REQUIRE((*source)->read_through(0, all));
    CHECK(as_text(all) == "content");
    CHECK((*source)->hash({}).ok());
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
