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
    const std::string built = statement(kFile, std::string(kProvenanceV1), provenance(), "sha256");
    write("provenance", "v1.json", built);
    write("provenance", "v0.2.json", statement(kFile, std::string(kProvenanceV02), R"({"builder":{"id":"https://ci.example/b"},"buildType":"https://ci.example/t",)"
          R"("invocation":{"configSource":{"uri":"git+https://ci.example/acme/model@refs/heads/main","digest":{"sha1":")" + std::string(40, 'a') +
          R"("},"entryPoint":"x.yml"},"parameters":{"x":"y"},"environment":{"GITHUB_REF":"refs/heads/main"}},"metadata":{"buildInvocationId":"5-1"},)"
          R"("materials":[{"uri":"git+https://ci.example/acme/model@refs/heads/main","digest":{"sha1":")" + std::string(40, 'a') + R"("}}]})", "sha256"));
    write("provenance", "vsa.json", statement(kFile, "https://slsa.dev/verification_summary/v1", R"({"verifier":{"id":"https://gate.example"},"resourceUri":"pkg:x",)"
          R"("verificationResult":"PASSED","verifiedLevels":["SLSA_BUILD_LEVEL_2"]})", "sha256"));
    const std::string attestation = pep740_object(envelope(statement(kFile, std::string(kPypiPublish), "null", "sha256")));
    write("pep740", "attestation.json", attestation);
    write("pep740", "provenance.json", R"({"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"acme/model","workflow":"x.yml"},"attestations":[)" +
                                           attestation + "]}]}");
    const std::string purl = "pkg:npm/%40acme/model@1.0.0";
    const std::string signed_build = bundle_json(envelope(statement(purl, std::string(kProvenanceV1), provenance(), "sha512"), ci_leaf()));
    write("npm", "attestations.json", R"({"attestations":[{"predicateType":")" + std::string(kNpmPublish) + R"(","bundle":)" +
                                          bundle_json(envelope(npm_publish(), {}, &registry_key(), kKeyId)) + R"(},{"predicateType":")" +
                                          std::string(kProvenanceV1) + R"(","bundle":)" + signed_build + "}]}");
    write("npm", "keys.json", R"({"keys":[)" + registry_key_json("npm:attestations") + "," + registry_key_json("npm:signatures") + "]}");
    const std::string other = bundle_json(envelope(statement(kFile, "https://acme.example/other/v1", "{}", "sha256")));
    const std::string built_bundle = bundle_json(envelope(built, ci_leaf()));
    write("npm", "lines.jsonl", other + "\n" + built_bundle + "\n");
    write("npm", "answer.json", R"({"attestations":[{"bundle":)" + built_bundle + R"(,"repository_id":7}]})");
}
