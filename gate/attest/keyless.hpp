// keyless.hpp: signatures that are made with a certificate, under the roots of a policy.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "attest/trust.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// What a bundle shows; `identity` is set if and only if everything about it held under one root.
struct Certified {
    std::optional<CertifiedIdentity> identity;
    std::optional<std::int64_t> signed_at;   // earliest trusted time; nullopt under certificates of an authority: judged as of now
    std::string problem;                     // why not: of the root that came farthest
};

/// Of an instance of Sigstore, everything that it can attest must be attested: a log entry where it has logs, an SCT where it has CT
/// logs, a timestamp where it has no logs; and one trusted time. Under the certificates of an authority, the leaf is valid at
/// `now` and may sign code; where it names no OIDC issuer, `issuer` is the distinguished name of whoever issued it (RFC 2253).
/// `artifact`: what a bundle over a message is about. `thresholds` replace those of an instance.
Certified verify_certified(const sigstore::Bundle& bundle, std::span<const RootAnchor> roots,
                           const std::optional<sigstore::Artifact>& artifact, Instant now,
                           const std::optional<sigstore::Thresholds>& thresholds = std::nullopt);

}  // namespace headgate::attest
