// Writes the seeds of the fuzz targets provenance, pep740 and npm:
//   HEADGATE_SEEDS=tests/fuzz/seeds test_attest [seeds]
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "unit/attest/packages_fixture.hpp"

using namespace headgate;
using namespace headgate::packages_test;

TEST_CASE("write the seeds of the fuzz targets of packages", "[.][seeds]") {
    const char* const folder = std::getenv("HEADGATE_SEEDS");
    REQUIRE(folder != nullptr);
    const auto write = [&](const std::string& target, const std::string& name, const std::string& text) {
        std::filesystem::create_directories(std::filesystem::path(folder) / target);
        std::ofstream file(std::filesystem::path(folder) / target / name, std::ios::binary);
        file << text;
        CHECK(file.good());
    };
    const std::string file = "acme_model-1.0-py3-none-any.whl";
    const std::string v1 = statement(file, std::string(kProvenanceV1), provenance(), "sha256");
    write("provenance", "v1.json", v1);
    write("provenance", "v0.2.json", statement(file, std::string(kProvenanceV02), R"({"builder":{"id":"https://ci.example/b"},"buildType":"https://ci.example/t",)"
          R"("invocation":{"configSource":{"uri":"git+https://ci.example/acme/model@refs/heads/main","digest":{"sha1":")" + std::string(40, 'a') +
          R"("},"entryPoint":"x.yml"},"parameters":{"x":"y"},"environment":{"GITHUB_REF":"refs/heads/main"}},"metadata":{"buildInvocationId":"5-1"},)"
          R"("materials":[{"uri":"git+https://ci.example/acme/model@refs/heads/main","digest":{"sha1":")" + std::string(40, 'a') + R"("}}]})", "sha256"));
    write("provenance", "vsa.json", statement(file, "https://slsa.dev/verification_summary/v1", R"({"verifier":{"id":"https://gate.example"},"resourceUri":"pkg:x",)"
          R"("verificationResult":"PASSED","verifiedLevels":["SLSA_BUILD_LEVEL_2"]})", "sha256"));
    const sigstore::Bundle bundle = envelope(statement(file, std::string(kPypiPublish), "null", "sha256"));
    const auto& content = std::get<sigstore::Envelope>(bundle.content);
    const std::string attestation = R"({"version":1,"verification_material":{"certificate":")" + to_base64(World::leaf_of(bundle).der()) +
                                    R"(","transparency_entries":[)" + entry_json(bundle.entries.front()) + R"(]},"envelope":{"statement":")" +
                                    to_base64(content.payload) + R"(","signature":")" + to_base64(content.signature) + "\"}}";
    write("pep740", "attestation.json", attestation);
    write("pep740", "provenance.json", R"({"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"acme/model","workflow":"x.yml"},"attestations":[)" +
                                           attestation + "]}]}");
    const std::string one = bundle_json(bundle);
    write("npm", "attestations.json", R"({"attestations":[{"predicateType":")" + std::string(kPypiPublish) + R"(","bundle":)" + one + "}]}");
    write("npm", "lines.jsonl", one + "\n" + one + "\n");
    write("npm", "answer.json", R"({"attestations":[{"bundle":)" + one + R"(,"repository_id":7}]})");
    write("npm", "keys.json", R"({"keys":[{"keyId":"SHA256:x","keyUsage":"npm:attestations","publicKey":{"rawBytes":")" + to_base64(world().leaf_key.open().spki()) +
                                  R"(","keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":{"start":"2020-01-01T00:00:00Z"}}}]})");
}
