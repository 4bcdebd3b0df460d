#include "pipeline/digest.hpp"

#include <catch2/catch.hpp>

#include "crypto/sha256.hpp"

using namespace headgate;

namespace {

FileRecord file(std::string path, std::string_view content, bool evidence = false) {
    return {std::move(path), content.size(), crypto::sha256_hex(as_bytes(content)), true, evidence};
}

}  // namespace

TEST_CASE("a folder has two digests: one over contents, one over names too") {
    // Values from the shell: (sha256sum a b | cut -c1-64 | xxd -r -p) | sha256sum, and sha256sum a b | sha256sum,
    // for files with a = "1", b = "2".
    const auto digest = pipeline::digest_of(true, std::vector<FileRecord>{file("b", "2"), file("a", "1")});
    CHECK(digest.sha256 == "4295f72eeb1e3507b8461e240e3b8d18c1e7bd2f1122b11fc9ec40a65894031a");
    CHECK(digest.dir_hash == "68c2919f4305e50800082ab7f11eb17d96c7832f59154e97b1d373a5179a63ea");
    const auto renamed = pipeline::digest_of(true, std::vector<FileRecord>{file("a", "1"), file("c", "2")});
    CHECK(renamed.sha256 == digest.sha256);
    CHECK(renamed.dir_hash != digest.dir_hash);
}

TEST_CASE("evidence beside an artifact is not part of its digest; nothing but evidence has none") {
    const auto alone = pipeline::digest_of(true, std::vector<FileRecord>{file("a", "1")});
    CHECK(pipeline::digest_of(true, std::vector<FileRecord>{file("a", "1"), file("model.sig", "{}", true)}) == alone);
    CHECK(pipeline::digest_of(true, std::vector<FileRecord>{file("model.sig", "{}", true)}).empty());
    CHECK(pipeline::digest_of(false, std::vector<FileRecord>{file("a", "1")}).dir_hash.empty());
}
