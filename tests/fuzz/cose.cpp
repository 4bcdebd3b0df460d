// Notation envelopes as COSE_Sign1.
#include "attest/notation.hpp"

#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto envelope = attest::parse_notation_cose({data, size});
    if (!envelope.ok()) {
        ORACLE(!envelope.error().message.empty());
        return 0;
    }
    ORACLE(!envelope->certificates.empty() && envelope->certificates.size() <= attest::kMaxNotationCertificates);
    ORACLE(!envelope->signature.empty() && envelope->signature.size() <= attest::kMaxNotationSignature && !envelope->payload.empty());
    ORACLE(envelope->signed_bytes.size() > envelope->payload.size());
    attest::NotationTrust trust;
    trust.identities.push_back(attest::TrustedSubject::parse("*").value());
    ORACLE(!attest::verify_notation(*envelope, {"", "sha256:" + std::string(64, 'a'), 1}, trust, {0}).ok());  // no store
    return 0;
}
