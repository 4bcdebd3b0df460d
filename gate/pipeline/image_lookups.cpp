// image_lookups.cpp: which images a policy wants looked up, and the looking up of all that one judgement names.
#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "pipeline/prepared_policy.hpp"
#include "pipeline/registry_images.hpp"
#include "pipeline/registry_layers.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::size_t kAtOnce = 8;
constexpr std::chrono::minutes kLongest{10};           // all of them, where nobody says when it must be done

bool is_for(const Rule& rule, Kind kind) { return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end(); }

// What a name leads to, its manifest says: a model or dataset may be packed there as well as an image.
bool wants(const Rule& rule) { return rule.network && (is_for(rule, Kind::container) || is_for(rule, Kind::model) || is_for(rule, Kind::dataset)); }

bool wants_layers(const Rule& rule) {
    return rule.network && (is_for(rule, Kind::model) || is_for(rule, Kind::dataset)) && looks_at_content(rule.check);
}

bool wants_layers_of_images(const Rule& rule) { return rule.network && wants_image_layers(rule); }

// A model of which an image is made: not what data alone is asked.
bool wants_modelcars(const Rule& rule) { return rule.network && is_for(rule, Kind::model) && looks_at_content(rule.check); }

bool any_wants(const Policy& policy) { return std::any_of(policy.rules.begin(), policy.rules.end(), wants); }

// The tiers whose patterns take it, up to the first that asks nothing more: signatures may decide between them.
std::vector<std::string> possible_tiers(const Policy& policy, const Reference& reference) {
    std::vector<std::string> tiers;
    for (const Tier& tier : policy.tiers) {
        const bool matches = std::any_of(tier.match.begin(), tier.match.end(), [&](const ReferencePattern& one) { return one.matches(reference); });
        if (!matches) continue;
        tiers.push_back(tier.name);
        if (!tier.requires_origin && tier.requires_signed_by.empty()) break;
    }
    return tiers;
}

bool any_for(const Policy& policy, const Reference& reference, bool (*asks)(const Rule&)) {
    if (std::none_of(policy.rules.begin(), policy.rules.end(), asks)) return false;
    const std::vector<std::string> tiers = possible_tiers(policy, reference);
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) {
        return asks(rule) && (rule.when_tiers.empty() || std::any_of(tiers.begin(), tiers.end(), [&](const std::string& tier) {
            return std::find(rule.when_tiers.begin(), rule.when_tiers.end(), tier) != rule.when_tiers.end();
        }));
    });
}

bool any_for_with_extended(const Policy& policy, const Reference& reference, bool (*asks)(const Rule&)) {
    if (reference.scheme != "oci") return false;
    return any_for(policy, reference, asks) ||
           std::any_of(policy.extended.begin(), policy.extended.end(), [&](const auto& one) { return any_for(*one, reference, asks); });
}

}  // namespace

bool asks_registry(const Policy& policy) {
    return any_wants(policy) || std::any_of(policy.overrides.begin(), policy.overrides.end(), [](const Override& entry) {
        return entry.key == "network" && wants(entry.values);
    }) || std::any_of(policy.extended.begin(), policy.extended.end(), [](const auto& one) { return any_wants(*one); });
}

bool asks_registry_for(const Policy& policy, const Reference& reference) { return any_for_with_extended(policy, reference, wants); }

bool asks_for_layers_of(const Policy& policy, const Reference& reference) {
    return any_for_with_extended(policy, reference, wants_layers) ||
           std::any_of(policy.overrides.begin(), policy.overrides.end(), [](const Override& entry) { return entry.key == "network" && wants_layers(entry.values); });
}

LayersWanted layers_wanted_of(const Policy& policy, const Reference& reference, bool as_model) {
    const auto wanted = [&](bool (*asks)(const Rule&)) {
        return any_for_with_extended(policy, reference, asks) ||
               std::any_of(policy.overrides.begin(), policy.overrides.end(), [&](const Override& entry) { return entry.key == "network" && asks(entry.values); });
    };
    if (as_model && wanted(wants_modelcars)) return LayersWanted::model;
    return wanted(wants_layers_of_images) ? LayersWanted::artifacts : LayersWanted::none;
}

ModelPlaces::ModelPlaces(const Evidence& manifest) {
    for (const Workload& workload : manifest.workloads) {
        for (const WorkloadContainer& container : workload.containers) {
            if (container.name == "modelcar" || container.name == "modelcar-init") modelcars_.insert(container.where.member);
        }
    }
}

