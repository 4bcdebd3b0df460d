// grace.hpp: what was admitted in which namespace, for `defaults.grace.admitted-digest`: a digest that was let in stays admissible there for a
// while when the gate could not decide about it again (a registry that is down, a deadline), so that a pod that is moved to another node
// comes back. Never when anything speaks against it: a denial stays one. In memory only: a gate that starts anew knows nothing.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "pipeline/admission.hpp"

namespace headgate::pipeline {

class AdmittedBefore {
  public:
    /// At most so many pairs of namespace and digest: those beyond are not remembered.
    explicit AdmittedBefore(std::size_t most = 50'000) : most_(most) {}

    /// Keeps the digests of what was allowed by its own merit. Not for a dry run.
    void remember(const std::string& name_space, const AdmissionJudgement& judgement, Instant now);
    /// Why an undecided or overdue judgement is let through all the same; "" when it is not.
    std::string excuse(const std::string& name_space, const AdmissionJudgement& judgement, std::int64_t seconds, Instant now) const;
    std::size_t size() const;

  private:
    mutable std::mutex mutex_;
    std::size_t most_;
    std::map<std::pair<std::string, std::string>, Instant> admitted_;    // when last
};

}  // namespace headgate::pipeline
