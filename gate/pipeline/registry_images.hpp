// registry_images.hpp: images that a registry holds, as evidence: the manifest (or index) that a reference leads to, its config, and what
// is attached to it, verified. What an OCI layout on disk gives (oci.hpp), from a registry; the origin is `verified`.
//
// A tag is resolved once in a judgement; what is judged, reported and handed on is that digest. Facts are kept by repository, digest,
// and what they depend on (policy and trust roots); rules are evaluated on every hit, at its own time. One digest that many ask for at once is examined once
// (single flight); each of them waits no longer than its own deadline. An answer that could not be had is never kept.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/registry.hpp"
#include "model/recording.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {

class RegistryImages {
  public:
    struct Limits {
        std::size_t kept = 10'000;                   // images whose facts are kept
        std::uint64_t kept_bytes = 32ULL << 20U;     // of them together, roughly
        std::chrono::seconds age{3600};              // at most
    };
    explicit RegistryImages(std::shared_ptr<const io::Registry> registry) : RegistryImages(std::move(registry), Limits{}) {}
    RegistryImages(std::shared_ptr<const io::Registry> registry, Limits limits);
    ~RegistryImages();

    /// `reference`: scheme "oci", by tag or digest. The subject has the digest, its reference as given with the digest added.
    /// Error{not_found}: the registry has no such image; others: could not be asked, or what came is not what it says (malformed).
    Result<std::shared_ptr<const Recording>> examine(const LoadedPolicy& loaded, const Reference& reference, Instant now, io::Deadline deadline);

    struct Counts {
        std::uint64_t examined = 0, hits = 0, shared = 0, failed = 0;
    };
    Counts counts() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

/// Whether a rule of the policy, or of one that it extends, asks the network for the bytes of containers (`network: allow`).
bool asks_registry(const Policy& policy);

/// For each requirement of a manifest: what is known of the image that it names. Both empty: nobody asked (no registry, no rule that
/// wants it, no image).
struct ResolvedMember {
    std::shared_ptr<const Recording> image;
    std::optional<Error> error;                      // the member could not be decided
};
std::vector<ResolvedMember> resolve_members(const LoadedPolicy& loaded, const Evidence& evidence, RegistryImages* registry, Instant now,
                                            std::optional<io::Deadline> deadline);

}  // namespace headgate::pipeline
