// Notation envelopes as JWS: what is read is whole, and believed by nobody without its key.
#include "attest/notation.hpp"

#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto envelope = attest::parse_notation_jws({data, size});
    if (!envelope.ok()) {
        ORACLE(!envelope.error().message.empty());
    } else {
        ORACLE(!envelope->certificates.empty() && envelope->certificates.size() <= attest::kMaxNotationCertificates);
        ORACLE(!envelope->signature.empty() && envelope->signature.size() <= attest::kMaxNotationSignature && !envelope->payload.empty());
        attest::NotationTrust trust;
        trust.identities.push_back(attest::TrustedSubject::parse("*").value());
        ORACLE(!attest::verify_notation(*envelope, {"", "sha256:" + std::string(64, 'a'), 1}, trust, {0}).ok());  // no store
    }
    const auto payload = attest::parse_notation_payload({data, size});
    if (payload.ok()) ORACLE(payload->digest.size() == 71 && !payload->media_type.empty());
    const auto subject = attest::TrustedSubject::parse(as_text({data, size}));
    if (!subject.ok()) ORACLE(!subject.error().message.empty());
    return 0;
}
