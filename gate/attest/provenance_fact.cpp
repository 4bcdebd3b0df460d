#include "attest/provenance_fact.hpp"

#include "attest/provenance_binding.hpp"

namespace headgate::attest {

Result<Provenance> provenance_fact(std::string_view predicate_type, const codec::Json& predicate, const Statement& verified) {
    BuildClaims claims = TRY(read_provenance(predicate_type, predicate));
    Provenance fact;
    fact.where = verified.where;
    fact.predicate_type = predicate_type;
    fact.signers = verified.signers;
    fact.key_ids = verified.key_ids;
    fact.digest = verified.digest;
    fact.identity = verified.identity;
    fact.signed_at = verified.signed_at;
    if (verified.identity) {
        // Also where the certificate claims nothing: then there is nothing that the statement could be compared with.
        Binding binding = bind(claims, signer_claims(*verified.identity));
        fact.problem = std::move(binding.problem);
        fact.delegator = std::move(binding.delegator);
    }
    fact.builder = std::move(claims.builder);
    fact.build_type = std::move(claims.build_type);
    fact.source = std::move(claims.source);
    fact.ref = std::move(claims.ref);
    fact.commit = std::move(claims.commit);
    fact.entry_point = std::move(claims.entry_point);
    fact.invocation = std::move(claims.invocation);
    fact.parameters = std::move(claims.parameters);
    fact.materials = std::move(claims.materials);
    return fact;
}

}  // namespace headgate::attest
