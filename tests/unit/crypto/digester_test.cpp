#include "crypto/digester.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"

using namespace headgate;
using namespace headgate::crypto;

TEST_CASE("digests made piece by piece are those made at once") {
    const auto digest = [](FileHash hash, std::initializer_list<std::string_view> pieces) {
        Digester digester(hash);
        for (const std::string_view piece : pieces) digester.update(as_bytes(piece));
        return to_hex(digester.finish());
    };
    // FIPS 180-4 and RFC 7693, appendix A.
    CHECK(digest(FileHash::sha256, {"abc"}) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest(FileHash::blake2b, {"abc"}) ==
          "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    for (const FileHash hash : {FileHash::sha256, FileHash::blake2b, FileHash::sha384, FileHash::sha512}) {
        CHECK(digest(hash, {"a", "", "bc"}) == digest(hash, {"abc"}));
        CHECK(digest(hash, {}).size() == 2 * digest_size(hash));
        CHECK(digest(hash, {}) == digest(hash, {""}));
    }
    CHECK(to_string(FileHash::sha256) == "sha256");
    CHECK(to_string(FileHash::blake2b) == "blake2b");
    CHECK(to_string(FileHash::sha384) == "sha384");
    CHECK(to_string(FileHash::sha512) == "sha512");
}
