// provenance_verify.hpp: a bundle with provenance, verified from the signature to what the statement claims.
#pragma once

#include <span>
#include <string>

#include "attest/provenance.hpp"
#include "attest/subject_digests.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// What signed material of any kind was found to be: the signature holds, and the statement is about the artifact.
struct VerifiedStatement {
    sigstore::VerifiedBundle signature;
    StatementSubjects statement;
};

struct VerifiedProvenance {
    sigstore::VerifiedBundle signature;
    std::string predicate_type;
    BuildClaims claims;
};

/// Signature, payload type, and that a subject is the artifact. `digests` empty is a refusal. The Error names the step.
Result<VerifiedStatement> verify_statement(const sigstore::Bundle& bundle, const sigstore::Request& request, const NamedDigests& digests);

/// What a verified statement claims, bound to the certificate that signed it (provenance_binding.hpp); under a key nothing is bound: who
/// trusts the key trusts what it says.
Result<VerifiedProvenance> bound_provenance(VerifiedStatement statement, std::span<const std::string> delegators);

/// Both in one.
Result<VerifiedProvenance> verify_provenance(const sigstore::Bundle& bundle, const sigstore::Request& request, const NamedDigests& digests,
                                             std::span<const std::string> delegators);

}  // namespace headgate::attest
