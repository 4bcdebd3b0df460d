#include "io/held_ranges.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "io/sealed_copy.hpp"

using namespace headgate;
using io::SeenRange;

namespace {

Bytes file_of(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
}

SeenRange range_of(const Bytes& file, std::size_t offset, std::size_t length) {
    return {offset, length, crypto::sha256(ByteView(file).subspan(offset, length))};
}

// Whether a file that comes in pieces is what the ranges say.
bool same(const Bytes& file, std::vector<SeenRange> ranges, std::size_t piece) {
    io::SeenRanges seen;
    REQUIRE(seen.set(std::move(ranges), file.size()));
    bool all = true;
    for (std::size_t at = 0; at < file.size(); at += piece) all = seen.take(at, ByteView(file).subspan(at, std::min(piece, file.size() - at))) && all;
    return all;
}

}  // namespace

TEST_CASE("ranges that a worker was shown are compared wherever the pieces end") {
    const Bytes file = file_of(1000);
    const std::vector<SeenRange> ranges = {range_of(file, 990, 10), range_of(file, 0, 1000), range_of(file, 0, 1), range_of(file, 100, 50),
                                           range_of(file, 120, 500), range_of(file, 120, 500), range_of(file, 64, 64)};
    for (const std::size_t piece : {1U, 7U, 64U, 999U, 1000U}) {
        CHECK(same(file, ranges, piece));
        for (const std::size_t changed : {0U, 1U, 63U, 125U, 500U, 995U, 999U}) {
            Bytes other = file;
            other[changed] ^= 1U;
            INFO(piece << " " << changed);
            CHECK(!same(other, ranges, piece));
        }
    }
    Bytes unseen = file;
    unseen[700] ^= 1U;
    CHECK(same(unseen, {range_of(file, 0, 100), range_of(file, 701, 20)}, 64));
}

TEST_CASE("ranges that a file cannot have are refused") {
    io::SeenRanges seen;
    CHECK(seen.set({}, 0));
    CHECK(seen.set({{0, 100, {}}}, 100));
    CHECK(!seen.set({{0, 101, {}}}, 100));
    CHECK(!seen.set({{101, 1, {}}}, 100));
    CHECK(!seen.set({{100, 0, {}}}, 100));
    CHECK(!seen.set({{UINT64_MAX, 2, {}}}, 100));
    CHECK(!seen.set({{50, UINT64_MAX - 10, {}}}, 100));
    // More than a source may hold, though each of them is possible.
    const SeenRange half{0, io::HeldRanges::kMost / 2, {}};
    CHECK(seen.set({half, half}, io::HeldRanges::kMost));
    CHECK(!seen.set({half, half, {0, 1, {}}}, io::HeldRanges::kMost));
    CHECK(!seen.set(std::vector<SeenRange>(io::SeenRanges::kMostRanges + 1, SeenRange{0, 1, {}}), 100));
    // Beside the whole, read forward once.
    CHECK(seen.set({half, half, {0, io::HeldRanges::kMost, {}}}, io::HeldRanges::kMost, true));
    CHECK(!seen.set({half, half, {0, io::HeldRanges::kMost, {}}, {0, 1, {}}}, io::HeldRanges::kMost, true));
}

TEST_CASE("ranges that all lie across one place are too many at some point") {
    const Bytes file = file_of(256);
    io::SeenRanges seen;
    REQUIRE(seen.set(std::vector<SeenRange>(io::SeenRanges::kMostOpen + 1, range_of(file, 0, 200)), file.size()));
    CHECK(!seen.take(0, ByteView(file).first(100)));
}

TEST_CASE("a sealed copy is written by nobody any more") {
    const auto copy = io::sealed_copy(as_bytes("bytes of the model"));
    REQUIRE(copy.ok());
    const int fd = copy->get();
    std::string text(18, ' ');
    CHECK(::pread(fd, text.data(), text.size(), 0) == 18);
    CHECK(text == "bytes of the model");
    CHECK(::pwrite(fd, "x", 1, 0) == -1);
    CHECK(::ftruncate(fd, 0) == -1);
    CHECK(::ftruncate(fd, 4096) == -1);
    CHECK(::mmap(nullptr, 18, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    CHECK(::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == -1);
    void* const read_only = ::mmap(nullptr, 18, PROT_READ, MAP_SHARED, fd, 0);
    REQUIRE(read_only != MAP_FAILED);
    CHECK(::mprotect(read_only, 18, PROT_READ | PROT_WRITE) == -1);
    ::munmap(read_only, 18);
    CHECK(io::sealed_copy({}).ok());
}
