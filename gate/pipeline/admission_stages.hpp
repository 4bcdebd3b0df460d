// admission_stages.hpp: how long each stage of one review took, by the clock on the wall.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace headgate::pipeline {

/// In their order. `queue`: from the request's last byte until a worker had it; `write`: of the answer and of the log's line.
enum class AdmissionStage : std::size_t { queue, parse, extract, resolve, judge, attest, write };
inline constexpr std::array<std::string_view, 7> kAdmissionStages = {"queue", "parse", "extract", "resolve", "judge", "attest", "write"};

using StageTimes = std::array<std::chrono::nanoseconds, kAdmissionStages.size()>;

/// Counts what has passed since the last lap for the stage that ends with this one.
class StageClock {
  public:
    using Clock = std::chrono::steady_clock;

    explicit StageClock(StageTimes& times, Clock::time_point begin = Clock::now()) : times_(times), last_(begin) {}
    void lap(AdmissionStage stage) {
        const Clock::time_point now = Clock::now();
        if (now > last_) times_[static_cast<std::size_t>(stage)] += now - last_;
        last_ = now;
    }

  private:
    StageTimes& times_;
    Clock::time_point last_;
};

}  // namespace headgate::pipeline
