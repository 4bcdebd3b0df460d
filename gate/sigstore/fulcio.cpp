#include "sigstore/fulcio.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/sct.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::size_t kMaxAnswer = 1U << 20U;
constexpr std::size_t kMaxIssuedChain = 10;
constexpr std::int64_t kClockSkew = 60;  // seconds, as in verify.cpp

Error answer_is(std::string what) { return malformed("Fulcio's answer " + std::move(what)); }

// The chain of the first authority of the root under which the leaf holds.
Result<std::vector<crypto::Certificate>> chain_under(const TrustedRoot& root, const crypto::Certificate& leaf, Instant now) {
    Error error = refused("the certificate: no certificate authority of the trusted root is in use now");
    for (const Authority& authority : root.certificate_authorities) {
        if (!authority.valid_for.contains(now)) continue;
        const std::span<const crypto::Certificate> all(authority.chain);
        crypto::ChainRequest request;
        request.anchors = all.last(1);
        request.intermediates = all.first(all.size() - 1);
        request.at = now;
        request.required_eku = crypto::kEkuCodeSigning;
        auto chain = crypto::verify_chain(leaf, request);
        if (chain.ok()) return chain;
        error = refused("the certificate that was issued does not hold under the trusted root: " + chain.error().message);
    }
    return error;
}

}  // namespace

Result<std::string> certificate_request(const IdentityToken& token, const crypto::PrivateKey& key) {
    const Bytes proof = TRY(key.sign(as_bytes(token.subject)));
    Json request = Json::object();
    request.add("credentials", Json::object()).add("oidcIdentityToken", Json::of(token.text));
    Json& wanted = request.add("publicKeyRequest", Json::object());
    Json& public_key = wanted.add("publicKey", Json::object());
    public_key.add("algorithm", Json::of(kFulcioAlgorithm));
    public_key.add("content", Json::of(key.public_key().pem()));
    wanted.add("proofOfPossession", Json::of(to_base64(proof)));
    return codec::write_json(request);
}

Result<std::vector<crypto::Certificate>> read_certificate_answer(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxAnswer;
    limits.values = 1000;
    const auto document = codec::parse_json(json, limits);
    if (!document.ok()) return answer_is("is no JSON: " + document.error().message);
    const Json* const embedded = document->find("signedCertificateEmbeddedSct");
    if (embedded == nullptr) {
        const bool detached = document->find("signedCertificateDetachedSct") != nullptr;
        return answer_is(detached ? "has its SCT beside the certificate instead of in it: verifiers could not see that it is in a CT log"
                                  : "holds no certificate");
    }
    const Json* const chain = embedded->find("chain");
    const Json* const certificates = chain == nullptr ? nullptr : chain->find("certificates");
    if (certificates == nullptr || !certificates->is_array() || certificates->items.empty()) return answer_is("holds no certificate");
    if (certificates->items.size() > kMaxIssuedChain) return answer_is("holds over " + std::to_string(kMaxIssuedChain) + " certificates");
    std::vector<crypto::Certificate> read;
    for (const Json& item : certificates->items) {
        auto certificate = crypto::Certificate::from_pem(trim(item.is_text() ? std::string_view(item.text) : std::string_view()));
        if (!certificate.ok()) return answer_is("holds a certificate that cannot be read: " + certificate.error().message);
        read.push_back(std::move(*certificate));
    }
    return read;
}

Result<Identity> check_issued(const crypto::Certificate& leaf, const crypto::PublicKey& key, const TrustedRoot& root, Instant now) {
    if (leaf.spki_sha256() != key.spki_sha256()) return refused("the certificate that was issued is of another key than the one that asked");
    const auto usage = leaf.key_usage();
    if (!usage || !usage->digital_signature) return refused("the certificate that was issued lacks the key usage digitalSignature");
    // A certificate of this very moment, of a clock that goes before ours.
    const Instant start = leaf.not_before();
    const auto chain = TRY(chain_under(root, leaf, start > now && start.seconds <= now.seconds + kClockSkew ? start : now));
    const std::size_t scts = chain.size() > 1 ? TRY(verify_scts(chain[0], chain[1], root.ct_logs, now)) : 0;
    if (scts == 0) return refused("the certificate that was issued has no SCT of a CT log of the trusted root: verifiers would refuse it");
    return read_identity(leaf);
}

}  // namespace headgate::sigstore
