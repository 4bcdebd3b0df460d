// Writes the seeds of the fuzz targets bundle, checkpoint, certificate, timestamp and trusted_root:
//   HEADGATE_SEEDS=tests/fuzz/seeds test_sigstore [seeds]
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "recipes/sigstore_json.hpp"
#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::recipes;

TEST_CASE("write the seeds of the fuzz targets", "[.][seeds]") {
    const char* const folder = std::getenv("HEADGATE_SEEDS");
    REQUIRE(folder != nullptr);
    const auto write = [&](const std::string& target, const std::string& name, ByteView bytes) {
        std::filesystem::create_directories(std::filesystem::path(folder) / target);
        std::ofstream file(std::filesystem::path(folder) / target / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        CHECK(file.good());
    };
    const std::string artifact = "the artifact";
    sigstore::Bundle old = world().message(artifact);
    old.version = sigstore::BundleVersion::v0_1;
    old.chain_form = true;
    sigstore::Bundle key = world().message(artifact);
    key.material = sigstore::KeyHint{to_base64(world().leaf_key.open().spki_sha256()), {}};
    write("bundle", "message.json", as_bytes(bundle_json(world().message(artifact))));
    write("bundle", "tiles.json", as_bytes(bundle_json(world().message_v2(artifact))));
    write("bundle", "envelope.json", as_bytes(bundle_json(world().envelope("{\"a\":1}"))));
    write("bundle", "chain.json", as_bytes(bundle_json(old)));
    write("bundle", "key.json", as_bytes(bundle_json(key)));
    write("checkpoint", "rekor", as_bytes(world().checkpoint(false, 3, Bytes(32, 9))));
    write("checkpoint", "tiles", as_bytes(world().checkpoint(true, 3, Bytes(32, 9))));
    LeafRecipe plain;
    plain.scts = 0;
    write("certificate", "leaf.der", world().leaf().der());
    write("certificate", "plain.der", world().leaf(plain).der());
    write("certificate", "issuer.der", world().issuer.der());
    write("certificate", "scts.der", world().leaf().extension(crypto::kOidSctList).value());
    write("timestamp", "response.der", world().timestamp(as_bytes(artifact)));
    write("trusted_root", "world.json", as_bytes(world().trusted_root_json()));
}
