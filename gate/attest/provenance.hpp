// provenance.hpp: SLSA provenance v0.2 and v1 (slsa.dev/spec), read strictly from a verified statement into one neutral struct. Whether
// the signer may say so is provenance_binding.hpp's question, whether it is what somebody wants provenance_demand.hpp's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/fact.hpp"

namespace headgate::attest {

inline constexpr std::string_view kProvenanceV02 = "https://slsa.dev/provenance/v0.2";
inline constexpr std::string_view kProvenanceV1 = "https://slsa.dev/provenance/v1";
inline constexpr std::size_t kMaxMaterials = 10'000;
inline constexpr std::size_t kMaxProvenanceText = 8192;      // bytes of one URI, id or digest

/// What the predicate says about the run of a CI service. Every text may be "": not said.
struct RunClaims {
    std::string event;                   // "push", "workflow_dispatch"
    std::string repository;              // "owner/name"
    std::string repository_id;
    std::string owner_id;
    std::string ref;
    std::string commit;
    std::string workflow_ref;            // "owner/name/.github/workflows/x.yml@refs/heads/main"
    std::string run_id;
    std::string run_attempt;
    std::string runner_environment;      // "github-hosted", "self-hosted"
};

struct BuildClaims {
    std::string builder;                 // builder.id, never ""
    std::string build_type;              // never ""
    std::string source;                  // "https://host/owner/name"; "" with ref, commit and entry point when none is stated
    std::string ref;
    std::string commit;                  // lower-case hex
    std::string entry_point;
    std::string invocation;
    std::vector<PredicateField> parameters;
    std::vector<Material> materials;
    RunClaims run;
};

bool is_provenance(std::string_view predicate_type);

/// Unknown members (v1 names of the form <vendor>_<field> apart, which the specification reserves for extensions), members of a
/// wrong type, texts with control characters, counts over the limits, and a source, ref or commit that the document states twice
/// and differently are an Error{malformed} that names the place.
Result<BuildClaims> read_provenance(std::string_view predicate_type, const codec::Json& predicate);

/// A source as a resource URI: "git+https://host/owner/name@refs/tags/v1", "https://host/owner/name#ref".
struct SourceUri {
    std::string repository;              // "https://host/owner/name": without "git+", ref and fragment
    std::string ref;                     // "" without
    bool git = false;                    // "git+" in front
};
SourceUri split_source(std::string_view uri);

}  // namespace headgate::attest
