#include "pipeline/lapsed.hpp"

#include <algorithm>

namespace headgate::pipeline {
namespace {

constexpr std::string_view kTooOld = "attestation.too-old";
constexpr std::string_view kTooFew = "attestation.too-few-signers";     // what is left of several where one is too old
constexpr std::string_view kExtendedRefuses = "policy.extended-refuses";

enum class Against { nothing, what_has_ended, something_else };

const RuleOutcome* outcome_of(const SubjectVerdict& verdict, const std::string& rule) {
    const auto found = std::find_if(verdict.rules.begin(), verdict.rules.end(), [&](const RuleOutcome& one) { return one.id() == rule; });
    return found == verdict.rules.end() ? nullptr : &*found;
}

bool passed(const SubjectVerdict& verdict, const std::string& rule) {
    const RuleOutcome* const outcome = outcome_of(verdict, rule);
    return outcome != nullptr && outcome->result == RuleResult::pass;
}

bool was_waived(const SubjectVerdict& then, const ReportedFinding& reported) {
    return std::any_of(then.findings.begin(), then.findings.end(), [&](const ReportedFinding& one) {
        return !one.waiver.empty() && one.rule == reported.rule && one.finding == reported.finding;
    });
}

// What speaks against the subject itself, its members apart.
Against own_case(const SubjectVerdict& now, const SubjectVerdict& then) {
    const bool unclear = std::any_of(now.rules.begin(), now.rules.end(), [](const RuleOutcome& one) { return one.result == RuleResult::error; });
    if (unclear) return Against::something_else;
    bool extended = false, ended = false;
    for (const ReportedFinding& reported : now.findings) {
        if (reported.remark || !reported.waiver.empty()) continue;
        if (reported.rule.empty()) {
            if (reported.finding.id != kExtendedRefuses) return Against::something_else;
            extended = true;
            continue;
        }
        const RuleOutcome* const outcome = outcome_of(now, reported.rule);
        if (outcome == nullptr) return Against::something_else;
        if (outcome->result != RuleResult::fail || outcome->mode != Mode::enforce) continue;     // it only tells
        const bool passed_then = passed(then, reported.rule);
        if (reported.finding.id == kTooFew && passed_then) continue;
        const bool too_old = reported.finding.id == kTooOld && passed_then;
        if (!too_old && !was_waived(then, reported)) return Against::something_else;
        ended = true;
    }
    if (ended) return Against::what_has_ended;
    // A policy that is extended refuses what this one, which is stricter, has no finding for: whatever that is.
    return extended ? Against::something_else : Against::nothing;
}

}  // namespace

bool only_lapsed(const SubjectVerdict& now, const SubjectVerdict& then) {
    if (then.decision != Decision::allow || now.decision != Decision::deny || now.members.size() != then.members.size()) return false;
    const Against own = own_case(now, then);
    if (own == Against::something_else) return false;
    bool ended = own == Against::what_has_ended;
    for (std::size_t i = 0; i < now.members.size(); ++i) {
        const SubjectVerdict& member = now.members[i];
        if (member.decision == Decision::allow) continue;
        if (member.subject.ref != then.members[i].subject.ref || !only_lapsed(member, then.members[i])) return false;
        ended = true;
    }
    return ended;
}

}  // namespace headgate::pipeline
