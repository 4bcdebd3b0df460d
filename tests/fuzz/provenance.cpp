// Statements with SLSA provenance. What is read has a builder and clean texts; a certificate that is of no CI run never bears it out,
// and nobody is trusted unnamed.
#include "attest/provenance_binding.hpp"
#include "attest/provenance_demand.hpp"
#include "attest/subject_digests.hpp"
#include "attest/vsa.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const auto statement = attest::read_subjects({data, size});
    if (!statement.ok()) {
        ORACLE(!statement.error().message.empty());
        return 0;
    }
    ORACLE(!statement->subjects.empty() && statement->names.size() == statement->subjects.size());
    ORACLE(!attest::vsa_problem(statement->predicate, {}).empty());
    const auto claims = attest::read_provenance(statement->predicate_type, statement->predicate);
    if (!claims.ok()) {
        ORACLE(!claims.error().message.empty());
        return 0;
    }
    ORACLE(attest::is_provenance(statement->predicate_type) && !claims->builder.empty() && !claims->build_type.empty());
    for (const std::string* text : {&claims->builder, &claims->build_type, &claims->source, &claims->ref, &claims->entry_point, &claims->invocation}) {
        ORACLE(text->size() <= attest::kMaxProvenanceText && !has_control_characters(*text));
    }
    ORACLE(claims->commit.empty() || is_lower_hex(claims->commit, 40) || is_lower_hex(claims->commit, 64));
    attest::SignerClaims signer;
    signer.subject = claims->builder;
    ORACLE(!attest::bind(*claims, signer).problem.empty());
    signer.source = "https://git.example/nobody/else";
    ORACLE(claims->source.empty() || claims->source == signer.source || !attest::bind(*claims, signer).problem.empty());
    ORACLE(!attest::demand_problem(*claims, {}, std::nullopt).empty());
    return 0;
}
