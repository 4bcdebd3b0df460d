// admission_answer.hpp: what an API server is answered: the AdmissionReview with the response. Pure.
//
// Every text is bounded and plain: a warning with a control character is dropped by the API server in silence, a long one cut, and what
// goes into its audit log is stored. Nothing in an answer depends on anything but the review, the judgement and the policy: the same review
// asked twice has the same answer, byte for byte.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pipeline/admission.hpp"

namespace headgate::pipeline {

struct AdmissionAnswer {
    bool allowed = false;
    int code = 500;                      // of a denial: 400 the object or a name, 403 the policy, 500 and 503 it could not be decided
    std::string message;                 // of a denial: what, where, why, and what to do
    std::vector<std::string> warnings;
    std::vector<std::pair<std::string, std::string>> audit;   // keys without '/', at most three
    std::string patch;                   // JSON Patch; "" none. Never with a denial
};

inline constexpr std::size_t kMostMessage = 2048;        // bytes
inline constexpr std::size_t kMostWarnings = 20;
inline constexpr std::size_t kMostWarning = 120;         // bytes of one
inline constexpr std::size_t kMostOfWarnings = 4096;     // bytes of all
inline constexpr std::size_t kMostAuditValue = 1024;

/// `notice`: what is to be said with every answer, such as that the policy in force is an old one; "" nothing.
AdmissionAnswer answer_to(const AdmissionReview& review, const AdmissionJudgement& judgement, const std::string& policy_digest,
                          const std::string& notice);
/// A denial for our own reasons.
AdmissionAnswer could_not_decide(const AdmissionReview& review, const std::string& why, const std::string& policy_digest);

std::string write_answer(const AdmissionReview& review, const AdmissionAnswer& answer);

/// A few words for a log line or a message of somebody else's protocol: why a judgement does not allow.
std::string denial_message(const AdmissionJudgement& judgement);

}  // namespace headgate::pipeline
