#include "attest/provenance_verify.hpp"

#include "attest/dsse.hpp"
#include "attest/provenance_binding.hpp"
#include "attest/provenance_fields.hpp"

namespace headgate::attest {

Result<VerifiedStatement> verify_statement(const sigstore::Bundle& bundle, const sigstore::Request& request, const NamedDigests& digests) {
    if (!std::holds_alternative<sigstore::Envelope>(bundle.content)) {
        return Error{ErrorCode::unsupported, "bundle: it signs a message, not a statement"};
    }
    VerifiedStatement verified{TRY(sigstore::verify_bundle(bundle, request)), {}};
    if (verified.signature.payload_type != kInTotoPayload) {
        return Error{ErrorCode::key, "payload: its type is " + provenance::shown(verified.signature.payload_type) + ", not " + std::string(kInTotoPayload)};
    }
    verified.statement = TRY(read_subjects(verified.signature.payload));
    if (!names_digest(verified.statement, digests)) return Error{ErrorCode::key, "statement: the artifact is not among its subjects"};
    return verified;
}

Result<VerifiedProvenance> bound_provenance(VerifiedStatement statement, std::span<const std::string> delegators) {
    VerifiedProvenance verified{std::move(statement.signature), std::move(statement.statement.predicate_type), {}};
    verified.claims = TRY(read_provenance(verified.predicate_type, statement.statement.predicate));
    if (verified.signature.identity) {
        std::string problem = binding_problem(verified.claims, signer_claims(*verified.signature.identity), delegators);
        if (!problem.empty()) return Error{ErrorCode::key, std::move(problem)};
    }
    return verified;
}

Result<VerifiedProvenance> verify_provenance(const sigstore::Bundle& bundle, const sigstore::Request& request, const NamedDigests& digests,
                                             std::span<const std::string> delegators) {
    return bound_provenance(TRY(verify_statement(bundle, request, digests)), delegators);
}

}  // namespace headgate::attest
