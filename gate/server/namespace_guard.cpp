#include "server/namespace_guard.hpp"

#include <algorithm>

#include "codec/tree.hpp"
#include "pipeline/admission_answer.hpp"

namespace headgate::server {
namespace {

using pipeline::AdmissionReview;
using Operation = decltype(AdmissionReview::operation);

constexpr codec::TreeLimits kObjectLimits{32, 7ULL << 20U, 50'000, false};

std::string_view text_at(const codec::Tree& table, std::string_view key) {
    const codec::Tree* const value = table.is_table() ? table.find(key) : nullptr;
    return value != nullptr && value->is_text() ? std::string_view(value->text) : std::string_view();
}

const codec::Tree* table_at(const codec::Tree& table, std::string_view key) {
    const codec::Tree* const value = table.is_table() ? table.find(key) : nullptr;
    return value != nullptr && value->is_table() ? value : nullptr;
}

bool bears_label(const codec::Tree& object) {
    const codec::Tree* const metadata = table_at(object, "metadata");
    const codec::Tree* const labels = metadata == nullptr ? nullptr : table_at(*metadata, "labels");
    return labels != nullptr && labels->find(kSkipLabel) != nullptr;
}

// Why it is denied; "" when it is not.
std::string objection(const AdmissionReview& review, std::span<const std::string> skippable) {
    if (!review.problem.empty()) return "the review cannot be understood: " + review.problem;
    if (!review.resource.group.empty() || review.resource.name != "namespaces") return "only namespaces are judged here";
    if (review.operation == Operation::remove) return "";
    if (review.operation != Operation::create && review.operation != Operation::update) return "an unknown operation";
    const auto object = codec::parse_json_tree(review.object, kObjectLimits);
    if (!object.ok()) return "the namespace cannot be read: " + object.error().message;
    const codec::Tree* const metadata = table_at(*object, "metadata");
    if (metadata == nullptr) return "the namespace has no metadata";
    const codec::Tree* const labels = metadata->find("labels");
    if (labels == nullptr || labels->type == codec::Tree::Type::null) return "";
    if (!labels->is_table()) return "the labels are none";
    if (labels->find(kSkipLabel) == nullptr) return "";
    // Of an object that is made the request may not know the name yet; where both do, they agree.
    const std::string_view name = text_at(*metadata, "name");
    if (name.empty()) return "the namespace has no name";
    if (!review.name.empty() && review.name != name) return "the namespace is called differently in its request";
    if (std::find(skippable.begin(), skippable.end(), name) != skippable.end()) return "";
    // Its status and its end can change labels too. Where they do not add this one, they are the API server's own work, without which a
    // namespace that bears it from before could never go.
    const bool part = review.sub_resource == "status" || review.sub_resource == "finalize";
    if (part && review.operation == Operation::update && !review.old_object.empty()) {
        const auto before = codec::parse_json_tree(review.old_object, kObjectLimits);
        if (before.ok() && bears_label(*before)) return "";
    }
    return "the label " + std::string(kSkipLabel) + " takes a namespace out of admission; only namespaces that the gate's operator names may bear it";
}

GuardDecision decide(const AdmissionReview& review, std::span<const std::string> skippable) {
    GuardDecision decision;
    decision.uid = review.uid;
    decision.message = objection(review, skippable);
    decision.allowed = decision.message.empty();
    return decision;
}

}  // namespace

Result<GuardDecision> guard_namespace(std::string_view body, std::span<const std::string> skippable) {
    const auto review = pipeline::read_review(as_bytes(body));
    if (!review.ok()) return Error{ErrorCode::usage, review.error().message};
    return decide(*review, skippable);
}

Result<std::string> answer_namespace_review(std::string_view body, std::span<const std::string> skippable) {
    const auto review = pipeline::read_review(as_bytes(body));
    if (!review.ok()) return Error{ErrorCode::usage, review.error().message};
    const GuardDecision decision = decide(*review, skippable);
    pipeline::AdmissionAnswer answer;
    answer.allowed = decision.allowed;
    answer.code = 403;
    answer.message = decision.message;
    return pipeline::write_answer(*review, answer);
}

}  // namespace headgate::server
