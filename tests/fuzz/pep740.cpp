// Attestations of Python distributions, under the trusted root of the seeds' world. Whatever is made of a seed, what verifies is by the
// same signer and about the same file.
#include "attest/pep740.hpp"

#include "attest/subject_digests.hpp"
#include "base/encoding.hpp"
#include "fuzz/sigstore_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const std::string kFile = "acme_model-1.0-py3-none-any.whl";
    static const attest::NamedDigests kDigests = {{"sha256", to_hex(crypto::digest(crypto::Hash::sha256, as_bytes(std::string_view("the package"))))}};
    const auto attestations = attest::parse_pep740({data, size});
    if (!attestations.ok()) {
        ORACLE(!attestations.error().message.empty());
        return 0;
    }
    ORACLE(!attestations->empty() && attestations->size() <= attest::kMaxPep740);
    for (const attest::Pep740Attestation& attestation : *attestations) {
        ORACLE(attestation.bundle.has_certificate() && !attestation.bundle.entries.empty());
        const auto verified = attest::verify_pep740(attestation, fuzz::request(), kFile, kDigests, {});
        if (!verified.ok()) {
            ORACLE(!verified.error().message.empty());
            continue;
        }
        ORACLE(verified->signature.identity && sigstore::matches(*verified->signature.identity, recipes::kSan, recipes::kIssuer));
        ORACLE(verified->statement.subjects.size() == 1 && attest::same_distribution(verified->statement.names.front(), kFile));
        ORACLE(!attest::verify_pep740(attestation, fuzz::request(), kFile, {}, {}).ok());
    }
    return 0;
}
