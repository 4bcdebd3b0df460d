// keyless.hpp: signatures that are made with a certificate, under the roots of a policy.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attest/trust.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// Whom a bundle shows under one root, about which everything held.
struct Certified {
    CertifiedIdentity identity;              // `root` is the digest of that root
    std::optional<std::int64_t> signed_at;   // earliest trusted time; nullopt under certificates of an authority: judged as of now
};

/// Under each root by itself: what one root demands, another does not answer for.
struct CertifiedAll {
    std::vector<Certified> under;
    std::string problem;                     // why it holds under none, of the last root that was tried; "" otherwise
};

/// Of an instance of Sigstore, everything that it can attest must be attested: a log entry where it has logs, an SCT where it has CT
/// logs, a timestamp where it has no logs; and one trusted time. Under the certificates of an authority, the leaf is valid at
/// `now` and may sign code; where it names no OIDC issuer (an https URL), `issuer` is the distinguished name of whoever issued it (RFC
/// 2253), and its one alternative name is a mail address or a URL, or there is none and the distinguished name counts. Whoever issued it is
/// one of the certificates or directly below one; one of them, where it names an OIDC issuer.
/// `artifact`: what a bundle over a message is about. `thresholds` replace those of an instance.
CertifiedAll verify_certified(const sigstore::Bundle& bundle, std::span<const RootAnchor> roots,
                              const std::optional<sigstore::Artifact>& artifact, Instant now,
                              const std::optional<sigstore::Thresholds>& thresholds = std::nullopt);

/// The signature as it was found, with who signed, by the names of the policy, whom the certificate names, and when: once under each root
/// under which it holds, since each says its own; under none once, with why nobody counts.
std::vector<Signature> name_certified(const CertifiedAll& certified, const Trust& trust, const Signature& found);

}  // namespace headgate::attest
