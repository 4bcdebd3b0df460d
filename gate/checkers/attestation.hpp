// attestation.hpp: is there a trusted, fresh statement of predicate P about this digest whose fields satisfy conditions?
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

/// Monotonic: passes only by the presence of enough trusted statements that satisfy everything; a statement that does not
/// (a FAILED one, an old one) never matters by itself, and never takes away what another one shows.
///
/// For the predicate of a verdict (SLSA VSA) more is asked, so that the verdict of an upstream gate can be relied on:
/// the exact verifier id, PASSED, the levels, at most 24 h of age, and resource and policy digest where the rule gives
/// them. A verdict about names is never relied on.
///
/// Findings: attestation.missing, attestation.too-old (and from the future or without a time), attestation.not-satisfied
/// (names the condition and the value), attestation.too-few-signers.
const Checker& attestation_checker();

}  // namespace headgate::checkers
