#include "server/admission.hpp"

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "pipeline/admission_patch.hpp"
#include "server/external_data.hpp"
#include "server/service.hpp"

namespace headgate::server {
namespace {

using codec::Json;
using pipeline::AdmissionAnswer;
using pipeline::answer_to;
using pipeline::could_not_decide;
using pipeline::write_answer;
using std::chrono::milliseconds;

constexpr std::int64_t kLeastSeconds = 1, kMostSeconds = 30, kUsualSeconds = 10;   // of webhooks: admissionregistration/v1
constexpr std::string_view kTimeout = "timeout=";
constexpr std::array<std::string_view, 5> kOperations = {"unknown", "CREATE", "UPDATE", "DELETE", "CONNECT"};
constexpr std::array<std::string_view, 3> kDecisions = {"allow", "deny", "error"};

std::size_t decision_of(const AdmissionAnswer& answer) {
    if (answer.allowed) return 0;
    return answer.code >= 500 ? 2 : 1;
}

std::string reference_list(const AdmissionAnswer& answer) {
    for (const auto& [key, value] : answer.audit) {
        if (key == "references") return value;
    }
    return {};
}

std::string seconds_text(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

Result<milliseconds> admission_budget(const std::string& query, std::optional<std::int64_t> policy_seconds) {
    std::int64_t seconds = kUsualSeconds;
    bool given = false;
    for (const std::string_view part : split(query, '&')) {
        if (!part.starts_with(kTimeout)) continue;
        const std::string_view value = part.substr(kTimeout.size());
        const bool plain = value.size() >= 2 && value.size() <= 7 && value.ends_with('s') &&
                           value.substr(0, value.size() - 1).find_first_not_of("0123456789") == std::string_view::npos;
        if (!plain || given) return Error{ErrorCode::usage, "timeout: expected one, in whole seconds, such as 10s"};
        given = true;
        std::from_chars(value.data(), value.data() + value.size() - 1, seconds);
    }
    const milliseconds whole = std::chrono::seconds(std::clamp(seconds, kLeastSeconds, kMostSeconds));
    milliseconds budget = whole - std::max(milliseconds(500), whole / 10);
    if (policy_seconds) budget = std::min(budget, milliseconds(std::min(*policy_seconds, kMostSeconds) * 1000));
    return budget;
}

Admission::Admission(Options options, const PolicyHolder& policy, std::function<Instant()> now)
    : options_(std::move(options)), policy_(policy), now_(std::move(now)) {}

HttpResponse Admission::bad_request(const HttpRequest& request, const std::string& why) {
    ++malformed_;
    log_line({{"event", "no review"}, {"peer", request.peer}, {"target", request.path}, {"detail", why}});
    Json body = Json::object();
    body.add("error", Json::of(why));
    return {400, codec::write_json(body) + "\n", "application/json"};
}

AdmissionAnswer Admission::decide(const HttpRequest& request, const pipeline::AdmissionReview& review, bool mutating) {
    const std::string none = "sha256:" + std::string(64, '0');
    const PolicyHolder::View view = policy_.view();
    if (view.policy == nullptr) return could_not_decide(review, "no policy is in force", none);
    const std::string& digest = view.policy->policy.digest;
    const Instant now = now_();
    if (!policy_.ready(now)) return could_not_decide(review, "the policy in force is too old: " + view.warning, digest);
    const auto budget = admission_budget(request.query, view.policy->policy.defaults.admission_deadline);
    if (!budget.ok()) return could_not_decide(review, budget.error().message, digest);

    pipeline::AdmissionContext context;
    context.now = now;
    context.deadline = std::chrono::steady_clock::now() + *budget;
    context.registry = options_.registry;
    pipeline::AdmissionJudgement judgement = options_.judge(*view.policy, review, context);
    if (!mutating && !review.dry_run) before_.remember(review.name_space, judgement, now);
    if (const auto seconds = view.policy->policy.defaults.grace_admitted) {
        std::string excuse = before_.excuse(review.name_space, judgement, *seconds, now);
        if (!excuse.empty()) {
            ++graced_;
            log_line({{"event", "grace"}, {"uid", review.uid}, {"namespace", review.name_space}, {"detail", excuse}});
            judgement.outcome = pipeline::AdmissionJudgement::Outcome::allowed;
            judgement.exception = std::move(excuse);
        }
    }
    AdmissionAnswer answer = answer_to(review, judgement, digest, view.warning);
    if (!mutating || !answer.allowed) return answer;
    const bool has_object = review.operation == pipeline::AdmissionOperation::create || review.operation == pipeline::AdmissionOperation::update;
    if (!has_object) return answer;
    const auto patch = pipeline::pinning_patch(judgement);
    if (!patch.ok()) return could_not_decide(review, patch.error().message, digest);
    answer.patch = *patch;
    return answer;
}

HttpResponse Admission::review(const HttpRequest& request, bool mutating) {
    const auto begin = std::chrono::steady_clock::now();
    const auto review = pipeline::read_review(as_bytes(request.body));
    if (!review.ok()) return bad_request(request, review.error().message);
    AdmissionAnswer answer;
    try {
        answer = decide(request, *review, mutating);
    } catch (const std::exception& exception) {
        answer = could_not_decide(*review, std::string("the judgement failed: ") + exception.what(), "");
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    count(review->operation, answer, took);
    log_line({{"event", mutating ? "mutate" : "validate"},
              {"time", format_instant(now_())},
              {"uid", review->uid},
              {"operation", std::string(to_string(review->operation))},
              {"kind", review->kind.group + "/" + review->kind.version + "/" + review->kind.name},
              {"request_kind", review->request_kind.group + "/" + review->request_kind.version + "/" + review->request_kind.name},
              {"sub_resource", review->sub_resource},
              {"namespace", review->name_space},
              {"name", review->name},
              {"user", review->user},
              {"dry_run", review->dry_run ? "true" : "false"},
              {"decision", std::string(kDecisions[decision_of(answer)])},
              {"code", std::to_string(answer.allowed ? 200 : answer.code)},
              {"message", answer.message},
              {"references", reference_list(answer)},
              {"patched", answer.patch.empty() ? "false" : "true"},
              {"ms", std::to_string(std::chrono::duration_cast<milliseconds>(took).count())}});
    return {200, write_answer(*review, answer), "application/json"};
}

HttpResponse Admission::provide(const HttpRequest& request) {
    const auto wanted = read_provider_request(as_bytes(request.body));
    if (!wanted.ok()) {
        ++malformed_;
        // The one who asks looks at systemError, whatever the status is.
        return {200, provider_failure(wanted.error().message), "application/json"};
    }
    const PolicyHolder::View view = policy_.view();
    const Instant now = now_();
    if (view.policy == nullptr || !policy_.ready(now)) return {200, provider_failure("no policy is in force, or it is too old"), "application/json"};
    const auto budget = admission_budget(request.query, view.policy->policy.defaults.admission_deadline);
    if (!budget.ok()) return {200, provider_failure(budget.error().message), "application/json"};
    pipeline::AdmissionContext context;
    context.now = now;
    context.deadline = std::chrono::steady_clock::now() + *budget;
    context.registry = options_.registry;
    std::vector<ProviderItem> items;
    for (const std::string& key : *wanted) {
        const pipeline::AdmissionJudgement judgement = options_.judge_image(*view.policy, key, context);
        items.push_back(item_of(key, judgement));
        using Outcome = pipeline::AdmissionJudgement::Outcome;
        const bool error = judgement.outcome == Outcome::undecided || judgement.outcome == Outcome::overdue;
        ++keys_[judgement.outcome == Outcome::allowed ? 0 : error ? 2 : 1];
        log_line({{"event", "provide"}, {"time", format_instant(now)}, {"peer", request.peer}, {"key", key},
                  {"decision", items.back().error.empty() ? "allow" : "deny"}, {"message", items.back().error}});
    }
    return {200, provider_answer(items), "application/json"};
}

void Admission::count(pipeline::AdmissionOperation operation, const AdmissionAnswer& answer, std::chrono::steady_clock::duration took) {
    ++reviews_[std::min(static_cast<std::size_t>(operation), kOperations.size() - 1)][decision_of(answer)];
    const double seconds = std::chrono::duration<double>(took).count();
    const auto bucket = std::lower_bound(kSeconds.begin(), kSeconds.end(), seconds) - kSeconds.begin();
    ++took_[static_cast<std::size_t>(bucket)];
    took_microseconds_ += static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
}

std::string Admission::metrics() const {
    std::string text = "# HELP headgate_admission_reviews_total Admission reviews by operation and decision.\n# TYPE headgate_admission_reviews_total counter\n";
    for (std::size_t i = 0; i < kOperations.size(); ++i) {
        for (std::size_t j = 0; j < kDecisions.size(); ++j) {
            text += "headgate_admission_reviews_total{operation=\"" + std::string(kOperations[i]) + "\",decision=\"" + std::string(kDecisions[j]) + "\"} " +
                    std::to_string(reviews_[i][j]) + "\n";
        }
    }
    text += "# HELP headgate_provider_keys_total Keys of Gatekeeper's external data by decision.\n# TYPE headgate_provider_keys_total counter\n";
    for (std::size_t j = 0; j < kDecisions.size(); ++j) {
        text += "headgate_provider_keys_total{decision=\"" + std::string(kDecisions[j]) + "\"} " + std::to_string(keys_[j]) + "\n";
    }
    text += "# HELP headgate_admission_malformed_total Requests that were no review.\n# TYPE headgate_admission_malformed_total counter\n"
            "headgate_admission_malformed_total " + std::to_string(malformed_) + "\n";
    text += "# HELP headgate_admission_grace_total Reviews that were allowed by defaults.grace.\n# TYPE headgate_admission_grace_total counter\n"
            "headgate_admission_grace_total " + std::to_string(graced_) + "\n";
    text += "# HELP headgate_admission_duration_seconds Time from a whole request to its answer.\n# TYPE headgate_admission_duration_seconds histogram\n";
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= kSeconds.size(); ++i) {
        so_far += took_[i];
        const std::string bound = i == kSeconds.size() ? "+Inf" : seconds_text(kSeconds[i]);
        text += "headgate_admission_duration_seconds_bucket{le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
    }
    const std::uint64_t microseconds = took_microseconds_;
    std::string fraction = std::to_string(microseconds % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    text += "headgate_admission_duration_seconds_sum " + std::to_string(microseconds / 1'000'000) + "." + fraction + "\n";
    text += "headgate_admission_duration_seconds_count " + std::to_string(so_far) + "\n";
    return text;
}

}  // namespace headgate::server
