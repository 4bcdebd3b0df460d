// grace.hpp: what was admitted in which namespace, for `defaults.grace.admitted-digest`: a digest that was let in stays admissible there for a
// while, so that a pod that is moved to another node at night comes back, when the gate could not decide about it again (a registry that is
// down, a deadline), or refuses it for nothing but what has ended since (a verdict that has become too old, a waiver; lapsed.hpp). Never when
// anything else speaks against it: a denial stays one.
//
// Kept in memory, and between two lives of the process as text (save, load): a line each, "NAMESPACE sha256:HEX SECONDS", by namespace and
// digest, "-" for no namespace.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "pipeline/admission.hpp"

namespace headgate::pipeline {

class AdmittedBefore {
  public:
    /// At most so many pairs of namespace and digest: those beyond are not remembered.
    explicit AdmittedBefore(std::size_t most = 50'000) : most_(most) {}

    /// Keeps the digests of what was allowed by its own merit, in a namespace whose name is one (RFC 1123). Not for a dry run.
    void remember(const std::string& name_space, const AdmissionJudgement& judgement, Instant now);
    /// The oldest of the times at which each of these was admitted there last; nullopt: one of them was not, or longer ago than `seconds`.
    std::optional<Instant> since(const std::string& name_space, const std::vector<AdmissionJudgement::Named>& named, std::int64_t seconds,
                                 Instant now) const;
    /// Why a judgement that does not allow is let through all the same; "" when it is not.
    std::string excuse(const std::string& name_space, const AdmissionJudgement& judgement, std::int64_t seconds, Instant now) const;
    std::size_t size() const;
    /// What was admitted last before this is of no use any more.
    void forget(Instant before);

    /// Everything, to be read again; nullopt: nothing is new since the last time.
    std::optional<std::string> save();
    /// Adds what save() wrote. Error{malformed}, and then nothing is added: bytes that it would not have written. As many as there is room for.
    Result<void> load(ByteView bytes);
    static constexpr std::uint64_t kMostBytes = 16ULL << 20U;

  private:
    mutable std::mutex mutex_;
    std::size_t most_;
    bool changed_ = false;
    std::map<std::pair<std::string, std::string>, Instant> admitted_;    // when last, to the minute
};

}  // namespace headgate::pipeline
