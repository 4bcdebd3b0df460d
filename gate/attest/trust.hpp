// trust.hpp: whose signatures are looked for: the keys and roots of a policy, parsed, and what it calls whom a certificate names.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"
#include "model/fact.hpp"
#include "model/policy.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::attest {

struct TrustAnchor {
    std::string name;            // in the policy's trust section
    crypto::PublicKey key;
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;

    bool holds_at(Instant at) const { return is_within(not_before, not_after, at); }
};

/// The trust stores of Notation's trust-store-trust-policy.md.
struct NotationStores {
    std::vector<crypto::Certificate> authorities, signing_authorities, timestamp_authorities;
};

/// One root of the trust section: an instance of Sigstore, trust stores of Notation, or certificates of an authority.
struct RootAnchor {
    std::string name;
    std::string digest;                             // as root_digest(): what an identity under it says it is of
    std::optional<sigstore::TrustedRoot> instance;
    std::vector<crypto::Certificate> certificates;  // where there is no instance and no stores
    std::optional<NotationStores> notation = {};
};

struct Trust {
    std::vector<TrustAnchor> keys;
    std::vector<RootAnchor> roots;
    /// The trust names of an identity whose certificate, chain and signature were verified; none: nobody's.
    std::function<std::vector<std::string>(const CertifiedIdentity&)> names_of;
};

/// SHA-256 (hex) of the root's file; of several, of the list of them.
std::string root_digest(const TrustRoot& root);

/// The root as the policy's files say it. Error{malformed} with the name of the file.
Result<RootAnchor> parse_root(const TrustRoot& root);

}  // namespace headgate::attest
