// cosign layers. Input: annotations, one a line ("name=value", '|' for a line break), an empty line, and the layer's bytes. A
// simple signing payload by itself is read too.
#include "attest/attached.hpp"

#include <algorithm>

#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const attest::Trust kTrust = [] {
        attest::Trust trust;
        trust.keys.push_back({"fresh", crypto::PrivateKey::generate(crypto::KeyType::ed25519).value().public_key(), std::nullopt, std::nullopt});
        trust.roots.push_back({"empty", "", sigstore::TrustedRoot(), {}});
        trust.names_of = [](const CertifiedIdentity&) { return std::vector<std::string>{"anybody"}; };
        return trust;
    }();
    const auto payload = attest::parse_simple_signing({data, size});
    if (payload.ok()) ORACLE(payload->digest.size() == 71);

    AttachedDocument document;
    std::string_view rest = as_text({data, size});
    while (document.annotations.size() < 8) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) break;
        std::string value(line.substr(equals + 1));
        std::replace(value.begin(), value.end(), '|', '\n');
        document.annotations.emplace_back(line.substr(0, equals), std::move(value));
    }
    document.content.assign(rest.begin(), rest.end());
    Subject subject;
    subject.digest.sha256 = std::string(64, 'a');
    for (const auto form : {AttachedDocument::Form::cosign_signature, AttachedDocument::Form::cosign_attestation}) {
        document.form = form;
        Attached attached;
        attached.digest = "sha256:" + subject.digest.sha256;
        attached.documents = {document};
        Evidence evidence;
        attest::read_attached(attached, {subject, {}}, kTrust, {}, {1'800'000'000}, evidence);
        ORACLE(!evidence.empty() && evidence.statements.empty());  // something is said, nothing is believed
        for (const Signature& signature : evidence.signatures) ORACLE(signature.signers.empty() && !signature.identity && !signature.covers_subject);
    }
    return 0;
}
