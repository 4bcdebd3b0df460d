#include "pipeline/grace.hpp"

#include <algorithm>

namespace headgate::pipeline {
namespace {

using Outcome = AdmissionJudgement::Outcome;

bool speaks_against(const SubjectVerdict& verdict) {
    return verdict.decision == Decision::deny || std::any_of(verdict.members.begin(), verdict.members.end(), speaks_against);
}

}  // namespace

void AdmittedBefore::remember(const std::string& name_space, const AdmissionJudgement& judgement, Instant now) {
    const bool own_merit = judgement.outcome == Outcome::allowed && judgement.judged && judgement.exception.empty();
    if (!own_merit) return;
    const std::scoped_lock lock(mutex_);
    for (const AdmissionJudgement::Named& one : judgement.named) {
        if (one.digest.empty() || !one.allowed) continue;
        const std::pair<std::string, std::string> key(name_space, one.digest);
        const auto known = admitted_.find(key);
        if (known != admitted_.end()) known->second = std::max(known->second, now);
        else if (admitted_.size() < most_) admitted_.emplace(key, now);
    }
}

std::string AdmittedBefore::excuse(const std::string& name_space, const AdmissionJudgement& judgement, std::int64_t seconds, Instant now) const {
    const bool no_answer = judgement.outcome == Outcome::undecided || judgement.outcome == Outcome::overdue;
    if (!no_answer || !judgement.judged || judgement.named.empty()) return {};
    const auto& subjects = judgement.report.subjects;
    if (subjects.empty() || std::any_of(subjects.begin(), subjects.end(), speaks_against)) return {};
    const std::scoped_lock lock(mutex_);
    Instant oldest = now;
    for (const AdmissionJudgement::Named& one : judgement.named) {
        const auto known = one.digest.empty() ? admitted_.end() : admitted_.find({name_space, one.digest});
        if (known == admitted_.end() || known->second > now || now.seconds - known->second.seconds > seconds) return {};
        oldest = std::min(oldest, known->second);
    }
    return "could not decide, and each digest was admitted here since " + format_instant(oldest) + " (defaults.grace.admitted-digest)";
}

std::size_t AdmittedBefore::size() const {
    const std::scoped_lock lock(mutex_);
    return admitted_.size();
}

}  // namespace headgate::pipeline
