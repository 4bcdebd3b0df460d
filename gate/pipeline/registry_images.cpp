#include "pipeline/registry_images.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <list>
#include <mutex>
#include <unordered_map>

#include "crypto/sha256.hpp"
#include "pipeline/examine.hpp"
#include "pipeline/registry_layers.hpp"
#include "pipeline/single_flight.hpp"
#include "recording/recording.hpp"

namespace headgate::pipeline {
namespace {

using Image = std::shared_ptr<const Recording>;

// The documents of one image: a registry that drips has nobody waiting for ten minutes. Layers of a model take as long as the judgement may.
constexpr std::chrono::seconds kDocuments{30};

std::string instant_text(const std::optional<Instant>& instant) { return instant ? std::to_string(instant->seconds) : "-"; }

// What the facts depend on beside the image: the policy that names signers, and the keys and roots that it trusts.
std::string depends_on(const LoadedPolicy& loaded) {
    std::string text = loaded.policy.digest;
    for (const TrustedKey& key : loaded.policy.keys) {
        text += "\n" + key.name + " " + key.key_id + " " + instant_text(key.not_before) + " " + instant_text(key.not_after);
    }
    for (const TrustRoot& root : loaded.policy.roots) text += "\n" + root.name + " " + root.digest;
    return crypto::sha256_hex(as_bytes(text));
}

// The next moment at which a key begins or ceases to count.
Instant next_change(const Policy& policy, Instant now) {
    std::int64_t next = std::numeric_limits<std::int64_t>::max();
    for (const TrustedKey& key : policy.keys) {
        if (key.not_before && *key.not_before > now) next = std::min(next, key.not_before->seconds);
        if (key.not_after && *key.not_after >= now) next = std::min(next, key.not_after->seconds + 1);
    }
    return {next};
}

// Facts of images, the least recently used ones given up first.
class Kept {
  public:
    explicit Kept(const RegistryImages::Limits& limits) : limits_(limits) {}

    Image find(const std::string& key, Instant now) {
        const std::lock_guard lock(mutex_);
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return nullptr;
        const auto entry = found->second;
        if (now < entry->from || now >= entry->until) return nullptr;
        order_.splice(order_.begin(), order_, entry);
        return entry->image;
    }

    void keep(const std::string& key, Image image, Instant from, Instant until) {
        const std::uint64_t bytes = key.size() + recording::write(*image).size();
        const std::lock_guard lock(mutex_);
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
        if (bytes > limits_.kept_bytes || limits_.kept == 0) return;
        order_.push_front({key, std::move(image), from, until, bytes});
        by_key_[key] = order_.begin();
        bytes_ += bytes;
        while (order_.size() > limits_.kept || bytes_ > limits_.kept_bytes) drop(std::prev(order_.end()));
    }

  private:
    struct Entry {
        std::string key;
        Image image;
        Instant from, until;                         // [from, until)
        std::uint64_t bytes = 0;
    };

    void drop(std::list<Entry>::iterator entry) {
        bytes_ -= entry->bytes;
        by_key_.erase(entry->key);
        order_.erase(entry);
    }

    const RegistryImages::Limits limits_;
    std::mutex mutex_;
    std::list<Entry> order_;                         // last used first
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
    std::uint64_t bytes_ = 0;
};

// One set of facts serves every name of a digest; the subject is called as it was asked for.
Image named(Image image, const Reference& reference) {
    const Reference whole = with_digest(reference, "sha256:" + image->subject.digest.sha256);
    if (image->subject.reference == whole) return image;
    auto renamed = std::make_shared<Recording>(*image);
    renamed->subject.reference = whole;
    renamed->subject.ref = whole.canonical;
    return renamed;
}

}  // namespace

class RegistryImages::State {
  public:
    State(ImageSource source, const Limits& limits) : source_(std::move(source)), age_(limits.age.count()), kept_(limits) {}

    Result<Image> examine(const LoadedPolicy& loaded, const Reference& reference, Instant now, io::Deadline deadline, const Isolation* workers, bool as_model) {
        auto image = look_up(loaded, reference, now, deadline, workers, as_model);
        if (image.ok()) return named(std::move(image).value(), reference);
        ++failed_;
        return Error{image.error().code, reference.canonical + ": " + image.error().message};
    }

    Counts counts() const { return {examined_, hits_, shared_, failed_}; }

