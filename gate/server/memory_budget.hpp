// memory_budget.hpp: how much memory all that is judged at once may need: what finds no room waits for it, until its deadline.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace headgate::server {

class MemoryBudget {
  public:
    explicit MemoryBudget(std::uint64_t bytes) : bytes_(bytes), left_(bytes) {}

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

    /// More than there is at all is everything: it is judged alone. False: the deadline came first.
    Share take(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline) {
        bytes = std::min(bytes, bytes_);
        std::unique_lock lock(mutex_);
        if (!room_.wait_until(lock, deadline, [&] { return left_ >= bytes; })) return {};
        left_ -= bytes;
        return {*this, bytes};
    }

  private:
    void give_back(std::uint64_t bytes) {
        {
            const std::scoped_lock lock(mutex_);
            left_ += bytes;
        }
        room_.notify_all();
    }

    const std::uint64_t bytes_;
    std::uint64_t left_;
    std::mutex mutex_;
    std::condition_variable room_;
};

}  // namespace headgate::server
