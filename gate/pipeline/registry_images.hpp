// registry_images.hpp: images that a registry holds, as evidence: the manifest (or index) that a reference leads to, its config, and what
// is attached to it, verified. What an OCI layout on disk gives (oci.hpp), from a registry; the origin is `verified`.
//
// A tag is resolved once in a judgement; what is judged, reported and handed on is that digest. Facts are kept by repository, digest,
// and what they depend on (policy and trust roots); rules are evaluated on every hit, at its own time. One digest that many ask for at once is examined once
// (single flight); each of them waits no longer than its own deadline. An answer that could not be had is never kept.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "io/registry.hpp"
#include "model/recording.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/image_layers.hpp"
#include "pipeline/registry_image.hpp"

namespace headgate::pipeline {

class PreparedPolicy;

class RegistryImages {
  public:
    struct Limits {
        std::size_t kept = 10'000;                   // images whose facts are kept
        std::uint64_t kept_bytes = 32ULL << 20U;     // of them together, roughly
        std::chrono::seconds age{3600};              // at most
    };
    explicit RegistryImages(std::shared_ptr<const io::Registry> registry) : RegistryImages(std::move(registry), Limits{}) {}
    RegistryImages(std::shared_ptr<const io::Registry> registry, Limits limits);
    RegistryImages(ImageSource source, Limits limits);
    ~RegistryImages();
    RegistryImages(const RegistryImages&) = delete;
    RegistryImages& operator=(const RegistryImages&) = delete;

    /// `reference`: scheme "oci", by tag or digest. The subject has the digest, its reference as given with the digest added.
    /// Error{not_found}: the registry has no such image; others: could not be asked, or what came is not what it says (malformed).
    /// `workers`: where layers are parsed, if a rule wants them read; nullptr: here. `as_model`: whoever names it takes it for a model
    /// (image_layers.hpp).
    Result<std::shared_ptr<const Recording>> examine(const LoadedPolicy& loaded, const Reference& reference, Instant now, io::Deadline deadline,
                                                     const Isolation* workers, bool as_model = false);

    struct Counts {
        std::uint64_t examined = 0, hits = 0, shared = 0, failed = 0;
    };
    Counts counts() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

/// Whether a rule of the policy, or of one that it extends, asks the network for what an image's name may lead to: a container, a model, a
/// dataset (`network: allow`). Overrides
/// count as they stand, whenever they end; policy::in_force() applies those that hold.
bool asks_registry(const Policy& policy);

/// Whether one of those rules may be for this image: in a tier that the image may turn out to be in.
bool asks_registry_for(const Policy& policy, const Reference& reference);

/// Whether one of those rules looks at the bytes of models or datasets: then the layers of a model artifact are fetched. Overrides as above.
bool asks_for_layers_of(const Policy& policy, const Reference& reference);

/// What of an image's layers is fetched for those rules, should it be an image that the name leads to: what rules for containers ask
/// (`layers: true`), and of a model's (`as_model`) what rules for models do.
LayersWanted layers_wanted_of(const Policy& policy, const Reference& reference, bool as_model);

/// Where a manifest takes an image for a model: a model's location (`storageUri: oci://...`), an image volume, KServe's modelcar containers.
class ModelPlaces {
  public:
    explicit ModelPlaces(const Evidence& manifest);
    /// Whether that requirement of it is named as a model.
    bool named(const Requirement& requirement) const;
    /// The same by a field that nothing but models is named in.
    static bool located(const Requirement& requirement);

  private:
    static bool is_volume(const Requirement& requirement);

    std::set<std::string, std::less<>> modelcars_;   // Location.member of such containers
};

/// For each requirement of a manifest: what is known of the image that it names. Both empty: nobody asked (no registry, no rule that
/// wants it, no image). Where a rule wants it, the Evaluator then answers that it could not decide.
struct ResolvedMember {
    std::shared_ptr<const Recording> image;
    std::optional<Error> error;                      // the member could not be decided
};

/// The images of one judgement: each is asked for once, however often it is named, eight at a time.
class ImageLookups {
  public:
    /// `registry`: nullptr: nothing is looked up. `deadline`: nullopt: ten minutes.
    /// `workers`: as RegistryImages::examine() says.
    ImageLookups(const LoadedPolicy& loaded, RegistryImages* registry, Instant now, std::optional<io::Deadline> deadline, const Isolation* workers);
    /// Asks for it in the next run(), if a rule wants it and it was not asked for yet.
    void want(const Reference& reference, bool as_model = false);
    void want_members(const Evidence& manifest);
    void run();
    ResolvedMember of(const Reference& reference) const;
    std::vector<ResolvedMember> of_members(const Evidence& manifest) const;

  private:
    const LoadedPolicy& loaded_;
    RegistryImages* registry_;
    Instant now_;
    io::Deadline deadline_;
    const Isolation* workers_;
    std::shared_ptr<const PreparedPolicy> prepared_; // nullptr where nothing is looked up
    std::map<std::string, ResolvedMember> known_;    // by canonical reference
    std::vector<Reference> wanted_;
    std::set<std::string> as_models_;                // canonical references that are named as models somewhere
};

/// Whether a requirement of a manifest names an image that can be looked up.
bool names_an_image(const Requirement& requirement);

std::vector<ResolvedMember> resolve_members(const LoadedPolicy& loaded, const Evidence& evidence, RegistryImages* registry, Instant now,
                                            std::optional<io::Deadline> deadline, const Isolation* workers);

}  // namespace headgate::pipeline
