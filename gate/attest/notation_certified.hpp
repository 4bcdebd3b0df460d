// notation_certified.hpp: whom a Notation signature shows under the roots of a policy.
#pragma once

#include "attest/keyless.hpp"
#include "attest/notation.hpp"

namespace headgate::attest {

/// Under each root that holds trust stores, strictly (expiry counts; with a store "tsa" a timestamp is needed). Whom it names are the
/// distinguished names of the leaf, and its attributes as claims (model/x509_subject.hpp); every name below the stores is somebody, and
/// the policy's identities say who of them counts.
CertifiedAll verify_notation_certified(const NotationEnvelope& envelope, const NotationTarget& target, std::span<const RootAnchor> roots, Instant now);

}  // namespace headgate::attest
