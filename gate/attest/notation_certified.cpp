#include "attest/notation_certified.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "model/x509_subject.hpp"

namespace headgate::attest {
namespace {

Result<Certified> certified(const NotationVerified& verified, const NotationEnvelope& envelope) {
    Certified made;
    CertifiedIdentity& identity = made.identity;
    identity.issuer = verified.leaf.issuer();
    identity.subject = verified.leaf.subject();
    for (const X509Attribute& attribute : x509_attributes()) {
        // One that is there twice is none: nobody can say which of them is meant.
        const std::vector<std::string> values = verified.leaf.subject_attribute(attribute.oid);
        if (values.size() == 1) identity.claims.emplace_back(x509_claim(attribute.name), values.front());
    }
    identity.key_id = to_hex(TRY(verified.leaf.public_key()).spki_sha256());
    // A signature that expires is judged as of now, also where its certificate was valid when somebody trusted saw it.
    if (verified.signed_at && !envelope.expiry) {
        made.signed_at = verified.signed_at->seconds;
        return made;
    }
    identity.valid_from = verified.signed_at.value_or(verified.valid_from).seconds;
    identity.valid_until = verified.signed_at ? envelope.expiry->seconds : verified.valid_until.seconds;
    if (envelope.expiry) identity.valid_until = std::min(*identity.valid_until, envelope.expiry->seconds);
    return made;
}

}  // namespace

CertifiedAll verify_notation_certified(const NotationEnvelope& envelope, const NotationTarget& target, std::span<const RootAnchor> roots, Instant now) {
    CertifiedAll result;
    result.problem = "the policy has no trust stores for Notation signatures (trust.roots: NAME: { notation: { ca: FILE } })";
    for (const RootAnchor& root : roots) {
        if (!root.notation) continue;
        NotationTrust trust;
        trust.authorities = root.notation->authorities;
        trust.signing_authorities = root.notation->signing_authorities;
        trust.timestamp_authorities = root.notation->timestamp_authorities;
        trust.identities.push_back(TrustedSubject::anybody());
        const auto verified = verify_notation(envelope, target, trust, now);
        if (!verified.ok()) {
            result.problem = "under root '" + root.name + "': " + verified.error().message;
            continue;
        }
        auto one = certified(*verified, envelope);
        if (!one.ok()) {
            result.problem = "under root '" + root.name + "': " + one.error().message;
            continue;
        }
        one->identity.root = root.digest;
        result.under.push_back(std::move(one).value());
    }
    if (!result.under.empty()) result.problem.clear();
    return result;
}

}  // namespace headgate::attest
