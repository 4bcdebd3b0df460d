// identity.hpp: who a Fulcio certificate says that its holder is.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/x509.hpp"

namespace headgate::sigstore {

/// Every string is UTF-8 and, although a CA signed it, hostile text.
struct Identity {
    crypto::AltName san;                     // exactly one: email, URI or Fulcio username
    std::string issuer;                      // OIDC issuer: 1.3.6.1.4.1.57264.1.8, else .1.1; both present must agree; "" without
    /// Claims by name, as Fulcio's OID directory has them (.1.2 to .1.6, .1.9 to .1.24); absent ones are not in it:
    ///   githubWorkflowTrigger, githubWorkflowSha, githubWorkflowName, githubWorkflowRepository, githubWorkflowRef,
    ///   buildSignerUri, buildSignerDigest, runnerEnvironment, sourceRepositoryUri, sourceRepositoryDigest, sourceRepositoryRef,
    ///   sourceRepositoryIdentifier, sourceRepositoryOwnerUri, sourceRepositoryOwnerIdentifier, buildConfigUri,
    ///   buildConfigDigest, buildTrigger, runInvocationUri, sourceRepositoryVisibilityAtSigning, deploymentEnvironment,
    ///   tokenSubject
    std::map<std::string, std::string, std::less<>> claims;

    /// The claim, "" when absent.
    std::string_view claim(std::string_view name) const;
    /// The claim, or where it is absent what certificates of before 2023 say under its older name: githubWorkflowSha for
    /// sourceRepositoryDigest, githubWorkflowRef for sourceRepositoryRef, githubWorkflowTrigger for buildTrigger, and, by GitHub's
    /// issuer, githubWorkflowRepository ("owner/name") for sourceRepositoryUri.
    std::string claim_or_older(std::string_view name) const;
};

/// Error{malformed} for no or several alternative names, an extension that does not decode as its OID demands, control
/// characters, and issuers, or an older and a newer claim of the same, that differ. An unknown OID below 1.3.6.1.4.1.57264.1 is not an error: it claims nothing here.
Result<Identity> read_identity(const crypto::Certificate& certificate);

/// Byte for byte, both. An empty expectation matches nothing.
bool matches(const Identity& identity, std::string_view san, std::string_view issuer);

}  // namespace headgate::sigstore
