#include "server/admission_metrics.hpp"

#include <algorithm>

namespace headgate::server {
namespace {

constexpr std::array<std::string_view, 5> kOperations = {"unknown", "CREATE", "UPDATE", "DELETE", "CONNECT"};
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

std::string bound_text(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string seconds_text(std::uint64_t nanoseconds) {
    std::string fraction = std::to_string(nanoseconds % kNanoseconds);
    fraction.insert(0, 9 - fraction.size(), '0');
    return std::to_string(nanoseconds / kNanoseconds) + "." + fraction;
}

std::string head(const std::string& name, std::string_view help, std::string_view type) {
    return "# HELP " + name + " " + std::string(help) + "\n# TYPE " + name + " " + std::string(type) + "\n";
}

}  // namespace

AdmissionDecision decision_of(const pipeline::AdmissionAnswer& answer) {
    if (answer.allowed) return AdmissionDecision::allow;
    return answer.code >= 500 ? AdmissionDecision::error : AdmissionDecision::deny;
}

void AdmissionMetrics::review(pipeline::AdmissionOperation operation, AdmissionDecision decision, std::chrono::nanoseconds took,
                              const pipeline::StageTimes& stages) {
    ++reviews_[std::min(static_cast<std::size_t>(operation), kOperations.size() - 1)][static_cast<std::size_t>(decision)];
    const auto nanoseconds = static_cast<std::uint64_t>(std::max(took.count(), std::chrono::nanoseconds::rep{0}));
    const double seconds = static_cast<double>(nanoseconds) / static_cast<double>(kNanoseconds);
    const auto bucket = std::lower_bound(kSeconds.begin(), kSeconds.end(), seconds) - kSeconds.begin();
    ++took_[static_cast<std::size_t>(bucket)];
    took_nanoseconds_ += nanoseconds;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (stages[i].count() <= 0) continue;        // a stage that it did not reach
        stages_[i].nanoseconds += static_cast<std::uint64_t>(stages[i].count());
        ++stages_[i].count;
    }
}

std::string AdmissionMetrics::text() const {
    std::string text = head("headgate_admission_reviews_total", "Admission reviews by operation and decision.", "counter");
    for (std::size_t i = 0; i < kOperations.size(); ++i) {
        for (std::size_t j = 0; j < kAdmissionDecisions.size(); ++j) {
            text += "headgate_admission_reviews_total{operation=\"" + std::string(kOperations[i]) + "\",decision=\"" + std::string(kAdmissionDecisions[j]) +
                    "\"} " + std::to_string(reviews_[i][j]) + "\n";
        }
    }
    text += head("headgate_provider_keys_total", "Keys of Gatekeeper's external data by decision.", "counter");
    for (std::size_t j = 0; j < kAdmissionDecisions.size(); ++j) {
        text += "headgate_provider_keys_total{decision=\"" + std::string(kAdmissionDecisions[j]) + "\"} " + std::to_string(keys_[j]) + "\n";
    }
    text += head("headgate_admission_malformed_total", "Requests that were no review.", "counter");
    text += "headgate_admission_malformed_total " + std::to_string(malformed_) + "\n";
    text += head("headgate_admission_grace_total", "Reviews that were allowed by defaults.grace.", "counter");
    text += "headgate_admission_grace_total " + std::to_string(graced_) + "\n";
    const std::string duration = "headgate_admission_duration_seconds";
    text += head(duration, "Time from the last byte of a request to its answer, in the queue too.", "histogram");
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= kSeconds.size(); ++i) {
        so_far += took_[i];
        const std::string bound = i == kSeconds.size() ? "+Inf" : bound_text(kSeconds[i]);
        text += duration + "_bucket{le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
    }
    text += duration + "_sum " + seconds_text(took_nanoseconds_) + "\n" + duration + "_count " + std::to_string(so_far) + "\n";
    const std::string stage = "headgate_admission_stage_seconds";
    text += head(stage, "Time of reviews by stage.", "summary");
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        const std::string label = "{stage=\"" + std::string(pipeline::kAdmissionStages[i]) + "\"} ";
        text += stage + "_sum" + label + seconds_text(stages_[i].nanoseconds) + "\n" + stage + "_count" + label + std::to_string(stages_[i].count) + "\n";
    }
    return text;
}

}  // namespace headgate::server
