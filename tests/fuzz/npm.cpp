// Documents of npm's registry, and files of several attestations: read whole within the limits, and nothing is believed without a key.
#include "attest/npm.hpp"

#include "attest/bundle_list.hpp"
#include "fuzz/sigstore_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const ByteView bytes(data, size);
    static const attest::NpmPackage kPackage{"@acme/model", "1.0.0", {{"sha512", std::string(128, 'a')}}};
    const auto list = attest::read_bundle_list(bytes);
    ORACLE(list.ok() ? !list->empty() && list->size() <= attest::kMaxListed : !list.error().message.empty());
    const auto keys = attest::parse_registry_keys(bytes);
    ORACLE(keys.ok() ? !keys->empty() && keys->size() <= attest::kMaxRegistryKeys : !keys.error().message.empty());
    const auto attestations = attest::parse_npm_attestations(bytes);
    if (!attestations.ok()) {
        ORACLE(!attestations.error().message.empty());
        return 0;
    }
    ORACLE(!attestations->empty() && attestations->size() <= attest::kMaxNpmAttestations);
    for (const attest::NpmAttestation& attestation : *attestations) {
        ORACLE(!attest::verify_npm_publish(attestation, {}, fuzz::request(), kPackage, "").ok());
        ORACLE(!attest::verify_npm_provenance(attestation, fuzz::request(), kPackage, {}).ok());
    }
    return 0;
}
