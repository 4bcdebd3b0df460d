// Verdicts that are relied on: the input as the file, and as a payload that the right key signed.
#include "attest/verdict.hpp"

#include <algorithm>

#include "attest/dsse.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const crypto::PrivateKey kKey = crypto::PrivateKey::generate(crypto::KeyType::ed25519).value();
    static const crypto::PublicKey kPublic = kKey.public_key();
    attest::RelyOptions options;
    options.subject.sha256 = std::string(64, 'a');
    options.now = {1'795'600'000};
    const auto raw = attest::rely({data, size}, kPublic, options);
    ORACLE(!raw.ok() || (!raw->passed && !raw->reason.empty()));  // nobody has the key

    const auto line = attest::sign_envelope(attest::kInTotoPayload, as_text({data, size}), kKey);
    if (!line.ok() || size == 0 || line->size() > attest::kMaxEnvelope) return 0;   // an envelope has a payload
    const auto signed_by_us = attest::rely(as_bytes(*line), kPublic, options);
    ORACLE(signed_by_us.ok() && !signed_by_us->reason.empty());
    if (signed_by_us->passed) {
        const auto& levels = signed_by_us->levels;
        const auto has = [&](std::string_view level) { return std::find(levels.begin(), levels.end(), level) != levels.end(); };
        ORACLE(has("HEADGATE_ENFORCED") && !has("FAILED") && !has("HEADGATE_NAMES_ONLY"));
    }
    return 0;
}
