// single_flight.hpp: what many ask for at once is done once. Each waits no longer than its own deadline, and an answer that came too late
// for whoever did the work is asked for again by those who have time left.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace headgate::pipeline {

template <typename T>
class SingleFlight {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    struct Landed {
        Result<T> result;
        bool shared = false;                         // somebody else did it
    };

    Landed run(const std::string& key, Deadline deadline, const std::function<Result<T>()>& work) {
        for (;;) {
            std::unique_lock lock(mutex_);
            const auto found = flights_.find(key);
            if (found == flights_.end()) {
                const auto flight = flights_.emplace(key, std::make_shared<Flight>()).first->second;
                lock.unlock();
                return {lead(key, *flight, work), false};
            }
            const std::shared_ptr<Flight> flight = found->second;
            const bool done = landed_.wait_until(lock, deadline, [&] { return flight->result.has_value(); });
            if (!done) return {Error{ErrorCode::deadline, "the time allowed for looking up the image is over"}, true};
            const bool late = !flight->result->ok() && flight->result->error().code == ErrorCode::deadline;
            if (!late || std::chrono::steady_clock::now() >= deadline) return {*flight->result, true};
        }
    }

  private:
    struct Flight {
        std::optional<Result<T>> result;
    };

    Result<T> lead(const std::string& key, Flight& flight, const std::function<Result<T>()>& work) {
        // Whatever becomes of the work, nobody waits for it forever.
        struct Lander {
            SingleFlight& owner;
            const std::string& key;
            Flight& flight;
            Result<T> result = Error{ErrorCode::internal, "looking up the image was broken off"};
            ~Lander() {
                const std::lock_guard lock(owner.mutex_);
                flight.result = std::move(result);
                owner.flights_.erase(key);
                owner.landed_.notify_all();
            }
        };
        std::optional<Result<T>> answer;
        {
            Lander lander{*this, key, flight};
            lander.result = work();
            answer = lander.result;
        }
        return std::move(*answer);
    }

    std::mutex mutex_;
    std::condition_variable landed_;
    std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace headgate::pipeline
