// Envelopes, bundles and JSON lines of them, as evidence beside a file.
#include "attest/dsse.hpp"

#include "attest/evidence.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const attest::Trust kTrust{
        {{"fresh", crypto::PrivateKey::generate(crypto::KeyType::ed25519).value().public_key(), std::nullopt, std::nullopt}}, {}, {}};
    static const std::vector<FileRecord> kFiles = {{"a", 1, std::string(64, 'a'), true, false}};
    static const Subject kSubject = [] {
        Subject subject;
        subject.digest.sha256 = std::string(64, 'a');
        return subject;
    }();
    const auto envelope = attest::parse_envelope({data, size});
    if (envelope.ok()) {
        const std::size_t count = envelope->signatures.size();
        const bool sane = count >= 1 && count <= attest::kMaxSignatures && !envelope->payload_type.empty();
        const bool believed = attest::verified_by(*envelope, kTrust.keys.front().key);  // nobody has the key
        ORACLE(sane && !believed);
    } else {
        ORACLE(!envelope.error().message.empty());
    }
    Evidence evidence;
    attest::read_evidence({data, size}, {"a.sig", {}, {}, {}}, {kSubject, kFiles}, kTrust, {0}, evidence);
    ORACLE(!evidence.empty() && evidence.statements.empty());  // something is said, nothing is believed
    for (const Signature& signature : evidence.signatures) ORACLE(signature.signers.empty());
    return 0;
}
