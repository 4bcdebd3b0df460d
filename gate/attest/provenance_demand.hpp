// provenance_demand.hpp: is this the build that somebody wants? Builder, source and ref as a caller names them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attest/provenance.hpp"

namespace headgate::attest {

struct ProvenanceDemand {
    std::string builder;                     // names_builder(); "" is a refusal: nobody is trusted unnamed
    std::string source;                      // "host/owner/name", with or without "https://" or "git+https://"; "" is a refusal
    bool release_builder = true;             // the builder's ref must be a release tag, unless it is the source's own commit
    std::optional<std::string> ref;          // exact
    std::optional<std::string> branch;       // refs/heads/<branch>
    std::optional<std::string> tag;          // refs/tags/<tag>
    std::optional<std::string> versioned_tag;  // by components: v13 is v13.0.30, v14.0 is v14; a pre-release must be the same
};

/// The workflow that signed, where a certificate did.
struct BuildSigner {
    std::string workflow;                    // SAN
    std::string workflow_commit;             // buildSignerDigest; "" when not said
};

/// Why the build is not the one that is wanted, "" when it is. What is claimed must have been bound to the signer before.
std::string demand_problem(const BuildClaims& claims, const ProvenanceDemand& demand, const std::optional<BuildSigner>& signer);

/// "v13" names "v13.0.30" and "v13.4"; "v14.0" names "v14" (missing parts are 0) and "v14.0.7". False for what is no version.
bool tag_matches_version(std::string_view wanted, std::string_view tag);

}  // namespace headgate::attest
