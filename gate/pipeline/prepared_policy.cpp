#include "pipeline/prepared_policy.hpp"

#include <algorithm>

#include "pipeline/decide.hpp"
#include "pipeline/registry_images.hpp"

namespace headgate::pipeline {
namespace {

// What the checkers of names are given beside a rule's settings.
bool asks_the_same_of_names(const Policy& a, const Policy& b) {
    const auto same_internal = [](const InternalNames& x, const InternalNames& y) {
        return x.ecosystem == y.ecosystem && x.patterns == y.patterns && x.sources == y.sources && x.vouched == y.vouched;
    };
    const auto same_protected = [](const ProtectedNames& x, const ProtectedNames& y) {
        return x.ecosystem == y.ecosystem && x.builtin == y.builtin && x.extra == y.extra;
    };
    const auto same_registry = [](const RegistrySet& x, const RegistrySet& y) { return x.ecosystem == y.ecosystem && x.urls == y.urls; };
    return std::equal(a.internal.begin(), a.internal.end(), b.internal.begin(), b.internal.end(), same_internal) &&
           std::equal(a.protected_names.begin(), a.protected_names.end(), b.protected_names.begin(), b.protected_names.end(), same_protected) &&
           std::equal(a.registries.begin(), a.registries.end(), b.registries.begin(), b.registries.end(), same_registry);
}

// The others see nothing of a policy but their own rule.
bool is_about_names(std::string_view check) {
    return check == "registry" || check == "namespace" || check == "typosquat" || check == "advisory" || check == "freshness";
}

// Every moment at which something of it begins, or is no longer.
std::vector<Instant> moments_of(const Policy& policy) {
    std::vector<Instant> moments;
    for (const Override& entry : policy.overrides) moments.push_back(entry.expires);
    for (const Waiver& waiver : policy.waivers) {
        moments.push_back(waiver.created);
        moments.push_back(waiver.expires);
    }
    for (const TrustedKey& key : policy.keys) {          // who signed the waivers
        if (key.not_before) moments.push_back(*key.not_before);
        if (key.not_after) moments.push_back({key.not_after->seconds + 1});      // it holds at its last second
    }
    return moments;
}

}  // namespace

PreparedPolicy::PreparedPolicy(const Policy& policy, Instant now)
    : policy_(policy::in_force(policy, now)), waivers_(policy_, now), asks_registry_(pipeline::asks_registry(policy_)) {
    for (const auto& one : policy.extended) {
        if (one->pack) continue;
        Policy parent = *one;
        parent.overrides.clear();
        for (const Override& entry : policy.overrides) {
            const bool there = std::any_of(parent.rules.begin(), parent.rules.end(), [&](const Rule& rule) { return rule.id == entry.rule; });
            if (there) parent.overrides.push_back(entry);
        }
        Extended extended{one->label, policy::in_force(parent, now), {}};
        const bool same_names = asks_the_same_of_names(extended.policy, policy_);
        for (const Rule& rule : extended.policy.rules) {
            const auto same = std::find_if(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& own) {
                return own.id == rule.id && own.check == rule.check && own.layers == rule.layers && own.settings.all() == rule.settings.all();
            });
            const bool known = same != policy_.rules.end() && (same_names || !is_about_names(rule.check));
            extended.same.push_back(known ? std::optional(static_cast<std::size_t>(same - policy_.rules.begin())) : std::nullopt);
        }
        extended_.push_back(std::move(extended));
    }
    for (const Instant moment : moments_of(policy)) {
        if (moment <= now) from_ = from_ ? std::max(*from_, moment) : moment;
        else until_ = until_ ? std::min(*until_, moment) : moment;
    }
}

std::shared_ptr<const PreparedPolicy> PreparedPolicies::at(const Policy& policy, Instant now) {
    {
        const std::scoped_lock lock(mutex_);
        if (digest_ == policy.digest) {
            for (const auto& one : kept_) {
                if (one->holds_at(now)) return one;
            }
        }
    }
    auto made = std::make_shared<const PreparedPolicy>(policy, now);     // perhaps by two threads at once: both are right
    const std::scoped_lock lock(mutex_);
    if (digest_ != policy.digest) kept_.clear();
    digest_ = policy.digest;
    if (kept_.size() >= kMost) kept_.pop_back();
    kept_.insert(kept_.begin(), made);
    return made;
}

std::shared_ptr<const PreparedPolicy> prepare(const LoadedPolicy& loaded, Instant now) {
    if (loaded.prepared != nullptr) return loaded.prepared->at(loaded.policy, now);
    return std::make_shared<const PreparedPolicy>(loaded.policy, now);
}

}  // namespace headgate::pipeline
