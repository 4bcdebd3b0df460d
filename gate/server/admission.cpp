#include "server/admission.hpp"

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "pipeline/admission_patch.hpp"
#include "server/external_data.hpp"
#include "server/log.hpp"
#include "server/service.hpp"

namespace headgate::server {
namespace {

using codec::Json;
using pipeline::AdmissionAnswer;
using pipeline::answer_to;
using pipeline::could_not_decide;
using pipeline::write_answer;
using std::chrono::milliseconds;
using Stage = pipeline::AdmissionStage;

constexpr std::int64_t kLeastSeconds = 1, kMostSeconds = 30, kUsualSeconds = 10;   // of webhooks: admissionregistration/v1
constexpr std::string_view kTimeout = "timeout=";
constexpr std::uint64_t kLittleMemory = 8ULL << 20U;   // what each worker may need besides: objects of 25 KB, say, wait for no large one

std::string reference_list(const AdmissionAnswer& answer) {
    for (const auto& [key, value] : answer.audit) {
        if (key == "references") return value;
    }
    return {};
}

// At most, as trees: a value takes two bytes of JSON or more.
std::uint64_t memory_of(const pipeline::AdmissionReview& review) {
    constexpr std::uint64_t kValue = 640;
    const auto tree = [](std::uint64_t bytes) { return bytes + std::min(bytes / 2, pipeline::kMostObjectValues) * kValue; };
    return tree(review.object.size()) + tree(review.old_object.size());
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
    : options_(std::move(options)), policy_(policy), now_(std::move(now)), memory_(MemoryBudget::among(kMostMemory, options_.workers)) {}

HttpResponse Admission::bad_request(const HttpRequest& request, const std::string& why) {
    metrics_.malformed();
    log_line({{"event", "no review"}, {"peer", request.peer}, {"target", request.path}, {"detail", why}});
    Json body = Json::object();
    body.add("error", Json::of(why));
    return {400, codec::write_json(body) + "\n", "application/json"};
}

AdmissionAnswer Admission::decide(const HttpRequest& request, const pipeline::AdmissionReview& review, bool mutating, pipeline::StageTimes& stages) {
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
    context.deadline = request.received + *budget;       // whoever asked waits since then, and not since a worker was free
    context.registry = options_.registry;
    context.isolation = options_.isolation;
    if (std::chrono::steady_clock::now() >= context.deadline) {
        // It waited for too long: what is left is for those who still wait for their answer.
        pipeline::AdmissionJudgement late;
        late.outcome = pipeline::AdmissionJudgement::Outcome::overdue;
        late.reason = "the time allowed for the judgement was over before it could begin";
        return answer_to(review, late, digest, view.warning);
    }
    const auto grace = view.policy->policy.defaults.grace_admitted;
    if (grace) {
        context.admitted_since = [&](const auto& named) { return before_.since(review.name_space, named, *grace, now); };
    }
    const std::uint64_t needed = memory_of(review);
    pipeline::StageClock waiting(stages);
    const MemoryBudget::Share memory = memory_.take(needed <= kLittleMemory ? 0 : needed, context.deadline);
    waiting.lap(Stage::queue);
    pipeline::AdmissionJudgement judgement;
    if (memory) {
        judgement = options_.judge(*view.policy, review, context);
    } else {
        judgement.outcome = pipeline::AdmissionJudgement::Outcome::overdue;
        judgement.reason = "too much is judged at once: there is no room for it now";
    }
    for (const Stage stage : {Stage::extract, Stage::resolve, Stage::judge}) stages[static_cast<std::size_t>(stage)] = judgement.stages[static_cast<std::size_t>(stage)];
    pipeline::StageClock clock(stages);
    if (grace) {
        std::string excuse = before_.excuse(review.name_space, judgement, *grace, now);
        if (!excuse.empty()) {
            metrics_.graced();
            log_line({{"event", "grace"}, {"uid", review.uid}, {"namespace", review.name_space}, {"detail", excuse}});
            judgement.outcome = pipeline::AdmissionJudgement::Outcome::allowed;
            judgement.exception = std::move(excuse);
        }
    }
    AdmissionAnswer answer = answer_to(review, judgement, digest, view.warning);
    if (!mutating) {
        clock.lap(Stage::write);
        answer = record(review, judgement, std::move(answer), digest, now);
        if (options_.attest) clock.lap(Stage::attest);
        return answer;
    }
    if (!answer.allowed) return answer;
    const bool has_object = review.operation == pipeline::AdmissionOperation::create || review.operation == pipeline::AdmissionOperation::update;
    if (!has_object) return answer;
    const auto patch = pipeline::pinning_patch(judgement);
    if (!patch.ok()) return could_not_decide(review, patch.error().message, digest);
    answer.patch = *patch;
    return answer;
}

// What stays of a review that was validated: its signed verdict, and only then what was admitted.
AdmissionAnswer Admission::record(const pipeline::AdmissionReview& review, const pipeline::AdmissionJudgement& judgement, AdmissionAnswer answer,
                                  const std::string& digest, Instant now) {
    if (review.dry_run) return answer;
    if (options_.attest && judgement.judged) {
        const auto recorded = options_.attest(review, judgement, answer, digest);
        if (!recorded.ok()) {
            log_line({{"event", "not attested"}, {"uid", review.uid}, {"detail", recorded.error().message}});
            return could_not_decide(review, "its verdict could not be recorded", digest);
        }
    }
    before_.remember(review.name_space, judgement, now);
    return answer;
}

HttpResponse Admission::review(const HttpRequest& request, bool mutating) {
    pipeline::StageTimes stages{};
    pipeline::StageClock clock(stages, request.received);
    clock.lap(Stage::queue);
    const auto review = pipeline::read_review(as_bytes(request.body));
    if (!review.ok()) return bad_request(request, review.error().message);
    clock.lap(Stage::parse);
    AdmissionAnswer answer;
    try {
        answer = decide(request, *review, mutating, stages);
    } catch (const std::exception& exception) {
        answer = could_not_decide(*review, std::string("the judgement failed: ") + exception.what(), "");
    }
    pipeline::StageClock writing(stages);
    HttpResponse response{200, write_answer(*review, answer), "application/json"};
    const AdmissionDecision decision = decision_of(answer);
    const auto took = std::chrono::steady_clock::now() - request.received;
    log_line({{"event", mutating ? "mutate" : "validate"},
              {"time", format_instant(now_())},
              {"peer", request.peer},
              {"uid", review->uid},
              {"operation", std::string(to_string(review->operation))},
              {"kind", review->kind.group + "/" + review->kind.version + "/" + review->kind.name},
              {"request_kind", review->request_kind.group + "/" + review->request_kind.version + "/" + review->request_kind.name},
              {"sub_resource", review->sub_resource},
              {"namespace", review->name_space},
              {"name", review->name},
              {"user", review->user},
              {"dry_run", review->dry_run ? "true" : "false"},
              {"decision", std::string(kAdmissionDecisions[static_cast<std::size_t>(decision)])},
              {"code", std::to_string(answer.allowed ? 200 : answer.code)},
              {"message", answer.message},
              {"references", reference_list(answer)},
              {"patched", answer.patch.empty() ? "false" : "true"},
              {"ms", std::to_string(std::chrono::duration_cast<milliseconds>(took).count())}});
    writing.lap(Stage::write);
    metrics_.review(review->operation, decision, std::chrono::steady_clock::now() - request.received, stages);
    return response;
}

HttpResponse Admission::provide(const HttpRequest& request) {
    const auto wanted = read_provider_request(as_bytes(request.body));
    if (!wanted.ok()) {
        metrics_.malformed();
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
    context.deadline = request.received + *budget;
    context.registry = options_.registry;
    context.isolation = options_.isolation;
    std::vector<ProviderItem> items;
    for (const std::string& key : *wanted) {
        const pipeline::AdmissionJudgement judgement = options_.judge_image(*view.policy, key, context);
        items.push_back(item_of(key, judgement));
        using Outcome = pipeline::AdmissionJudgement::Outcome;
        const bool error = judgement.outcome == Outcome::undecided || judgement.outcome == Outcome::overdue;
        metrics_.key(judgement.outcome == Outcome::allowed ? AdmissionDecision::allow : error ? AdmissionDecision::error : AdmissionDecision::deny);
        log_line({{"event", "provide"}, {"time", format_instant(now)}, {"peer", request.peer}, {"key", key},
                  {"decision", items.back().error.empty() ? "allow" : "deny"}, {"message", items.back().error}});
    }
    return {200, provider_answer(items), "application/json"};
}

}  // namespace headgate::server
