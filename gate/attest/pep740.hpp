// pep740.hpp: attestations of Python distributions (PEP 740): an attestation object, or a provenance object that holds several with
// what the index says about who published them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/provenance_verify.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/identity.hpp"

namespace headgate::attest {

inline constexpr std::string_view kPypiPublish = "https://docs.pypi.org/attestations/publish/v1";
inline constexpr std::size_t kMaxPep740 = 64;            // attestations of one provenance object
inline constexpr std::size_t kMaxDistributionName = 1024;

/// Who published, as the index says. Nobody signed this: it can only be compared with the certificate.
struct Pep740Publisher {
    std::string kind;                    // "GitHub", "GitLab", "Google"
    std::string repository;              // "owner/name"
    std::string workflow;                // GitHub: "release.yml"; GitLab: path of the CI configuration
    std::string environment;
    std::string email;
};

struct Pep740Attestation {
    std::optional<Pep740Publisher> publisher;   // of the provenance object it stood in
    sigstore::Bundle bundle;
};

/// Never empty. Unknown members, versions other than 1, unknown kinds of publishers, no attestation or more than 64, and none or
/// over 32 log entries are an Error{malformed}.
Result<std::vector<Pep740Attestation>> parse_pep740(ByteView json);

/// Why the certificate is not of this publisher; "" when it is. `issuer`, source repository and workflow are compared.
std::string publisher_problem(const Pep740Publisher& publisher, const sigstore::Identity& identity);

/// True if two file names are of the same distribution: kind, name (PEP 503), version, build and tags of a wheel, in whatever order the
/// tags are written. Names that are none of a wheel or sdist never are.
bool same_distribution(std::string_view a, std::string_view b);

/// Why the file name is not of this project (PEP 503) and version (PEP 440), of which either may be "" where it does not matter; "" when it is.
std::string distribution_problem(std::string_view file_name, std::string_view name, std::string_view version);

/// Signature, exactly one subject that is `file_name` with these digests, a publish or provenance statement (a publish statement
/// says nothing else: its predicate is null or {}), and the publisher. Provenance is bound to its certificate as ever.
Result<VerifiedStatement> verify_pep740(const Pep740Attestation& attestation, const sigstore::Request& request, std::string_view file_name,
                                        const NamedDigests& digests, std::span<const std::string> delegators);

}  // namespace headgate::attest
