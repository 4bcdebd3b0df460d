// prepared_policy.hpp: a policy made ready for judging at a time: overrides applied, waivers sorted, and so for those that it extends. The same
// from one moment to the next at which a waiver, an override or the window of a key begins or ends: within it one is used for every judgement,
// by all threads; across it, never. What depends on the time besides (ages, `effective-on`) is asked anew in each judgement.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/policy.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {

struct LoadedPolicy;

/// Never changed once it is made, and never moved: what it holds borrows from it.
class PreparedPolicy {
  public:
    /// A policy that the policy extends, in force, and for each of its rules the one of `policy` that asks the very same.
    struct Extended {
        std::string label;
        Policy policy;
        std::vector<std::optional<std::size_t>> same;
    };

    PreparedPolicy(const Policy& policy, Instant now);
    PreparedPolicy(const PreparedPolicy&) = delete;
    PreparedPolicy& operator=(const PreparedPolicy&) = delete;

    const Policy& policy() const { return policy_; }
    /// Without packs, which leave sources and mirrors open: their standing is asked by the judge.
    const std::vector<Extended>& extended() const { return extended_; }
    const policy::WaiverBook& waivers() const { return waivers_; }
    /// Some rule wants images looked up.
    bool asks_registry() const { return asks_registry_; }
    /// Whether it would come out the same at `now`.
    bool holds_at(Instant now) const { return (!from_ || now >= *from_) && (!until_ || now < *until_); }

  private:
    Policy policy_;
    std::vector<Extended> extended_;
    policy::WaiverBook waivers_;
    bool asks_registry_;
    std::optional<Instant> from_, until_;     // until_: the first moment of what comes next
};

/// The last few of one policy, for a server; shared between threads.
class PreparedPolicies {
  public:
    std::shared_ptr<const PreparedPolicy> at(const Policy& policy, Instant now);

  private:
    static constexpr std::size_t kMost = 4;
    std::mutex mutex_;
    std::string digest_;                      // of the policy that these are of
    std::vector<std::shared_ptr<const PreparedPolicy>> kept_;   // the latest first
};

/// From `loaded.prepared`, where somebody put it, or a new one.
std::shared_ptr<const PreparedPolicy> prepare(const LoadedPolicy& loaded, Instant now);

}  // namespace headgate::pipeline
