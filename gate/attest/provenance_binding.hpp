// provenance_binding.hpp: may who signed say this? Ties what provenance claims to the certificate that signed it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "attest/provenance.hpp"
#include "sigstore/identity.hpp"

namespace headgate::attest {

/// What a certificate says about the run in which its key was used, under whatever names. Every text may be "": not said.
struct SignerClaims {
    std::string subject;                 // the SAN
    std::string source;                  // "https://host/owner/name"; "" where the certificate is of no CI run
    std::string ref;
    std::string commit;
    std::string workflow;                // URI with ref: the user's own workflow, also where another one signed
    std::string trigger;
    std::string run;                     // URI
    std::string repository_id;
    std::string owner_id;
    std::string runner_environment;
};
SignerClaims signer_claims(const sigstore::Identity& identity);
/// By the names of the policy language (attest/keyless.cpp).
SignerClaims signer_claims(const CertifiedIdentity& identity);

struct Binding {
    std::string problem;                 // why the certificate does not bear out what is claimed, "" when it does
    std::string delegator;               // the workflow that signed for the builder that the statement names; it may do so only where
                                         // somebody names it. "" when the builder signed itself
};

/// Ties claims to the certificate that signed them. The builder is bound to the signer: builder.id is the workflow that signed (the SAN);
/// or a workflow signed for another one that it ran (a delegator); or the builder is a CI service that runs in the user's own workflow
/// (npm's command line, GitHub's attest action, a GitLab runner), where every field could be forged, so that each must be in the
/// certificate: source, ref and commit are then mandatory. For every builder, each thing that both the statement and the certificate
/// say must be the same: source, ref, commit, workflow, run, event, ids of repository and owner, runner environment.
///
/// A certificate that is of no CI run binds nothing: a problem that says so.
Binding bind(const BuildClaims& claims, const SignerClaims& signer);

/// The problem, also that of a delegator that is none of `delegators` (by names_builder).
std::string binding_problem(const BuildClaims& claims, const SignerClaims& signer, std::span<const std::string> delegators);

}  // namespace headgate::attest
