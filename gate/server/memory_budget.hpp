// memory_budget.hpp: how much memory all that is judged at once may need: what finds no room waits for it, until its deadline, as long as
// enough threads are left for what needs none.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace headgate::server {

class MemoryBudget {
  public:
    /// `most_waiting`: threads that may wait for room at once; `most_inside`: those that may wait or have some.
    explicit MemoryBudget(std::uint64_t bytes, std::size_t most_waiting = 4, std::size_t most_inside = 7)
        : bytes_(bytes), most_waiting_(most_waiting), most_inside_(most_inside), left_(bytes) {}

    /// Of a server with so many workers: half of them wait at most, and one is always left.
    static MemoryBudget among(std::uint64_t bytes, unsigned workers) {
        return MemoryBudget(bytes, std::max(workers / 2, 1U), std::max(workers, 2U) - 1);
    }

    /// What was taken, until it is gone.
    class Share {
      public:
        Share() = default;
        Share(MemoryBudget& budget, std::uint64_t bytes) : budget_(&budget), bytes_(bytes) {}
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() {
            if (budget_ != nullptr) budget_->give_back(bytes_);
        }
        explicit operator bool() const { return budget_ != nullptr; }

      private:
        MemoryBudget* budget_ = nullptr;
        std::uint64_t bytes_ = 0;
    };

    /// More than there is at all is everything: it is judged alone. Nothing waits for nothing. False: the deadline came first, or too many wait already.
    Share take(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline) {
        bytes = std::min(bytes, bytes_);
        std::unique_lock lock(mutex_);
        if (bytes == 0) return {*this, 0};
        if (inside_ >= most_inside_) return {};
        if (left_ < bytes) {
            if (waiting_ >= most_waiting_) return {};
            ++waiting_;
            ++inside_;
            const bool room = room_.wait_until(lock, deadline, [&] { return left_ >= bytes; });
            --waiting_;
            --inside_;
            if (!room) return {};
        }
        ++inside_;
        left_ -= bytes;
        return {*this, bytes};
    }

  private:
    void give_back(std::uint64_t bytes) {
        {
            const std::scoped_lock lock(mutex_);
            left_ += bytes;
            if (bytes > 0) --inside_;
        }
        room_.notify_all();
    }

    const std::uint64_t bytes_;
    const std::size_t most_waiting_, most_inside_;
    std::uint64_t left_;
    std::size_t waiting_ = 0, inside_ = 0;
    std::mutex mutex_;
    std::condition_variable room_;
};

}  // namespace headgate::server
