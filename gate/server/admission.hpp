// admission.hpp: the routes by which Kubernetes asks: POST /v1/validate, POST /v1/mutate and POST /v1/provider (Gatekeeper's external
// data), without any socket.
//
// A review is answered with 200 whatever becomes of it: to an API server every other status means that nobody answered, and then its
// `failurePolicy` decides and not the policy. 400 is for what is no review. Only the answer of /v1/validate counts, which looks at the object
// as it is and never at what /v1/mutate did to it. Of a review that is no dry run and was validated its signed verdict is kept, where that is asked
// for (attester.hpp), and which digests were admitted in which namespace (pipeline/grace.hpp); of all others only counts.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "pipeline/admission.hpp"
#include "pipeline/admission_answer.hpp"
#include "pipeline/grace.hpp"
#include "server/admission_metrics.hpp"
#include "server/memory_budget.hpp"
#include "server/policy_holder.hpp"
#include "server/router.hpp"

namespace headgate::server {

/// How long a judgement may take. `query`: of the request's URL: the API server says there how long it waits, rounded up to seconds. 10 s
/// without; less a tenth, at least half a second, so that the answer arrives; and never more than the policy allows.
/// Error{usage}: a timeout that is no whole number of seconds.
Result<std::chrono::milliseconds> admission_budget(const std::string& query, std::optional<std::int64_t> policy_seconds);

/// What large objects of reviews may need as trees, all that are judged at once: one of the largest. Those that need little wait for none.
inline constexpr std::uint64_t kMostMemory = 40ULL << 20U;

class Admission {
  public:
    using Judge = std::function<pipeline::AdmissionJudgement(const pipeline::LoadedPolicy&, const pipeline::AdmissionReview&, const pipeline::AdmissionContext&)>;
    using JudgeImage = std::function<pipeline::AdmissionJudgement(const pipeline::LoadedPolicy&, const std::string&, const pipeline::AdmissionContext&)>;
    /// Records a verdict, before it is answered (attester.hpp). An Error makes the answer a denial.
    using Attest = std::function<Result<void>(const pipeline::AdmissionReview&, const pipeline::AdmissionJudgement&, const pipeline::AdmissionAnswer&,
                                              const std::string& policy_digest)>;
    struct Options {
        pipeline::RegistryImages* registry = nullptr;    // nullptr: names are judged as names
        const pipeline::Isolation* isolation = nullptr;  // where what a registry hands out is parsed; nullptr: here (tests)
        Judge judge = pipeline::judge_admission;
        JudgeImage judge_image = pipeline::judge_image;
        Attest attest = {};                              // empty: nothing is
        unsigned workers = 8;                            // that answer reviews: half of them wait for memory at most
    };

    Admission(Options options, const PolicyHolder& policy, std::function<Instant()> now);

    HttpResponse validate(const HttpRequest& request) { return review(request, false); }
    HttpResponse mutate(const HttpRequest& request) { return review(request, true); }
    HttpResponse provide(const HttpRequest& request);
    /// Lines for /metrics. How many there are does not depend on what was asked.
    std::string metrics() const { return metrics_.text(); }

    /// What was admitted (pipeline/grace.hpp), for whoever keeps it between two lives of the process.
    pipeline::AdmittedBefore& admitted() { return before_; }

  private:
    HttpResponse review(const HttpRequest& request, bool mutating);
    pipeline::AdmissionAnswer decide(const HttpRequest& request, const pipeline::AdmissionReview& review, bool mutating, pipeline::StageTimes& stages);
    pipeline::AdmissionAnswer record(const pipeline::AdmissionReview& review, const pipeline::AdmissionJudgement& judgement,
                                     pipeline::AdmissionAnswer answer, const std::string& digest, Instant now);
    HttpResponse bad_request(const HttpRequest& request, const std::string& why);

    Options options_;
    const PolicyHolder& policy_;
    std::function<Instant()> now_;
    AdmissionMetrics metrics_;
    MemoryBudget memory_;
    pipeline::AdmittedBefore before_;
};

}  // namespace headgate::server
