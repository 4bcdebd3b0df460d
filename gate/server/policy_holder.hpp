// policy_holder.hpp: the policy in force. A new one that does not load leaves the last good one in force, and is noticed: a
// metric, a log line and a warning in answers.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.hpp"
#include "pipeline/decide.hpp"

namespace headgate::server {

class PolicyHolder {
  public:
    using Load = std::function<Result<pipeline::LoadedPolicy>()>;
    /// `max_stale`: seconds that the last good policy stays acceptable after a failed reload; 0 = for ever.
    PolicyHolder(Load load, std::int64_t max_stale) : load_(std::move(load)), max_stale_(max_stale) {}

    /// Loads; on an Error the last good policy stays.
    Result<void> reload(Instant now);

    struct View {
        std::shared_ptr<const pipeline::LoadedPolicy> policy;   // nullptr: none ever loaded
        std::string warning;                                    // "" when the newest policy is in force
    };
    View view() const;
    /// A policy is there, and reloads have not failed for longer than `max_stale`.
    bool ready(Instant now) const;
    std::uint64_t failures() const;

  private:
    Load load_;
    std::int64_t max_stale_;
    mutable std::mutex mutex_;
    std::shared_ptr<const pipeline::LoadedPolicy> policy_;
    std::string warning_;
    Instant stale_since_;            // of the first reload that failed since the last good one
    std::uint64_t failures_ = 0;
};

/// Tells when one of several files is another than it was (inode, size or time of change): how mounted secrets and
/// edited policies are noticed.
class FileWatch {
  public:
    explicit FileWatch(std::vector<std::string> paths) : paths_(std::move(paths)), stamps_(read()) {}
    bool changed();
    /// Watches these besides; true when they are others than before. Whoever read one of them before it was watched reads it
    /// again, so that a change in between is not missed.
    bool follow(std::vector<std::string> more);

  private:
    std::vector<std::string> read() const;
    std::vector<std::string> paths_;
    std::vector<std::string> more_;
    std::vector<std::string> stamps_;
};

}  // namespace headgate::server
