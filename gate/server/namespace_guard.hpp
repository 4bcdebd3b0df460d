// namespace_guard.hpp: POST /v1/namespaces: who may take a namespace out of what is asked. The label admission.headgate.dev/skip does; a
// review of a namespace that bears it is denied unless the operator has named that namespace (`serve --skip-namespace`). An update of its
// status or finalizers, which may change labels too, is denied where it adds the label.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate::server {

inline constexpr std::string_view kSkipLabel = "admission.headgate.dev/skip";

struct GuardDecision {
    std::string uid;
    bool allowed = false;
    std::string message;                 // why not
};

/// `body`: an AdmissionReview, as intake/admission_review.hpp reads it. Denied besides: one that cannot be understood, what is no namespace, operations
/// other than CREATE, UPDATE and DELETE, labels that are none, a name that is told twice and differently. Error{usage} for what is no review: only then
/// is there nothing to answer to.
Result<GuardDecision> guard_namespace(std::string_view body, std::span<const std::string> skippable);

/// The same as the body of the answer. Error{usage}: 400.
Result<std::string> answer_namespace_review(std::string_view body, std::span<const std::string> skippable);

}  // namespace headgate::server
