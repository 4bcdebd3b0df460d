// DER certificates: what they say, whom they name, their SCTs, and chains under the seeds' world. The input is also read as an SCT
// list by itself.
#include "fuzz/sigstore_oracle.hpp"
#include "sigstore/sct.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const ByteView input(data, size);
    if (const auto scts = sigstore::parse_scts(input); scts.ok()) ORACLE(!scts->empty() && scts->size() <= sigstore::kMaxScts);
    const auto certificate = crypto::Certificate::from_der(input);
    if (!certificate.ok()) {
        ORACLE(!certificate.error().message.empty());
        return 0;
    }
    ORACLE(as_text(certificate->der()) == as_text(input));
    ORACLE(certificate->alt_names().size() <= crypto::kMaxAltNames);
    static_cast<void>(certificate->public_key());
    static_cast<void>(certificate->subject_attribute("2.5.4.3"));
    const auto again = crypto::Certificate::from_pem(certificate->pem());
    ORACLE(again.ok());
    const auto identity = sigstore::read_identity(*certificate);
    if (identity.ok()) ORACLE(!identity->san.value.empty() && certificate->alt_names().size() == 1);
    const auto& root = fuzz::request().trust.roots.front();
    const auto& authority = root.certificate_authorities.front().chain;
    crypto::ChainRequest chain;
    chain.anchors = std::span(authority).last(1);
    chain.intermediates = std::span(authority).first(1);
    chain.at = Instant{recipes::kNow};
    chain.required_eku = crypto::kEkuCodeSigning;
    const auto verified = crypto::verify_chain(*certificate, chain);
    if (!verified.ok() || *certificate == authority.front()) return 0;  // the issuer itself is such a chain
    ORACLE(verified->size() >= 2 && identity.ok() && sigstore::matches(*identity, recipes::kSan, recipes::kIssuer));
    ORACLE(sigstore::verify_scts(*certificate, (*verified)[1], root.ct_logs, chain.at).ok());
    return 0;
}
