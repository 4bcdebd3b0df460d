#include "server/namespace_guard.hpp"

#include <algorithm>

#include "codec/json.hpp"

namespace headgate::server {
namespace {

constexpr std::size_t kMaxUid = 256;
constexpr codec::TreeLimits kReviewLimits{32, 7ULL << 20U, 200'000, false};

std::string_view text_at(const codec::Tree& table, std::string_view key) {
    const codec::Tree* const value = table.is_table() ? table.find(key) : nullptr;
    return value != nullptr && value->is_text() ? std::string_view(value->text) : std::string_view();
}

const codec::Tree* table_at(const codec::Tree& table, std::string_view key) {
    const codec::Tree* const value = table.is_table() ? table.find(key) : nullptr;
    return value != nullptr && value->is_table() ? value : nullptr;
}

// Why it is denied; "" when it is not.
std::string objection(const codec::Tree& request, std::span<const std::string> skippable) {
    const codec::Tree* const resource = table_at(request, "resource");
    if (resource == nullptr || !text_at(*resource, "group").empty() || text_at(*resource, "resource") != "namespaces") return "only namespaces are judged here";
    const std::string_view operation = text_at(request, "operation");
    if (operation == "DELETE") return "";
    if (operation != "CREATE" && operation != "UPDATE") return "an unknown operation";
    const codec::Tree* const object = table_at(request, "object");
    const codec::Tree* const metadata = object == nullptr ? nullptr : table_at(*object, "metadata");
    if (metadata == nullptr) return "the namespace has no metadata";
    const codec::Tree* const labels = metadata->find("labels");
    if (labels == nullptr || labels->type == codec::Tree::Type::null) return "";
    if (!labels->is_table()) return "the labels are none";
    if (labels->find(kSkipLabel) == nullptr) return "";
    // Of an object that is made the request may not know the name yet; where both do, they agree.
    const std::string_view name = text_at(*metadata, "name");
    const std::string_view asked = text_at(request, "name");
    if (name.empty()) return "the namespace has no name";
    if (!asked.empty() && asked != name) return "the namespace is called differently in its request";
    if (std::find(skippable.begin(), skippable.end(), name) != skippable.end()) return "";
    return "the label " + std::string(kSkipLabel) + " takes a namespace out of admission; only namespaces that the gate's operator names may bear it";
}

}  // namespace

Result<GuardDecision> guard_namespace(const codec::Tree& review, std::span<const std::string> skippable) {
    if (text_at(review, "apiVersion") != "admission.k8s.io/v1" || text_at(review, "kind") != "AdmissionReview") {
        return Error{ErrorCode::usage, "expected an AdmissionReview of admission.k8s.io/v1"};
    }
    const codec::Tree* const request = table_at(review, "request");
    if (request == nullptr) return Error{ErrorCode::usage, "the AdmissionReview has no request"};
    const std::string_view uid = text_at(*request, "uid");
    if (uid.empty() || uid.size() > kMaxUid) return Error{ErrorCode::usage, "the request has no uid"};
    GuardDecision decision;
    decision.uid = uid;
    decision.message = objection(*request, skippable);
    decision.allowed = decision.message.empty();
    return decision;
}

Result<std::string> answer_namespace_review(std::string_view body, std::span<const std::string> skippable) {
    const auto review = codec::parse_json_tree(as_bytes(body), kReviewLimits);
    if (!review.ok()) return Error{ErrorCode::usage, review.error().message};
    const GuardDecision decision = TRY(guard_namespace(*review, skippable));
    codec::Json response = codec::Json::object();
    response.add("uid", codec::Json::of(decision.uid));
    response.add("allowed", codec::Json::of(decision.allowed));
    if (!decision.allowed) {
        codec::Json status = codec::Json::object();
        status.add("code", codec::Json::of(std::int64_t{403}));
        status.add("message", codec::Json::of(decision.message));
        response.add("status", std::move(status));
    }
    codec::Json answer = codec::Json::object();
    answer.add("apiVersion", codec::Json::of(std::string("admission.k8s.io/v1")));
    answer.add("kind", codec::Json::of(std::string("AdmissionReview")));
    answer.add("response", std::move(response));
    return codec::write_json(answer) + "\n";
}

}  // namespace headgate::server