  private:
    Result<Image> look_up(const LoadedPolicy& loaded, const Reference& reference, Instant now, io::Deadline deadline, const Isolation* workers, bool as_model) {
        if (reference.scheme != "oci") return Error{ErrorCode::usage, "it is no image of a registry"};
        const io::Repository where = repository_of(reference);
        const io::Deadline soon = std::min(deadline, std::chrono::steady_clock::now() + kDocuments);
        const std::string repository = where.host + "/" + where.path;
        std::string digest = reference.digest;
        std::optional<io::RegistryDocument> root;
        if (digest.empty()) {
            const std::string tag = wanted_of(reference);
            root = TRY(tags_.run(repository + ":" + tag, soon, [&] { return source_.manifest(where, tag, soon); }).result);
            digest = root->digest;
        }
        const bool with_layers = asks_for_layers_of(loaded.policy, reference);
        const LayersWanted of_image = layers_wanted_of(loaded.policy, reference, as_model);
        const std::string key = repository + "@" + digest + (with_layers ? " read " : " ") + std::to_string(static_cast<int>(of_image)) + " " + depends_on(loaded);
        if (Image known = kept_.find(key, now)) {
            ++hits_;
            return known;
        }
        auto landed = images_.run(key, deadline, [&]() -> Result<Image> {
            if (Image known = kept_.find(key, now)) return known;  // somebody was faster
            ++examined_;
            const FetchedImage fetched = root ? TRY(fetch_image(source_, where, std::move(*root), Fetch::whole, soon))
                                              : TRY(fetch_image(source_, where, digest, Fetch::whole, soon));
            std::vector<formats::OciContent> contents;
            std::vector<formats::OciDescriptor> layers;
            Recording recording = image_evidence(fetched, by_digest(reference, digest), loaded.trust, now, {}, &contents, &layers);
            if (with_layers) {
                TRY_VOID(read(loaded.policy, where, contents, deadline, workers, recording.evidence));
            } else {
                leave_layers(contents, recording.evidence);
            }
            if (of_image != LayersWanted::none && recording.subject.kind == Kind::container) {
                TRY_VOID(read_image(where, layers, of_image, fetched.root.path(), deadline, workers, recording.evidence));
            }
            auto image = std::make_shared<const Recording>(std::move(recording));
            kept_.keep(key, image, now, std::min(Instant{now.seconds + age_}, next_change(loaded.policy, now)));
            return Image(std::move(image));
        });
        if (landed.shared) ++shared_;
        return std::move(landed.result);
    }

    // One model or image at a time: each takes the memory that its limits allow.
    Result<void> read(const Policy& policy, const io::Repository& where, std::span<const formats::OciContent> contents, io::Deadline deadline,
                      const Isolation* workers, Evidence& evidence) {
        if (contents.empty()) return {};
        const std::unique_lock turn(reading_, deadline);
        if (!turn.owns_lock()) return Error{ErrorCode::deadline, "the time allowed for the judgement is over"};
        return read_layers(source_, where, contents, {workers, deadline}, asks_for_weights(policy), deadline, {}, evidence);
    }

    Result<void> read_image(const io::Repository& where, std::span<const formats::OciDescriptor> layers, LayersWanted wanted, const std::string& root,
                            io::Deadline deadline, const Isolation* workers, Evidence& evidence) {
        const std::unique_lock turn(reading_, deadline);
        if (!turn.owns_lock()) return Error{ErrorCode::deadline, "the time allowed for the judgement is over"};
        return read_image_layers(source_, where, layers, wanted, root, {workers, deadline}, deadline, {}, evidence);
    }

    // The name that every tag of it shares.
    static Reference by_digest(const Reference& reference, const std::string& digest) {
        auto parsed = parse_reference(reference.base + "@" + digest);
        return parsed.ok() ? std::move(parsed).value() : reference;
    }

    const ImageSource source_;
    std::timed_mutex reading_;
    const std::int64_t age_;
    Kept kept_;
    SingleFlight<io::RegistryDocument> tags_;
    SingleFlight<Image> images_;
    std::atomic<std::uint64_t> examined_{0}, hits_{0}, shared_{0}, failed_{0};
};

RegistryImages::RegistryImages(std::shared_ptr<const io::Registry> registry, Limits limits)
    : RegistryImages(image_source(std::move(registry)), limits) {}
RegistryImages::RegistryImages(ImageSource source, Limits limits) : state_(std::make_unique<State>(std::move(source), limits)) {}
RegistryImages::~RegistryImages() = default;

Result<Image> RegistryImages::examine(const LoadedPolicy& loaded, const Reference& reference, Instant now, io::Deadline deadline,
                                       const Isolation* workers, bool as_model) {
    return state_->examine(loaded, reference, now, deadline, workers, as_model);
}

RegistryImages::Counts RegistryImages::counts() const { return state_->counts(); }

}  // namespace headgate::pipeline
