#include "io/hash_files.hpp"

#include <atomic>

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;

namespace {

std::string digest_of(crypto::FileHash hash, std::string_view bytes) {
    crypto::Digester digester(hash);
    digester.update(as_bytes(bytes));
    return to_hex(digester.finish());
}

}  // namespace

TEST_CASE("files and their ranges are hashed, whatever the number of threads") {
    const TemporaryFolder folder;
    std::string large(300'000, 'x');
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i % 23);
    folder.write("large", large);
    folder.write("sub/small", "abc");
    folder.write("empty", "");
    const auto root = io::Directory::open(folder.path()).value();
    const std::vector<io::HashJob> work = {
        {root, "empty", "empty", 0, {{0, 0}}, false},
        {root, "sub/small", "sub/small", 3, {{0, 3}}, true},
        {root, "large", "large", large.size(), {{0, 100'000}, {100'000, 200'001}, {200'001, large.size()}}, true},
        {root, "large", "large", large.size(), {{5, 9}}, false},
    };
    for (const crypto::FileHash hash : {crypto::FileHash::sha256, crypto::FileHash::blake2b}) {
        for (const unsigned jobs : {0U, 1U, 2U, 9U}) {
            std::atomic<std::uint64_t> read{0};
            const auto hashes = io::hash_files(work, hash, jobs, [&](std::uint64_t bytes) {
                read += bytes;
                return true;
            });
            REQUIRE(hashes.ok());
            CHECK(to_hex((*hashes)[0].ranges.at(0)) == digest_of(hash, ""));
            CHECK(to_hex((*hashes)[1].ranges.at(0)) == digest_of(hash, "abc"));
            CHECK(to_hex((*hashes)[1].whole) == crypto::sha256_hex(as_bytes("abc")));
            CHECK(to_hex((*hashes)[2].ranges.at(1)) == digest_of(hash, std::string_view(large).substr(100'000, 100'001)));
            CHECK(to_hex((*hashes)[2].ranges.at(2)) == digest_of(hash, std::string_view(large).substr(200'001)));
            CHECK(to_hex((*hashes)[2].whole) == crypto::sha256_hex(as_bytes(large)));
            CHECK(to_hex((*hashes)[3].ranges.at(0)) == digest_of(hash, std::string_view(large).substr(5, 4)));
            CHECK(read == large.size() + 3 + 4);
        }
    }
    CHECK(io::hash_files({}, crypto::FileHash::sha256, 2)->empty());
}

TEST_CASE("a file that is not as it was found is an error") {
    const TemporaryFolder folder;
    folder.write("a", "abc");
    folder.write("b/c", "abc");
    const auto root = io::Directory::open(folder.path()).value();
    const auto error_of = [&](const io::HashJob& job, const io::Progress& progress = {}) {
        const auto hashes = io::hash_files({&job, 1}, crypto::FileHash::sha256, 1, progress);
        REQUIRE_FALSE(hashes.ok());
        return hashes.error();
    };
    CHECK_THAT(error_of({root, "a", "a", 4, {{0, 4}}, false}).message, Catch::Contains("a: the file changed"));
    CHECK_THAT(error_of({root, "b", "b", 3, {{0, 3}}, false}).message, Catch::Contains("not a regular file"));
    CHECK(error_of({root, "gone", "gone", 3, {{0, 3}}, false}).code == ErrorCode::not_found);
    // Written to between the first byte and the last.
    const Error changed = error_of({root, "a", "a", 3, {{0, 1}, {1, 3}}, false}, [&](std::uint64_t) {
        folder.write("a", "abcd");
        return true;
    });
    CHECK(changed.code == ErrorCode::io);
    folder.write("a", "abc");
    CHECK(error_of({root, "a", "a", 3, {{0, 3}}, false}, [](std::uint64_t) { return false; }).code == ErrorCode::deadline);
}
