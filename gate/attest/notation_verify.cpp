// notation_verify.cpp: the steps of trust-store-trust-policy.md, "Signature verification details": integrity, then who
// signed (chain at the trusted time, identity), then whether it still counts (expiry).
#include <algorithm>
#include <array>

#include "attest/notation.hpp"
#include "base/text.hpp"
#include "crypto/notary.hpp"
#include "crypto/timestamp.hpp"

namespace headgate::attest {
namespace {

constexpr std::string_view kOidKeyUsage = "2.5.29.15";
constexpr std::int64_t kClockSkew = 60;  // seconds that somebody else's clock may be ahead

// signature-specification.md, "Certificate requirements": a leaf that may do these signs other things than artifacts.
constexpr std::array<std::string_view, 5> kForeignUsages = {
    "2.5.29.37.0",         // any
    "1.3.6.1.5.5.7.3.1",   // TLS server
    "1.3.6.1.5.5.7.3.4",   // email
    "1.3.6.1.5.5.7.3.8",   // time stamping
    "1.3.6.1.5.5.7.3.9"};  // OCSP

Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

Result<void> check_leaf(const crypto::Certificate& leaf) {
    const auto usage = leaf.key_usage();
    if (!usage || !crypto::is_critical(leaf, kOidKeyUsage)) return refused("the signing certificate has no key usage that is marked critical");
    if (!usage->digital_signature || usage->key_encipherment || usage->key_cert_sign || usage->crl_sign) {
        return refused("the signing certificate is not for digital signatures alone");
    }
    if (leaf.is_ca()) return refused("the signing certificate is one of an authority");
    const std::vector<std::string>& extended = leaf.extended_key_usages();
    if (!extended.empty() && !leaf.has_extended_key_usage(crypto::kEkuCodeSigning)) {
        return refused("the signing certificate is not for code signing");
    }
    for (const std::string_view foreign : kForeignUsages) {
        if (leaf.has_extended_key_usage(foreign)) return refused("the signing certificate is for other things too (extended key usage " + std::string(foreign) + ")");
    }
    return {};
}

Result<void> check_integrity(const NotationEnvelope& envelope, const NotationTarget& wanted) {
    const crypto::Certificate& leaf = envelope.certificates.front();
    const crypto::PublicKey key = TRY(leaf.public_key());
    const std::string_view algorithm = crypto::notary_algorithm(key);
    if (algorithm.empty()) return refused("keys of the kind of the signing certificate are not taken");
    if (envelope.algorithm != algorithm) {
        return refused("the envelope names the algorithm \"" + escape_terminal(envelope.algorithm, 40) + "\", the key is for " + std::string(algorithm));
    }
    if (!crypto::notary_verify(key, envelope.signed_bytes, envelope.signature)) return refused("the signature does not verify");
    const NotationTarget target = TRY(parse_notation_payload(envelope.payload));
    if (target.digest != wanted.digest) return refused("the signature is about other bytes (" + target.digest + ")");
    if (target.size != wanted.size) {
        return refused("the signature is about " + std::to_string(target.size) + " bytes, the artifact has " + std::to_string(wanted.size));
    }
    if (!wanted.media_type.empty() && target.media_type != wanted.media_type) {
        return refused("the signature is about a " + escape_terminal(target.media_type, 120) + ", the artifact is a " + wanted.media_type);
    }
    return {};
}

// When the signature was made, by somebody who is trusted to say so; nullopt: nobody, so the certificate must hold now.
Result<std::optional<Instant>> trusted_time(const NotationEnvelope& envelope, const NotationTrust& trust, Instant now) {
    if (envelope.scheme == NotationScheme::signing_authority) {
        const Instant at = *envelope.authentic_signing_time;
        if (at.seconds > now.seconds + kClockSkew) return refused("its signing time " + format_instant(at) + " is still to come");
        return std::optional(at);
    }
    if (trust.timestamp_authorities.empty()) return std::optional<Instant>();
    if (envelope.timestamp.empty()) {
        if (trust.verify_timestamp == NotationTrust::VerifyTimestamp::after_certificate_expiry) return std::optional<Instant>();
        return refused("the signature has no timestamp, and one is asked for");
    }
    const crypto::Timestamp timestamp = TRY(crypto::Timestamp::from_token(envelope.timestamp));
    const crypto::TimestampAuthority authority{std::nullopt, {}, trust.timestamp_authorities};
    TRY_VOID(timestamp.verify(envelope.signature, authority));
    if (timestamp.gen_time().seconds > now.seconds + kClockSkew) return refused("its timestamp is still to come");
    return std::optional(timestamp.gen_time());
}

// The chain, leaf first, trusted certificate last.
Result<std::vector<crypto::Certificate>> chain_of(std::span<const crypto::Certificate> certificates, std::span<const crypto::Certificate> anchors, Instant at) {
    if (anchors.empty()) return refused("no authority is trusted for signatures of this scheme");
    const crypto::Certificate& leaf = certificates.front();
    crypto::ChainRequest request;
    request.anchors = anchors;
    // Behind a certificate that is trusted by itself nothing is asked.
    const auto trusted = std::find_first_of(certificates.begin(), certificates.end(), anchors.begin(), anchors.end());
    const auto below = certificates.first(static_cast<std::size_t>(trusted - certificates.begin()));
    if (!below.empty()) request.intermediates = below.subspan(1);
    request.at = at;
    request.strict = false;  // authorities in use lack the key identifiers that RFC 5280 wants; leaf and usages are checked here
    if (!leaf.extended_key_usages().empty()) request.required_eku = crypto::kEkuCodeSigning;
    auto chain = crypto::verify_chain(leaf, request);
    if (chain.ok()) return chain;
    for (const crypto::Certificate& anchor : anchors) {
        const bool usage = anchor.extended_key_usages().empty() || anchor.has_extended_key_usage(crypto::kEkuCodeSigning);
        if (usage && crypto::issued_under_same_name(leaf, anchor, at)) return std::vector<crypto::Certificate>{leaf, anchor};
    }
    return chain.error();
}

}  // namespace

Result<NotationVerified> verify_notation(const NotationEnvelope& envelope, const NotationTarget& wanted, const NotationTrust& trust,
                                         Instant now) {
    if (envelope.certificates.empty()) return refused("the signature has no certificate");
    const crypto::Certificate& leaf = envelope.certificates.front();
    TRY_VOID(check_integrity(envelope, wanted));
    TRY_VOID(check_leaf(leaf));

    const std::optional<Instant> signed_at = TRY(trusted_time(envelope, trust, now));
    NotationVerified verified{leaf, {}, leaf.not_before(), leaf.not_after(), signed_at, {}};
    const std::span<const crypto::Certificate> anchors =
        envelope.scheme == NotationScheme::signing_authority ? trust.signing_authorities : trust.authorities;
    const auto chain = TRY(chain_of(envelope.certificates, anchors, verified.signed_at.value_or(now)));
    verified.anchor = chain.back().sha256();
    for (const crypto::Certificate& certificate : chain) {
        verified.valid_from = std::max(verified.valid_from, certificate.not_before());
        verified.valid_until = std::min(verified.valid_until, certificate.not_after());
    }
    const bool known = std::any_of(trust.identities.begin(), trust.identities.end(), [&](const TrustedSubject& subject) { return subject.matches(leaf); });
    if (!known) return refused("the signer " + escape_terminal(leaf.subject(), 300) + " is none of the trusted identities");

    if (envelope.expiry && now > *envelope.expiry) {
        const std::string what = "the signature expired at " + format_instant(*envelope.expiry);
        if (trust.level == NotationTrust::Level::strict) return refused(what);
        verified.notes.push_back(what);
    }
    verified.notes.emplace_back("revocation of certificates was not checked");
    return verified;
}

}  // namespace headgate::attest
