// admission_metrics.hpp: what /metrics tells of reviews. How many lines there are does not depend on what was asked.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "pipeline/admission_answer.hpp"
#include "pipeline/admission_stages.hpp"

namespace headgate::server {

/// How an answer is counted and logged.
enum class AdmissionDecision : std::size_t { allow, deny, error };
inline constexpr std::array<std::string_view, 3> kAdmissionDecisions = {"allow", "deny", "error"};
AdmissionDecision decision_of(const pipeline::AdmissionAnswer& answer);

class AdmissionMetrics {
  public:
    /// `took`: from the request's last byte to its answer, the time in which it waited for a worker included.
    void review(pipeline::AdmissionOperation operation, AdmissionDecision decision, std::chrono::nanoseconds took, const pipeline::StageTimes& stages);
    void key(AdmissionDecision decision) { ++keys_[static_cast<std::size_t>(decision)]; }
    void malformed() { ++malformed_; }
    void graced() { ++graced_; }

    std::string text() const;

  private:
    static constexpr std::array<double, 8> kSeconds = {0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25};   // as the API server's own histogram
    struct Stage {
        std::atomic<std::uint64_t> nanoseconds{0}, count{0};
    };
    std::array<std::array<std::atomic<std::uint64_t>, 3>, 5> reviews_{};   // by operation
    std::array<std::atomic<std::uint64_t>, 3> keys_{};
    std::array<std::atomic<std::uint64_t>, kSeconds.size() + 1> took_{};
    std::atomic<std::uint64_t> took_nanoseconds_{0};
    std::array<Stage, pipeline::kAdmissionStages.size()> stages_{};
    std::atomic<std::uint64_t> malformed_{0};
    std::atomic<std::uint64_t> graced_{0};
};

}  // namespace headgate::server
