// Sigstore bundles under the trusted root of the seeds' world. Whatever is made of a seed, what verifies is by the same signer, about
// the same artifact or payload.
#include "fuzz/sigstore_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto bundle = sigstore::parse_bundle(ByteView(data, size));
    if (!bundle.ok()) {
        ORACLE(!bundle.error().message.empty());
        return 0;
    }
    ORACLE(bundle->entries.size() <= sigstore::kMaxEntries && bundle->timestamps.size() <= sigstore::kMaxTimestamps);
    const auto verified = sigstore::verify_bundle(*bundle, fuzz::request());
    if (!verified.ok()) {
        ORACLE(!verified.error().message.empty());
        return 0;
    }
    ORACLE(verified->identity && sigstore::matches(*verified->identity, recipes::kSan, recipes::kIssuer));
    ORACLE(verified->spki_sha256 == recipes::world().leaf_key.open().spki_sha256());
    ORACLE(!verified->times.empty() && !verified->entries.empty() && verified->scts == 1);
    if (verified->payload_type.empty()) {
        ORACLE(verified->artifact_digest == crypto::digest(crypto::Hash::sha256, as_bytes(fuzz::kArtifact)));
    } else {
        ORACLE(verified->payload_type == recipes::kStatement && as_text(verified->payload) == fuzz::kPayload);
    }
    return 0;
}