bool ModelPlaces::named(const Requirement& requirement) const {
    constexpr std::string_view kImage = ".image";
    const std::string_view place = requirement.where.member;
    const bool modelcar = place.ends_with(kImage) && modelcars_.contains(place.substr(0, place.size() - kImage.size()));
    return located(requirement) || is_volume(requirement) || modelcar;
}

bool ModelPlaces::located(const Requirement& requirement) {
    // The last key of the path, without the number of an item.
    std::string_view key = requirement.where.member;
    if (key.ends_with(']')) key = key.substr(0, key.rfind('['));
    key = key.substr(key.rfind('.') + 1);
    key = key.substr(key.rfind(' ') + 1);
    static constexpr std::array<std::string_view, 7> kFields = {"storageUri", "sourceModelUri", "modelUri", "uri", "model", "args", "annotations"};
    return requirement.reference.scheme == "oci" && std::find(kFields.begin(), kFields.end(), key) != kFields.end();
}

bool ModelPlaces::is_volume(const Requirement& requirement) {
    return requirement.reference.scheme == "oci" && requirement.where.member.ends_with(".image.reference");
}

bool names_an_image(const Requirement& requirement) {
    return requirement.reference.scheme == "oci" && !requirement.dynamic && requirement.source == Requirement::Source::registry;
}

ImageLookups::ImageLookups(const LoadedPolicy& loaded, RegistryImages* registry, Instant now, std::optional<io::Deadline> deadline, const Isolation* workers)
    : loaded_(loaded), registry_(registry), now_(now),
      deadline_(deadline.value_or(std::chrono::steady_clock::now() + kLongest)), workers_(workers) {
    if (registry_ != nullptr && asks_registry(loaded.policy)) prepared_ = prepare(loaded, now);
}

void ImageLookups::want(const Reference& reference, bool as_model) {
    if (prepared_ == nullptr || !asks_registry_for(prepared_->policy(), reference)) return;
    if (as_model) as_models_.insert(reference.canonical);
    if (known_.emplace(reference.canonical, ResolvedMember{}).second) wanted_.push_back(reference);
}

void ImageLookups::want_members(const Evidence& manifest) {
    if (prepared_ == nullptr) return;
    const ModelPlaces models(manifest);
    for (const Requirement& requirement : manifest.requirements) {
        if (names_an_image(requirement)) want(requirement.reference, models.named(requirement));
    }
}

void ImageLookups::run() {
    std::vector<ResolvedMember> answers(wanted_.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < wanted_.size(); i = next++) {
            if (std::chrono::steady_clock::now() >= deadline_) {
                answers[i].error = Error{ErrorCode::deadline, wanted_[i].canonical + ": the time allowed for the judgement is over"};
                continue;
            }
            auto image = registry_->examine(loaded_, wanted_[i], now_, deadline_, workers_, as_models_.contains(wanted_[i].canonical));
            if (image.ok()) {
                answers[i].image = std::move(image).value();
            } else {
                answers[i].error = image.error();
            }
        }
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < std::min(kAtOnce, wanted_.size()); ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    for (std::size_t i = 0; i < wanted_.size(); ++i) known_[wanted_[i].canonical] = std::move(answers[i]);
    wanted_.clear();
}

ResolvedMember ImageLookups::of(const Reference& reference) const {
    const auto found = known_.find(reference.canonical);
    return found == known_.end() ? ResolvedMember{} : found->second;
}

std::vector<ResolvedMember> ImageLookups::of_members(const Evidence& manifest) const {
    std::vector<ResolvedMember> resolved;
    if (known_.empty()) return resolved;
    resolved.reserve(manifest.requirements.size());
    for (const Requirement& requirement : manifest.requirements) {
        resolved.push_back(names_an_image(requirement) ? of(requirement.reference) : ResolvedMember{});
    }
    return resolved;
}

std::vector<ResolvedMember> resolve_members(const LoadedPolicy& loaded, const Evidence& evidence, RegistryImages* registry, Instant now,
                                            std::optional<io::Deadline> deadline, const Isolation* workers) {
    ImageLookups lookups(loaded, registry, now, deadline, workers);
    lookups.want_members(evidence);
    lookups.run();
    std::vector<ResolvedMember> resolved = lookups.of_members(evidence);
    resolved.resize(evidence.requirements.size());
    return resolved;
}

}  // namespace headgate::pipeline
